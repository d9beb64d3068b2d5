#include "songmap/model/train.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "songmap/core/error.h"
#include "songmap/core/parallel.h"
#include "songmap/core/random.h"
#include "songmap/model/backend.h"
#include "songmap/model/checkpoint.h"
#include "songmap/model/partners.h"
#include "songmap/model/schedule.h"
#include "songmap/model/side_by_side.h"
#include "songmap/model/training_report.h"

namespace songmap::model {
namespace {

/// Items of the random streams of one seed; epoch e takes 2 e and 2 e + 1 from here on.
constexpr std::uint64_t kWeightsItem = 0;
constexpr std::uint64_t kSplitItem = 1;
constexpr std::uint64_t kHeldOutNoiseItem = 2;
constexpr std::uint64_t kPartnersItem = 3;
constexpr std::uint64_t kFirstEpochItem = 16;

constexpr std::size_t kHeldOutPartners = 0;  // drawn as if for this epoch, which there is not

std::uint64_t stream_seed(std::uint64_t seed, std::uint64_t item) { return Random(seed, item).bits(); }

double mean_column_variance(MatrixView x, std::span<const std::size_t> rows) {
  std::vector<double> sum(x.cols());
  std::vector<double> squares(x.cols());
  for (const std::size_t i : rows) {
    for (std::size_t j = 0; j < x.cols(); ++j) sum[j] += x(i, j);
  }
  const auto n = static_cast<double>(rows.size());
  for (const std::size_t i : rows) {
    for (std::size_t j = 0; j < x.cols(); ++j) squares[j] += std::pow(x(i, j) - sum[j] / n, 2);
  }
  return std::accumulate(squares.begin(), squares.end(), 0.0) / (n * static_cast<double>(x.cols()));
}

struct Split {
  std::vector<std::size_t> training;  ///< Ascending.
  std::vector<std::size_t> held_out;
};

/// Holds out a fraction of `n` items, rows or owners.
Split split_items(std::size_t n, const TrainOptions& train, const char* items) {
  Split split{Random(train.seed, kSplitItem).permutation(n), {}};
  const auto n_held_out = std::lround(train.held_out * static_cast<double>(n));
  const auto first_trained = split.training.begin() + std::ptrdiff_t(n_held_out);
  split.held_out.assign(split.training.begin(), first_trained);
  split.training.erase(split.training.begin(), first_trained);
  std::ranges::sort(split.training);
  require(!split.training.empty(),
          fmt::format("held_out = {} leaves none of {} {} to train on", train.held_out, n, items));
  return split;
}

Split split_rows(const TrainingData& data, const TrainOptions& train) {
  if (data.owner.empty()) return split_items(data.x.rows(), train, "rows");
  std::vector<std::size_t> distinct(data.owner.begin(), data.owner.end());
  distinct.erase(std::ranges::unique(distinct).begin(), distinct.end());
  std::vector<bool> trained(distinct.size());
  for (const std::size_t i : split_items(distinct.size(), train, "owners").training) trained[i] = true;
  Split split;
  std::size_t at = 0;
  for (std::size_t row = 0; row < data.owner.size(); ++row) {
    if (data.owner[row] != distinct[at]) ++at;
    (trained[at] ? split.training : split.held_out).push_back(row);
  }
  return split;
}

/// One training from first to last epoch.
class Trainer {
 public:
  Trainer(const TrainingData& data, const VaeOptions& vae, const TrainOptions& train, const Execution& run);

  TrainedModel finish();

 private:
  void start();
  void resume();
  Epoch train_epoch(std::size_t epoch);
  double held_out_loss();
  void follow_best(const Epoch& epoch);
  [[nodiscard]] bool should_stop() const;
  /// The targets of `rows` in `targets_`, which stays empty without owners.
  void draw_targets(std::size_t epoch, std::span<const std::size_t> rows) {
    if (!data_.owner.empty()) partners_.draw(epoch, rows, targets_);
  }
  /// Fills `latent_noise_` for so many rows; a plain autoencoder takes none.
  void draw_latent_noise(std::size_t rows);
  void keep_checkpoint();
  void report_progress();

