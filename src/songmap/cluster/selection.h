#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <vector>

#include "songmap/cluster/gap_statistic.h"
#include "songmap/cluster/spectral.h"
#include "songmap/core/execution.h"
#include "songmap/core/matrix.h"

namespace songmap::cluster {

/// Agreement of two labelings of the same rows, corrected for chance: 1 when they are equal up to names, 0 when
/// unrelated (the adjusted Rand index).
using Agreement = std::function<double(std::span<const std::int32_t>, std::span<const std::int32_t>)>;

struct SelectionOptions {
  GapOptions gap;                 ///< The rule that decides. Its sample of rows, and its principal components of them,
                                  ///< are what every criterion looks at.
  std::size_t subset_pairs = 10;  ///< Pairs of random subsets behind the stability.
  double subset_share = 0.8;      ///< Rows in such a subset, in (0, 1].
  SpectralOptions spectral;       ///< The graph behind the eigengap (of the sampled rows themselves).
};

/// What speaks for k clusters. NaN: not defined.
struct KCandidate {
  static constexpr double kNotDefined = std::numeric_limits<double>::quiet_NaN();
  std::size_t k = 1;
  double gap = kNotDefined;        ///< Gap statistic.
  double gap_se = kNotDefined;     ///< Its standard error.
  double stability = kNotDefined;  ///< Mean agreement of k-means on two random subsets, on the rows they share; of 1
                                   ///< cluster not defined.
  double bic = kNotDefined;        ///< Of the diagonal Gaussian mixture with k components: lower is better.
  double eigengap = kNotDefined;   ///< k-th less next eigenvalue of the neighbour graph (von Luxburg 2007).
};

struct SelectionResult {
  std::size_t n_clusters = 1;          ///< By the gap statistic alone.
  bool found = true;                   ///< False: no k met its rule, and the largest gap was taken.
  std::vector<KCandidate> candidates;  ///< k = 1, 2, … gap.max_clusters, or half the rows.
};

/// The number of clusters by the gap statistic, and what three other criteria say beside it. On real music they
/// disagree: stability and eigengap favour few groups, BIC many; the gap statistic was least often wrong, and none of
/// them knows. The cost does not grow with the rows above gap.max_rows: about twice that of the gap statistic.
/// @throws InvalidArgument  x is empty or not finite, or an option is out of range.
/// @throws Cancelled  the progress function said so.
[[nodiscard]] SelectionResult select_n_clusters(MatrixView x, const SelectionOptions& options,
                                                const Agreement& agreement, const Execution& run = {});

}  // namespace songmap::cluster
