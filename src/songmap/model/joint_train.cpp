#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <mutex>
#include <numeric>
#include <optional>
#include <utility>

#include "songmap/core/error.h"
#include "songmap/core/parallel.h"
#include "songmap/core/random.h"
#include "songmap/model/backend.h"
#include "songmap/model/gaussian_product.h"
#include "songmap/model/joint_model.h"
#include "songmap/model/schedule.h"

namespace songmap::model {
namespace {

constexpr std::uint64_t kFirstEpochItem = 16;
constexpr double kActive = 0.01;  // variance of a latent dimension's mean (Burda et al. 2016)

std::uint64_t stream_seed(std::uint64_t seed, std::uint64_t item) { return Random(seed, item).bits(); }

/// One side as training wants it: zeros where there is nothing, and a mark.
struct Filled {
  Matrix x;
  std::vector<std::uint8_t> present;
  double mean_variance = 1;  // of a column
};

Filled filled(MatrixView x, const char* name) {
  Filled result{Matrix{x}, std::vector<std::uint8_t>(x.rows()), 1};
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < x.rows(); ++i) {
    const bool missing = std::ranges::all_of(x.row(i), [](float value) { return std::isnan(value); });
    if (missing) {
      std::ranges::fill(result.x.row(i), 0.0F);
      continue;
    }
    require(std::ranges::all_of(x.row(i), [](float value) { return std::isfinite(value); }),
            fmt::format("row {} of the {} holds values that are not finite: a missing one is NaN throughout", i, name));
    result.present[i] = 1;
    rows.push_back(i);
  }
  double squares = 0;
  for (std::size_t c = 0; c < x.cols() && !rows.empty(); ++c) {
    double sum = 0;
    double sum_of_squares = 0;
    for (const std::size_t i : rows) {
      sum += x(i, c);
      sum_of_squares += static_cast<double>(x(i, c)) * x(i, c);
    }
    const double n = static_cast<double>(rows.size());
    squares += sum_of_squares / n - (sum / n) * (sum / n);
  }
  result.mean_variance = squares / static_cast<double>(std::max<std::size_t>(1, x.cols()));
  return result;
}

class JointTrainer {
 public:
  JointTrainer(const std::array<Filled, kModalities>& data, const JointOptions& options, const TrainOptions& train,
               const Execution& run)
      : data_(data),
        options_(options),
        train_(train),
        run_(run),
        learner_(backend().make_joint_learner({data[kAudio].x.cols(), data[kLyrics].x.cols()}, options, train.seed)) {
    for (std::size_t i = 0; i < data[kAudio].x.rows(); ++i) {
      if (data[kAudio].present[i] != 0 || data[kLyrics].present[i] != 0) rows_.push_back(i);
    }
    for (const Modality side : {kAudio, kLyrics}) learner_->set_variance(side, data[side].mean_variance);
  }

  TrainedJoint finish();

 private:
  Epoch train_epoch(std::size_t epoch, const Schedule& schedule);
  [[nodiscard]] double reconstruction(const JointSums& sums, std::size_t n_rows) const;

