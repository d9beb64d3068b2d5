#include "songmap/model/deep_clustering.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "songmap/core/error.h"
#include "songmap/core/options.h"
#include "songmap/core/parallel.h"
#include "songmap/core/random.h"
#include "songmap/model/backend.h"
#include "songmap/model/deep_learner.h"
#include "songmap/model/mlp_layout.h"
#include "songmap/model/schedule.h"

namespace songmap::model {
namespace {

/// Items of the random streams of one seed; epoch e of a phase takes two from its first on.
constexpr std::uint64_t kWeightsItem = 0;
constexpr std::uint64_t kStartItem = 16;
constexpr std::uint64_t kRefinementItem = std::uint64_t{1} << 32;

constexpr double kVarianceMemory = 0.9;  // of sigma^2, as the calibrated objective has it
constexpr double kSmallestVariance = 1e-6;
/// Variance of a row's posterior when a refinement begins, in that of the groups: small, so that it begins at the
/// codes.
constexpr double kFirstPosteriorVariance = 0.1;

VaeOptions network_of(VaeOptions vae) {
  vae.variational = true;
  return vae;
}

std::vector<std::int32_t> largest(MatrixView membership) {
  std::vector<std::int32_t> labels(membership.rows());
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const auto row = membership.row(i);
    labels[i] = static_cast<std::int32_t>(std::ranges::max_element(row) - row.begin());
  }
  return labels;
}

/// IDEC's memberships are sharpened anew after so many steps (Guo et al. 2017), which are several epochs of few rows.
constexpr std::size_t kStepsToATarget = 140;

double share_that_differs(const std::vector<std::int32_t>& a, const std::vector<std::int32_t>& b) {
  std::size_t n = 0;
  for (std::size_t i = 0; i < a.size(); ++i) n += a[i] != b[i];
  return static_cast<double>(n) / static_cast<double>(a.size());
}

/// One network with groups in its latent space, trained in epochs.
class DeepTrainer {
 public:
  DeepTrainer(MatrixView x, const VaeOptions& vae, const TrainOptions& train, std::size_t n_groups)
      : x_(x),
        vae_(vae),
        train_(train),
        n_groups_(n_groups),
        layout_(mlp_layout({x.cols(), 0}, vae)),
        learner_(backend().make_deep_learner(x.cols(), vae, n_groups)) {}

  void set(std::vector<float> network, const LatentGroups& groups, double noise_variance) {
    const std::vector<float> numbers = flat(groups);
    network.insert(network.end(), numbers.begin(), numbers.end());
    learner_->set_parameters(network);
    noise_variance_ = noise_variance;
  }

  /// One pass over the rows in an order that `item` decides, learning rates from a schedule's `step` on.
  void pass(GroupTerm term, MatrixView target, double group_weight, std::uint64_t item, const Schedule& schedule,
            std::uint64_t step);

  [[nodiscard]] std::vector<float> network() const {
    std::vector<float> numbers = learner_->parameters();
    numbers.resize(layout_.size);
    return numbers;
  }
  [[nodiscard]] LatentGroups groups() const {
    const std::vector<float> numbers = learner_->parameters();
    return groups_of(std::span(numbers).subspan(layout_.size), n_groups_, vae_.n_latent);
  }
  [[nodiscard]] Posterior encode() const { return backend().make_model({vae_, {x_.cols(), 0}, network()})->encode(x_); }
  [[nodiscard]] Matrix membership(DeepMethod method, const Posterior& at) const {
    return method == DeepMethod::kVade ? mixture_membership(groups(), at.mean, at.log_variance)
                                       : student_membership(groups(), at.mean);
  }
  [[nodiscard]] double noise_variance() const { return noise_variance_; }

 private:
  [[nodiscard]] DeepLearner::Weights weights(GroupTerm term, double group_weight, std::size_t rows) const {
    const auto n = static_cast<double>(rows);
    if (term == GroupTerm::kStudent) return {1 / (n * static_cast<double>(x_.cols())), group_weight / n};
    return {0.5 / (n * noise_variance_), group_weight / n};
  }

