#include "songmap/model/torch/joint_learner.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "songmap/core/random.h"
#include "songmap/model/gaussian_product.h"
#include "songmap/model/torch/bridge.h"
#include "songmap/model/torch/flat_adam.h"
#include "songmap/model/torch/network.h"

namespace songmap::model {
namespace {

constexpr double kVarianceMemory = 0.9;  // as the calibrated objective of one side
constexpr double kSmallestVariance = 1e-6;

using Networks = std::array<std::unique_ptr<const Network>, kModalities>;

/// Buffers of one side for one number of rows. Rows without the side pass as zeros and get no gradient, so that every
/// batch of an epoch has the same shapes.
struct SideWork {
  SideWork(const Network& network, const at::Tensor& parameters, const at::Tensor& gradient, std::size_t n_inputs,
           std::size_t n_latent, std::size_t rows)
      : encoder(network.make_encoder(parameters, gradient, rows, 1)),
        decoder(network.make_decoder(parameters, gradient, kSubsets * rows, 1)),
        target(empty_matrix(rows, n_inputs)),
        input(empty_matrix(rows, n_inputs)),
        latent_gradient(empty_matrix(kSubsets * rows, n_latent)),
        mean(rows * n_latent),
        precision(rows * n_latent),
        has(rows),
        weight(kSubsets * rows) {}

  std::unique_ptr<Chain> encoder;
  std::unique_ptr<Chain> decoder;
  at::Tensor target;             // clean rows
  at::Tensor input;              // with noise
  at::Tensor latent_gradient;    // this side's decoder's: [kSubsets rows, n_latent]
  at::Tensor output;             // the decoder's: [kSubsets rows, n_inputs]
  std::vector<float> mean;       // of the side's own posterior: [rows, n_latent]
  std::vector<float> precision;  // likewise
  std::vector<std::uint8_t> has;
  bool any = false;           // a row of the batch has this side
  std::vector<float> weight;  // of the loss on each rebuilt row: [kSubsets rows]
};

struct Work {
  std::size_t rows = 0;
  std::array<SideWork, kModalities> side;
  at::Tensor latent;             // [kSubsets rows, n_latent]
  std::vector<float> mean;       // of each subset's posterior: [kSubsets, rows, n_latent]
  std::vector<float> variance;   // likewise
  std::vector<float> deviation;  // likewise
  std::vector<float> weight;     // of each subset of each row: [kSubsets, rows]
};

class DerivedJointLearner final : public JointLearner {
 public:
  DerivedJointLearner(const std::array<std::size_t, kModalities>& n_inputs, const JointOptions& options,
                      std::uint64_t seed)
      : one_product_(options.posterior == "poe"),
        n_latent_(options.vae.n_latent),
        n_inputs_(n_inputs),
        networks_{make_network({n_inputs[kAudio], 0}, options.vae), make_network({n_inputs[kLyrics], 0}, options.vae)},
        adam_(networks_[kAudio]->size() + networks_[kLyrics]->size(), at::kCPU) {
    for (const Modality side : kBothSides) {
      set_parameters(side, networks_[side]->initial_parameters(Random(seed, side).bits()));
    }
  }

  JointSums evaluate(const JointBatch& batch) override {
    Work& work = work_for(batch.rows.size());
    gather(work, batch);
    return forward(work, batch);
  }
  JointSums differentiate(const JointBatch& batch, double beta) override;
  double update(double learning_rate, double clip_norm) override { return adam_.update(learning_rate, clip_norm); }

  [[nodiscard]] std::vector<float> gradient(Modality side) const override { return numbers(adam_.gradient(), side); }
  [[nodiscard]] std::vector<float> parameters(Modality side) const override {
    return numbers(adam_.parameters(), side);
  }
  void set_parameters(Modality side, std::span<const float> values) override {
    std::ranges::copy(values, part(adam_.parameters(), side).mutable_data_ptr<float>());
  }

