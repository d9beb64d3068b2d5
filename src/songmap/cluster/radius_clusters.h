#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "songmap/cluster/disjoint_sets.h"
#include "songmap/core/execution.h"
#include "songmap/core/matrix.h"

namespace songmap::cluster {

/// A row that is not core, and a core row near it.
using BorderPair = std::pair<std::uint32_t, std::uint32_t>;

/// Numbers the sets of core rows by their first rows, gives each border row the lowest number near it, and kNoise to
/// the rest. `core[i]` is not 0 for core rows.
[[nodiscard]] std::vector<std::int32_t> number_clusters(DisjointSets& sets, const std::vector<std::uint8_t>& core,
                                                        const std::vector<BorderPair>& borders);

/// Labels of DBSCAN for one eps, in one pass over all pairs of rows: x is not empty, finite, eps not negative and
/// min_samples at least 1.
[[nodiscard]] std::vector<std::int32_t> radius_clusters(MatrixView x, double eps, std::size_t min_samples,
                                                        const Execution& run);

}  // namespace songmap::cluster
