#include "songmap/model/torch/latent_sample.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/clamp_min.h>
#include <ATen/ops/exp.h>
#include <ATen/ops/zeros.h>

namespace songmap::model {

LatentSample sample_latent(const at::Tensor& head, const at::Tensor& noise, const VaeOptions& options) {
  if (!options.variational) {
    const at::Tensor zero = at::zeros({}, head.options());
    return {head, zero, zero};
  }
  const auto n_latent = static_cast<std::int64_t>(options.n_latent);
  const at::Tensor mean = head.narrow(1, 0, n_latent);
  const at::Tensor log_variance = head.narrow(1, n_latent, n_latent);
  const at::Tensor kl = (0.5 * (mean.square() + at::exp(log_variance) - 1 - log_variance)).sum(0);
  const double free = options.free_bits * static_cast<double>(head.size(0));
  return {mean + at::exp(0.5 * log_variance) * noise, kl.sum(), (free > 0 ? at::clamp_min(kl, free) : kl).sum()};
}

}  // namespace songmap::model
