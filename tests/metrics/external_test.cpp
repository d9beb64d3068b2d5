#include "songmap/metrics/external.h"

#include <gtest/gtest.h>

#include <cmath>

#include "songmap/core/error.h"
#include "songmap/core/random.h"

namespace songmap::metrics {
namespace {

using Labels = std::vector<std::int32_t>;

TEST(Encode, NumbersDistinctLabelsInByteOrder) {
  const std::vector<std::string> labels{"rock", "", "blues", "rock", "সঙ্গীত"};
  const Codes codes = encode(labels);
  EXPECT_EQ(codes.names, (std::vector<std::string>{"blues", "rock", "সঙ্গীত"}));
  EXPECT_EQ(codes.codes, (Labels{1, kUnlabelled, 0, 1, 2}));
  EXPECT_TRUE(encode({}).names.empty());
}

TEST(ContingencyTable, CountsPairsAndLeavesUnlabelledRowsOut) {
  const Contingency table = contingency(Labels{0, 0, 5, 5, -1}, Labels{3, -1, 3, 3, 8});
  EXPECT_EQ(table.n, 4U);
  EXPECT_EQ(table.class_sizes, (std::vector<std::size_t>{2, 2}));
  EXPECT_EQ(table.cluster_sizes, (std::vector<std::size_t>{1, 3}));  // noise, 3
  EXPECT_EQ(table.counts, (std::vector<std::size_t>{1, 1, 0, 2}));
  EXPECT_THROW(static_cast<void>(contingency(Labels{0}, Labels{0, 1})), InvalidArgument);
  EXPECT_THROW(static_cast<void>(contingency(Labels{0}, Labels{-2})), InvalidArgument);
}

// Two classes of 2; clusters of 3 and 1.
TEST(ExternalScores, ByHand) {
  const Contingency table = contingency(Labels{0, 0, 1, 1}, Labels{0, 0, 0, 1});
  EXPECT_DOUBLE_EQ(*purity(table), 3.0 / 4);
  EXPECT_DOUBLE_EQ(*majority_share(table), 2.0 / 4);
  // Pairs together in both 1, in classes 2, in clusters 3, of 6: expected 1.
  EXPECT_DOUBLE_EQ(*adjusted_rand_index(table), (1 - 1) / (2.5 - 1));
  const double information =
      .5 * std::log(.5 / (.5 * .75)) + .25 * std::log(.25 / (.5 * .75)) + .25 * std::log(.25 / (.5 * .25));
  const double cluster_entropy = -.75 * std::log(.75) - .25 * std::log(.25);
  EXPECT_NEAR(mutual_info(table), information, 1e-15);
  EXPECT_NEAR(*homogeneity(table), information / std::log(2.0), 1e-15);
  EXPECT_NEAR(*completeness(table), information / cluster_entropy, 1e-15);
  EXPECT_NEAR(*normalized_mutual_info(table), 2 * information / (std::log(2.0) + cluster_entropy), 1e-15);
}

// All 24 orders of the class labels, by brute force.
TEST(ExpectedMutualInfo, EqualsTheMeanOverAllPermutations) {
  const Labels clusters{0, 0, 1, 1, 2};
  Labels classes{0, 0, 0, 1, 2};
  const double expected = expected_mutual_info(contingency(classes, clusters));
  double sum = 0;
  int count = 0;
  std::ranges::sort(classes);
  do {
    // Distinct orders of a multiset are equally likely.
    sum += mutual_info(contingency(classes, clusters));
    ++count;
  } while (std::ranges::next_permutation(classes).found);
  EXPECT_EQ(count, 20);
  EXPECT_NEAR(expected, sum / count, 1e-12);
}

TEST(ExternalScores, DoNotDependOnNames) {
  Random random(1);
  Labels classes;
  Labels clusters;
  Labels renamed;
  for (int i = 0; i < 200; ++i) {
    classes.push_back(static_cast<std::int32_t>(random.below(4)));
    clusters.push_back(static_cast<std::int32_t>(random.below(5)));
    renamed.push_back(1000 - 13 * clusters.back());
  }
  for (const ExternalMetric& metric : kExternalMetrics) {
    EXPECT_NEAR(*metric.score(contingency(classes, clusters)), *metric.score(contingency(classes, renamed)), 1e-12)
        << metric.name;
  }
}

TEST(ExternalScores, VMeasureIsNmi) {
  const Contingency table = contingency(Labels{0, 1, 1, 2, 2, 2}, Labels{0, 0, 1, 1, 2, 2});
  EXPECT_NEAR(*v_measure(table), *normalized_mutual_info(table), 1e-15);
}

TEST(ExternalScores, AreNotDefinedWithoutLabels) {
  for (const Contingency& table : {contingency(Labels{}, Labels{}), contingency(Labels{-1, -1}, Labels{0, 1})}) {
    for (const ExternalMetric& metric : kExternalMetrics) EXPECT_FALSE(metric.score(table)) << metric.name;
    EXPECT_FALSE(majority_share(table));
  }
}

}  // namespace
}  // namespace songmap::metrics
