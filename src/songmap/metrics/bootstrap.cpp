#include "songmap/metrics/bootstrap.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "songmap/core/error.h"
#include "songmap/core/parallel.h"
#include "songmap/core/random.h"

namespace songmap::metrics {
namespace {

// Halves that one stream gives, since to seed a stream costs as much as to shuffle hundreds of rows.
constexpr std::size_t kDrawsAStream = 16;

// Quantiles of the halves' values, shifted so that their mean lies on the score.
Interval interval_around(double score, std::vector<double>& values, double level) {
  std::ranges::sort(values);
  const double shift = score - std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
  const auto quantile = [&](double at) {
    const double position = at * static_cast<double>(values.size() - 1);
    const auto below = static_cast<std::size_t>(position);
    const double above = values[std::min(below + 1, values.size() - 1)];
    return values[below] + (position - static_cast<double>(below)) * (above - values[below]);
  };
  const double tail = (1 - level) / 2;
  return {quantile(tail) + shift, quantile(1 - tail) + shift};
}

void check_level(double level) {
  require(level > 0 && level < 1, fmt::format("bootstrap: level is {}, but must be between 0 and 1", level));
}

}  // namespace

HalfScores score_halves(std::size_t n, const RowStatistics& statistics, const BootstrapOptions& options,
                        const Execution& run) {
  require(options.replicates >= 20,
          fmt::format("bootstrap: replicates is {}, but must be at least 20", options.replicates));
  check_level(options.level);
  std::vector<std::size_t> all(n);
  std::iota(all.begin(), all.end(), std::size_t{0});
  HalfScores scores{n, statistics(all), {}};
  if (n < 4 || std::ranges::none_of(scores.whole, [](const auto& score) { return score.has_value(); })) return scores;

  scores.halves.resize(static_cast<std::size_t>(options.replicates));
  parallel_chunks(scores.halves.size(), kDrawsAStream, run.thread_count(),
                  [&](std::size_t chunk, std::size_t first, std::size_t last) {
                    Random random(options.seed, chunk);
                    for (std::size_t replicate = first; replicate < last; ++replicate) {
                      std::vector<std::size_t> rows = random.permutation(n);
                      rows.resize(n / 2);
                      std::ranges::sort(rows);
                      scores.halves[replicate] = statistics(rows);
                    }
                  });
  return scores;
}

std::vector<std::optional<Interval>> intervals(const HalfScores& scores, double level) {
  check_level(level);
  std::vector<std::optional<Interval>> result(scores.whole.size());
  for (std::size_t s = 0; s < result.size(); ++s) {
    if (!scores.whole[s]) continue;
    std::vector<double> values;
    for (const auto& half : scores.halves) {
      if (half[s]) values.push_back(*half[s]);
    }
    if (!values.empty() && values.size() * 2 >= scores.halves.size()) {
      result[s] = interval_around(*scores.whole[s], values, level);
    }
  }
  return result;
}

std::vector<std::optional<Interval>> bootstrap_intervals(std::size_t n, const RowStatistics& statistics,
                                                         const BootstrapOptions& options, const Execution& run) {
  return intervals(score_halves(n, statistics, options, run), options.level);
}

std::optional<Interval> bootstrap_interval(std::size_t n, const RowStatistic& statistic,
                                           const BootstrapOptions& options, const Execution& run) {
  const RowStatistics alone = [&](std::span<const std::size_t> rows) { return std::vector{statistic(rows)}; };
  return bootstrap_intervals(n, alone, options, run).front();
}

}  // namespace songmap::metrics