  const std::array<Filled, kModalities>& data_;
  const JointOptions& options_;
  const TrainOptions& train_;
  const Execution& run_;
  std::unique_ptr<ThreadSettings> settings_ = backend().settle_thread();
  std::unique_ptr<JointLearner> learner_;
  std::unique_ptr<NoiseSource> noise_ = backend().make_noise();
  std::vector<std::size_t> rows_;
  std::uint64_t step_ = 0;
};

double JointTrainer::reconstruction(const JointSums& sums, std::size_t n_rows) const {
  double loss = 0;
  for (const Modality side : {kAudio, kLyrics}) {
    const double variance = learner_->variance(side);
    const double n_values = sums.rows[side] * static_cast<double>(data_[side].x.cols());
    loss += 0.5 * sums.squared_error[side] / variance + 0.5 * n_values * std::log(variance);
  }
  return loss / static_cast<double>(n_rows);
}

Epoch JointTrainer::train_epoch(std::size_t epoch, const Schedule& schedule) {
  std::vector<std::size_t> order = rows_;
  Random(train_.seed, kFirstEpochItem + 2 * epoch).shuffle(std::span(order));
  noise_->reseed(stream_seed(train_.seed, kFirstEpochItem + 2 * epoch + 1));
  std::array<std::vector<float>, kModalities> input_noise;
  std::vector<float> latent_noise;
  Epoch result;
  result.epoch = epoch;
  for (std::size_t first = 0; first < order.size(); first += train_.batch, ++step_) {
    const auto rows = std::span(order).subspan(first, std::min(train_.batch, order.size() - first));
    for (const Modality side : {kAudio, kLyrics}) {
      input_noise[side].resize(options_.vae.input_noise > 0 ? rows.size() * data_[side].x.cols() : 0);
      if (!input_noise[side].empty()) noise_->fill(input_noise[side]);
      // In units of the side: its columns may be far from variance 1.
      const auto scale = static_cast<float>(options_.vae.input_noise * std::sqrt(data_[side].mean_variance));
      for (float& value : input_noise[side]) value *= scale;
    }
    latent_noise.resize(3 * rows.size() * options_.vae.n_latent);
    noise_->fill(latent_noise);
    const JointBatch batch{
        {data_[kAudio].x, data_[kLyrics].x},         data_[kAudio].present, data_[kLyrics].present, rows,
        {input_noise[kAudio], input_noise[kLyrics]}, latent_noise};
    const double beta = schedule.beta(step_);
    const JointSums sums = learner_->differentiate(batch, beta);
    const double norm = learner_->update(schedule.learning_rate(step_), train_.clip_norm);
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
  result.held_out = std::numeric_limits<double>::quiet_NaN();
  return result;
}

/// KL and activity of each latent dimension, over the rows that have a place.
void describe_latent_use(const Posterior& posterior, TrainingReport& report) {
  const std::size_t n = posterior.mean.rows();
  for (std::size_t j = 0; j < posterior.mean.cols(); ++j) {
    double kl = 0;
    double sum = 0;
    double squares = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const double mean = posterior.mean(i, j);
      kl += kl_to_standard_normal({mean, std::exp(static_cast<double>(posterior.log_variance(i, j)))});
      sum += mean;
      squares += mean * mean;
    }
    const double rows = static_cast<double>(n);
    report.kl_per_dimension.push_back(kl / rows);
    if (squares / rows - (sum / rows) * (sum / rows) > kActive) ++report.active_units;
  }
  report.predicted_active = std::numeric_limits<double>::quiet_NaN();  // there is no closed form for two sides
  report.collapsed = report.active_units == 0;
}

TrainedJoint JointTrainer::finish() {
  const auto begin = std::chrono::steady_clock::now();
  const Schedule schedule(options_.vae, train_, chunk_count(rows_.size(), train_.batch));
  TrainingReport report;
  while (report.epochs.size() < train_.epochs) {
    report.epochs.push_back(train_epoch(report.epochs.size() + 1, schedule));
    run_.report({"training", static_cast<double>(report.epochs.size()), static_cast<double>(train_.epochs), "epochs"});
  }
  std::array<VaeWeights, kModalities> weights;
  std::array<double, kModalities> sigma{};
  for (const Modality side : {kAudio, kLyrics}) {
    weights[side] = {options_.vae, {data_[side].x.cols(), 0}, learner_->parameters(side)};
    sigma[side] = std::sqrt(learner_->variance(side));
  }
  JointModel model(options_.posterior, std::move(weights), sigma);
  report.sigma = sigma[kAudio];
  report.best_epoch = report.epochs.size();
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return {std::move(model), std::move(report)};
}

void check_joint(const JointData& data, const JointOptions& options, const TrainOptions& train) {
  check(options.vae);
  check(train);
  require(options.posterior == "mopoe" || options.posterior == "poe",
          fmt::format("joint.posterior = {} is not one of mopoe | poe", options.posterior));
  require(options.vae.network == "mlp" && options.vae.variational,
          "a joint model's sides are variational and fully connected: set network to mlp and variational to true");
  require(!data.audio.empty() && !data.lyrics.empty() && data.audio.rows() == data.lyrics.rows(),
          fmt::format("audio is {} x {}, lyrics {} x {}: a joint model takes one row of each a song", data.audio.rows(),
                      data.audio.cols(), data.lyrics.rows(), data.lyrics.cols()));
}

}  // namespace

std::vector<TrainedJoint> train_joint_seeds(const JointData& data, const JointOptions& options,
                                            const TrainOptions& train, std::span<const std::uint64_t> seeds,
                                            const Execution& run) {
  check_joint(data, options, train);
  const std::array<Filled, kModalities> sides{filled(data.audio, "audio"), filled(data.lyrics, "lyrics")};
  std::size_t n_both = 0;
  for (std::size_t i = 0; i < data.audio.rows(); ++i) n_both += sides[kAudio].present[i] & sides[kLyrics].present[i];
  require(n_both >= 2, fmt::format("{} of {} rows have both audio and lyrics: a joint model needs two at least", n_both,
                                   data.audio.rows()));
  static_cast<void>(backend());  // loaded by this thread, before there are others
  std::vector<std::optional<TrainedJoint>> trained(seeds.size());
  std::mutex mutex;
  std::vector<double> done(seeds.size());
  bool go_on = true;
  parallel_for(seeds.size(), run.thread_count(), [&](std::size_t i) {
    TrainOptions one = train;
    one.seed = seeds[i];
    const Execution inner{1, [&, i](const Progress& at) {
                            const std::lock_guard lock(mutex);
                            done[i] = at.done;
                            const double sum = std::accumulate(done.begin(), done.end(), 0.0);
                            const double total = at.total * static_cast<double>(seeds.size());
                            if (go_on && run.progress) go_on = run.progress({at.stage, sum, total, at.unit});
                            return go_on;
                          }};
    trained[i].emplace(JointTrainer(sides, options, one, inner).finish());
  });
  std::vector<TrainedJoint> result;
  for (std::optional<TrainedJoint>& one : trained) {
    // Rows with neither side have no place: they are left out of what is told about the latent space.
    std::vector<std::size_t> placed;
    for (std::size_t i = 0; i < data.audio.rows(); ++i) {
      if ((sides[kAudio].present[i] | sides[kLyrics].present[i]) != 0) placed.push_back(i);
    }
    const Matrix audio = take_rows(data.audio, placed);
    const Matrix lyrics = take_rows(data.lyrics, placed);
    describe_latent_use(one->model.encode({audio, lyrics}), one->report);
    result.push_back(std::move(*one));
  }
  return result;
}

}  // namespace songmap::model
