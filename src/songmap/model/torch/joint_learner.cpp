#include "songmap/model/torch/joint_learner.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "songmap/model/gaussian_product.h"
#include "songmap/model/torch/bridge.h"
#include "songmap/model/torch/flat_adam.h"
#include "songmap/model/torch/network.h"

namespace songmap::model {
namespace {

/// Subsets of the modalities, in the order in which their latent points lie in the decoders' batch.
enum Subset : std::size_t { kAudioAlone = 0, kLyricsAlone = 1, kBoth = 2 };
constexpr std::size_t kSubsets = 3;

constexpr double kVarianceMemory = 0.9;  // as the calibrated objective of one modality
constexpr double kSmallestVariance = 1e-6;

/// One modality: its network and what training carries along.
struct Side {
  Side(std::size_t inputs, const VaeOptions& options, std::uint64_t seed)
      : n_inputs(inputs), network(make_network({inputs, 0}, options)), adam(network->size(), at::kCPU) {
    const std::vector<float> first = network->initial_parameters(seed);
    std::ranges::copy(first, adam.parameters().mutable_data_ptr<float>());
  }
  std::size_t n_inputs;
  std::unique_ptr<const Network> network;
  FlatAdam adam;
  double variance = 1;
};

/// Buffers of one side for one number of rows.
struct SideWork {
  SideWork(Side& side, std::size_t rows, std::size_t n_latent)
      : encoder(side.network->make_encoder(side.adam.parameters(), side.adam.gradient(), rows, 1)),
        decoder(side.network->make_decoder(side.adam.parameters(), side.adam.gradient(), kSubsets * rows, 1)),
        target(empty_matrix(rows, side.n_inputs)),
        input(empty_matrix(rows, side.n_inputs)),
        latent_gradient(empty_matrix(kSubsets * rows, n_latent)) {}
  std::unique_ptr<Chain> encoder;
  std::unique_ptr<Chain> decoder;
  at::Tensor target;
  at::Tensor input;
  at::Tensor latent_gradient;
  at::Tensor head;    // [rows, 2 n_latent]: mean and log variance side by side
  at::Tensor output;  // [3 rows, n_inputs]
};

struct Work {
  Work(std::array<Side, kModalities>& sides, std::size_t n_rows, std::size_t n_latent)
      : rows(n_rows),
        side{SideWork(sides[kAudio], n_rows, n_latent), SideWork(sides[kLyrics], n_rows, n_latent)},
        latent(empty_matrix(kSubsets * n_rows, n_latent)),
        mean(kSubsets * n_rows * n_latent),
        log_variance(kSubsets * n_rows * n_latent),
        weight(kSubsets * n_rows) {}
  std::size_t rows;
  std::array<SideWork, kModalities> side;
  at::Tensor latent;                // [3 rows, n_latent]
  std::vector<float> mean;          // of each subset's posterior: [3 rows, n_latent]
  std::vector<float> log_variance;  // likewise
  std::vector<float> weight;        // of each subset of each row: [3 rows]
};

class DerivedJointLearner final : public JointLearner {
 public:
  DerivedJointLearner(const std::array<std::size_t, kModalities>& n_inputs, const JointOptions& options,
                      std::uint64_t seed)
      : prior_in_all_(options.posterior == "poe"),
        n_latent_(options.vae.n_latent),
        sides_{Side(n_inputs[kAudio], options.vae, 2 * seed), Side(n_inputs[kLyrics], options.vae, 2 * seed + 1)} {}

  JointSums evaluate(const JointBatch& batch) override { return forward(work(batch.rows.size()), batch); }
  JointSums differentiate(const JointBatch& batch, double beta) override;

  [[nodiscard]] std::vector<float> gradient(Modality side) const override {
    const float* values = sides_[side].adam.gradient().const_data_ptr<float>();
    return {values, values + sides_[side].network->size()};
  }
  [[nodiscard]] std::vector<float> parameters(Modality side) const override {
    const float* values = sides_[side].adam.parameters().const_data_ptr<float>();
    return {values, values + sides_[side].network->size()};
  }
  void set_parameters(Modality side, std::span<const float> values) override {
    std::ranges::copy(values, sides_[side].adam.parameters().mutable_data_ptr<float>());
  }
  double update(double learning_rate, double clip_norm) override {
    double norm = 0;
    for (Side& side : sides_) norm = std::max(norm, side.adam.update(learning_rate, clip_norm));
    return norm;
  }
  [[nodiscard]] double variance(Modality side) const override { return sides_[side].variance; }
  void set_variance(Modality side, double variance) override {
    sides_[side].variance = std::max(variance, kSmallestVariance);
  }

