#include "songmap/model/torch/derived_learner.h"

#include <ATen/ops/exp.h>

#include <algorithm>
#include <map>
#include <utility>

#include "songmap/model/torch/bridge.h"
#include "songmap/model/torch/flat_adam.h"
#include "songmap/model/torch/network.h"
#include "songmap/model/torch/vae_model.h"

namespace songmap::model {
namespace {

/// Buffers of a step on one number of rows; an epoch needs two (its last batch may be smaller).
struct Workspace {
  Workspace(const Network& network, FlatAdam& adam, const DataShape& shape, std::size_t n_latent, std::size_t n_rows,
            std::size_t threads)
      : rows(n_rows),
        encoder(network.make_encoder(adam.parameters(), adam.gradient(), n_rows, threads)),
        decoder(network.make_decoder(adam.parameters(), adam.gradient(), n_rows, threads)),
        target(empty_matrix(n_rows, shape.n_inputs)),
        input(empty_matrix(n_rows, shape.n_inputs + shape.n_conditions)),
        deviation(empty_matrix(n_rows, n_latent)),
        latent(empty_matrix(n_rows, n_latent + shape.n_conditions)),
        latent_gradient(empty_matrix(n_rows, n_latent + shape.n_conditions)),
        kl(n_latent),
        kl_weight(n_latent) {}

  std::size_t rows;
  std::unique_ptr<Chain> encoder;
  std::unique_ptr<Chain> decoder;
  at::Tensor target;             // clean rows
  at::Tensor input;              // with noise and conditions
  at::Tensor deviation;          // of the posterior: exp(log variance / 2)
  at::Tensor latent;             // the decoder's input: mean + deviation * noise, and conditions
  at::Tensor latent_gradient;    // the decoder's
  at::Tensor head;               // the encoder's output: mean and log variance side by side, or the code
  at::Tensor output;             // the decoder's output
  std::vector<double> kl;        // of each latent dimension, summed over rows
  std::vector<float> kl_weight;  // of each latent dimension
};

/// As many of each row's columns as both have.
void copy_rows(const at::Tensor& from, at::Tensor& to) {
  const auto n_from = static_cast<std::size_t>(from.size(1));
  const auto n_to = static_cast<std::size_t>(to.size(1));
  const float* source = from.const_data_ptr<float>();
  float* target = to.mutable_data_ptr<float>();
  for (std::int64_t i = 0; i < from.size(0); ++i, source += n_from, target += n_to) {
    std::copy_n(source, std::min(n_from, n_to), target);
  }
}

class DerivedLearner final : public Learner {
 public:
  DerivedLearner(std::shared_ptr<const Network> network, const DataShape& shape, const VaeOptions& options,
                 std::size_t threads)
      : network_(std::move(network)),
        shape_(shape),
        options_(options),
        threads_(threads),
        objective_(options, shape.n_inputs),
        adam_(network_->size(), at::kCPU, threads) {}

  [[nodiscard]] std::vector<float> initial_parameters(std::uint64_t seed) const override {
    return network_->initial_parameters(seed);
  }

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
    return {values, values + network_->size()};
  }

  double update(double learning_rate, double clip_norm) override { return adam_.update(learning_rate, clip_norm); }

  [[nodiscard]] const Objective& objective() const override { return objective_; }

  [[nodiscard]] std::unique_ptr<LatentModel> model() const override {
    LearnerState state;
    store(state);
    return make_vae_model({options_, shape_, std::move(state.parameters)});
  }

 private:
  Workspace& workspace(std::size_t rows) {
    return workspaces_.try_emplace(rows, *network_, adam_, shape_, options_.n_latent, rows, threads_).first->second;
  }

  /// The encoder's input is the target, nothing added.
  [[nodiscard]] bool encodes_target(const Batch& batch) const {
    return batch.input_noise.empty() && shape_.n_conditions == 0 && batch.targets.empty();
  }
  void gather(Workspace& work, const Batch& batch) const;
  /// Writes the batch's conditions into each row's columns from `first` on.
  void put_condition(at::Tensor& rows, std::size_t first, const Batch& batch) const;
  BatchSums forward(Workspace& work, const Batch& batch) const;
  /// Draws the latent points from the encoder's output and sums up their KL.
  void sample(Workspace& work, const Batch& batch) const;
  /// The encoder's output gradient from that of the latent points.
  void differentiate_sample(Workspace& work, const Batch& batch, double kl_weight) const;
  /// KL of one dimension, summed over rows, that the loss counts even where there is less.
  [[nodiscard]] double free_kl(std::size_t rows) const { return options_.free_bits * static_cast<double>(rows); }

