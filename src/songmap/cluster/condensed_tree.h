#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "songmap/cluster/reachability_tree.h"

namespace songmap::cluster {

/// What HDBSCAN makes of a spanning tree.
struct DensityClusters {
  std::vector<std::int32_t> labels;   ///< One a row, numbered by first rows; kNoise for rows in no cluster.
  std::vector<double> probabilities;  ///< In [0, 1]: how deep a row is in its cluster; 0 for noise.
};

/// The hierarchy that the edges build when joined from the shortest on, equally long ones at once, condensed to
/// clusters of at least `min_cluster_size` rows; of these the ones with the largest excess of mass, none inside
/// another, never the whole (Campello, Moulavi, Zimek & Sander 2015). Density is 1 / distance; distances of 0 count as
/// half the smallest positive one. `edges` are those of a tree over edges.size() + 1 rows; min_cluster_size is at
/// least 2. Which of several shortest trees they are does not matter.
[[nodiscard]] DensityClusters dense_clusters(std::span<const TreeEdge> edges, std::size_t min_cluster_size);

}  // namespace songmap::cluster