 private:
  Work& work(std::size_t rows) { return works_.try_emplace(rows, sides_, rows, n_latent_).first->second; }

  void gather(Work& work, const JointBatch& batch) const;
  /// The posteriors of the three subsets and a latent point of each. Returns the weighted KL.
  double sample(Work& work, const JointBatch& batch) const;
  JointSums forward(Work& work, const JointBatch& batch) const;
  /// The heads' gradients from those of the latent points.
  void differentiate_sample(Work& work, const JointBatch& batch, double beta) const;
  [[nodiscard]] static bool has(const JointBatch& batch, std::size_t side, std::size_t i) {
    return (side == kAudio ? batch.has_audio : batch.has_lyrics)[batch.rows[i]] != 0;
  }

  bool prior_in_all_;  // else in the product of both alone
  std::size_t n_latent_;
  std::array<Side, kModalities> sides_;
  std::map<std::size_t, Work> works_;
};

void DerivedJointLearner::gather(Work& work, const JointBatch& batch) const {
  for (std::size_t s = 0; s < kModalities; ++s) {
    const std::size_t n = sides_[s].n_inputs;
    float* target = work.side[s].target.mutable_data_ptr<float>();
    float* input = work.side[s].input.mutable_data_ptr<float>();
    const std::span<const float> noise = batch.input_noise[s];
    for (std::size_t i = 0; i < work.rows; ++i) {
      std::ranges::copy(batch.data[s].row(batch.rows[i]), target + i * n);
      for (std::size_t j = 0; j < n; ++j) input[i * n + j] = target[i * n + j] + (noise.empty() ? 0 : noise[i * n + j]);
    }
  }
  for (std::size_t i = 0; i < work.rows; ++i) {
    const SubsetWeights weights = subset_weights(has(batch, kAudio, i), has(batch, kLyrics, i));
    work.weight[kAudioAlone * work.rows + i] = static_cast<float>(weights.audio);
    work.weight[kLyricsAlone * work.rows + i] = static_cast<float>(weights.lyrics);
    work.weight[kBoth * work.rows + i] = static_cast<float>(weights.both);
  }
}

double DerivedJointLearner::sample(Work& work, const JointBatch& batch) const {
  const float* audio = work.side[kAudio].head.const_data_ptr<float>();
  const float* lyrics = work.side[kLyrics].head.const_data_ptr<float>();
  float* latent = work.latent.mutable_data_ptr<float>();
  const float prior = prior_in_all_ ? 1 : 0;
  double total_kl = 0;
  for (std::size_t i = 0; i < work.rows; ++i) {
    for (std::size_t j = 0; j < n_latent_; ++j) {
      const std::size_t mean_at = 2 * i * n_latent_ + j;
      const std::array<float, 2> mean{audio[mean_at], lyrics[mean_at]};
      const std::array<float, 2> precision{std::exp(-audio[mean_at + n_latent_]),
                                           std::exp(-lyrics[mean_at + n_latent_])};
      for (std::size_t s = 0; s < kSubsets; ++s) {
        const std::size_t at = (s * work.rows + i) * n_latent_ + j;
        const float weight_audio = s == kLyricsAlone ? 0 : precision[kAudio];
        const float weight_lyrics = s == kAudioAlone ? 0 : precision[kLyrics];
        const float total = weight_audio + weight_lyrics + (s == kBoth ? 1 : prior);
        work.mean[at] = (weight_audio * mean[kAudio] + weight_lyrics * mean[kLyrics]) / total;
        work.log_variance[at] = -std::log(total);
        const float variance = 1 / total;
        latent[at] = work.mean[at] + std::sqrt(variance) * batch.latent_noise[at];
        const float kl = 0.5F * (work.mean[at] * work.mean[at] + variance - 1 - work.log_variance[at]);
        total_kl += static_cast<double>(work.weight[s * work.rows + i]) * kl;
      }
    }
  }
  return total_kl;
}

JointSums DerivedJointLearner::forward(Work& work, const JointBatch& batch) const {
  gather(work, batch);
  for (SideWork& side : work.side) side.head = side.encoder->forward(side.input);
  JointSums sums;
  sums.kl = sample(work, batch);
  for (std::size_t s = 0; s < kModalities; ++s) {
    SideWork& side = work.side[s];
    side.output = side.decoder->forward(work.latent);
    const float* output = side.output.const_data_ptr<float>();
    const float* target = side.target.const_data_ptr<float>();
    const std::size_t n = sides_[s].n_inputs;
    for (std::size_t i = 0; i < work.rows; ++i) {
      if (!has(batch, s, i)) continue;
      ++sums.rows[s];
      for (std::size_t subset = 0; subset < kSubsets; ++subset) {
        const float* row = output + (subset * work.rows + i) * n;
        float error = 0;
#pragma omp simd reduction(+ : error)
        for (std::size_t j = 0; j < n; ++j) error += (row[j] - target[i * n + j]) * (row[j] - target[i * n + j]);
        sums.squared_error[s] += static_cast<double>(work.weight[subset * work.rows + i]) * error;
      }
    }
  }
  return sums;
}

JointSums DerivedJointLearner::differentiate(const JointBatch& batch, double beta) {
  Work& work = this->work(batch.rows.size());
  const JointSums sums = forward(work, batch);
  const auto n_rows = static_cast<double>(work.rows);
  for (std::size_t s = 0; s < kModalities; ++s) {
    Side& side = sides_[s];
    if (sums.rows[s] > 0) {
      const double error = sums.squared_error[s] / (sums.rows[s] * static_cast<double>(side.n_inputs));
      side.variance = std::max(kSmallestVariance, kVarianceMemory * side.variance + (1 - kVarianceMemory) * error);
    }
    SideWork& at = work.side[s];
    const float* output = at.output.const_data_ptr<float>();
    const float* target = at.target.const_data_ptr<float>();
    float* gradient = at.decoder->output_gradient().mutable_data_ptr<float>();
    const std::size_t n = side.n_inputs;
    for (std::size_t subset = 0; subset < kSubsets; ++subset) {
      for (std::size_t i = 0; i < work.rows; ++i) {
        const std::size_t row = subset * work.rows + i;
        const auto weight = static_cast<float>(has(batch, s, i) ? work.weight[row] / (n_rows * side.variance) : 0.0);
        for (std::size_t j = 0; j < n; ++j) gradient[row * n + j] = weight * (output[row * n + j] - target[i * n + j]);
      }
    }
    at.decoder->backward(at.latent_gradient);
  }
  differentiate_sample(work, batch, beta);
  for (SideWork& side : work.side) side.encoder->backward({});
  return sums;
}

void DerivedJointLearner::differentiate_sample(Work& work, const JointBatch& batch, double beta) const {
  std::array<const float*, kModalities> head{};
  std::array<const float*, kModalities> from{};
  std::array<float*, kModalities> to{};
  for (std::size_t s = 0; s < kModalities; ++s) {
    head[s] = work.side[s].head.const_data_ptr<float>();
    from[s] = work.side[s].latent_gradient.const_data_ptr<float>();
    to[s] = work.side[s].encoder->output_gradient().mutable_data_ptr<float>();
  }
  const auto kl_weight = static_cast<float>(beta / static_cast<double>(work.rows));
  for (std::size_t i = 0; i < work.rows; ++i) {
    for (std::size_t j = 0; j < n_latent_; ++j) {
      const std::size_t at = 2 * i * n_latent_ + j;
      std::array<float, kModalities> by_mean{};
      std::array<float, kModalities> by_log_variance{};
      for (std::size_t subset = 0; subset < kSubsets; ++subset) {
        const float weight = work.weight[subset * work.rows + i];
        if (weight == 0) continue;
        const std::size_t k = (subset * work.rows + i) * n_latent_ + j;
        const float mean = work.mean[k];
        const float variance = std::exp(work.log_variance[k]);
        const float point = from[kAudio][k] + from[kLyrics][k];
        const float of_mean = point + kl_weight * weight * mean;
        const float of_log_variance =
            0.5F * (point * std::sqrt(variance) * batch.latent_noise[k] + kl_weight * weight * (variance - 1));
        for (std::size_t s = 0; s < kModalities; ++s) {
          if (subset != kBoth && subset != s) continue;
          // mean = variance * sum of precision * mean; log variance = -log(sum of precisions)
          const float precision = std::exp(-head[s][at + n_latent_]);
          by_mean[s] += of_mean * variance * precision;
          by_log_variance[s] -= precision * (of_mean * variance * (head[s][at] - mean) - of_log_variance * variance);
        }
      }
      for (std::size_t s = 0; s < kModalities; ++s) {
        to[s][at] = by_mean[s];
        to[s][at + n_latent_] = by_log_variance[s];
      }
    }
  }
}

}  // namespace

std::unique_ptr<JointLearner> make_derived_joint_learner(const std::array<std::size_t, kModalities>& n_inputs,
                                                         const JointOptions& options, std::uint64_t seed) {
  return std::make_unique<DerivedJointLearner>(n_inputs, options, seed);
}

}  // namespace songmap::model