  std::shared_ptr<const Network> network_;
  DataShape shape_;
  VaeOptions options_;
  std::size_t threads_;
  Objective objective_;
  FlatAdam adam_;
  std::map<std::size_t, Workspace> workspaces_;
};

void DerivedLearner::gather(Workspace& work, const Batch& batch) const {
  const std::size_t n = shape_.n_inputs;
  float* target = work.target.mutable_data_ptr<float>();
  float* input = work.input.mutable_data_ptr<float>();
  const float* noise = batch.input_noise.data();
  for (std::size_t i = 0; i < work.rows; ++i, target += n, input += shape_.n_inputs + shape_.n_conditions) {
    const float* row = batch.data.row(batch.rows[i]).data();
    std::ranges::copy(batch.data.row(batch.target_rows()[i]), target);
    if (!batch.input_noise.empty()) {
      for (std::size_t j = 0; j < n; ++j) input[j] = row[j] + noise[i * n + j];
    } else if (!encodes_target(batch)) {
      std::copy_n(row, n, input);
    }
  }
  put_condition(work.input, n, batch);
}

void DerivedLearner::put_condition(at::Tensor& rows, std::size_t first, const Batch& batch) const {
  const std::size_t n = shape_.n_conditions;
  if (n == 0) return;
  float* to = rows.mutable_data_ptr<float>() + first;
  for (const std::size_t row : batch.rows) {
    std::ranges::copy(batch.condition.row(row), to);
    to += first + n;
  }
}

void DerivedLearner::sample(Workspace& work, const Batch& batch) const {
  const std::size_t n_latent = options_.n_latent;
  const std::size_t stride = options_.n_latent + shape_.n_conditions;
  const float* head = work.head.const_data_ptr<float>();
  float* deviation = work.deviation.mutable_data_ptr<float>();
  float* latent = work.latent.mutable_data_ptr<float>();
  const float* noise = batch.latent_noise.data();
  for (std::size_t i = 0; i < work.rows; ++i) {
    for (std::size_t j = 0; j < n_latent; ++j) deviation[i * n_latent + j] = 0.5F * head[(2 * i + 1) * n_latent + j];
  }
  at::exp_out(work.deviation, work.deviation);

  std::ranges::fill(work.kl, 0.0);
  double* kl = work.kl.data();
  for (std::size_t i = 0; i < work.rows; ++i) {
    const float* mean = head + 2 * i * n_latent;
    const float* log_variance = mean + n_latent;
#pragma omp simd
    for (std::size_t j = 0; j < n_latent; ++j) {
      const float sigma = deviation[i * n_latent + j];
      latent[i * stride + j] = mean[j] + sigma * noise[i * n_latent + j];
      kl[j] += 0.5F * (mean[j] * mean[j] + sigma * sigma - 1 - log_variance[j]);
    }
  }
}

BatchSums DerivedLearner::forward(Workspace& work, const Batch& batch) const {
  gather(work, batch);
  work.head = work.encoder->forward(encodes_target(batch) ? work.target : work.input);
  BatchSums sums;
  if (options_.variational) {
    sample(work, batch);
    for (const double kl : work.kl) {
      sums.kl += kl;
      sums.counted_kl += std::max(kl, free_kl(work.rows));
    }
  } else {
    copy_rows(work.head, work.latent);
  }
  put_condition(work.latent, options_.n_latent, batch);
  work.output = work.decoder->forward(work.latent);

  const float* output = work.output.const_data_ptr<float>();
  const float* target = work.target.const_data_ptr<float>();
  const std::size_t n = shape_.n_inputs;
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
  float* output_gradient = work.decoder->output_gradient().mutable_data_ptr<float>();
  const std::size_t n_output = work.rows * shape_.n_inputs;
  for (std::size_t k = 0; k < n_output; ++k) output_gradient[k] = error_weight * (output[k] - target[k]);
  work.decoder->backward(work.latent_gradient);

  if (options_.variational) {
    differentiate_sample(work, batch, weights.kl_weight);
  } else {
    copy_rows(work.latent_gradient, work.encoder->output_gradient());
  }
  work.encoder->backward({});
  return sums;
}

void DerivedLearner::differentiate_sample(Workspace& work, const Batch& batch, double kl_weight) const {
  const std::size_t n_latent = options_.n_latent;
  const std::size_t stride = options_.n_latent + shape_.n_conditions;
  for (std::size_t j = 0; j < n_latent; ++j) {
    const bool free = options_.free_bits > 0 && work.kl[j] < free_kl(work.rows);
    work.kl_weight[j] = free ? 0.0F : static_cast<float>(kl_weight);
  }
  const float* weight = work.kl_weight.data();
  const float* head = work.head.const_data_ptr<float>();
  const float* deviation = work.deviation.const_data_ptr<float>();
  const float* latent_gradient = work.latent_gradient.const_data_ptr<float>();
  float* head_gradient = work.encoder->output_gradient().mutable_data_ptr<float>();
  for (std::size_t i = 0; i < work.rows; ++i) {
#pragma omp simd
    for (std::size_t j = 0; j < n_latent; ++j) {
      const std::size_t k = i * n_latent + j;
      const std::size_t at = 2 * i * n_latent + j;
      const float sigma = deviation[k];
      const float gradient = latent_gradient[i * stride + j];
      head_gradient[at] = gradient + weight[j] * head[at];
      head_gradient[at + n_latent] =
          0.5F * (gradient * batch.latent_noise[k] * sigma + weight[j] * (sigma * sigma - 1));
    }
  }
}

}  // namespace

std::unique_ptr<Learner> make_derived_learner(std::shared_ptr<const Network> network, const DataShape& shape,
                                              const VaeOptions& options, std::size_t threads) {
  return std::make_unique<DerivedLearner>(std::move(network), shape, options, threads);
}

}  // namespace songmap::model
