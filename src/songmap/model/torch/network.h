#pragma once

#include <ATen/core/Tensor.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "songmap/model/options.h"
#include "songmap/model/torch/chain.h"

namespace songmap::model {

/// A kind of network: how its parameters lie in a flat array, and how they make encoder and decoder. The encoder takes
/// inputs and condition side by side and gives mean and log variance side by side, [rows, 2 n_latent], or the code
/// alone, [rows, n_latent]; the decoder takes latent point and condition side by side.
class Network {
 public:
  virtual ~Network() = default;

  /// Floats in the flat array.
  [[nodiscard]] virtual std::size_t size() const = 0;
  /// First weights as PyTorch draws them.
  [[nodiscard]] virtual std::vector<float> initial_parameters(std::uint64_t seed) const = 0;
  /// Rows that pass at once when nothing is learnt.
  [[nodiscard]] virtual std::size_t block_rows() const = 0;

  /// On the CPU, over flat tensors that outlive them; see Chain. `gradient` may be undefined when only `forward` is
  /// wanted. Up to `threads` threads, whose number changes no bit.
  [[nodiscard]] virtual std::unique_ptr<Chain> make_encoder(const at::Tensor& parameters, const at::Tensor& gradient,
                                                            std::size_t rows, std::size_t threads) const = 0;
  [[nodiscard]] virtual std::unique_ptr<Chain> make_decoder(const at::Tensor& parameters, const at::Tensor& gradient,
                                                            std::size_t rows, std::size_t threads) const = 0;

  /// The same by libtorch's operations, on any device, recorded for automatic differentiation.
  [[nodiscard]] virtual at::Tensor encode(const at::Tensor& parameters, const at::Tensor& x) const = 0;
  [[nodiscard]] virtual at::Tensor decode(const at::Tensor& parameters, const at::Tensor& z) const = 0;
};

/// @throws InvalidArgument  the options do not fit the shape.
[[nodiscard]] std::unique_ptr<const Network> make_network(const DataShape& shape, const VaeOptions& options);

}  // namespace songmap::model
