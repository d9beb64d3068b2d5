#pragma once

#include "songmap/cluster/dbscan.h"

namespace songmap::cluster {

/// The scan of `fit_dbscan`, options checked: all candidates from the neighbours of each row and one spanning tree.
[[nodiscard]] DbscanResult scan_eps(MatrixView x, const DbscanOptions& options, const Execution& run);

/// Coverage, number and largest share of clusters in labels; eps is left at 0.
[[nodiscard]] EpsCandidate describe_labels(const std::vector<std::int32_t>& labels);

}  // namespace songmap::cluster
