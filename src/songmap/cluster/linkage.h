#pragma once

#include <cstddef>

#include "songmap/cluster/merge_tree.h"
#include "songmap/core/execution.h"
#include "songmap/core/matrix.h"

namespace songmap::cluster {

/// How far two clusters are from each other.
enum class Linkage {
  kComplete,  ///< The largest distance between their rows: compact groups of like diameter.
  kAverage,   ///< The mean distance between their rows.
  kSingle,    ///< The smallest distance between their rows: follows bridges, and mostly cuts off single rows.
};

/// Options of agglomeration by distances, cut into so many groups.
struct LinkageOptions {
  Linkage linkage = Linkage::kAverage;
  std::size_t n_clusters = 8;  ///< 1 … rows of x.
};

/// Rows that `linkage_tree` takes at most.
inline constexpr std::size_t kMaxLinkageRows = 20'000;

/// Agglomeration by Euclidean distances (Sneath & Sokal 1973): complete and average as a chain of nearest neighbours
/// on the n (n - 1) / 2 distances, which take 800 MB at 20,000 rows; single as the minimum spanning tree, in
/// O(n d) memory (Gower & Ross 1969). O(n^2 d) time. All three keep to the same limit, so that they can be compared
/// wherever one of them can be had; single linkage that bears noise, at any size, is HDBSCAN.
/// @throws InvalidArgument  x is empty or not finite, or has more than kMaxLinkageRows rows.
/// @throws Cancelled  the progress function said so.
[[nodiscard]] MergeTree linkage_tree(MatrixView x, Linkage linkage, const Execution& run = {});

}  // namespace songmap::cluster
