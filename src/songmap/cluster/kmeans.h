#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "songmap/core/execution.h"
#include "songmap/core/matrix.h"

namespace songmap {
class OptionSet;
}

namespace songmap::cluster {

/// Options of k-means. Checked on entry to `fit_kmeans`.
struct KMeansOptions {
  std::size_t n_clusters = 8;  ///< 1 … rows of x.
  int n_init = 10;             ///< Independent starts; the lowest inertia wins.
  int max_iterations = 300;    ///< A start.
  double tolerance = 1e-4;     ///< A start ends when the centres' summed squared shift is at most this many times the
                               ///< mean variance of a column. 0: only when no label changes.
  std::uint64_t seed = 0;
};
/// All but the number of clusters and the seed: those are the run\'s.
void describe(OptionSet& set, KMeansOptions& options);

struct KMeansModel {
  Matrix centers;                    ///< [n_clusters, n_features]
  std::vector<std::int32_t> labels;  ///< One a row of x, in [0, n_clusters): the nearest centre.
  double inertia = 0;                ///< Sum of squared distances to the own centre.
  int iterations = 0;                ///< Of the start that won.
  bool converged = false;            ///< False when max_iterations was reached: not an error.
};

/// Lloyd's algorithm (Lloyd 1982) with greedy k-means++ seeding: each new centre is the best of 2 + floor(ln k)
/// candidates drawn by squared distance (Arthur & Vassilvitskii 2007; the trials are as in scikit-learn). A cluster
/// that loses all its rows takes the row farthest from its centre. With fewer distinct rows than clusters, some centres
/// coincide and all but one of these stay without rows. O(n_init iterations n k d) time, one copy of x in memory.
/// @throws InvalidArgument  x is empty or not finite, or an option is out of range (n_clusters > x.rows()).
[[nodiscard]] KMeansModel fit_kmeans(MatrixView x, const KMeansOptions& options, const Execution& run = {});

/// The nearest centre of each row (of equally near ones the first): the model's own labels for its own rows.
/// @throws InvalidArgument  x has another number of columns, or is not finite.
[[nodiscard]] std::vector<std::int32_t> predict(const KMeansModel& model, MatrixView x, const Execution& run = {});

}  // namespace songmap::cluster
