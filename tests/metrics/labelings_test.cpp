#include "songmap/metrics/labelings.h"

#include <gtest/gtest.h>

#include "songmap/core/error.h"
#include "songmap/core/random.h"
#include "songmap/metrics/chance.h"
#include "songmap/metrics/table_scorer.h"

namespace songmap::metrics {
namespace {

using Labels = std::vector<std::int32_t>;
constexpr std::size_t kMetrics = kExternalMetrics.size();

// From `lowest` on: -1 leaves rows without a class, or makes noise.
Labels random_labels(std::size_t n, std::size_t k, std::int32_t lowest, std::uint64_t seed) {
  Random random(seed);
  Labels labels;
  for (std::size_t i = 0; i < n; ++i) labels.push_back(static_cast<std::int32_t>(random.below(k)) + lowest);
  return labels;
}

Labels selected(const Labels& labels, std::span<const std::size_t> rows) {
  Labels result;
  for (const std::size_t row : rows) result.push_back(labels[row]);
  return result;
}

std::vector<std::size_t> every(std::size_t n, std::size_t step) {
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < n; row += step) rows.push_back(row);
  return rows;
}

// Against the plain functions of a table, one by one.
TEST(MeanExternalScores, AreTheMeansOfThePlainScores) {
  struct Shape {
    std::size_t rows, classes, clusters;
  };
  for (const auto& [n, n_classes, n_clusters] :
       {Shape{200, 10, 10}, {60, 3, 40}, {60, 50, 2}, {41, 1, 5}, {41, 5, 1}, {7, 7, 7}, {1, 1, 1}, {2600, 13, 10}}) {
    const Labels classes = random_labels(n, n_classes, n_classes > 3 ? -1 : 0, 1);
    std::vector<Labelings> methods(2);
    for (std::uint64_t seed = 0; seed < 3; ++seed) {
      methods[0].push_back(random_labels(n, n_clusters, -1, 10 + seed));
      methods[1].push_back(classes);
      for (std::int32_t& label : methods[1].back()) label = label < 2 ? label : 2;
    }
    const RowStatistics statistics = mean_external_scores(classes, methods);
    for (const std::size_t step : {1u, 2u, 3u}) {
      const auto rows = every(n, step);
      const auto means = statistics(rows);
      ASSERT_EQ(means.size(), 2 * kMetrics);
      for (std::size_t method = 0; method < 2; ++method) {
        for (std::size_t m = 0; m < kMetrics; ++m) {
          double sum = 0;
          for (const Labels& labels : methods[method]) {
            const auto score = kExternalMetrics[m].score(contingency(selected(classes, rows), selected(labels, rows)));
            sum += score.value_or(100);
          }
          const double fast = means[method * kMetrics + m].value_or(100);
          EXPECT_NEAR(fast, sum / 3, 1e-10) << kExternalMetrics[m].name << " of " << n << " rows, " << n_classes
                                            << " classes, " << n_clusters << " clusters, step " << step;
        }
      }
    }
  }
}

TEST(MeanExternalScores, AreNotDefinedWithoutClassesOrLabelings) {
  const std::vector<Labelings> methods{{{0, 1, 0}}, {}};
  const auto without_classes = mean_external_scores(Labels{-1, -1, -1}, methods)(every(3, 1));
  for (const auto& score : without_classes) EXPECT_FALSE(score);
  const auto without_labelings = mean_external_scores(Labels{0, 1, 1}, methods)(every(3, 1));
  EXPECT_TRUE(without_labelings[0]);
  EXPECT_FALSE(without_labelings[kMetrics]);
  EXPECT_FALSE(mean_external_scores(Labels{0, 1, 1}, methods)({})[0]);
  EXPECT_THROW(static_cast<void>(mean_external_scores(Labels{0, 1}, methods)), InvalidArgument);
  const std::vector<Labelings> below{{{0, -2, 0}}};
  EXPECT_THROW(static_cast<void>(mean_external_scores(Labels{0, 1, 1}, below)), InvalidArgument);
}

// A thread keeps what it looked up: neither other data before nor other threads beside change a score.
TEST(MeanExternalScores, DoNotDependOnWhatWasScoredBefore) {
  const Labels classes = random_labels(300, 6, 0, 3);
  const std::vector<Labelings> methods{{random_labels(300, 5, -1, 4), random_labels(300, 9, 0, 5)}};
  const RowStatistics statistics = mean_external_scores(classes, methods);
  const HalfScores fresh = score_halves(300, statistics, {}, {.threads = 4, .progress = {}});
  const Labels many = random_labels(900, 30, 0, 6);
  const std::vector<Labelings> other{{random_labels(900, 20, 0, 7)}};
  static_cast<void>(score_halves(900, mean_external_scores(many, other), {}, {.threads = 1, .progress = {}}));
  const HalfScores again = score_halves(300, statistics, {}, {.threads = 1, .progress = {}});
  EXPECT_EQ(fresh.whole, again.whole);
  EXPECT_EQ(fresh.halves, again.halves);
}

// Groups from one row to all of them, and equal sizes, against eq. 24a of Vinh, Epps & Bailey.
TEST(TableScorer, ExpectedInformationIsThatOfTheFormula) {
  const std::vector<std::vector<std::size_t>> margins{
      {100}, {50, 50}, {1, 99}, {10, 20, 30, 40}, {98, 1, 1}, std::vector<std::size_t>(100, 1), {33, 33, 33, 1}};
  TableScorer scorer(100);
  for (const auto& classes : margins) {
    for (const auto& clusters : margins) {
      TableScorer::Margin a;
      TableScorer::Margin b;
      scorer.set_margin(std::vector<std::uint32_t>(classes.begin(), classes.end()), a);
      scorer.set_margin(std::vector<std::uint32_t>(clusters.begin(), clusters.end()), b);
      const double expected = expected_mutual_info({100, {}, classes, clusters});
      EXPECT_NEAR(scorer.expected_information(100, a, b), expected, 1e-12);
      EXPECT_NEAR(scorer.expected_information(100, b, a), expected, 1e-12);
    }
  }
}

// A large table, where a sum over all k is long and the probabilities far out are below the smallest double.
TEST(TableScorer, ExpectedInformationOfManyRows) {
  const std::vector<std::size_t> classes{20000, 15000, 4999, 1};
  const std::vector<std::size_t> clusters{13000, 13000, 14000};
  TableScorer scorer(40000);
  TableScorer::Margin a;
  TableScorer::Margin b;
  scorer.set_margin(std::vector<std::uint32_t>(classes.begin(), classes.end()), a);
  scorer.set_margin(std::vector<std::uint32_t>(clusters.begin(), clusters.end()), b);
  // The logarithms of the factorials, near 4e5, leave the plain formula an error of 1e-10 of each probability.
  EXPECT_NEAR(scorer.expected_information(40000, a, b), expected_mutual_info({40000, {}, classes, clusters}), 1e-9);
}

TEST(ExternalChances, OfManyLabelingsAreThoseOfEach) {
  const Labels classes = random_labels(120, 5, -1, 8);
  const std::vector<Labels> labelings{random_labels(120, 4, -1, 9), classes, Labels(120, 3)};
  const auto together = external_chances(classes, labelings);
  ASSERT_EQ(together->size(), 3u);
  for (std::size_t i = 0; i < labelings.size(); ++i) {
    const auto alone = external_chance(classes, labelings[i]);
    for (std::size_t m = 0; m < kMetrics; ++m) {
      EXPECT_EQ((*together)[i][m].expected, (*alone)[m].expected);
      EXPECT_EQ((*together)[i][m].p, (*alone)[m].p);
    }
  }
  EXPECT_TRUE(external_chances(classes, {})->empty());
}

}  // namespace
}  // namespace songmap::metrics
