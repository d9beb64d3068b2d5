#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "songmap/core/execution.h"

namespace songmap::cluster {

/// One clustering of many of the same rows, whose cluster numbers need not correspond (consensus by k-means: Topchy,
/// Jain & Punch 2005; Wu et al. 2015): each row is described by which cluster of each labelling it is in, so that the
/// squared distance of two rows is the share of the labellings that part them; k-means on that, of 10 starts, finds the
/// clustering that shares most with all labellings. A row that is noise in one labelling has no say there. O(n S k)
/// time and memory for S labellings: nothing is n x n.
/// @param labellings  each one label a row, kNoise allowed
/// @returns one label a row, kNoise for a row that no labelling groups
/// @throws InvalidArgument  fewer than two labellings, they differ in length or are empty, or n_clusters is not 1 … the
///                          number of rows that are grouped at least once.
[[nodiscard]] std::vector<std::int32_t> consensus(std::span<const std::vector<std::int32_t>> labellings,
                                                  std::size_t n_clusters, const Execution& run = {});

}  // namespace songmap::cluster
