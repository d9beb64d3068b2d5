#pragma once

#include <ATen/core/Tensor.h>

#include <cstddef>
#include <memory>

#include "songmap/model/conv_layout.h"
#include "songmap/model/torch/chain.h"

namespace songmap::model {

/// The encoder of a convolutional network: rows are a spectrogram and the condition, side by side; the output is the
/// head's. It gives no input gradient. `gradient` may be undefined when only `forward` is wanted: then much less memory
/// is used.
///
/// Rows go through one after the other, each through all layers while its maps are in the cache, in a few groups that
/// up to `threads` threads share. Each group adds up gradients of its own, which are added in order: the number of
/// threads changes no bit. Memory to go backward, for 64 x 432 values and the study's channels: 2 MB a row.
[[nodiscard]] std::unique_ptr<Chain> make_conv_encoder(const ConvLayout& layout, const at::Tensor& parameters,
                                                       const at::Tensor& gradient, std::size_t rows,
                                                       std::size_t threads);

/// The decoder, likewise: rows are a latent point and the condition, side by side; the output is a spectrogram, which
/// passes a sigmoid where `sigmoid`.
[[nodiscard]] std::unique_ptr<Chain> make_conv_decoder(const ConvLayout& layout, bool sigmoid,
                                                       const at::Tensor& parameters, const at::Tensor& gradient,
                                                       std::size_t rows, std::size_t threads);

}  // namespace songmap::model
