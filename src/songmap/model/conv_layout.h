#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "songmap/model/mlp_layout.h"
#include "songmap/model/options.h"

namespace songmap::model {

/// A kernel and its biases in the flat array.
struct ConvKernel {
  std::string name;        ///< "encoder.0", "decoder.3" …
  std::size_t weight = 0;  ///< Offset of [2, 2, 2, 2, n_fine, n_coarse]: row 2 a + c, column 2 b + d at [a, b, c, d].
  std::size_t bias = 0;    ///< Offset of one number a channel of the map that it makes.
};

/// A convolution of kernel 4, stride 2 and padding 1, which links a fine map of 2 height x 2 width pixels with a coarse
/// one of height x width. The encoder goes from fine to coarse, the decoder back, each with a kernel of its own.
struct ConvStage {
  std::size_t n_fine = 0;    ///< Channels.
  std::size_t n_coarse = 0;  ///< Channels.
  std::size_t height = 0;    ///< Of the coarse map.
  std::size_t width = 0;     ///< Of the coarse map.
  ConvKernel encoder;        ///< Biases: n_coarse.
  ConvKernel decoder;        ///< Biases: n_fine.

  [[nodiscard]] std::size_t n_weights() const { return 16 * n_fine * n_coarse; }
};

/// Where the parameters of a convolutional (variational) autoencoder lie in its flat array, and what its maps measure.
/// The last stage's map, [height, width, n_coarse], is what the linear layers see, with the condition beside it. Every
/// weight and bias starts on a cache line; the gaps are zero and stay so.
struct ConvLayout {
  std::vector<ConvStage> stages;  ///< The first one sees the spectrogram, of one channel.
  LinearLayer head;               ///< From features and condition to mean and log variance, or to the code alone.
  LinearLayer stem;               ///< From latent point and condition to features; no ReLU follows.
  DataShape shape;
  std::size_t n_latent = 0;
  std::size_t n_features = 0;
  std::size_t size = 0;  ///< Floats in the flat array.
};

/// @throws InvalidArgument  n_inputs is not bands times frames, or not every stage can halve both.
[[nodiscard]] ConvLayout conv_layout(const DataShape& shape, const VaeOptions& options);

/// First weights as PyTorch draws them: uniform within ±1/sqrt(m), biases too, where m is the inputs of a linear layer,
/// and of both a convolution and a transposed one 16 n_fine.
[[nodiscard]] std::vector<float> initial_parameters(const ConvLayout& layout, std::uint64_t seed);

/// All weights and biases, in the order in which they lie.
[[nodiscard]] std::vector<NamedRange> ranges(const ConvLayout& layout);

}  // namespace songmap::model
