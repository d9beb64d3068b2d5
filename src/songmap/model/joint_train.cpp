#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "songmap/core/error.h"
#include "songmap/core/parallel.h"
#include "songmap/core/random.h"
#include "songmap/model/backend.h"
#include "songmap/model/joint_model.h"
#include "songmap/model/schedule.h"
#include "songmap/model/side_by_side.h"
#include "songmap/model/training_report.h"

namespace songmap::model {
namespace {

/// Items of the random streams of one seed; epoch e takes 2 e and 2 e + 1 from here on.
constexpr std::uint64_t kWeightsItem = 0;
constexpr std::uint64_t kFirstEpochItem = 16;

std::uint64_t stream_seed(std::uint64_t seed, std::uint64_t item) { return Random(seed, item).bits(); }

/// One side as the networks see it: columns of mean 0, of mean variance 1 together; zeros where there is nothing.
struct ScaledSide {
  Matrix x;
  std::vector<float> mean;
  double scale = 1;
  std::size_t n_rows = 0;
};

ScaledSide scaled(MatrixView x, const std::vector<std::size_t>& rows) {
  ScaledSide side{Matrix(x.rows(), x.cols()), std::vector<float>(x.cols()), 1, rows.size()};
  if (rows.empty()) return side;
  const auto n = static_cast<double>(rows.size());
  double squares = 0;
  for (std::size_t c = 0; c < x.cols(); ++c) {
    double sum = 0;
    for (const std::size_t i : rows) sum += x(i, c);
    side.mean[c] = static_cast<float>(sum / n);
    for (const std::size_t i : rows) squares += std::pow(x(i, c) - side.mean[c], 2) / n;
  }
  const double scale = std::sqrt(squares / static_cast<double>(x.cols()));
  if (scale > 0) side.scale = scale;
  for (const std::size_t i : rows) {
    for (std::size_t c = 0; c < x.cols(); ++c) {
      side.x(i, c) = static_cast<float>((x(i, c) - side.mean[c]) / side.scale);
    }
  }
  return side;
}

struct ScaledData {
  JointData given;
  Presence present;
  std::array<ScaledSide, kModalities> side;
};

/// One training from first to last epoch.
class JointTrainer {
 public:
  JointTrainer(const ScaledData& data, const JointOptions& options, const TrainOptions& train, const Execution& run)
      : data_(data),
        options_(options),
        train_(train),
        run_(run),
        learner_(backend().make_joint_learner({data.side[kAudio].x.cols(), data.side[kLyrics].x.cols()}, options,
                                              stream_seed(train.seed, kWeightsItem))),
        rows_(data.present.rows_with_any()),
        schedule_(options.vae, train, chunk_count(rows_.size(), train.batch)) {}

  TrainedJoint finish();

 private:
  Epoch train_epoch(std::size_t epoch);
  /// Loss a row, without the KL term.
  [[nodiscard]] double reconstruction(const JointSums& sums, std::size_t n_rows) const;
  [[nodiscard]] JointModel model() const;
  void describe_use(const JointModel& model, TrainingReport& report) const;

