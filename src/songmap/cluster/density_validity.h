#pragma once

#include <cstdint>
#include <span>

#include "songmap/core/execution.h"
#include "songmap/core/matrix.h"

namespace songmap::cluster {

/// Density-based clustering validation, DBCV (Moulavi, Jaskowiak, Campello, Zimek & Sander 2014): in [-1, 1], higher
/// when the sparsest place inside each cluster is denser than the densest way to another one. Noise (labels below 0)
/// counts as rows of validity 0, and so do clusters of a single row, which have no density. NaN with fewer than two
/// larger clusters.
///
/// Core distances are those of the paper, (mean of d^-D)^(-1/D) over the other rows of the cluster in D dimensions; a
/// row with an equal one in its cluster has core distance 0. The inside of a cluster's minimum spanning tree is what
/// hangs by more than one edge; a tree without such an edge or row counts whole. Equally
/// long edges leave a choice of trees, on which the index can depend strongly; here rows hang from the densest row that
/// they can, which leaves outlying ones outside and makes the value one that no order of rows changes. Two passes over
/// the pairs inside clusters and one over all; O(n d) memory.
/// @throws InvalidArgument  x is empty or not finite, or has not one label a row.  @throws Cancelled
[[nodiscard]] double density_validity(MatrixView x, std::span<const std::int32_t> labels, const Execution& run = {});

}  // namespace songmap::cluster