  MatrixView x_;
  VaeOptions vae_;
  TrainOptions train_;
  std::size_t n_groups_;
  MlpLayout layout_;
  std::unique_ptr<ThreadSettings> settings_ = backend().settle_thread();
  std::unique_ptr<DeepLearner> learner_;
  std::unique_ptr<NoiseSource> noise_ = backend().make_noise();
  double noise_variance_ = 1;
  std::vector<float> input_noise_;
  std::vector<float> latent_noise_;
};

void DeepTrainer::pass(GroupTerm term, MatrixView target, double group_weight, std::uint64_t item,
                       const Schedule& schedule, std::uint64_t step) {
  const std::vector<std::size_t> order = Random(train_.seed, item).permutation(x_.rows());
  noise_->reseed(Random(train_.seed, item + 1).bits());
  for (std::size_t first = 0; first < order.size(); first += train_.batch, ++step) {
    const auto rows = std::span(order).subspan(first, std::min(train_.batch, order.size() - first));
    input_noise_.resize(vae_.input_noise > 0 ? rows.size() * x_.cols() : 0);
    if (!input_noise_.empty()) noise_->fill(input_noise_);
    for (float& value : input_noise_) value *= static_cast<float>(vae_.input_noise);
    latent_noise_.resize(term == GroupTerm::kMixture ? rows.size() * vae_.n_latent : 0);
    if (!latent_noise_.empty()) noise_->fill(latent_noise_);

    const DeepSums sums = learner_->differentiate({x_, rows, input_noise_, latent_noise_, target}, term,
                                                  weights(term, group_weight, rows.size()));
    const double norm = learner_->update(schedule.learning_rate(step), train_.clip_norm);
    if (!std::isfinite(sums.squared_error + sums.divergence + norm)) {
      throw Diverged(fmt::format("deep clustering diverged: the loss is not finite; try a learning rate below {}",
                                 train_.learning_rate));
    }
    const double error = sums.squared_error / static_cast<double>(rows.size() * x_.cols());
    noise_variance_ = std::max(kSmallestVariance, kVarianceMemory * noise_variance_ + (1 - kVarianceMemory) * error);
  }
}

void check_data(MatrixView x, const VaeOptions& vae, const TrainOptions& train) {
  check(vae);
  check(train);
  require(vae.network == "mlp", "deep clustering is for fully connected networks: network = mlp");
  require(!x.empty() && all_finite(x), "deep clustering needs rows, and finite values in them");
}

/// A network whose posteriors all have the same small variance, for which it was not trained yet.
std::vector<float> with_small_variances(std::vector<float> parameters, const MlpLayout& layout,
                                        const LatentGroups& groups) {
  const LinearLayer& head = layout.encoder.back();
  for (std::size_t j = 0; j < layout.n_latent; ++j) {
    const std::size_t unit = layout.n_latent + j;
    double variance = 0;
    for (std::size_t c = 0; c < groups.size(); ++c) {
      variance += static_cast<double>(groups.weight[c]) * groups.variance(c, j);
    }
    std::fill_n(&parameters[head.weight + unit * head.n_in], head.n_in, 0.0F);
    parameters[head.bias + unit] = static_cast<float>(std::log(kFirstPosteriorVariance * variance));
  }
  return parameters;
}

void check_groups(const LatentGroups& groups, std::size_t n_latent) {
  const std::size_t k = groups.size();
  require(k > 0 && groups.n_latent() == n_latent && groups.weight.size() == k && groups.variance.rows() == k &&
              groups.variance.cols() == n_latent && all_finite(groups.mean) && all_finite(groups.variance),
          fmt::format("the groups to begin with are not groups in {} latent dimensions", n_latent));
  const auto positive = [](float value) { return value > 0; };
  require(std::ranges::all_of(groups.weight, positive) && std::ranges::all_of(groups.variance.values(), positive),
          "weights and variances of the groups to begin with must be above 0");
}

}  // namespace

