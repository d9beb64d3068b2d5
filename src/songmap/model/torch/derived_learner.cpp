#include "songmap/model/torch/derived_learner.h"

#include <ATen/ops/exp.h>

#include <algorithm>
#include <map>
#include <utility>

#include "songmap/model/torch/bridge.h"
#include "songmap/model/torch/flat_adam.h"
#include "songmap/model/torch/mlp.h"
#include "songmap/model/torch/vae_model.h"

namespace songmap::model {
namespace {

/// Buffers of a step on one number of rows; an epoch needs two (its last batch may be smaller).
struct Workspace {
  Workspace(const MlpLayout& layout, FlatAdam& adam, std::size_t n_rows)
      : rows(n_rows),
        encoder(layout.encoder, adam.parameters(), adam.gradient(), n_rows),
        decoder(layout.decoder, adam.parameters(), adam.gradient(), n_rows),
        target(empty_matrix(n_rows, layout.n_inputs)),
        input(empty_matrix(n_rows, layout.n_inputs)),
        deviation(empty_matrix(n_rows, layout.n_latent)),
        latent(empty_matrix(n_rows, layout.n_latent)),
        latent_gradient(empty_matrix(n_rows, layout.n_latent)) {}

  std::size_t rows;
  Mlp encoder;
  Mlp decoder;
  at::Tensor target;           // the clean rows
  at::Tensor input;            // with noise
  at::Tensor deviation;        // of the posterior: exp(log variance / 2)
  at::Tensor latent;           // mean + deviation * noise
  at::Tensor latent_gradient;  // the decoder's
  at::Tensor head;             // the encoder's output: mean and log variance side by side
  at::Tensor output;           // the decoder's output
};

class DerivedLearner final : public Learner {
 public:
  DerivedLearner(std::size_t n_inputs, const VaeOptions& options)
      : options_(options),
        layout_(mlp_layout(n_inputs, options)),
        objective_(options, n_inputs),
        adam_(layout_.size, at::kCPU) {}

  void restore(const LearnerState& state) override {
    adam_.restore(state);
    objective_.set_variance(state.variance);
  }

  void store(LearnerState& state) const override {
    adam_.store(state);
    state.variance = objective_.variance();
  }

  BatchSums evaluate(const Batch& batch) override { return forward(workspace(batch.rows.size()), batch); }
  BatchSums differentiate(const Batch& batch, double beta) override;

  [[nodiscard]] std::vector<float> gradient() const override {
    const float* values = adam_.gradient().const_data_ptr<float>();
    return {values, values + layout_.size};
  }

  double update(double learning_rate, double clip_norm) override { return adam_.update(learning_rate, clip_norm); }

  [[nodiscard]] const Objective& objective() const override { return objective_; }

  [[nodiscard]] std::unique_ptr<LatentModel> model() const override {
    LearnerState state;
    store(state);
    return make_vae_model({options_, layout_.n_inputs, std::move(state.parameters)});
  }

 private:
  Workspace& workspace(std::size_t rows) { return workspaces_.try_emplace(rows, layout_, adam_, rows).first->second; }

  void gather(Workspace& work, const Batch& batch) const;
  BatchSums forward(Workspace& work, const Batch& batch) const;

