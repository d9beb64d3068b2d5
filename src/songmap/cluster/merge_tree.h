#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace songmap::cluster {

/// Two clusters becoming one; each is named by one of its rows.
struct Merge {
  std::size_t first;
  std::size_t second;
  double height;  ///< Distance of the two, as the agglomeration measures it. Of two rows: Euclidean.
};

/// The whole hierarchy of n rows: n - 1 merges, lowest first.
struct MergeTree {
  std::size_t n = 0;
  std::vector<Merge> merges;
};

/// The n_clusters groups of the tree, numbered in the order of their first rows.
/// @throws InvalidArgument  n_clusters is not 1 … n.
[[nodiscard]] std::vector<std::int32_t> cut(const MergeTree& tree, std::size_t n_clusters);

}  // namespace songmap::cluster
