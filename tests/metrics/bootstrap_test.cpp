#include "songmap/metrics/bootstrap.h"

#include <gtest/gtest.h>

#include <cmath>

#include "songmap/core/error.h"
#include "songmap/core/random.h"
#include "songmap/metrics/external.h"
#include "tests/reference/numerics_reference.h"

namespace songmap::metrics {
namespace {

using Labels = std::vector<std::int32_t>;

Labels random_labels(std::size_t n, std::size_t k, std::uint64_t seed) {
  Random random(seed);
  Labels labels;
  for (std::size_t i = 0; i < n; ++i) labels.push_back(static_cast<std::int32_t>(random.below(k)));
  return labels;
}

// Of a mean of normal values the interval is known: ± 1.96 / sqrt(n). Over 200 samples it must cover 0 in about 95 %.
TEST(BootstrapInterval, CoversTheTruthAsOftenAsItSays) {
  constexpr std::size_t kRows = 100;
  int covered = 0;
  double width = 0;
  for (std::uint64_t sample = 0; sample < 200; ++sample) {
    const Matrix x = testing::normal_matrix(kRows, 1, 50 + sample);
    const auto mean = [&](std::span<const std::size_t> rows) -> std::optional<double> {
      double sum = 0;
      for (const std::size_t row : rows) sum += x(row, 0);
      return sum / static_cast<double>(rows.size());
    };
    const auto interval = bootstrap_interval(kRows, mean, {.replicates = 200, .level = .95, .seed = sample});
    covered += interval->low <= 0 && 0 <= interval->high ? 1 : 0;
    width += (interval->high - interval->low) / 200;
  }
  EXPECT_NEAR(width, 2 * 1.96 / std::sqrt(kRows), .02);
  EXPECT_GT(covered, 178);
  EXPECT_LT(covered, 199);
}

TEST(BootstrapInterval, ScoresOfOneClusteringLieInside) {
  Labels classes = random_labels(60, 5, 10);
  Labels clusters = classes;
  for (std::size_t i = 0; i < 30; ++i) clusters[i] = static_cast<std::int32_t>(i % 5);
  for (const ExternalMetric& metric : kExternalMetrics) {
    const auto score = [&](std::span<const std::size_t> rows) {
      Labels a;
      Labels b;
      for (const std::size_t row : rows) {
        a.push_back(classes[row]);
        b.push_back(clusters[row]);
      }
      return metric.score(contingency(a, b));
    };
    const auto interval = bootstrap_interval(60, score);
    const double all = *metric.score(contingency(classes, clusters));
    EXPECT_LT(interval->low, all) << metric.name;
    EXPECT_GT(interval->high, all) << metric.name;
  }
}

TEST(BootstrapInterval, IsNotDefinedWhereTheScoreIsNot) {
  const auto never = [](std::span<const std::size_t>) { return std::optional<double>(); };
  const auto all_rows_only = [](std::span<const std::size_t> rows) {
    return rows.size() == 10 ? std::optional(1.0) : std::nullopt;
  };
  const auto always = [](std::span<const std::size_t>) { return std::optional(1.0); };
  EXPECT_FALSE(bootstrap_interval(10, never));
  EXPECT_FALSE(bootstrap_interval(10, all_rows_only));
  EXPECT_FALSE(bootstrap_interval(3, always));
  EXPECT_EQ(bootstrap_interval(10, always)->low, 1);
  EXPECT_THROW(static_cast<void>(bootstrap_interval(10, always, {.replicates = 5, .level = .95, .seed = 0})),
               InvalidArgument);
}

TEST(BootstrapInterval, SeveralScoresAtOnceGetTheIntervalsThatEachGetsAlone) {
  const auto first = [](std::span<const std::size_t> rows) { return std::optional(static_cast<double>(rows[0])); };
  const auto last = [](std::span<const std::size_t> rows) { return std::optional(static_cast<double>(rows.back())); };
  const auto all = bootstrap_intervals(50, [&](std::span<const std::size_t> rows) {
    return std::vector<std::optional<double>>{first(rows), std::nullopt, last(rows)};
  });
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0]->low, bootstrap_interval(50, first)->low);
  EXPECT_EQ(all[0]->high, bootstrap_interval(50, first)->high);
  EXPECT_FALSE(all[1]);
  EXPECT_EQ(all[2]->low, bootstrap_interval(50, last)->low);
  EXPECT_EQ(all[2]->high, bootstrap_interval(50, last)->high);
}

TEST(BootstrapInterval, AnyNumberOfThreadsGivesTheSame) {
  const auto first = [](std::span<const std::size_t> rows) { return std::optional(static_cast<double>(rows[0])); };
  const auto one = bootstrap_interval(50, first, {}, {.threads = 1, .progress = {}});
  const auto four = bootstrap_interval(50, first, {}, {.threads = 4, .progress = {}});
  EXPECT_EQ(one->low, four->low);
  EXPECT_EQ(one->high, four->high);
}

}  // namespace
}  // namespace songmap::metrics
