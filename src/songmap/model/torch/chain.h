#pragma once

#include <ATen/core/Tensor.h>

namespace songmap::model {

/// An encoder or a decoder on the CPU with gradients written out, for one number of rows.
class Chain {
 public:
  virtual ~Chain() = default;

  /// [rows, outputs]; valid until the next call. `input` is [rows, inputs] and must outlive `backward`.
  virtual const at::Tensor& forward(const at::Tensor& input) = 0;

  /// Where the caller puts the loss's derivative by the output before `backward`: [rows, outputs].
  [[nodiscard]] virtual at::Tensor& output_gradient() = 0;

  /// Writes the parameters' gradients (nothing is added up) and, where `input_gradient` is defined, the input's.
  virtual void backward(const at::Tensor& input_gradient) = 0;
};

}  // namespace songmap::model
