#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "songmap/core/execution.h"
#include "songmap/core/matrix.h"
#include "songmap/metrics/external.h"

/// What a score is worth: its value when there is nothing to find, and how far a sample of tracks can move it.
namespace songmap::metrics {

/// A score under chance.
struct Chance {
  double expected = 0;  ///< Mean score of labels that mean nothing.
  double p = 1;         ///< (1 + permutations that score at least as high) / (1 + permutations).
};

struct ChanceOptions {
  int permutations = 999;  ///< At least 1; the smallest possible p is 1 / (1 + permutations).
  std::uint64_t seed = 0;
};

/// Each of kExternalMetrics, in that order, when the class labels are shuffled among the labelled rows: class and
/// cluster sizes stay. The expectation is exact where it is known (ari and ami: 0, or 1 where every labelling scores 1;
/// nmi, homogeneity, completeness, v_measure from the expected mutual information) and else the mean over permutations.
/// nullopt when no row is labelled. O(permutations n).
[[nodiscard]] std::optional<std::array<Chance, kExternalMetrics.size()>> external_chance(
    std::span<const std::int32_t> classes, std::span<const std::int32_t> clusters, const ChanceOptions& options = {},
    const Execution& run = {});

/// Labels of the rows of x in `n_clusters` clusters, for a seed.
using Clusterer = std::function<std::vector<std::int32_t>(MatrixView x, std::size_t n_clusters, std::uint64_t seed)>;

/// The silhouette that `cluster` reaches on structureless data: mean over `repetitions` draws of standard normal noise
/// [n, d]. In few dimensions it is high (.4 at n 40, d 2, k 10): a real silhouette means what it exceeds this by.
/// nullopt where the silhouette is not defined.
[[nodiscard]] std::optional<double> silhouette_null(std::size_t n, std::size_t d, std::size_t n_clusters,
                                                    const Clusterer& cluster, std::uint64_t seed, int repetitions = 5,
                                                    const Execution& run = {});

/// An interval around a score.
struct Interval {
  double low = 0;
  double high = 0;
};

struct BootstrapOptions {
  int replicates = 500;  ///< At least 20.
  double level = 0.95;   ///< In (0, 1).
  std::uint64_t seed = 0;
};

/// A score of some rows (distinct, rising), or nullopt where it is not defined for them.
using RowStatistic = std::function<std::optional<double>(std::span<const std::size_t> rows)>;

/// How far `statistic` over n tracks would move with another sample of tracks. Replicates are random halves without
/// replacement, whose spread is that of the whole sample (Shao & Wu 1989): a resample with replacement would hold
/// copies of a track, which always agree with themselves and lift every pair score. Quantiles are shifted so that the
/// replicates' mean lies on the score of all rows. nullopt when n < 4, the score of all rows is not defined, or fewer
/// than half of the replicates have one.
[[nodiscard]] std::optional<Interval> bootstrap_interval(std::size_t n, const RowStatistic& statistic,
                                                         const BootstrapOptions& options = {},
                                                         const Execution& run = {});

/// Several scores of some rows, always equally many.
using RowStatistics = std::function<std::vector<std::optional<double>>(std::span<const std::size_t> rows)>;

/// The `bootstrap_interval` of each, from the same replicates: what the scores share is computed once.
[[nodiscard]] std::vector<std::optional<Interval>> bootstrap_intervals(std::size_t n, const RowStatistics& statistics,
                                                                       const BootstrapOptions& options = {},
                                                                       const Execution& run = {});

}  // namespace songmap::metrics