  [[nodiscard]] double variance(Modality side) const override { return variance_[side]; }
  void set_variance(Modality side, double variance) override {
    variance_[side] = std::max(variance, kSmallestVariance);
  }

 private:
  /// One side's share of a flat tensor.
  [[nodiscard]] at::Tensor part(const at::Tensor& flat, Modality side) const {
    const auto first = static_cast<std::int64_t>(side == kAudio ? 0 : networks_[kAudio]->size());
    return flat.narrow(0, first, static_cast<std::int64_t>(networks_[side]->size()));
  }
  [[nodiscard]] std::vector<float> numbers(const at::Tensor& flat, Modality side) const {
    const float* values = part(flat, side).const_data_ptr<float>();
    return {values, values + networks_[side]->size()};
  }

  [[nodiscard]] SideWork side_work(Modality side, std::size_t rows) {
    return {*networks_[side],
            part(adam_.parameters(), side),
            part(adam_.gradient(), side),
            n_inputs_[side],
            n_latent_,
            rows};
  }
  Work& work_for(std::size_t rows);

  /// Inputs, targets, and what each row has and how much its subsets count.
  void gather(Work& work, const JointBatch& batch) const;
  void encode(Work& work) const;
  /// The posteriors of the subsets and a latent point of each. Returns their weighted KL.
  double sample(Work& work, const JointBatch& batch) const;
  JointSums forward(Work& work, const JointBatch& batch) const;
  void differentiate_decoder(Work& work, Modality side);
  /// The encoders' output gradients from those of the latent points.
  void differentiate_sample(Work& work, const JointBatch& batch, double beta) const;
  [[nodiscard]] bool has_prior(std::size_t subset) const { return one_product_ || subset == kBoth; }
  /// Whether a subset's point is asked to rebuild a side.
  [[nodiscard]] bool rebuilds(std::size_t subset, std::size_t side) const {
    return !one_product_ || subset == kBoth || subset == side;
  }

