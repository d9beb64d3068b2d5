#include "songmap/cluster/hdbscan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "songmap/cluster/condensed_tree.h"
#include "songmap/cluster/reachability_tree.h"
#include "songmap/core/error.h"
#include "songmap/features/scaler.h"
#include "songmap/metrics/external.h"
#include "tests/reference/numerics_reference.h"

namespace songmap::cluster {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

HdbscanResult in_space(MatrixView x, std::size_t min_cluster_size, std::size_t min_samples, const Execution& run = {}) {
  HdbscanOptions options;
  options.min_cluster_size = min_cluster_size;
  options.min_samples = min_samples;
  options.embed = "none";
  return fit_hdbscan(x, options, run);
}

// The tree over a full matrix of distances, by joining the nearest pair of pieces (Kruskal 1956).
double length_by_kruskal(MatrixView x, const std::vector<float>& core) {
  std::vector<std::size_t> piece(x.rows());
  for (std::size_t i = 0; i < piece.size(); ++i) piece[i] = i;
  double total = 0;
  for (std::size_t joins = 0; joins + 1 < x.rows(); ++joins) {
    double best = std::numeric_limits<double>::infinity();
    std::pair<std::size_t, std::size_t> pair;
    for (std::size_t i = 0; i < x.rows(); ++i) {
      for (std::size_t j = 0; j < x.rows(); ++j) {
        const double distance = std::sqrt(squared_distance(x.row(i), x.row(j)));
        const double reach = std::max({distance, double{core[i]}, double{core[j]}});
        if (piece[i] != piece[j] && reach < best) {
          best = reach;
          pair = {piece[i], piece[j]};
        }
      }
    }
    total += best;
    std::ranges::replace(piece, pair.second, pair.first);
  }
  return total;
}

TEST(ReachabilityTree, IsTheShortest) {
  for (const std::size_t n : {2, 15, 16, 17, 33, 90}) {
    const Matrix x = testing::normal_matrix(n, 3, n);
    for (const bool with_core : {false, true}) {
      std::vector<float> core(n);
      Random random(n);
      for (float& value : core) value = with_core ? static_cast<float>(2 * random.uniform()) : 0.0F;
      const auto edges = reachability_tree(x, core);
      ASSERT_EQ(edges.size(), n - 1);
      std::set<std::uint32_t> reached{0};
      double total = 0;
      for (const TreeEdge& edge : edges) {
        EXPECT_TRUE(reached.contains(edge.from));
        EXPECT_TRUE(reached.insert(edge.to).second);
        const double distance = std::sqrt(squared_distance(x.row(edge.from), x.row(edge.to)));
        EXPECT_NEAR(edge.distance, std::max({distance, double{core[edge.from]}, double{core[edge.to]}}), 1e-5);
        total += edge.distance;
      }
      EXPECT_NEAR(total, length_by_kruskal(x, core), 1e-4);
    }
  }
}

TEST(ReachabilityTree, EndsOnRowsTooFarToBeSquared) {
  Matrix x(40, 1);
  for (std::size_t i = 0; i < 40; ++i) x(i, 0) = static_cast<float>(i) * 1e36F;
  EXPECT_EQ(reachability_tree(x, std::vector<float>(40)).size(), 39U);
}

TEST(ReachabilityTree, SquaredLimitDecidesAsTheRootDoes) {
  Random random(1);
  for (int i = 0; i < 2000; ++i) {
    const double distance = std::exp(random.uniform(-20, 20));
    const float limit = squared_limit(distance);
    EXPECT_LE(std::sqrt(limit), distance);
    EXPECT_GT(std::sqrt(std::nextafter(limit, std::numeric_limits<float>::infinity())), distance);
  }
  EXPECT_EQ(squared_limit(0), 0);
  EXPECT_EQ(squared_limit(1), std::nextafter(1.0F, 2.0F));
}

// Two pairs of pairs. Densities: .5 joins all, 1 and 1/1.25 join the halves, more joins pairs.
TEST(Hdbscan, ByHandOnATree) {
  const std::vector<TreeEdge> edges{{0, 1, .5F},  {1, 2, 1},     {2, 3, .5F}, {3, 4, 2},
                                    {4, 5, .25F}, {5, 6, 1.25F}, {6, 7, 1}};
  const DensityClusters found = dense_clusters(edges, 2);
  // Left half, born at 1/2: as one it holds 4 (1 - 1/2) = 2, its pairs 2 · 2 (2 - 1) = 4 together. Right half: as one
  // 4 (.8 - .5) = 1.2, its pairs 2 (4 - .8) + 2 (1 - .8) = 6.8.
  EXPECT_THAT(found.labels, ElementsAre(0, 0, 1, 1, 2, 2, 3, 3));
  EXPECT_THAT(found.probabilities, Each(1.0));
  // Of four rows at least: the halves, from which rows fall out at different densities.
  const DensityClusters halves = dense_clusters(edges, 4);
  EXPECT_THAT(halves.labels, ElementsAre(0, 0, 0, 0, 1, 1, 1, 1));
  EXPECT_THAT(halves.probabilities, Each(1.0));
  const DensityClusters thirds = dense_clusters(edges, 3);
  EXPECT_EQ(thirds.labels, halves.labels);
  EXPECT_THAT(dense_clusters(edges, 5).labels, Each(kNoise));
}

// Eight rows split late in halves that split again at once: the quarters outweigh their halves, and the whole outweighs
// the four quarters.
TEST(Hdbscan, NothingInsideAChosenClusterIsChosen) {
  const auto at = [](double density) { return static_cast<float>(1 / density); };
  const std::vector<TreeEdge> edges{{0, 1, at(1.5)}, {1, 2, at(1.1)}, {2, 3, at(1.5)}, {3, 4, at(1)},  {4, 5, at(1.5)},
                                    {5, 6, at(1.1)}, {6, 7, at(1.5)}, {7, 8, at(.1)},  {8, 9, at(1.5)}};
  EXPECT_THAT(dense_clusters(edges, 2).labels, ElementsAre(0, 0, 0, 0, 0, 0, 0, 0, 1, 1));
}

// Three pieces that the same distance joins part at once, in whatever order the tree names its edges.
TEST(Hdbscan, EqualDistancesJoinAtOnce) {
  const std::vector<TreeEdge> one{{0, 1, 1}, {1, 2, 4}, {2, 3, 2}, {3, 4, 4}, {4, 5, 3}};
  const std::vector<TreeEdge> other{{4, 5, 3}, {5, 2, 4}, {0, 1, 1}, {2, 3, 2}, {4, 1, 4}};
  for (const auto& edges : {one, other}) {
    EXPECT_THAT(dense_clusters(edges, 2).labels, ElementsAre(0, 0, 1, 1, 2, 2));
    EXPECT_THAT(dense_clusters(edges, 3).labels, Each(kNoise));
  }
}

TEST(Hdbscan, ProbabilityFallsTowardsTheEdgeOfACluster) {
  // Steps grow away from row 0 and from row 5.
  const Matrix x(10, 1, {0, 1, 3, 6, 10, 100, 101, 103, 106, 110});
  const HdbscanResult result = in_space(x, 3, 1);
  EXPECT_THAT(result.labels, ElementsAre(0, 0, 0, 0, 0, 1, 1, 1, 1, 1));
  // Rows leave at 1/step; three are left when the step of 3 parts them, and these leave together at 1/2.
  const double third = 1.0 / 3 / .5;
  const double fourth = 1.0 / 4 / .5;
  for (std::size_t i = 0; i < 10; ++i) {
    EXPECT_NEAR(result.probabilities[i], i % 5 < 3 ? 1 : i % 5 == 3 ? third : fourth, 1e-6) << i;
  }
}

TEST(Hdbscan, FindsPlantedGroupsInEitherSpace) {
  const Matrix x = testing::blobs(300, 4, 6, 10, 3);
  for (const char* const embed : {"none", "spectral"}) {
    HdbscanOptions options;
    options.embed = embed;
    options.n_embed = 4;
    const HdbscanResult result = fit_hdbscan(x, options);
    EXPECT_EQ(result.min_cluster_size, 6U);
    EXPECT_EQ(result.min_samples, 3U);
    EXPECT_EQ(result.undefined, "");
    EXPECT_GT(result.coverage, .8);
    const auto noise = std::ranges::count(result.labels, kNoise);
    EXPECT_DOUBLE_EQ(result.coverage, 1 - static_cast<double>(noise) / 300);
    for (std::size_t i = 0; i < 300; ++i) {
      EXPECT_EQ(result.labels[i] == kNoise, result.probabilities[i] == 0);
      for (std::size_t j = 0; j < i; ++j) {
        if (result.labels[i] == kNoise || result.labels[i] != result.labels[j]) continue;
        EXPECT_EQ(i % 4, j % 4);
      }
    }
  }
}

TEST(Hdbscan, ClustersAreNumberedByTheirFirstRows) {
  const HdbscanResult result = in_space(testing::blobs(250, 5, 3, 20, 4), 10, 3);
  std::int32_t next = 0;
  for (const std::int32_t label : result.labels) {
    EXPECT_LE(label, next);
    if (label == next) ++next;
  }
  EXPECT_EQ(next, 5);
}

TEST(Hdbscan, SaysWhyAResultIsNotDefined) {
  const HdbscanResult few = in_space(testing::normal_matrix(9, 2, 1), 5, 3);
  EXPECT_EQ(few.undefined, "9 tracks are too few for two clusters of at least 5");
  EXPECT_THAT(few.labels, Each(kNoise));
  Matrix line(50, 1);
  for (std::size_t i = 0; i < 50; ++i) line(i, 0) = static_cast<float>(i * i);  // ever sparser: nothing to part
  const HdbscanResult noise = in_space(line, 5, 2);
  EXPECT_THAT(noise.undefined, HasSubstr("every track is noise"));
  EXPECT_EQ(noise.coverage, 0);
  EXPECT_THAT(noise.probabilities, Each(0.0));
}

TEST(Hdbscan, EqualRowsNeverFail) {
  EXPECT_THAT(in_space(Matrix(40, 2), 5, 3).probabilities, Each(::testing::AllOf(::testing::Ge(0), ::testing::Le(1))));
  Matrix copies(60, 2);
  for (std::size_t i = 0; i < 60; ++i) copies(i, 0) = static_cast<float>(i % 3);
  const HdbscanResult result = in_space(copies, 10, 3);
  for (std::size_t i = 0; i < 60; ++i) EXPECT_EQ(result.labels[i], static_cast<std::int32_t>(i % 3));
  for (std::size_t n = 1; n < 30; ++n) {
    const HdbscanResult small = fit_hdbscan(testing::normal_matrix(n, 2, n), {});
    EXPECT_EQ(small.labels.size(), n);
    EXPECT_EQ(small.probabilities.size(), n);
  }
}

TEST(Hdbscan, AnyNumberOfThreadsGivesTheSame) {
  const Matrix x = testing::blobs(600, 6, 5, 5, 5);
  const HdbscanResult one = fit_hdbscan(x, {}, {.threads = 1, .progress = {}});
  const HdbscanResult three = fit_hdbscan(x, {}, {.threads = 3, .progress = {}});
  EXPECT_EQ(one.labels, three.labels);
  EXPECT_EQ(one.probabilities, three.probabilities);
}

TEST(Hdbscan, StopsWhenAsked) {
  const Execution run{.threads = 1, .progress = [](const Progress&) { return false; }};
  EXPECT_THROW(static_cast<void>(in_space(testing::normal_matrix(700, 3, 1), 5, 3, run)), Cancelled);
}

TEST(Hdbscan, RejectsWhatItCannotDo) {
  const Matrix x = testing::normal_matrix(30, 2, 1);
  EXPECT_THROW(static_cast<void>(in_space(Matrix(), 5, 3)), InvalidArgument);
  EXPECT_THROW(static_cast<void>(in_space(x, 1, 3)), InvalidArgument);
  HdbscanOptions options;
  options.embed = "umap";
  EXPECT_THROW(static_cast<void>(fit_hdbscan(x, options)), InvalidArgument);
  options = {};
  options.n_embed = 0;
  EXPECT_THROW(static_cast<void>(fit_hdbscan(x, options)), InvalidArgument);
  EXPECT_THROW(static_cast<void>(in_space(Matrix(1, 1, {std::nanf("")}), 5, 3)), InvalidArgument);
}

// scikit-learn in the same embedding: 8 to 10 clusters that hold two thirds of the tracks.
TEST(Hdbscan, GtzanInTheSpectralEmbedding) {
  SONGMAP_NEED_GTZAN(data);
  const Matrix scaled = features::transform(features::fit_scaler(data->features, {.kind = "logzc"}), data->features);
  const HdbscanResult result = fit_hdbscan(l2_normalised(scaled), {});
  EXPECT_GE(*std::ranges::max_element(result.labels) + 1, 7);
  EXPECT_LE(*std::ranges::max_element(result.labels) + 1, 11);
  EXPECT_GT(result.coverage, .6);
  EXPECT_GT(*metrics::adjusted_mutual_info(metrics::contingency(data->genres.codes, result.labels)), .28);
}

}  // namespace
}  // namespace songmap::cluster
