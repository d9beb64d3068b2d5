#include "songmap/model/train.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <mutex>
#include <numbers>
#include <numeric>
#include <utility>

#include "songmap/core/error.h"
#include "songmap/core/parallel.h"
#include "songmap/core/random.h"
#include "songmap/model/backend.h"
#include "songmap/model/checkpoint.h"
#include "songmap/model/mlp_layout.h"
#include "songmap/model/training_report.h"

namespace songmap::model {
namespace {

/// Items of the random streams of one seed; epoch e takes 2 e and 2 e + 1 from here on.
constexpr std::uint64_t kWeightsItem = 0;
constexpr std::uint64_t kSplitItem = 1;
constexpr std::uint64_t kHeldOutNoiseItem = 2;
constexpr std::uint64_t kFirstEpochItem = 16;

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

/// One training from first to last epoch.
class Trainer {
 public:
  Trainer(MatrixView x, const VaeOptions& vae, const TrainOptions& train, const Execution& run);

  TrainedModel finish();

 private:
  void start();
  void resume();
  void split_rows();
  Epoch train_epoch(std::size_t epoch);
  double held_out_loss();
  void follow_best(const Epoch& epoch);
  [[nodiscard]] bool should_stop() const;
  [[nodiscard]] double beta_at(std::uint64_t step) const;
  [[nodiscard]] double learning_rate_at(std::uint64_t step) const;
  [[nodiscard]] std::size_t batches() const { return chunk_count(rows_.size(), train_.batch); }
  [[nodiscard]] std::size_t warm_up_epochs() const;
  void keep_checkpoint();
  void report_progress();

