#pragma once

#include <ATen/core/Tensor.h>

#include <cstddef>
#include <span>
#include <string>

#include "songmap/core/matrix.h"
#include "songmap/model/backend.h"

namespace songmap::model {

/// A tensor over memory that somebody else owns and that is not written to.
[[nodiscard]] at::Tensor tensor_over(std::span<const float> values, std::int64_t rows, std::int64_t cols);

/// Uninitialised, on the CPU, its memory aligned to a cache line.
[[nodiscard]] at::Tensor empty_matrix(std::size_t rows, std::size_t cols);

/// Looks for a GPU, loading libtorch's part for it where it is installed.
[[nodiscard]] bool cuda_available();

/// The only place where libtorch's threads and floating-point mode are set.
class TorchThreadSettings final : public ThreadSettings {
 public:
  TorchThreadSettings();
  ~TorchThreadSettings() override;
  TorchThreadSettings(const TorchThreadSettings&) = delete;
  TorchThreadSettings& operator=(const TorchThreadSettings&) = delete;
};

/// libtorch's normal numbers from a generator of our own.
[[nodiscard]] std::unique_ptr<NoiseSource> make_torch_noise();

}  // namespace songmap::model
