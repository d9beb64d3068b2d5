#include "songmap/metrics/chance.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "songmap/core/error.h"
#include "songmap/core/linalg.h"
#include "songmap/core/random.h"
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

// A copy: the loops below must not run over a temporary.
std::vector<Chance> chances(const Labels& classes, const Labels& clusters, const ChanceOptions& options = {}) {
  const auto result = external_chance(classes, clusters, options);
  return {result->begin(), result->end()};
}

// Against the plain functions on explicitly shuffled labels.
TEST(ExternalChance, ExpectationIsTheMeanOverShuffledLabels) {
  Labels classes = random_labels(40, 5, 1);
  const Labels clusters = random_labels(40, 6, 2);
  const auto chance = external_chance(classes, clusters);
  ASSERT_TRUE(chance);
  std::array<double, kExternalMetrics.size()> mean{};
  Random random(3);
  constexpr int kRounds = 4000;
  for (int round = 0; round < kRounds; ++round) {
    random.shuffle(std::span(classes));
    const Contingency table = contingency(classes, clusters);
    for (std::size_t m = 0; m < mean.size(); ++m) mean[m] += *kExternalMetrics[m].score(table) / kRounds;
  }
  for (std::size_t m = 0; m < mean.size(); ++m) {
    EXPECT_NEAR((*chance)[m].expected, mean[m], .004) << kExternalMetrics[m].name;
  }
  EXPECT_EQ((*chance)[0].expected, 0);
  EXPECT_NEAR((*chance)[2].expected, 0, 1e-12);
}

// 30 rows, 10 classes, k the same: random labels reach NMI .5, as the study's scores did.
TEST(ExternalChance, NmiOfRandomLabelsIsHighOnFewRows) {
  const auto chance = external_chance(random_labels(30, 10, 4), random_labels(30, 10, 5));
  EXPECT_GT((*chance)[1].expected, .4);
}

TEST(ExternalChance, PerfectAgreementHasTheSmallestP) {
  const Labels labels = random_labels(100, 4, 6);
  for (const Chance& chance : chances(labels, labels, {.permutations = 199, .seed = 0})) {
    EXPECT_DOUBLE_EQ(chance.p, 1.0 / 200);
  }
}

// p of random labels is uniform on its steps: reject at 10 % in about 10 % of 200 draws.
TEST(ExternalChance, PIsCalibrated) {
  int rejected = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const auto chance = external_chance(random_labels(60, 3, 100 + seed), random_labels(60, 4, 900 + seed),
                                        {.permutations = 99, .seed = seed});
    rejected += (*chance)[0].p <= .1 ? 1 : 0;
  }
  EXPECT_GT(rejected, 8);
  EXPECT_LT(rejected, 34);  // 20 ± 3.3 standard deviations of 4.2
}

TEST(ExternalChance, NothingToFindHasPOne) {
  const auto one_cluster = external_chance(random_labels(20, 3, 7), Labels(20, 0));
  for (const Chance& chance : *one_cluster) EXPECT_EQ(chance.p, 1);
  EXPECT_EQ((*one_cluster)[0].expected, 0);
  EXPECT_EQ((*one_cluster)[5].expected, 1);  // completeness
  for (const Chance& chance : chances(Labels{0}, Labels{0})) {
    EXPECT_EQ(chance.p, 1);
    EXPECT_EQ(chance.expected, 1);
  }
  for (const Chance& chance : chances(Labels{0, 1, 2}, Labels{2, 1, 0})) EXPECT_EQ(chance.expected, 1);
  EXPECT_FALSE(external_chance(Labels{-1, -1}, Labels{0, 1}));
}

TEST(ExternalChance, AnyNumberOfThreadsGivesTheSame) {
  const Labels classes = random_labels(300, 5, 8);
  const Labels clusters = random_labels(300, 5, 9);
  const auto one = external_chance(classes, clusters, {}, {.threads = 1, .progress = {}});
  const auto four = external_chance(classes, clusters, {}, {.threads = 4, .progress = {}});
  for (std::size_t m = 0; m < one->size(); ++m) {
    EXPECT_EQ((*one)[m].expected, (*four)[m].expected);
    EXPECT_EQ((*one)[m].p, (*four)[m].p);
  }
  EXPECT_THROW(static_cast<void>(external_chance(classes, clusters, {.permutations = 0, .seed = 0})), InvalidArgument);
}

// Cuts the first column in equal parts, which is enough structure in one dimension.
Labels cut_first_column(MatrixView x, std::size_t k, std::uint64_t) {
  std::vector<std::size_t> order(x.rows());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) { return x(i, 0); });
  Labels labels(x.rows());
  for (std::size_t i = 0; i < order.size(); ++i) labels[order[i]] = static_cast<std::int32_t>(i * k / order.size());
  return labels;
}

TEST(SilhouetteNull, IsHighInOneDimensionAndLowInMany) {
  const auto low = silhouette_null(60, 1, 3, cut_first_column, 1);
  const auto high = silhouette_null(60, 32, 3, cut_first_column, 1);
  EXPECT_GT(*low, .35);
  EXPECT_LT(*high, .05);
  EXPECT_EQ(low, silhouette_null(60, 1, 3, cut_first_column, 1));
  EXPECT_FALSE(silhouette_null(60, 2, 1, cut_first_column, 1));
  EXPECT_FALSE(silhouette_null(3, 2, 3, cut_first_column, 1));
}

TEST(SilhouetteNull, NoiseHasTheVariancesThatAreGiven) {
  const std::vector<double> spectrum{16, 1, .25};
  const Clusterer check = [&](MatrixView x, std::size_t k, std::uint64_t seed) {
    const std::vector<double> found = covariance_eigenvalues(x);
    for (std::size_t j = 0; j < spectrum.size(); ++j) EXPECT_NEAR(found[j], spectrum[j], .1 * spectrum[j]);
    return cut_first_column(x, k, seed);
  };
  EXPECT_TRUE(silhouette_null(2000, spectrum, 3, check, 2, 1));
}

TEST(SilhouetteNull, OfASpectrumIsTheSameAtEveryScaleAndForgetsEmptyDimensions) {
  const auto null = [](const std::vector<double>& spectrum) {
    return *silhouette_null(60, spectrum, 3, cut_first_column, 1, 40);
  };
  EXPECT_EQ(null({1, 1, 1}), silhouette_null(60, 3, 3, cut_first_column, 1, 40));
  EXPECT_NEAR(null({4, 1}), null({400, 100}), 1e-6);
  EXPECT_NEAR(null({1, 0, 0, 0}), null({1}), .02);
  EXPECT_GT(null({9, 1, 1}), null({1, 1, 1}) + .1);
  EXPECT_THROW(static_cast<void>(null({})), InvalidArgument);
  EXPECT_THROW(static_cast<void>(null({1, -1})), InvalidArgument);
}

}  // namespace
}  // namespace songmap::metrics
