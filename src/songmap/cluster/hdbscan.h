#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "songmap/core/execution.h"
#include "songmap/core/matrix.h"

namespace songmap {
class OptionSet;
}

namespace songmap::cluster {

/// Options of HDBSCAN. Checked on entry to `fit_hdbscan`.
struct HdbscanOptions {
  std::size_t min_cluster_size = 0;  ///< Rows of the smallest group that counts as a cluster, at least 2. Larger: fewer
                                     ///< clusters. 0: max(5, rows / 50).
  std::size_t min_samples = 0;  ///< The distance to this nearest row, the row itself the first, is its core distance.
                                ///< Larger: more noise. 0: max(3, min_cluster_size / 4).
  std::string embed = "spectral";  ///< "spectral": in the eigenvectors of the neighbour graph; "none": in x itself.
  std::size_t n_embed = 8;         ///< Eigenvectors, at most rows of x.
  std::uint64_t seed = 0;          ///< Of the search for the eigenvectors.
};
/// All but the seed: that is the run's.
void describe(OptionSet& set, HdbscanOptions& options);

struct HdbscanResult {
  std::vector<std::int32_t> labels;   ///< One a row, numbered by first rows; kNoise for rows in no cluster.
  std::vector<double> probabilities;  ///< One a row in [0, 1]: 1 in the densest part of its cluster, 0 for noise.
  std::size_t min_cluster_size = 0;   ///< Used.
  std::size_t min_samples = 0;        ///< Used.
  double coverage = 0;                ///< Share of rows in clusters.
  std::string undefined;              ///< Why this is no clustering (all is noise); empty: it is.
};

/// Clusters that stay together over the widest range of densities (Campello, Moulavi & Sander 2013; Campello et al.
/// 2015): the spanning tree of mutual reachability, condensed, and the excess of mass in it. Either no cluster at all
/// or at least two. O(n^2 d) time, O(n (d + min_samples)) memory.
/// @throws InvalidArgument  x is empty or not finite, or an option is out of range.  @throws Cancelled
[[nodiscard]] HdbscanResult fit_hdbscan(MatrixView x, const HdbscanOptions& options, const Execution& run = {});

}  // namespace songmap::cluster
