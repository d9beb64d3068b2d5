// What the scores of the study's tiers reach where there is nothing to find.
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "songmap/cluster/kmeans.h"
#include "songmap/core/linalg.h"
#include "songmap/core/random.h"
#include "songmap/metrics/chance.h"
#include "songmap/metrics/external.h"
#include "tests/reference/numerics_reference.h"

namespace songmap::metrics {
namespace {

using Labels = std::vector<std::int32_t>;

Labels uniform_labels(std::size_t n, std::size_t k, Random& random) {
  Labels labels(n);
  for (std::int32_t& label : labels) label = static_cast<std::int32_t>(random.below(k));
  return labels;
}

struct Spread {
  double mean = 0;
  double low = 0;   // 5th percentile
  double high = 0;  // 95th percentile
};

Spread spread(std::vector<double> values) {
  std::ranges::sort(values);
  Spread result;
  for (const double value : values) result.mean += value / static_cast<double>(values.size());
  result.low = values[values.size() / 20];
  result.high = values[values.size() - 1 - values.size() / 20];
  return result;
}

// The medium tier scores 30 tracks drawn from 10 genres of 100, with as many clusters as genres are among them.
TEST(ChanceFloors, ThirtyTracksReachHalfANmiByLuck) {
  constexpr int kDraws = 4000;
  Random random(1);
  std::vector<double> nmi;
  std::vector<double> ari;
  std::vector<double> ami;
  double expected_nmi = 0;
  constexpr int kExpected = 200;
  for (int draw = 0; draw < kDraws; ++draw) {
    const std::vector<std::size_t> tracks = random.permutation(1000);
    Labels classes(30);
    for (std::size_t i = 0; i < classes.size(); ++i) classes[i] = static_cast<std::int32_t>(tracks[i] / 100);
    Labels present = classes;
    std::ranges::sort(present);
    const auto k = static_cast<std::size_t>(std::ranges::unique(present).begin() - present.begin());
    const Labels clusters = uniform_labels(30, k, random);
    const Contingency table = contingency(classes, clusters);
    nmi.push_back(*normalized_mutual_info(table));
    ari.push_back(*adjusted_rand_index(table));
    ami.push_back(*adjusted_mutual_info(table));
    if (draw < kExpected) {
      expected_nmi += (*external_chance(classes, clusters, {.permutations = 1, .seed = 0}))[1].expected / kExpected;
    }
  }
  const Spread floor = spread(nmi);
  EXPECT_NEAR(floor.mean, .49, .005);
  EXPECT_NEAR(floor.low, .41, .01);  // written down with two digits, from fewer draws
  EXPECT_NEAR(floor.high, .57, .01);
  EXPECT_NEAR(spread(ari).mean, 0, .002);
  EXPECT_NEAR(spread(ami).mean, 0, .005);
  // What songmap prints beside such a score is this floor.
  EXPECT_NEAR(expected_nmi, .49, .01);
}

// The hard tier scores 40 tracks of two genres in 10 clusters.
TEST(ChanceFloors, TwoClassesInTenClustersArePureByLuck) {
  Random random(2);
  std::vector<double> pure;
  Labels classes(40);
  for (std::size_t i = 20; i < classes.size(); ++i) classes[i] = 1;
  for (int draw = 0; draw < 4000; ++draw) {
    pure.push_back(*purity(contingency(classes, uniform_labels(40, 10, random))));
  }
  EXPECT_NEAR(spread(pure).mean, .69, .006);
  const auto chance = external_chance(classes, uniform_labels(40, 10, random));
  EXPECT_NEAR((*chance)[3].expected, .69, .03);
}

Labels kmeans_labels(MatrixView x, std::size_t k, std::uint64_t seed) {
  return cluster::fit_kmeans(x, {.n_clusters = k, .seed = seed}).labels;
}

// A collapsed model leaves one or two dimensions: there, noise scores what the study's best methods scored.
TEST(ChanceFloors, SilhouetteOfNoiseIsHighInFewDimensions) {
  // In one dimension scikit-learn reaches .571 with one start and .593 with ten (150 draws, standard error .004).
  EXPECT_NEAR(*silhouette_null(40, 1, 10, kmeans_labels, 1, 100), .58, .025);
  EXPECT_NEAR(*silhouette_null(40, 2, 10, kmeans_labels, 1, 100), .40, .012);
  EXPECT_NEAR(*silhouette_null(40, 64, 10, kmeans_labels, 1, 100), .01, .012);
}

// 64 dimensions of which one, then two carry the variance: only the null with the data's own spectrum sees them.
TEST(ChanceFloors, ALowRankSpaceIsJudgedByItsOwnSpectrum) {
  for (const auto& [active, floor] : {std::pair{1u, .58}, {2u, .40}}) {
    Matrix collapsed = testing::normal_matrix(200, 64, 3);
    for (std::size_t i = 0; i < collapsed.rows(); ++i) {
      for (std::size_t j = active; j < collapsed.cols(); ++j) collapsed(i, j) *= .001F;
    }
    const std::vector<double> spectrum = covariance_eigenvalues(collapsed);
    EXPECT_NEAR(*silhouette_null(40, spectrum, 10, kmeans_labels, 1, 100), floor, .025);
  }
}

}  // namespace
}  // namespace songmap::metrics
