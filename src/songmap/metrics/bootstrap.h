#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "songmap/core/execution.h"

/// How far another sample of tracks could move a score.
namespace songmap::metrics {

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
/// Several scores of some rows, always equally many. May be called from several threads at once.
using RowStatistics = std::function<std::vector<std::optional<double>>(std::span<const std::size_t> rows)>;

/// Scores of all rows and of random halves of them, drawn without replacement. The spread over halves is that of the
/// score over samples of all n rows (Shao & Wu 1989): a resample with replacement would hold copies of a track, which
/// always agree with themselves and lift every pair score.
struct HalfScores {
  std::size_t n = 0;                                       ///< Rows. Below 4 there are no halves.
  std::vector<std::optional<double>> whole;                ///< Of all rows.
  std::vector<std::vector<std::optional<double>>> halves;  ///< [replicates][scores]
};
/// Calls `statistics` for all rows and for each half: what depends on the half alone is shared by all scores.
/// @throws InvalidArgument  an option is out of range.
[[nodiscard]] HalfScores score_halves(std::size_t n, const RowStatistics& statistics,
                                      const BootstrapOptions& options = {}, const Execution& run = {});

/// How far each score would move with another sample of tracks: quantiles over the halves, shifted so that their mean
/// lies on the score of all rows. nullopt when n < 4, the score of all rows is not defined, or fewer than half of the
/// halves have one.
[[nodiscard]] std::vector<std::optional<Interval>> intervals(const HalfScores& scores, double level = 0.95);

/// `intervals` of the `score_halves` of several scores.
[[nodiscard]] std::vector<std::optional<Interval>> bootstrap_intervals(std::size_t n, const RowStatistics& statistics,
                                                                       const BootstrapOptions& options = {},
                                                                       const Execution& run = {});
/// The same of one score.
[[nodiscard]] std::optional<Interval> bootstrap_interval(std::size_t n, const RowStatistic& statistic,
                                                         const BootstrapOptions& options = {},
                                                         const Execution& run = {});

}  // namespace songmap::metrics
