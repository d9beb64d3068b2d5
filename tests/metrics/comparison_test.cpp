#include "songmap/metrics/comparison.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "songmap/core/error.h"
#include "songmap/core/random.h"
#include "songmap/metrics/external.h"
#include "tests/reference/numerics_reference.h"

namespace songmap::metrics {
namespace {

using Labels = std::vector<std::int32_t>;
using Score = std::optional<double>;
using Rows = std::span<const std::size_t>;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

RowStatistic mean_of(const std::vector<double>& values) {
  return [&values](Rows rows) -> Score {
    double sum = 0;
    for (const std::size_t row : rows) sum += values[row];
    return sum / static_cast<double>(rows.size());
  };
}

// The rand index of `clusters` with `classes` on some rows.
RowStatistic agreement(const Labels& classes, const Labels& clusters) {
  return [&classes, &clusters](Rows rows) {
    Labels some_classes;
    Labels some_clusters;
    for (const std::size_t row : rows) {
      some_classes.push_back(classes[row]);
      some_clusters.push_back(clusters[row]);
    }
    return adjusted_rand_index(contingency(some_classes, some_clusters));
  };
}

// The classes with a share of them drawn anew.
Labels blurred(const Labels& classes, std::size_t n_classes, double share, Random& random) {
  Labels labels = classes;
  for (std::int32_t& label : labels) {
    if (random.uniform() < share) label = static_cast<std::int32_t>(random.below(n_classes));
  }
  return labels;
}

// Largest distance of the share of values below x from x, over all x: Kolmogorov's statistic for the uniform.
double distance_from_uniform(std::vector<double> values) {
  std::ranges::sort(values);
  double largest = 0;
  const auto n = static_cast<double>(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto rank = static_cast<double>(i);
    largest = std::max({largest, std::abs(values[i] - rank / n), std::abs(values[i] - (rank + 1) / n)});
  }
  return largest;
}

// Of means the difference's deviation is known: that of the single differences over sqrt(n). Even and odd n.
TEST(ComparePaired, OfMeansIsTheTestOfTheMeanDifference) {
  for (const std::size_t n : {60u, 7u}) {
    Random random(n);
    std::vector<double> a(n);
    std::vector<double> b(n);
    double sum = 0;
    double squares = 0;
    for (std::size_t i = 0; i < n; ++i) {
      b[i] = 100 * random.normal();
      a[i] = b[i] + .3 + random.normal();
      sum += a[i] - b[i];
      squares += (a[i] - b[i]) * (a[i] - b[i]);
    }
    const auto count = static_cast<double>(n);
    const double difference = sum / count;
    const double sd = std::sqrt((squares - sum * sum / count) / (count - 1) / count);
    const auto result = compare_paired(n, mean_of(a), mean_of(b), {.replicates = 20000, .level = .95, .seed = 1});
    ASSERT_TRUE(result);
    EXPECT_NEAR(result->difference, difference, 1e-9);
    EXPECT_NEAR(result->high - difference, 1.959964 * sd, .02 * sd);
    EXPECT_NEAR(difference - result->low, 1.959964 * sd, .02 * sd);
    EXPECT_NEAR(result->p, std::erfc(std::abs(difference) / sd / std::sqrt(2)), .01);
  }
}

// Two methods with independent errors of the same rate: p of no difference is uniform, whatever the score.
TEST(ComparePaired, PIsUniformWhereMethodsAreEquallyGood) {
  constexpr std::size_t kRows = 120;
  constexpr int kSamples = 300;
  std::vector<double> p;
  for (int sample = 0; sample < kSamples; ++sample) {
    Random random(7, static_cast<std::uint64_t>(sample));
    Labels classes(kRows);
    for (std::int32_t& label : classes) label = static_cast<std::int32_t>(random.below(4));
    const Labels a = blurred(classes, 4, .4, random);
    const Labels b = blurred(classes, 4, .4, random);
    p.push_back(compare_paired(kRows, agreement(classes, a), agreement(classes, b),
                               {.replicates = 100, .level = .95, .seed = random.bits()})
                    ->p);
  }
  EXPECT_LT(distance_from_uniform(p), 1.63 / std::sqrt(kSamples));  // Kolmogorov's bound at 1 %
}

// Where neither method finds anything, the promise is one-sided: p is not too small too often.
TEST(ComparePaired, PIsNotTooSmallWhereNeitherMethodFindsAnything) {
  constexpr std::size_t kRows = 60;
  int rejected = 0;
  for (std::uint64_t sample = 0; sample < 200; ++sample) {
    Random random(8, sample);
    const Labels nothing(kRows);
    const Labels classes = blurred(nothing, 3, 1, random);
    const Labels a = blurred(nothing, 3, 1, random);
    const Labels b = blurred(nothing, 3, 1, random);
    const auto result = compare_paired(kRows, agreement(classes, a), agreement(classes, b),
                                       {.replicates = 100, .level = .95, .seed = sample});
    rejected += result->p <= .1 ? 1 : 0;
  }
  EXPECT_LT(rejected, 34);  // 10 % are 20, and 3.3 standard deviations of 4.2 more
}

TEST(ComparePaired, FindsARealDifferenceAndItsSign) {
  Random random(9);
  Labels classes(200);
  for (std::int32_t& label : classes) label = static_cast<std::int32_t>(random.below(5));
  const Labels good = blurred(classes, 5, .2, random);
  const Labels poor = blurred(classes, 5, .6, random);
  const auto forth = compare_paired(200, agreement(classes, good), agreement(classes, poor));
  EXPECT_GT(forth->low, .2);
  EXPECT_LT(forth->p, 1e-4);
  const auto back = compare_paired(200, agreement(classes, poor), agreement(classes, good));
  EXPECT_DOUBLE_EQ(back->difference, -forth->difference);
  EXPECT_DOUBLE_EQ(back->low, -forth->high);
  EXPECT_DOUBLE_EQ(back->p, forth->p);
}

// p and interval say the same at every level.
TEST(ComparePaired, PIsTheLevelWhoseIntervalEndsAtNoDifference) {
  Random random(10);
  std::vector<double> a(40);
  const std::vector<double> b(40);
  for (double& value : a) value = .3 + random.normal();
  const auto at = [&](double level) {
    return *compare_paired(40, mean_of(a), mean_of(b), {.replicates = 200, .level = level, .seed = 3});
  };
  const double p = at(.95).p;
  EXPECT_NEAR(std::min(std::abs(at(1 - p).low), std::abs(at(1 - p).high)), 0, 1e-9);
}

TEST(ComparePaired, WithoutDifferenceOrSpread) {
  const auto score = [](Rows rows) -> Score { return 1 + static_cast<double>(rows[0]); };
  const auto same = compare_paired(30, score, score);
  EXPECT_EQ(same->difference, 0);
  EXPECT_EQ(same->p, 1);
  EXPECT_LE(same->low, 0);
  // The same up to the order of summing.
  EXPECT_EQ(compare_paired(30, score, [&](Rows rows) -> Score { return *score(rows) * (1 + 1e-15); })->p, 1);
  // Better by the same on every half: there is no spread to judge by.
  EXPECT_FALSE(compare_paired(30, score, [&](Rows rows) -> Score { return *score(rows) + 1; }));
  const auto never = [](Rows) { return Score(); };
  const auto all_rows_only = [](Rows rows) { return rows.size() == 30 ? Score(1) : Score(); };
  EXPECT_FALSE(compare_paired(30, score, never));
  EXPECT_FALSE(compare_paired(30, score, all_rows_only));
  EXPECT_FALSE(compare_paired(3, score, score));
  EXPECT_THROW(static_cast<void>(compare_paired(30, score, score, {.replicates = 500, .level = 1, .seed = 0})),
               InvalidArgument);
}

TEST(CompareWith, SharesTheHalvesAndTheInterval) {
  const Matrix x = testing::normal_matrix(50, 3, 4);
  const auto mean = [&](std::size_t column) {
    return [&x, column](Rows rows) -> Score {
      double sum = 0;
      for (const std::size_t row : rows) sum += x(row, column);
      return sum / static_cast<double>(rows.size());
    };
  };
  const RowStatistics all = [&](Rows rows) {
    return std::vector{mean(0)(rows), Score(), mean(1)(rows), mean(2)(rows)};
  };
  const auto together = compare_with(50, all, 2);
  ASSERT_EQ(together.size(), 4u);
  EXPECT_FALSE(together[1]);
  EXPECT_FALSE(together[2]);
  for (const auto& [at, column] : {std::pair{0u, 0u}, {3u, 2u}}) {
    const auto alone = compare_paired(50, mean(column), mean(1));
    EXPECT_EQ(together[at]->difference, alone->difference);
    EXPECT_EQ(together[at]->p, alone->p);
  }
  EXPECT_THROW(static_cast<void>(compare_with(50, all, 4)), InvalidArgument);
  const auto four = compare_with(50, all, 2, {}, {.threads = 4, .progress = {}});
  EXPECT_EQ(four[0]->p, together[0]->p);
}

// Holm 1979; the values are worked out by hand.
TEST(Holm, StepsDownThroughTheSortedValues) {
  const auto adjusted = holm(std::vector{.01, .04, .03, .005});
  const std::vector<double> expected{.03, .06, .06, .02};
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(adjusted[i], expected[i], 1e-15);
}

TEST(Holm, KeepsOrderAndBounds) {
  Random random(11);
  std::vector<double> p(50);
  for (double& value : p) value = random.uniform();
  const auto adjusted = holm(p);
  for (std::size_t i = 0; i < p.size(); ++i) {
    EXPECT_GE(adjusted[i], p[i]);
    EXPECT_LE(adjusted[i], 1);
    for (std::size_t j = 0; j < p.size(); ++j) {
      if (p[i] < p[j]) {
        EXPECT_LE(adjusted[i], adjusted[j]);
      }
    }
  }
}

TEST(Holm, WhatIsNoHypothesisIsNotCounted) {
  const auto adjusted = holm(std::vector{kNaN, .02, kNaN, .03});
  EXPECT_TRUE(std::isnan(adjusted[0]));
  EXPECT_DOUBLE_EQ(adjusted[1], .04);
  EXPECT_DOUBLE_EQ(adjusted[3], .04);
  EXPECT_TRUE(holm({}).empty());
  EXPECT_THROW(static_cast<void>(holm(std::vector{1.5})), InvalidArgument);
}

}  // namespace
}  // namespace songmap::metrics
