#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "songmap/core/execution.h"
#include "songmap/core/matrix.h"

namespace songmap::cluster {

struct TreeEdge {
  std::uint32_t from;  ///< Row that was in the tree.
  std::uint32_t to;    ///< Row that joined.
  float distance;      ///< Mutual reachability.
};

/// Minimum spanning tree of the mutual reachability distance max(core_i, core_j, |x_i - x_j|) (Campello et al. 2013),
/// in the order in which Prim's algorithm takes its edges from row 0 on. Core distances make many edges equally long;
/// of these the one to the first row is taken, from the row that joined the tree first, as in scikit-learn. Core
/// distances of 0 give the tree of the Euclidean distance. O(n^2 d) time, O(n d) memory.
/// @throws InvalidArgument  x is empty or not finite, or has not one core distance a row.  @throws Cancelled
[[nodiscard]] std::vector<TreeEdge> reachability_tree(MatrixView x, std::span<const float> core_distances,
                                                      const Execution& run = {});

/// The largest float whose root, rounded to float, is at most `distance`: squares compared with it decide exactly as
/// their roots compared with `distance` do.
[[nodiscard]] float squared_limit(double distance);

}  // namespace songmap::cluster
