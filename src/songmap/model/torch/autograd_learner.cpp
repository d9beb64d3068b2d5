#include "songmap/model/torch/autograd_learner.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/stack.h>

#include <utility>

#include "songmap/model/torch/bridge.h"
#include "songmap/model/torch/flat_adam.h"
#include "songmap/model/torch/latent_sample.h"
#include "songmap/model/torch/vae_model.h"

namespace songmap::model {
namespace {

class AutogradLearner final : public Learner {
 public:
  AutogradLearner(std::shared_ptr<const Network> network, const DataShape& shape, const VaeOptions& options,
                  const at::Device& device)
      : network_(std::move(network)),
        shape_(shape),
        options_(options),
        device_(device),
        objective_(options, shape.n_inputs),
        adam_(network_->size(), device) {
    adam_.parameters().set_requires_grad(true);
    adam_.parameters().mutable_grad() = adam_.gradient();
  }

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

  BatchSums evaluate(const Batch& batch) override {
    const at::NoGradGuard guard;
    return numbers(forward(batch));
  }

  BatchSums differentiate(const Batch& batch, double beta) override {
    adam_.gradient().zero_();
    const Sums tensors = forward(batch);
    const BatchSums sums = numbers(tensors);
    objective_.observe(sums.squared_error, batch.rows.size());
    const LossWeights weights = objective_.weights(batch.rows.size(), beta);
    (tensors.squared_error * weights.error_weight + tensors.counted_kl * weights.kl_weight).backward();
    return sums;
  }

  [[nodiscard]] std::vector<float> gradient() const override {
    const at::Tensor host = adam_.gradient().cpu();
    return {host.const_data_ptr<float>(), host.const_data_ptr<float>() + network_->size()};
  }

  double update(double learning_rate, double clip_norm) override { return adam_.update(learning_rate, clip_norm); }

  [[nodiscard]] const Objective& objective() const override { return objective_; }

  [[nodiscard]] std::unique_ptr<LatentModel> model() const override {
    LearnerState state;
    store(state);
    return make_vae_model({options_, shape_, std::move(state.parameters)});
  }

 private:
  struct Sums {
    at::Tensor squared_error;
    at::Tensor kl;
    at::Tensor counted_kl;
  };

  static BatchSums numbers(const Sums& sums) {
    const at::Tensor host = at::stack({sums.squared_error.detach(), sums.kl.detach(), sums.counted_kl.detach()}).cpu();
    const float* values = host.const_data_ptr<float>();
    return {values[0], values[1], values[2]};
  }

  [[nodiscard]] at::Tensor on_device(std::span<const float> values, std::size_t rows) const {
    const auto n = static_cast<std::int64_t>(rows);
    const at::Tensor view = tensor_over(values, n, static_cast<std::int64_t>(values.size()) / n);
    return view.to(device_, at::kFloat, /*non_blocking=*/false, /*copy=*/true);  // the graph outlives the values
  }

  /// `x` and the batch's conditions side by side.
  [[nodiscard]] at::Tensor with_condition(const at::Tensor& x, const Batch& batch) const {
    if (shape_.n_conditions == 0) return x;
    const Matrix condition = take_rows(batch.condition, batch.rows);
    return at::cat({x, on_device(condition.values(), condition.rows())}, 1);
  }

  [[nodiscard]] Sums forward(const Batch& batch) const {
    const std::size_t rows = batch.rows.size();
    const at::Tensor target = on_device(take_rows(batch.data, batch.target_rows()).values(), rows);
    const at::Tensor clean =
        batch.targets.empty() ? target : on_device(take_rows(batch.data, batch.rows).values(), rows);
    const at::Tensor input = batch.input_noise.empty() ? clean : clean + on_device(batch.input_noise, rows);
    const at::Tensor head = network_->encode(adam_.parameters(), with_condition(input, batch));
    const at::Tensor noise = options_.variational ? on_device(batch.latent_noise, rows) : at::Tensor();
    const LatentSample latent = sample_latent(head, noise, options_);
    const at::Tensor error = network_->decode(adam_.parameters(), with_condition(latent.point, batch)) - target;
    return {error.square().sum(), latent.kl, latent.counted_kl};
  }

  std::shared_ptr<const Network> network_;
  DataShape shape_;
  VaeOptions options_;
  at::Device device_;
  Objective objective_;
  FlatAdam adam_;
};

}  // namespace

std::unique_ptr<Learner> make_autograd_learner(std::shared_ptr<const Network> network, const DataShape& shape,
                                               const VaeOptions& options, const at::Device& device) {
  return std::make_unique<AutogradLearner>(std::move(network), shape, options, device);
}

}  // namespace songmap::model