  const TrainingData& data_;
  const VaeOptions& vae_;
  const TrainOptions& train_;
  const Execution& run_;
  std::unique_ptr<ThreadSettings> settings_ = backend().settle_thread();
  std::unique_ptr<Learner> learner_;
  std::unique_ptr<NoiseSource> noise_ = backend().make_noise();
  Split split_;
  Partners partners_;
  Schedule schedule_;
  std::vector<std::size_t> targets_;  ///< Of the present batch.
  std::vector<float> input_noise_;
  std::vector<float> latent_noise_;
  std::uint64_t step_ = 0;
  Checkpoint progress_;  ///< What a checkpoint written now would hold, but for `state`.
  bool saved_ = false;   ///< The checkpoint on disk is that of the present epoch.
};

Trainer::Trainer(const TrainingData& data, const VaeOptions& vae, const TrainOptions& train, const Execution& run)
    : data_(data),
      vae_(vae),
      train_(train),
      run_(run),
      split_(split_rows(data, train)),
      partners_(data.owner, stream_seed(train.seed, kPartnersItem)),
      schedule_(vae, train, chunk_count(split_.training.size(), train.batch)) {
  const std::string device = backend().resolved_device(train.device);
  learner_ = backend().make_learner(data.shape(), vae, device,
                                    device == "cpu" ? Differentiation::kByHand : Differentiation::kAutomatic,
                                    run.thread_count());
  if (!train.checkpoint.empty()) progress_.fingerprint = training_fingerprint(data, vae, train);
  if (train.resume && std::filesystem::exists(train.checkpoint)) {
    resume();
  } else {
    start();
  }
}

void Trainer::start() {
  LearnerState state;
  state.parameters = learner_->initial_parameters(stream_seed(train_.seed, kWeightsItem));
  state.first_moment.resize(state.parameters.size());
  state.second_moment.resize(state.parameters.size());
  state.variance = mean_column_variance(data_.x, split_.training);
  learner_->restore(state);
}

void Trainer::resume() {
  Checkpoint checkpoint = read_checkpoint(train_.checkpoint);
  require(checkpoint.fingerprint == progress_.fingerprint,
          fmt::format("the checkpoint {} belongs to other data or options: remove it, or train without resume",
                      quoted(train_.checkpoint)));
  learner_->restore(checkpoint.state);
  step_ = checkpoint.state.steps;
  progress_ = std::move(checkpoint);
  saved_ = true;
}

void Trainer::draw_latent_noise(std::size_t rows) {
  if (!vae_.variational) return;
  latent_noise_.resize(rows * vae_.n_latent);
  noise_->fill(latent_noise_);
}

Epoch Trainer::train_epoch(std::size_t epoch) {
  std::vector<std::size_t> order = split_.training;
  Random(train_.seed, kFirstEpochItem + 2 * epoch).shuffle(std::span(order));
  noise_->reseed(stream_seed(train_.seed, kFirstEpochItem + 2 * epoch + 1));
  Epoch result;
  result.epoch = epoch;
  for (std::size_t first = 0; first < order.size(); first += train_.batch, ++step_) {
    const auto rows = std::span(order).subspan(first, std::min(train_.batch, order.size() - first));
    input_noise_.resize(vae_.input_noise > 0 ? rows.size() * data_.x.cols() : 0);
    draw_latent_noise(rows.size());
    if (!input_noise_.empty()) noise_->fill(input_noise_);
    for (float& value : input_noise_) value *= static_cast<float>(vae_.input_noise);
    draw_targets(epoch, rows);

    const Batch batch = {data_.x, rows, input_noise_, latent_noise_, data_.condition, targets_};
    const double beta = schedule_.beta(step_);
    const BatchSums sums = learner_->differentiate(batch, beta);
    const double norm = learner_->update(schedule_.learning_rate(step_), train_.clip_norm);
    const double share = static_cast<double>(rows.size()) / static_cast<double>(order.size());
    const double reconstruction = learner_->objective().reconstruction(sums, rows.size());
    const double kl = learner_->objective().kl(sums, rows.size());
    if (!std::isfinite(reconstruction) || !std::isfinite(kl) || !std::isfinite(norm)) {
      throw Diverged(fmt::format("training diverged in epoch {}: the loss is not finite; try a learning rate below {}",
                                 epoch, train_.learning_rate));
    }
    result.reconstruction += share * reconstruction;
    result.kl += share * kl;
    result.total += share * (reconstruction + beta * learner_->objective().counted_kl(sums, rows.size()));
  }
  result.held_out = held_out_loss();
  return result;
}

double Trainer::held_out_loss() {
  if (split_.held_out.empty()) return std::numeric_limits<double>::quiet_NaN();
  noise_->reseed(stream_seed(train_.seed, kHeldOutNoiseItem));
  BatchSums sums;
  for (std::size_t first = 0; first < split_.held_out.size(); first += train_.batch) {
    const auto rows = std::span<const std::size_t>(split_.held_out)
                          .subspan(first, std::min(train_.batch, split_.held_out.size() - first));
    draw_latent_noise(rows.size());
    draw_targets(kHeldOutPartners, rows);
    const BatchSums part = learner_->evaluate({data_.x, rows, {}, latent_noise_, data_.condition, targets_});
    sums.squared_error += part.squared_error;
    sums.kl += part.kl;
  }
  const Objective& objective = learner_->objective();
  return objective.reconstruction(sums, split_.held_out.size()) +
         vae_.beta * objective.kl(sums, split_.held_out.size());
}

void Trainer::follow_best(const Epoch& epoch) {
  if (train_.patience == 0 || epoch.epoch < schedule_.settled_epochs()) return;
  const std::size_t best = progress_.best_epoch;
  if (best > 0 && epoch.held_out >= progress_.epochs[best - 1].held_out) return;
  progress_.best_epoch = epoch.epoch;
  learner_->store(progress_.best);
}

bool Trainer::should_stop() const {
  return train_.patience > 0 && progress_.best_epoch > 0 &&
         progress_.epochs.size() >= progress_.best_epoch + train_.patience;
}

void Trainer::keep_checkpoint() {
  if (train_.checkpoint.empty() || saved_) return;
  write_checkpoint(train_.checkpoint, progress_);
  saved_ = true;
}

void Trainer::report_progress() {
  try {
    run_.report(
        {"training", static_cast<double>(progress_.epochs.size()), static_cast<double>(train_.epochs), "epochs"});
  } catch (const Cancelled&) {
    keep_checkpoint();
    throw;
  }
}

TrainedModel Trainer::finish() {
  const auto begin = std::chrono::steady_clock::now();
  const bool checkpoints = !train_.checkpoint.empty();
  if (checkpoints) learner_->store(progress_.state);
  while (progress_.epochs.size() < train_.epochs && !should_stop()) {
    Epoch epoch;
    try {
      epoch = train_epoch(progress_.epochs.size() + 1);
    } catch (const Diverged&) {
      keep_checkpoint();
      throw;
    }
    progress_.epochs.push_back(epoch);
    follow_best(epoch);
    saved_ = false;
    if (checkpoints) learner_->store(progress_.state);
    if (train_.checkpoint_every > 0 && epoch.epoch % train_.checkpoint_every == 0) keep_checkpoint();
    report_progress();
  }
  keep_checkpoint();
  if (progress_.best_epoch > 0) learner_->restore(progress_.best);

  TrainedModel trained;
  trained.model = learner_->model();
  TrainingReport& report = trained.report;
  report.stopped_early = progress_.epochs.size() < train_.epochs;
  report.best_epoch = progress_.best_epoch > 0 ? progress_.best_epoch : progress_.epochs.size();
  report.epochs = progress_.epochs;
  if (split_.held_out.empty()) {  // without a copy, which may be large
    describe_latent_use(report, *trained.model, data_, learner_->objective().variance());
  } else {
    const Matrix x = take_rows(data_.x, split_.training);
    Matrix condition;
    if (data_.condition.cols() > 0) condition = take_rows(data_.condition, split_.training);
    std::vector<std::size_t> owner;
    if (!data_.owner.empty()) {
      for (const std::size_t row : split_.training) owner.push_back(data_.owner[row]);
    }
    describe_latent_use(report, *trained.model, {x, condition, owner}, learner_->objective().variance());
  }
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return trained;
}

}  // namespace

TrainedModel train_vae(const TrainingData& data, const VaeOptions& vae, const TrainOptions& train,
                       const Execution& run) {
  check(vae);
  check(train);
  const MatrixView x = data.x;
  require(!x.empty(),
          fmt::format("x has {} rows and {} columns: training needs at least one of each", x.rows(), x.cols()));
  require(all_finite(x), "x holds values that are not finite");
  require(data.condition.cols() == 0 || data.condition.rows() == x.rows(),
          fmt::format("condition has {} rows, x {}: each row needs one", data.condition.rows(), x.rows()));
  require(all_finite(data.condition), "condition holds values that are not finite");
  require(data.owner.empty() || data.owner.size() == x.rows(),
          fmt::format("there are {} owners and {} rows: each row needs one", data.owner.size(), x.rows()));
  require(std::ranges::is_sorted(data.owner), "owners do not rise: the rows of one must follow each other");
  return Trainer(data, vae, train, run).finish();
}

std::vector<TrainedModel> train_seeds(const TrainingData& data, const VaeOptions& vae, const TrainOptions& train,
                                      std::span<const std::uint64_t> seeds, const Execution& run) {
  std::vector<TrainedModel> trained(seeds.size());
  train_side_by_side(seeds.size(), run, [&](std::size_t i, const Execution& one) {
    TrainOptions options = train;
    options.seed = seeds[i];
    if (!train.checkpoint.empty()) options.checkpoint += fmt::format(".{}", seeds[i]);
    trained[i] = train_vae(data, vae, options, one);
  });
  return trained;
}

}  // namespace songmap::model
