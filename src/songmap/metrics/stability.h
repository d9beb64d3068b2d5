#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "songmap/metrics/external.h"

/// How far labelings of the same rows agree with each other.
namespace songmap::metrics {

/// Mean `score` over all pairs of labelings of the same rows, for instance one labeling a seed: 1 when all are equal up
/// to names, 0 (ari, ami) when they agree no more than chance. Noise is a cluster of its own. nullopt with fewer than 2
/// labelings, or without rows. O(pairs n).
/// @throws InvalidArgument  the labelings differ in length, or a label is below -1.
[[nodiscard]] std::optional<double> mean_agreement(std::span<const std::vector<std::int32_t>> labelings,
                                                   std::optional<double> (*score)(const Contingency&));

/// `mean_agreement` by the adjusted Rand index; NaN where there is none.
[[nodiscard]] double seed_stability(std::span<const std::vector<std::int32_t>> labelings);

}  // namespace songmap::metrics
