#pragma once

#include <ATen/core/Tensor.h>

#include "songmap/model/learner.h"

namespace songmap::model {

/// All parameters, their gradient and Adam's moments as four flat tensors: one pass updates everything.
class FlatAdam {
 public:
  /// On the CPU up to `threads` threads work on large arrays; their number changes no bit.
  FlatAdam(std::size_t size, const at::Device& device, std::size_t threads = 1);

  [[nodiscard]] at::Tensor& parameters() { return parameters_; }
  [[nodiscard]] const at::Tensor& parameters() const { return parameters_; }
  [[nodiscard]] at::Tensor& gradient() { return gradient_; }
  [[nodiscard]] const at::Tensor& gradient() const { return gradient_; }

  /// See Learner::update.
  double update(double learning_rate, double clip_norm);

  /// Everything of LearnerState but the variance.
  void restore(const LearnerState& state);
  void store(LearnerState& state) const;

 private:
  /// Length of the gradient, on the CPU.
  [[nodiscard]] double norm_on_cpu() const;
  /// One pass over memory that shortens the gradient on the way: .6 of the time of libtorch's kernel and a product.
  void update_on_cpu(double learning_rate, double scale);

  std::size_t threads_;
  at::Tensor parameters_;
  at::Tensor gradient_;
  at::Tensor first_moment_;
  at::Tensor second_moment_;
  at::Tensor steps_;  // a float scalar, as the fused kernel wants it
};

}  // namespace songmap::model
