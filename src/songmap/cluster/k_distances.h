#pragma once

#include <cstddef>
#include <vector>

#include "songmap/core/execution.h"
#include "songmap/core/matrix.h"

namespace songmap::cluster {

/// Euclidean distance of every row to its k-th nearest other row, smallest first: the curve whose bend, or whose
/// quantiles, suggest an eps for DBSCAN (Ester et al. 1996, section 4.2). A share q of the rows has k others within the
/// q-quantile. O(n^2 d) time.
/// @throws InvalidArgument  x is empty or not finite, or k is not 1 … rows - 1.
[[nodiscard]] std::vector<double> k_distances(MatrixView x, std::size_t k, const Execution& run = {});

/// Median of these distances over at most 64 rows, evenly spaced in x: exact for fewer rows, and O(n d) time for more.
/// @throws InvalidArgument  as `k_distances`.
[[nodiscard]] double typical_k_distance(MatrixView x, std::size_t k);

/// The value below which a share `share` in [0, 1] of the sorted values lies, between two of them by straight line.
/// `sorted` is not empty.
[[nodiscard]] double quantile(const std::vector<double>& sorted, double share);

}  // namespace songmap::cluster
