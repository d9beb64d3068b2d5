#include "songmap/metrics/stability.h"

#include <fmt/format.h>

#include <limits>

#include "songmap/core/error.h"
#include "songmap/core/matrix.h"

namespace songmap::metrics {

std::optional<double> mean_agreement(std::span<const std::vector<std::int32_t>> labelings,
                                     std::optional<double> (*score)(const Contingency&)) {
  // Noise is moved to 0: as a class it would be a row without a label.
  std::vector<std::vector<std::int32_t>> shifted(labelings.begin(), labelings.end());
  for (std::vector<std::int32_t>& labels : shifted) {
    for (std::int32_t& label : labels) {
      require(label >= kNoise, fmt::format("mean_agreement: label {} is below -1", label));
      label -= kNoise;
    }
  }
  double sum = 0;
  std::size_t pairs = 0;
  for (std::size_t a = 0; a < shifted.size(); ++a) {
    for (std::size_t b = a + 1; b < shifted.size(); ++b) {
      const std::optional<double> value = score(contingency(shifted[a], shifted[b]));
      if (!value) return std::nullopt;
      sum += *value;
      ++pairs;
    }
  }
  return pairs > 0 ? std::optional(sum / static_cast<double>(pairs)) : std::nullopt;
}

double seed_stability(std::span<const std::vector<std::int32_t>> labelings) {
  return mean_agreement(labelings, adjusted_rand_index).value_or(std::numeric_limits<double>::quiet_NaN());
}

}  // namespace songmap::metrics
