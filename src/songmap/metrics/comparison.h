#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "songmap/core/execution.h"
#include "songmap/metrics/bootstrap.h"

/// Whether one method is better than another on the same tracks.
namespace songmap::metrics {

/// Two scores of the same tracks, one minus the other.
struct PairedComparison {
  double difference = 0;  ///< On all rows.
  double low = 0;         ///< Bounds of the interval over tracks: difference ± z sd.
  double high = 0;
  double p = 1;  ///< Two-sided, that there is no difference; below 1 - level exactly when the interval leaves 0 out.
};

/// a minus b with its spread over random halves of the tracks, on which both are scored: what makes a half easy or hard
/// for both cancels. Interval and p are those of a normal difference with the standard deviation of the halves, since a
/// share of 500 replicates could not be smaller than 1/500, too coarse for Holm's correction over many methods.
///
/// What may vary is the choice of tracks; labelings are taken as they are. A method with several seeds is compared by
/// its mean over them. p is uniform where two methods are equally good (ari, ami: from 30 tracks on; nmi and purity
/// from about 100, below which chance lifts them in halves and .05 happens up to .11 of the time), and too large, never
/// too small, where neither finds anything.
///
/// nullopt when n < 4, a score of all rows is not defined, fewer than half of the halves have both, or all halves have
/// one and the same difference other than 0: no spread to judge by.
/// @throws InvalidArgument  an option is out of range.
[[nodiscard]] std::optional<PairedComparison> compare_paired(std::size_t n, const RowStatistic& a,
                                                             const RowStatistic& b,
                                                             const BootstrapOptions& options = {},
                                                             const Execution& run = {});

/// The same for scores `a` and `b` of halves that are already scored: intervals of many methods and comparisons of any
/// of them come from one `score_halves`.
[[nodiscard]] std::optional<PairedComparison> compare_paired(const HalfScores& scores, std::size_t a, std::size_t b,
                                                             double level = 0.95);

/// Each score against the score `reference`, from the same halves; nullopt at `reference` itself.
[[nodiscard]] std::vector<std::optional<PairedComparison>> compare_with(std::size_t n, const RowStatistics& statistics,
                                                                        std::size_t reference,
                                                                        const BootstrapOptions& options = {},
                                                                        const Execution& run = {});

/// p-values that may be read together: the chance that any true hypothesis is rejected at a level stays below it (Holm
/// 1979, step-down Bonferroni). Never below p, in the order of p, at most 1. NaN is no hypothesis: it stays NaN and is
/// not counted. @throws InvalidArgument  a p is outside of [0, 1].
[[nodiscard]] std::vector<double> holm(std::span<const double> p);

}  // namespace songmap::metrics