  bool one_product_;
  std::size_t n_latent_;
  std::array<std::size_t, kModalities> n_inputs_;
  Networks networks_;
  FlatAdam adam_;
  std::array<double, kModalities> variance_{1, 1};
  std::map<std::size_t, Work> works_;
};

Work& DerivedJointLearner::work_for(std::size_t rows) {
  const auto found = works_.find(rows);
  if (found != works_.end()) return found->second;
  const std::size_t points = kSubsets * rows;
  const std::size_t numbers = points * n_latent_;
  return works_
      .emplace(rows, Work{rows,
                          {side_work(kAudio, rows), side_work(kLyrics, rows)},
                          empty_matrix(points, n_latent_),
                          std::vector<float>(numbers),
                          std::vector<float>(numbers),
                          std::vector<float>(numbers),
                          std::vector<float>(points)})
      .first->second;
}

void DerivedJointLearner::gather(Work& work, const JointBatch& batch) const {
  for (const Modality s : kBothSides) {
    SideWork& side = work.side[s];
    const std::size_t n = n_inputs_[s];
    float* target = side.target.mutable_data_ptr<float>();
    float* input = side.input.mutable_data_ptr<float>();
    for (std::size_t i = 0; i < work.rows; ++i) {
      std::ranges::copy(batch.data[s].row(batch.rows[i]), target + i * n);
      side.has[i] = batch.has[s][batch.rows[i]];
    }
    side.any = std::ranges::find(side.has, 1) != side.has.end();
    std::copy_n(target, work.rows * n, input);
    const std::span<const float> noise = batch.input_noise[s];
    for (std::size_t k = 0; k < noise.size(); ++k) input[k] += noise[k];
  }
  for (std::size_t i = 0; i < work.rows; ++i) {
    const SubsetWeights weights = subset_weights(work.side[kAudio].has[i] != 0, work.side[kLyrics].has[i] != 0);
    work.weight[kAudioAlone * work.rows + i] = static_cast<float>(weights.audio);
    work.weight[kLyricsAlone * work.rows + i] = static_cast<float>(weights.lyrics);
    work.weight[kBoth * work.rows + i] = static_cast<float>(weights.both);
  }
  for (const Modality s : kBothSides) {
    SideWork& side = work.side[s];
    for (std::size_t k = 0; k < side.weight.size(); ++k) {
      side.weight[k] = side.has[k % work.rows] != 0 && rebuilds(k / work.rows, s) ? work.weight[k] : 0;
    }
  }
}

void DerivedJointLearner::encode(Work& work) const {
  for (SideWork& side : work.side) {
    if (!side.any) {  // no subset of the batch asks for it
      std::ranges::fill(side.mean, 0.0F);
      std::ranges::fill(side.precision, 1.0F);
      continue;
    }
    const float* head = side.encoder->forward(side.input).const_data_ptr<float>();
    for (std::size_t i = 0; i < work.rows; ++i, head += 2 * n_latent_) {
      std::copy_n(head, n_latent_, &side.mean[i * n_latent_]);
      std::transform(head + n_latent_, head + 2 * n_latent_, &side.precision[i * n_latent_],
                     [](float log_variance) { return std::exp(-log_variance); });
    }
  }
}

double DerivedJointLearner::sample(Work& work, const JointBatch& batch) const {
  const float* audio_mean = work.side[kAudio].mean.data();
  const float* audio_precision = work.side[kAudio].precision.data();
  const float* lyrics_mean = work.side[kLyrics].mean.data();
  const float* lyrics_precision = work.side[kLyrics].precision.data();
  float* latent = work.latent.mutable_data_ptr<float>();
  double total_kl = 0;
  for (std::size_t subset = 0; subset < kSubsets; ++subset) {
    const float audio = subset == kLyricsAlone ? 0 : 1;
    const float lyrics = subset == kAudioAlone ? 0 : 1;
    const float prior = has_prior(subset) ? 1 : 0;
    for (std::size_t i = 0; i < work.rows; ++i) {
      const std::size_t first = (subset * work.rows + i) * n_latent_;
      const float weight = work.weight[subset * work.rows + i];
      if (weight == 0) {  // the decoder passes it all the same
        std::fill_n(latent + first, n_latent_, 0.0F);
        continue;
      }
      float kl = 0;
      for (std::size_t j = 0; j < n_latent_; ++j) {
        const std::size_t at = i * n_latent_ + j;
        const float by_audio = audio * audio_precision[at];
        const float by_lyrics = lyrics * lyrics_precision[at];
        const float precision = by_audio + by_lyrics + prior;
        const float mean = (by_audio * audio_mean[at] + by_lyrics * lyrics_mean[at]) / precision;
        const float variance = 1 / precision;
        const float deviation = std::sqrt(variance);
        work.mean[first + j] = mean;
        work.variance[first + j] = variance;
        work.deviation[first + j] = deviation;
        latent[first + j] = mean + deviation * batch.latent_noise[first + j];
        kl += 0.5F * (mean * mean + variance - 1 + std::log(precision));
      }
      total_kl += static_cast<double>(weight) * kl;
    }
  }
  return total_kl;
}

JointSums DerivedJointLearner::forward(Work& work, const JointBatch& batch) const {
  encode(work);
  JointSums sums;
  sums.kl = sample(work, batch);
  for (const Modality s : kBothSides) {
    SideWork& side = work.side[s];
    if (!side.any) continue;
    side.output = side.decoder->forward(work.latent);
    const float* output = side.output.const_data_ptr<float>();
    const float* target = side.target.const_data_ptr<float>();
    const std::size_t n = n_inputs_[s];
    for (std::size_t k = 0; k < side.weight.size(); ++k) {
      if (side.weight[k] == 0) continue;
      const float* rebuilt = output + k * n;
      const float* clean = target + k % work.rows * n;
      float error = 0;
#pragma omp simd reduction(+ : error)
      for (std::size_t j = 0; j < n; ++j) error += (rebuilt[j] - clean[j]) * (rebuilt[j] - clean[j]);
      sums.squared_error[s] += static_cast<double>(side.weight[k]) * error;
      sums.weight[s] += side.weight[k];
    }
  }
  return sums;
}

JointSums DerivedJointLearner::differentiate(const JointBatch& batch, double beta) {
  Work& work = work_for(batch.rows.size());
  gather(work, batch);
  const JointSums sums = forward(work, batch);
  for (const Modality side : kBothSides) {
    if (sums.weight[side] > 0) {
      const double error = sums.squared_error[side] / (sums.weight[side] * static_cast<double>(n_inputs_[side]));
      set_variance(side, kVarianceMemory * variance_[side] + (1 - kVarianceMemory) * error);
    }
    if (work.side[side].any) {
      differentiate_decoder(work, side);
    } else {
      part(adam_.gradient(), side).zero_();
      work.side[side].latent_gradient.zero_();
    }
  }
  differentiate_sample(work, batch, beta);
  for (SideWork& side : work.side) {
    if (side.any) side.encoder->backward({});
  }
  return sums;
}

void DerivedJointLearner::differentiate_decoder(Work& work, Modality s) {
  SideWork& side = work.side[s];
  const float* output = side.output.const_data_ptr<float>();
  const float* target = side.target.const_data_ptr<float>();
  float* gradient = side.decoder->output_gradient().mutable_data_ptr<float>();
  const auto scale = static_cast<float>(1 / (static_cast<double>(work.rows) * variance_[s]));
  const std::size_t n = n_inputs_[s];
  for (std::size_t k = 0; k < side.weight.size(); ++k) {
    const float* clean = target + k % work.rows * n;
    for (std::size_t j = 0; j < n; ++j) {
      gradient[k * n + j] = scale * side.weight[k] * (output[k * n + j] - clean[j]);
    }
  }
  side.decoder->backward(side.latent_gradient);
}

void DerivedJointLearner::differentiate_sample(Work& work, const JointBatch& batch, double beta) const {
  std::array<float*, kModalities> to{};
  for (const Modality s : kBothSides) {
    to[s] = work.side[s].encoder->output_gradient().mutable_data_ptr<float>();
    std::fill_n(to[s], 2 * work.rows * n_latent_, 0.0F);
  }
  const float* from_audio = work.side[kAudio].latent_gradient.const_data_ptr<float>();
  const float* from_lyrics = work.side[kLyrics].latent_gradient.const_data_ptr<float>();
  const auto scale = static_cast<float>(beta / static_cast<double>(work.rows));
  for (std::size_t k = 0; k < kSubsets * work.rows; ++k) {
    const float kl_weight = scale * work.weight[k];
    if (work.weight[k] == 0) continue;
    for (const Modality s : kBothSides) {
      if (k / work.rows != kBoth && k / work.rows != s) continue;
      const std::size_t i = k % work.rows;
      const float* expert_mean = &work.side[s].mean[i * n_latent_];
      const float* expert_precision = &work.side[s].precision[i * n_latent_];
      float* to_mean = to[s] + 2 * i * n_latent_;
      float* to_log_variance = to_mean + n_latent_;
      // With p the precision of the expert and P of the product: d mean / d expert's mean = d log variance / d expert's
      // log variance = p / P, and d mean / d expert's log variance = -p / P (expert's mean - mean).
#pragma omp simd
      for (std::size_t j = 0; j < n_latent_; ++j) {
        const std::size_t at = k * n_latent_ + j;
        const float point = from_audio[at] + from_lyrics[at];
        const float by_mean = point + kl_weight * work.mean[at];
        const float by_log_variance =
            0.5F * (point * work.deviation[at] * batch.latent_noise[at] + kl_weight * (work.variance[at] - 1));
        const float share = expert_precision[j] * work.variance[at];
        to_mean[j] += share * by_mean;
        to_log_variance[j] += share * (by_log_variance - by_mean * (expert_mean[j] - work.mean[at]));
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
