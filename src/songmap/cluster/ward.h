#pragma once

#include <cstddef>
#include <span>

#include "songmap/cluster/merge_tree.h"
#include "songmap/core/execution.h"
#include "songmap/core/matrix.h"

namespace songmap::cluster {

/// Options of Ward's agglomeration, cut into so many groups.
struct WardOptions {
  std::size_t n_clusters = 8;  ///< 1 … rows of x.
};

/// Agglomeration by the smallest growth of the sum of squares (Ward 1963), as a chain of nearest neighbours on the
/// centroids (Murtagh 1983; Müllner 2011): O(n^2 d) time, O(n d) memory, no matrix of distances. The height of a merge
/// is sqrt(2 |A| |B| / (|A| + |B|)) times the distance of the centroids: of two rows their distance.
/// @throws InvalidArgument  x is empty or not finite.  @throws Cancelled  the progress function said so.
[[nodiscard]] MergeTree ward_tree(MatrixView x, const Execution& run = {});

/// What joining groups of n and m rows adds to the sum of squared distances from their centres.
[[nodiscard]] double joining_cost(std::size_t n, std::span<const float> centre_n, std::size_t m,
                                  std::span<const float> centre_m);

}  // namespace songmap::cluster
