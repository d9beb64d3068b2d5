#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "songmap/model/options.h"

namespace songmap::model {

/// A fully connected layer y = x W^T + b whose parameters lie in one flat array.
struct LinearLayer {
  std::string name;  ///< "encoder.0", "decoder.2" …
  std::size_t n_in = 0;
  std::size_t n_out = 0;
  std::size_t weight = 0;  ///< Offset of W, [n_out, n_in] row-major.
  std::size_t bias = 0;    ///< Offset of b, [n_out].
  bool relu = false;       ///< max(0, y) follows.
};

/// One weight or bias of a flat array.
struct NamedRange {
  std::string name;  ///< "encoder.0.weight" …
  std::size_t first = 0;
  std::size_t count = 0;
};

/// Where the parameters of a fully connected (variational) autoencoder lie in its flat array. Every weight and bias
/// starts on a cache line; the gaps are zero and stay so. The encoder takes inputs and condition side by side and its
/// last layer gives mean and log variance side by side, [2 n_latent], or the code alone, [n_latent]; the decoder takes
/// latent point and condition side by side.
struct MlpLayout {
  std::vector<LinearLayer> encoder;
  std::vector<LinearLayer> decoder;
  DataShape shape;
  std::size_t n_latent = 0;
  std::size_t size = 0;  ///< Floats in the flat array.
};

[[nodiscard]] MlpLayout mlp_layout(const DataShape& shape, const VaeOptions& options);

/// First weights as PyTorch's `nn.Linear` draws them: uniform within ±1/sqrt(n_in), biases too.
[[nodiscard]] std::vector<float> initial_parameters(const MlpLayout& layout, std::uint64_t seed);

/// All weights and biases, in the order in which they lie.
[[nodiscard]] std::vector<NamedRange> ranges(const MlpLayout& layout);

}  // namespace songmap::model
