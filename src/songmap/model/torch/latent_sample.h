#pragma once

#include <ATen/core/Tensor.h>

#include "songmap/model/options.h"

namespace songmap::model {

/// What an encoder's output becomes, recorded for automatic differentiation.
struct LatentSample {
  at::Tensor point;       ///< [rows, n_latent]: mean + deviation * noise; of a plain autoencoder the code.
  at::Tensor kl;          ///< BatchSums::kl
  at::Tensor counted_kl;  ///< BatchSums::counted_kl
};

/// `head` is [rows, 2 n_latent], mean and log variance side by side, and `noise` [rows, n_latent]; of a plain
/// autoencoder `head` is [rows, n_latent] and `noise` is not looked at.
[[nodiscard]] LatentSample sample_latent(const at::Tensor& head, const at::Tensor& noise, const VaeOptions& options);

}  // namespace songmap::model
