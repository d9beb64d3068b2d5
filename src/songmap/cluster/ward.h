#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "songmap/core/execution.h"
#include "songmap/core/matrix.h"

namespace songmap::cluster {

/// Two clusters becoming one; each is named by one of its rows.
struct Merge {
  std::size_t first;
  std::size_t second;
  double height;  ///< sqrt(2 |A| |B| / (|A| + |B|)) times the distance of the centroids: of two rows their distance.
};

/// The whole hierarchy of n rows: n - 1 merges, lowest first.
struct WardTree {
  std::size_t n = 0;
  std::vector<Merge> merges;
};

/// Agglomeration by the smallest growth of the sum of squares (Ward 1963), as a chain of nearest neighbours on the
/// centroids (Murtagh 1983; Müllner 2011): O(n^2 d) time, O(n d) memory, no matrix of distances.
/// @throws InvalidArgument  x is empty or not finite.  @throws Cancelled  the progress function said so.
[[nodiscard]] WardTree ward_tree(MatrixView x, const Execution& run = {});

/// The n_clusters groups of the tree, numbered in the order of their first rows.
/// @throws InvalidArgument  n_clusters is not 1 … n.
[[nodiscard]] std::vector<std::int32_t> cut(const WardTree& tree, std::size_t n_clusters);

}  // namespace songmap::cluster
