#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "songmap/metrics/external.h"

/// The scores of very many tables of the same rows: permutations and random halves.
namespace songmap::metrics {

/// One value for each of kExternalMetrics.
using ExternalScores = std::array<double, kExternalMetrics.size()>;

/// Computes what the functions of external.h compute, all at once and from looked-up logarithms: an information is a
/// difference of sums of i ln i over cells and margins. Equal to them up to rounding.
class TableScorer {
 public:
  /// For tables of at most `max_rows` rows. O(max_rows) memory.
  explicit TableScorer(std::size_t max_rows);
  [[nodiscard]] std::size_t max_rows() const { return n_log_n_.size() - 1; }

  /// What the scores need of the classes, or of the clusters.
  struct Margin {
    std::size_t groups = 0;  ///< That are not empty.
    double n_log_n = 0;      ///< Sum over groups of size ln size.
    double pairs = 0;        ///< Pairs of rows in one group.
    /// Each size that occurs, and how many groups have it: the expected information knows no more.
    std::vector<std::pair<std::size_t, std::size_t>> sizes;
  };
  void set_margin(std::span<const std::uint32_t> group_sizes, Margin& margin) const;

  /// `expected_mutual_info`. What two sizes give is remembered: random halves come back to the same few thousand.
  [[nodiscard]] double expected_information(std::size_t n, const Margin& classes, const Margin& clusters);

  /// Of n > 0 rows; `counts` is [clusters, classes], empty groups included.
  [[nodiscard]] ExternalScores scores(std::size_t n, const Margin& classes, const Margin& clusters,
                                      double expected_information, std::span<const std::uint32_t> counts,
                                      std::size_t n_classes) const;
  /// Expectation over all tables with these margins; that of the purity has no formula and is given.
  [[nodiscard]] ExternalScores expected_scores(std::size_t n, const Margin& classes, const Margin& clusters,
                                               double expected_information, double expected_purity) const;

 private:
  struct Known {
    std::uint64_t key = 0;
    double value = 0;
  };
  [[nodiscard]] double mean_shared_log(std::size_t n, std::size_t a, std::size_t b) const;
  [[nodiscard]] double remembered_shared_log(std::size_t n, std::size_t a, std::size_t b);

  std::vector<double> n_log_n_;
  std::vector<Known> known_;
};

}  // namespace songmap::metrics
