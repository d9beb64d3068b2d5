#include "songmap/metrics/comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "songmap/core/error.h"

namespace songmap::metrics {
namespace {

// Probability that a standard normal value is at least `z` away from 0.
double two_sided(double z) { return std::erfc(std::abs(z) / std::numbers::sqrt2); }

// The z of which `two_sided` is `p`, by halving: erfc has no inverse in the standard library.
double two_sided_quantile(double p) {
  double low = 0;
  double high = 40;
  for (int step = 0; step < 100; ++step) {
    const double middle = (low + high) / 2;
    (two_sided(middle) > p ? low : high) = middle;
  }
  return low;
}

// Standard deviation of a difference over samples of n rows, from that over halves. With n odd the smaller half was
// drawn, whose variance is (n - h) / h times as large.
double deviation(const std::vector<double>& values, std::size_t n) {
  double mean = 0;
  for (const double value : values) mean += value / static_cast<double>(values.size());
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  const auto half = static_cast<double>(n / 2);
  return std::sqrt(squares / static_cast<double>(values.size() - 1) * half / (static_cast<double>(n) - half));
}

}  // namespace

std::optional<PairedComparison> compare_paired(const HalfScores& scores, std::size_t a, std::size_t b, double level) {
  require(a < scores.whole.size() && b < scores.whole.size(),
          fmt::format("compare_paired: scores {} and {}, but there are {}", a, b, scores.whole.size()));
  require(level > 0 && level < 1, fmt::format("compare_paired: level is {}, but must be between 0 and 1", level));
  if (!scores.whole[a] || !scores.whole[b]) return std::nullopt;
  std::vector<double> differences;
  for (const auto& half : scores.halves) {
    if (half[a] && half[b]) differences.push_back(*half[a] - *half[b]);
  }
  if (differences.size() < 2 || differences.size() * 2 < scores.halves.size()) return std::nullopt;

  const double difference = *scores.whole[a] - *scores.whole[b];
  const double sd = deviation(differences, scores.n);
  const double reach = two_sided_quantile(1 - level) * sd;
  // The same labels may be summed in another order: equal up to rounding counts as equal.
  const double rounding = 1e-12 * std::max(std::abs(*scores.whole[a]), std::abs(*scores.whole[b]));
  if (std::abs(difference) <= rounding) return PairedComparison{0, -reach, reach, 1};
  if (sd <= rounding) return std::nullopt;
  return PairedComparison{difference, difference - reach, difference + reach, two_sided(difference / sd)};
}

std::optional<PairedComparison> compare_paired(std::size_t n, const RowStatistic& a, const RowStatistic& b,
                                               const BootstrapOptions& options, const Execution& run) {
  const RowStatistics both = [&](std::span<const std::size_t> rows) { return std::vector{a(rows), b(rows)}; };
  return compare_paired(score_halves(n, both, options, run), 0, 1, options.level);
}

std::vector<std::optional<PairedComparison>> compare_with(std::size_t n, const RowStatistics& statistics,
                                                          std::size_t reference, const BootstrapOptions& options,
                                                          const Execution& run) {
  const HalfScores scores = score_halves(n, statistics, options, run);
  std::vector<std::optional<PairedComparison>> result(scores.whole.size());
  for (std::size_t s = 0; s < result.size(); ++s) {
    if (s != reference) result[s] = compare_paired(scores, s, reference, options.level);
  }
  return result;
}

std::vector<double> holm(std::span<const double> p) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < p.size(); ++i) {
    if (std::isnan(p[i])) continue;
    require(p[i] >= 0 && p[i] <= 1, fmt::format("holm: p {} is {}, but must be 0 to 1", i, p[i]));
    order.push_back(i);
  }
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return p[i]; });
  std::vector<double> adjusted(p.begin(), p.end());
  double largest = 0;
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    largest = std::max(largest, std::min(1.0, static_cast<double>(order.size() - rank) * p[order[rank]]));
    adjusted[order[rank]] = largest;
  }
  return adjusted;
}

}  // namespace songmap::metrics
