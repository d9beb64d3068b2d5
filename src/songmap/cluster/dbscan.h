#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "songmap/core/execution.h"
#include "songmap/core/matrix.h"

namespace songmap {
class OptionSet;
}

namespace songmap::cluster {

/// Options of DBSCAN. Checked on entry to `fit_dbscan`. All but the first two belong to the scan.
struct DbscanOptions {
  double eps = 0;               ///< Rows at most this far apart are neighbours. 0: the scan chooses it.
  std::size_t min_samples = 5;  ///< Rows within eps, the row itself among them, that make it a core row.

  /// Values of eps that the scan tries: evenly spaced quantiles, from the low to the high one, of the distances to the
  /// (min_samples - 1)-th neighbour. At the quantile q a share q of the rows is core.
  std::size_t n_candidates = 19;
  double low_quantile = .05;
  double high_quantile = .95;

  /// An eps is admissible with at least so many clusters that hold at least this share of the rows, none of them more
  /// than the largest share.
  std::size_t min_clusters = 2;
  double min_coverage = .5;
  double max_largest = .6;
};
void describe(OptionSet& set, DbscanOptions& options);

/// One eps of the scan.
struct EpsCandidate {
  double eps = 0;
  std::size_t n_clusters = 0;
  double coverage = 0;                                         ///< Share of rows in clusters.
  double largest = 0;                                          ///< Share of rows in the largest cluster.
  double validity = std::numeric_limits<double>::quiet_NaN();  ///< Of admissible ones: `density_validity`.
  bool admissible = false;
};

struct DbscanResult {
  std::vector<std::int32_t> labels;  ///< One a row; kNoise for rows in no cluster. All noise when the scan chose none.
  double eps = 0;                    ///< Used; 0 when the scan chose none.
  double coverage = 0;               ///< Share of rows in clusters.
  double validity = std::numeric_limits<double>::quiet_NaN();  ///< Of the scan's choice: `density_validity`.
  std::string undefined;  ///< Why this is no clustering (all is noise, one cluster, nothing admissible); empty: it is.
  std::vector<EpsCandidate> candidates;  ///< Of the scan, by rising eps.
};

/// Density-based clusters (Ester, Kriegel, Sander & Xu 1996; Schubert et al. 2017): rows with min_samples rows within
/// eps are core; core rows within eps of each other belong together; other rows within eps of a core row join the first
/// such cluster; the rest is noise. Clusters are numbered by their first core rows, as in scikit-learn.
///
/// Without an eps, the admissible candidate with the highest density-based validity is taken, of equal ones the
/// smallest. O(n^2 d) time, for the scan at most 3 passes over all pairs and as many again for each admissible
/// candidate; O(n (d + min_samples)) memory, never a matrix of all pairs or a list of all neighbours.
/// @throws InvalidArgument  x is empty or not finite, or an option is out of range.  @throws Cancelled
[[nodiscard]] DbscanResult fit_dbscan(MatrixView x, const DbscanOptions& options, const Execution& run = {});

}  // namespace songmap::cluster
