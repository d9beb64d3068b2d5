#include "songmap/model/gaussian_product.h"

#include <fmt/format.h>

#include <cmath>

#include "songmap/core/error.h"

namespace songmap::model {

Gaussian product(std::span<const Gaussian> experts, bool with_prior) {
  require(!experts.empty() || with_prior, "product: there is no expert");
  double precision = with_prior ? 1 : 0;
  double weighted = 0;
  for (const Gaussian& expert : experts) {
    require(expert.variance > 0, fmt::format("product: variance = {} is not positive", expert.variance));
    precision += 1 / expert.variance;
    weighted += expert.mean / expert.variance;
  }
  return {weighted / precision, 1 / precision};
}

double kl_to_standard_normal(const Gaussian& q) {
  return 0.5 * (q.mean * q.mean + q.variance - 1 - std::log(q.variance));
}

SubsetWeights subset_weights(bool has_audio, bool has_lyrics) {
  if (has_audio && has_lyrics) return {1.0 / 3, 1.0 / 3, 1.0 / 3};
  return {has_audio ? 1.0 : 0.0, has_lyrics ? 1.0 : 0.0, 0};
}

}  // namespace songmap::model