  const ScaledData& data_;
  const JointOptions& options_;
  const TrainOptions& train_;
  const Execution& run_;
  std::unique_ptr<ThreadSettings> settings_ = backend().settle_thread();
  std::unique_ptr<JointLearner> learner_;
  std::unique_ptr<NoiseSource> noise_ = backend().make_noise();
  std::vector<std::size_t> rows_;  ///< That have something.
  Schedule schedule_;
  std::array<std::vector<float>, kModalities> input_noise_;
  std::vector<float> latent_noise_;
  std::uint64_t step_ = 0;
};

double JointTrainer::reconstruction(const JointSums& sums, std::size_t n_rows) const {
  double loss = 0;
  for (const Modality side : kBothSides) {
    const double variance = learner_->variance(side);
    const double n_values = sums.weight[side] * static_cast<double>(data_.side[side].x.cols());
    loss += 0.5 * (sums.squared_error[side] / variance + n_values * std::log(variance));
  }
  return loss / static_cast<double>(n_rows);
}

Epoch JointTrainer::train_epoch(std::size_t epoch) {
  std::vector<std::size_t> order = rows_;
  Random(train_.seed, kFirstEpochItem + 2 * epoch).shuffle(std::span(order));
  noise_->reseed(stream_seed(train_.seed, kFirstEpochItem + 2 * epoch + 1));
  Epoch result;
  result.epoch = epoch;
  result.held_out = std::numeric_limits<double>::quiet_NaN();
  for (std::size_t first = 0; first < order.size(); first += train_.batch, ++step_) {
    const auto rows = std::span(order).subspan(first, std::min(train_.batch, order.size() - first));
    for (const Modality side : kBothSides) {
      const bool noisy = options_.vae.input_noise > 0 && data_.side[side].n_rows > 0;
      input_noise_[side].resize(noisy ? rows.size() * data_.side[side].x.cols() : 0);
      if (noisy) noise_->fill(input_noise_[side]);
      for (float& value : input_noise_[side]) value *= static_cast<float>(options_.vae.input_noise);
    }
    latent_noise_.resize(kSubsets * rows.size() * options_.vae.n_latent);
    noise_->fill(latent_noise_);

    const JointBatch batch{{data_.side[kAudio].x, data_.side[kLyrics].x},
                           {data_.present.has[kAudio], data_.present.has[kLyrics]},
                           rows,
                           {input_noise_[kAudio], input_noise_[kLyrics]},
                           latent_noise_};
    const double beta = schedule_.beta(step_);
    const JointSums sums = learner_->differentiate(batch, beta);
    const double norm = learner_->update(schedule_.learning_rate(step_), train_.clip_norm);
    const double share = static_cast<double>(rows.size()) / static_cast<double>(order.size());
    const double error = reconstruction(sums, rows.size());
    const double kl = sums.kl / static_cast<double>(rows.size());
    if (!std::isfinite(error) || !std::isfinite(kl) || !std::isfinite(norm)) {
      throw Diverged(
          fmt::format("training of the joint model diverged in epoch {}: the loss is not finite; try a "
                      "learning rate below {}",
                      epoch, train_.learning_rate));
    }
    result.reconstruction += share * error;
    result.kl += share * kl;
    result.total += share * (error + beta * kl);
  }
  return result;
}

JointModel JointTrainer::model() const {
  std::array<JointSide, kModalities> sides;
  for (const Modality s : kBothSides) {
    const ScaledSide& side = data_.side[s];
    sides[s] = {{options_.vae, {side.x.cols(), 0}, learner_->parameters(s)},
                side.mean,
                side.scale,
                std::sqrt(learner_->variance(s)) * side.scale,
                side.n_rows};
  }
  return {options_.posterior, std::move(sides)};
}

/// What the latent space should hold is told by the rows that have all that occurs, each side in units of its noise.
void JointTrainer::describe_use(const JointModel& model, TrainingReport& report) const {
  std::vector<std::size_t> whole = data_.present.rows_with_both();
  if (whole.empty()) whole = rows_;
  std::vector<Matrix> parts;
  double noise = 0;
  double n_columns = 0;
  for (const Modality s : kBothSides) {
    const ScaledSide& side = data_.side[s];
    if (side.n_rows == 0) continue;
    const double variance = learner_->variance(s);
    parts.push_back(take_rows(side.x, whole));
    for (float& value : parts.back().values()) value /= static_cast<float>(std::sqrt(variance));
    noise += variance * static_cast<double>(side.x.cols());
    n_columns += static_cast<double>(side.x.cols());
  }
  const Posterior all = model.encode(data_.given);
  const Posterior placed{take_rows(all.mean, rows_), take_rows(all.log_variance, rows_)};
  describe_latent_use(report, placed, hstack(std::vector<MatrixView>(parts.begin(), parts.end())), 1);
  report.sigma = std::sqrt(noise / n_columns);
}

TrainedJoint JointTrainer::finish() {
  const auto begin = std::chrono::steady_clock::now();
  TrainingReport report;
  while (report.epochs.size() < train_.epochs) {
    report.epochs.push_back(train_epoch(report.epochs.size() + 1));
    run_.report({"training", static_cast<double>(report.epochs.size()), static_cast<double>(train_.epochs), "epochs"});
  }
  JointModel trained = model();
  describe_use(trained, report);
  report.best_epoch = report.epochs.size();
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return {std::move(trained), std::move(report)};
}

ScaledData checked(const JointData& data) {
  require(data.audio.cols() > 0 && data.lyrics.cols() > 0,
          fmt::format("audio has {} columns, lyrics {}: a side that no song has is rows of NaN", data.audio.cols(),
                      data.lyrics.cols()));
  ScaledData result{data, presence(data), {}};
  std::size_t n_sides = 0;
  for (const Modality side : kBothSides) {
    const std::vector<std::size_t> rows = result.present.rows_with(side);
    if (!rows.empty()) ++n_sides;
    result.side[side] = scaled(data.side(side), rows);
  }
  const std::size_t n_any = result.present.rows_with_any().size();
  require(n_any >= 2,
          fmt::format("{} of {} rows have audio or lyrics: a joint model needs two at least", n_any, data.rows()));
  const std::size_t n_both = result.present.rows_with_both().size();
  require(
      n_sides < kModalities || n_both >= 2,
      fmt::format("{} of {} rows have both audio and lyrics: a joint model needs two at least", n_both, data.rows()));
  return result;
}

}  // namespace

std::vector<TrainedJoint> train_joint_seeds(const JointData& data, const JointOptions& options,
                                            const TrainOptions& train, std::span<const std::uint64_t> seeds,
                                            const Execution& run) {
  check(options);
  check(train);
  const ScaledData scaled_data = checked(data);
  std::vector<std::optional<TrainedJoint>> trained(seeds.size());
  train_side_by_side(seeds.size(), run, [&](std::size_t i, const Execution& one) {
    TrainOptions own = train;
    own.seed = seeds[i];
    trained[i].emplace(JointTrainer(scaled_data, options, own, one).finish());
  });
  std::vector<TrainedJoint> result;
  result.reserve(seeds.size());
  for (std::optional<TrainedJoint>& one : trained) result.push_back(std::move(*one));
  return result;
}

}  // namespace songmap::model