void describe(OptionSet& set, DeepOptions& options) {
  set.add("epochs", &options.epochs, Range{0, 1000}, "epochs of the refinement, in those of its autoencoder");
  set.add("learning_rate", &options.learning_rate, Range{0, 1000},
          "first learning rate of the refinement, in that of its autoencoder");
  set.add("idec_weight", &options.idec_weight, Range{0, 1e6},
          "weight of the memberships beside the mean squared error of idec");
  set.add("tolerance", &options.tolerance, Range{0, 1},
          "idec ends when no larger share of the tracks changed group in an epoch");
}

StartingPoint train_starting_point(MatrixView x, const VaeOptions& vae, const TrainOptions& train,
                                   const Execution& run) {
  check_data(x, vae, train);
  const VaeOptions network = network_of(vae);
  DeepTrainer trainer(x, network, train, 1);
  const LatentGroups none{{1}, Matrix(1, vae.n_latent), Matrix(1, vae.n_latent, std::vector<float>(vae.n_latent, 1))};
  trainer.set(initial_parameters(mlp_layout({x.cols(), 0}, network), Random(train.seed, kWeightsItem).bits()), none, 1);
  const std::size_t batches = chunk_count(x.rows(), train.batch);
  const Schedule schedule(network, train, batches);
  for (std::size_t epoch = 0; epoch < train.epochs; ++epoch) {
    trainer.pass(GroupTerm::kNone, {}, 0, kStartItem + 2 * epoch, schedule, epoch * batches);
    run.report({"autoencoder", static_cast<double>(epoch + 1), static_cast<double>(train.epochs), "epochs"});
  }
  return {vae, trainer.network(), trainer.noise_variance(), trainer.encode().mean};
}

DeepClusters refine(MatrixView x, const StartingPoint& start, const LatentGroups& groups, DeepMethod method,
                    const DeepOptions& options, const TrainOptions& train, const Execution& run) {
  check_data(x, start.vae, train);
  check_groups(groups, start.vae.n_latent);
  require(x.rows() == start.codes.rows(), "the starting point was trained on other rows");
  const VaeOptions network = network_of(start.vae);
  const MlpLayout layout = mlp_layout({x.cols(), 0}, network);
  require(start.parameters.size() == layout.size, "the starting point was trained on rows of other columns");

  DeepTrainer trainer(x, network, train, groups.size());
  const bool vade = method == DeepMethod::kVade;
  trainer.set(vade ? with_small_variances(start.parameters, layout, groups) : start.parameters, groups,
              start.noise_variance);
  Posterior at = trainer.encode();
  DeepClusters found;
  found.membership = trainer.membership(method, at);
  found.labels = largest(found.membership);
  const std::vector<std::int32_t> first = found.labels;

  TrainOptions own = train;
  own.epochs = static_cast<std::size_t>(std::lround(options.epochs * static_cast<double>(train.epochs)));
  own.learning_rate *= options.learning_rate;
  const std::size_t batches = chunk_count(x.rows(), train.batch);
  const Schedule schedule(network, own, batches);
  const std::size_t epochs_to_a_target = chunk_count(kStepsToATarget, batches);
  Matrix target;
  while (found.epochs < own.epochs) {
    if (!vade && found.epochs % epochs_to_a_target == 0) target = sharpened(found.membership);
    trainer.pass(vade ? GroupTerm::kMixture : GroupTerm::kStudent, target, vade ? 1 : options.idec_weight,
                 kRefinementItem + 2 * found.epochs, schedule, found.epochs * batches);
    ++found.epochs;
    run.report({"deep clustering", static_cast<double>(found.epochs), static_cast<double>(own.epochs), "epochs"});
    // Memberships are wanted at the end, and where they are to be sharpened.
    if (found.epochs < own.epochs && (vade || found.epochs % epochs_to_a_target != 0)) continue;
    at = trainer.encode();
    found.membership = trainer.membership(method, at);
    std::vector<std::int32_t> labels = largest(found.membership);
    const double changed = share_that_differs(labels, found.labels);
    found.labels = std::move(labels);
    if (!vade && changed <= options.tolerance) break;
  }
  found.moved = share_that_differs(found.labels, first);
  found.codes = std::move(at.mean);
  found.groups = trainer.groups();
  return found;
}

}  // namespace songmap::model