  MatrixView x_;
  const VaeOptions& vae_;
  const TrainOptions& train_;
  const Execution& run_;
  std::unique_ptr<ThreadSettings> settings_ = backend().settle_thread();
  std::unique_ptr<Learner> learner_;
  std::unique_ptr<NoiseSource> noise_ = backend().make_noise();
  std::vector<std::size_t> rows_;
  std::vector<std::size_t> held_out_rows_;
  std::vector<float> input_noise_;
  std::vector<float> latent_noise_;
  std::uint64_t step_ = 0;
  Checkpoint progress_;  ///< What a checkpoint written now would hold, but for `state`.
  bool saved_ = false;   ///< The checkpoint on disk is that of the present epoch.
};

Trainer::Trainer(MatrixView x, const VaeOptions& vae, const TrainOptions& train, const Execution& run)
    : x_(x), vae_(vae), train_(train), run_(run) {
  const std::string device = backend().resolved_device(train.device);
  learner_ = backend().make_learner(x.cols(), vae, device,
                                    device == "cpu" ? Differentiation::kByHand : Differentiation::kAutomatic);
  split_rows();
  if (!train.checkpoint.empty()) progress_.fingerprint = training_fingerprint(x, vae, train);
  if (train.resume && std::filesystem::exists(train.checkpoint)) {
    resume();
  } else {
    start();
  }
}

void Trainer::start() {
  LearnerState state;
  state.parameters = initial_parameters(mlp_layout(x_.cols(), vae_), stream_seed(train_.seed, kWeightsItem));
  state.first_moment.resize(state.parameters.size());
  state.second_moment.resize(state.parameters.size());
  state.variance = mean_column_variance(x_, rows_);
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

void Trainer::split_rows() {
  rows_ = Random(train_.seed, kSplitItem).permutation(x_.rows());
  const auto n_held_out = static_cast<std::size_t>(std::lround(train_.held_out * static_cast<double>(x_.rows())));
  held_out_rows_.assign(rows_.begin(), rows_.begin() + std::ptrdiff_t(n_held_out));
  rows_.erase(rows_.begin(), rows_.begin() + std::ptrdiff_t(n_held_out));
  std::ranges::sort(rows_);
  require(!rows_.empty(), fmt::format("held_out = {} leaves none of {} rows to train on", train_.held_out, x_.rows()));
}

double Trainer::beta_at(std::uint64_t step) const {
  const double steps = vae_.warm_up * static_cast<double>(train_.epochs * batches());
  return steps <= 0 ? vae_.beta : vae_.beta * std::min(1.0, static_cast<double>(step + 1) / steps);
}

double Trainer::learning_rate_at(std::uint64_t step) const {
  const double done = static_cast<double>(step) / static_cast<double>(train_.epochs * batches());
  const double cosine = 0.5 * (1 + std::cos(std::numbers::pi * done));
  return train_.learning_rate * (train_.final_learning_rate + (1 - train_.final_learning_rate) * cosine);
}

std::size_t Trainer::warm_up_epochs() const {
  return static_cast<std::size_t>(std::ceil(vae_.warm_up * static_cast<double>(train_.epochs)));
}

Epoch Trainer::train_epoch(std::size_t epoch) {
  std::vector<std::size_t> order = rows_;
  Random(train_.seed, kFirstEpochItem + 2 * epoch).shuffle(std::span(order));
  noise_->reseed(stream_seed(train_.seed, kFirstEpochItem + 2 * epoch + 1));
  Epoch result;
  result.epoch = epoch;
  for (std::size_t first = 0; first < order.size(); first += train_.batch, ++step_) {
    const auto rows = std::span(order).subspan(first, std::min(train_.batch, order.size() - first));
    input_noise_.resize(vae_.input_noise > 0 ? rows.size() * x_.cols() : 0);
    latent_noise_.resize(rows.size() * vae_.n_latent);
    noise_->fill(latent_noise_);
    if (!input_noise_.empty()) noise_->fill(input_noise_);
    for (float& value : input_noise_) value *= static_cast<float>(vae_.input_noise);

    const double beta = beta_at(step_);
    const BatchSums sums = learner_->differentiate({x_, rows, input_noise_, latent_noise_}, beta);
    const double norm = learner_->update(learning_rate_at(step_), train_.clip_norm);
    const double share = static_cast<double>(rows.size()) / static_cast<double>(order.size());
    const double reconstruction = learner_->objective().reconstruction(sums, rows.size());
    const double kl = learner_->objective().kl(sums, rows.size());
    if (!std::isfinite(reconstruction) || !std::isfinite(kl) || !std::isfinite(norm)) {
      throw Diverged(fmt::format("training diverged in epoch {}: the loss is not finite; try a learning rate below {}",
                                 epoch, train_.learning_rate));
    }
    result.reconstruction += share * reconstruction;
    result.kl += share * kl;
    result.total += share * (reconstruction + beta * kl);
  }
  result.held_out = held_out_loss();
  return result;
}

double Trainer::held_out_loss() {
  if (held_out_rows_.empty()) return std::numeric_limits<double>::quiet_NaN();
  noise_->reseed(stream_seed(train_.seed, kHeldOutNoiseItem));
  BatchSums sums;
  for (std::size_t first = 0; first < held_out_rows_.size(); first += train_.batch) {
    const auto rows = std::span<const std::size_t>(held_out_rows_)
                          .subspan(first, std::min(train_.batch, held_out_rows_.size() - first));
    latent_noise_.resize(rows.size() * vae_.n_latent);
    noise_->fill(latent_noise_);
    const BatchSums part = learner_->evaluate({x_, rows, {}, latent_noise_});
    sums.squared_error += part.squared_error;
    sums.kl += part.kl;
  }
  const Objective& objective = learner_->objective();
  return objective.reconstruction(sums, held_out_rows_.size()) + vae_.beta * objective.kl(sums, held_out_rows_.size());
}

void Trainer::follow_best(const Epoch& epoch) {
  if (train_.patience == 0 || epoch.epoch < warm_up_epochs()) return;
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
  describe_latent_use(report, *trained.model, take_rows(x_, rows_), learner_->objective().variance());
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return trained;
}

}  // namespace

TrainedModel train_vae(MatrixView x, const VaeOptions& vae, const TrainOptions& train, const Execution& run) {
  check(vae);
  check(train);
  require(!x.empty(),
          fmt::format("x has {} rows and {} columns: training needs at least one of each", x.rows(), x.cols()));
  require(all_finite(x), "x holds values that are not finite");
  return Trainer(x, vae, train, run).finish();
}

std::vector<TrainedModel> train_seeds(MatrixView x, const VaeOptions& vae, const TrainOptions& train,
                                      std::span<const std::uint64_t> seeds, const Execution& run) {
  static_cast<void>(backend());  // loaded by this thread, before there are others
  std::vector<TrainedModel> trained(seeds.size());
  std::mutex mutex;
  std::vector<double> done(seeds.size());
  bool go_on = true;
  parallel_for(seeds.size(), run.thread_count(), [&](std::size_t i) {
    TrainOptions options = train;
    options.seed = seeds[i];
    if (!train.checkpoint.empty()) options.checkpoint += fmt::format(".{}", seeds[i]);
    Execution one{1, [&, i](const Progress& at) {
                    const std::lock_guard lock(mutex);
                    done[i] = at.done;
                    const double total = at.total * static_cast<double>(seeds.size());
                    const double sum = std::accumulate(done.begin(), done.end(), 0.0);
                    if (go_on && run.progress) go_on = run.progress({at.stage, sum, total, at.unit});
                    return go_on;
                  }};
    trained[i] = train_vae(x, vae, options, one);
    const std::lock_guard lock(mutex);
    done[i] = static_cast<double>(train.epochs);  // also when it stopped early
  });
  return trained;
}

}  // namespace songmap::model
