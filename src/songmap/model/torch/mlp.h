#pragma once

#include <ATen/core/Tensor.h>

#include <cstddef>
#include <vector>

#include "songmap/model/mlp_layout.h"
#include "songmap/model/torch/chain.h"

namespace songmap::model {

/// A chain of linear layers and ReLUs on the CPU with gradients written out. Parameters and gradients are views of flat
/// tensors; results lie in buffers for one number of rows, so that a step allocates nothing.
class Mlp final : public Chain {
 public:
  /// `gradient` may be undefined when only `forward` is wanted.
  Mlp(const std::vector<LinearLayer>& layers, const at::Tensor& parameters, const at::Tensor& gradient,
      std::size_t rows);

  const at::Tensor& forward(const at::Tensor& input) override;
  [[nodiscard]] at::Tensor& output_gradient() override { return stages_.back().output_gradient; }
  void backward(const at::Tensor& input_gradient) override;

 private:
  struct Stage {
    LinearLayer layer;
    at::Tensor weight;             // [n_out, n_in]
    at::Tensor weight_transposed;  // a view: [n_in, n_out]
    const float* bias = nullptr;
    at::Tensor weight_gradient;
    float* bias_gradient = nullptr;
    at::Tensor output;                      // [rows, n_out], after the ReLU
    at::Tensor output_gradient;             // [rows, n_out]
    at::Tensor output_gradient_transposed;  // a view
  };

  std::size_t rows_;
  at::Tensor input_;
  std::vector<Stage> stages_;
};

}  // namespace songmap::model