  VaeOptions options_;
  MlpLayout layout_;
  Objective objective_;
  FlatAdam adam_;
  std::map<std::size_t, Workspace> workspaces_;
};

void DerivedLearner::gather(Workspace& work, const Batch& batch) const {
  const std::size_t n = layout_.n_inputs;
  float* target = work.target.mutable_data_ptr<float>();
  float* input = work.input.mutable_data_ptr<float>();
  const float* noise = batch.input_noise.data();
  for (std::size_t i = 0; i < work.rows; ++i, target += n, input += n) {
    std::ranges::copy(batch.data.row(batch.rows[i]), target);
    if (batch.input_noise.empty()) continue;
    for (std::size_t j = 0; j < n; ++j) input[j] = target[j] + noise[i * n + j];
  }
}

BatchSums DerivedLearner::forward(Workspace& work, const Batch& batch) const {
  gather(work, batch);
  work.head = work.encoder.forward(batch.input_noise.empty() ? work.target : work.input);

  const std::size_t n_latent = layout_.n_latent;
  const float* head = work.head.const_data_ptr<float>();
  float* deviation = work.deviation.mutable_data_ptr<float>();
  float* latent = work.latent.mutable_data_ptr<float>();
  const float* noise = batch.latent_noise.data();
  for (std::size_t i = 0; i < work.rows; ++i) {
    for (std::size_t j = 0; j < n_latent; ++j) deviation[i * n_latent + j] = 0.5F * head[(2 * i + 1) * n_latent + j];
  }
  at::exp_out(work.deviation, work.deviation);

  BatchSums sums;
  for (std::size_t i = 0; i < work.rows; ++i) {
    const float* mean = head + 2 * i * n_latent;
    const float* log_variance = mean + n_latent;
    float kl = 0;
    for (std::size_t j = 0; j < n_latent; ++j) {
      const float sigma = deviation[i * n_latent + j];
      latent[i * n_latent + j] = mean[j] + sigma * noise[i * n_latent + j];
      kl += mean[j] * mean[j] + sigma * sigma - 1 - log_variance[j];
    }
    sums.kl += 0.5 * kl;
  }

  work.output = work.decoder.forward(work.latent);
  const float* output = work.output.const_data_ptr<float>();
  const float* target = work.target.const_data_ptr<float>();
  const std::size_t n = layout_.n_inputs;
  for (std::size_t i = 0; i < work.rows; ++i) {
    float error = 0;
#pragma omp simd reduction(+ : error)
    for (std::size_t j = 0; j < n; ++j) {
      const float difference = output[i * n + j] - target[i * n + j];
      error += difference * difference;
    }
    sums.squared_error += error;
  }
  return sums;
}

BatchSums DerivedLearner::differentiate(const Batch& batch, double beta) {
  Workspace& work = workspace(batch.rows.size());
  const BatchSums sums = forward(work, batch);
  objective_.observe(sums.squared_error, work.rows);
  const LossWeights weights = objective_.weights(work.rows, beta);

  const auto error_weight = static_cast<float>(2 * weights.error_weight);
  const float* output = work.output.const_data_ptr<float>();
  const float* target = work.target.const_data_ptr<float>();
  float* output_gradient = work.decoder.output_gradient().mutable_data_ptr<float>();
  const std::size_t n_output = work.rows * layout_.n_inputs;
  for (std::size_t k = 0; k < n_output; ++k) output_gradient[k] = error_weight * (output[k] - target[k]);
  work.decoder.backward(work.latent_gradient);

  const auto kl_weight = static_cast<float>(weights.kl_weight);
  const std::size_t n_latent = layout_.n_latent;
  const float* head = work.head.const_data_ptr<float>();
  const float* deviation = work.deviation.const_data_ptr<float>();
  const float* latent_gradient = work.latent_gradient.const_data_ptr<float>();
  float* head_gradient = work.encoder.output_gradient().mutable_data_ptr<float>();
  for (std::size_t i = 0; i < work.rows; ++i) {
    for (std::size_t j = 0; j < n_latent; ++j) {
      const std::size_t k = i * n_latent + j;
      const std::size_t at = 2 * i * n_latent + j;
      const float sigma = deviation[k];
      head_gradient[at] = latent_gradient[k] + kl_weight * head[at];
      head_gradient[at + n_latent] =
          0.5F * (latent_gradient[k] * batch.latent_noise[k] * sigma + kl_weight * (sigma * sigma - 1));
    }
  }
  work.encoder.backward({});
  return sums;
}

}  // namespace

std::unique_ptr<Learner> make_derived_learner(std::size_t n_inputs, const VaeOptions& options) {
  return std::make_unique<DerivedLearner>(n_inputs, options);
}

}  // namespace songmap::model
