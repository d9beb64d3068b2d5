#include "songmap/cluster/kmeans.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>

#include "songmap/core/error.h"
#include "songmap/core/options.h"
#include "songmap/metrics/external.h"
#include "tests/reference/numerics_reference.h"

namespace songmap::cluster {
namespace {

KMeansOptions with_clusters(std::size_t n_clusters) {
  KMeansOptions options;
  options.n_clusters = n_clusters;
  return options;
}

TEST(KMeans, ByHandOnALine) {
  const Matrix x(5, 1, {0, 1, 2, 10, 12});
  const KMeansModel model = fit_kmeans(x, with_clusters(2));
  EXPECT_EQ(std::set<float>(model.centers.values().begin(), model.centers.values().end()), (std::set<float>{1, 11}));
  EXPECT_EQ(model.labels[0], model.labels[2]);
  EXPECT_NE(model.labels[0], model.labels[3]);
  EXPECT_DOUBLE_EQ(model.inertia, 1 + 0 + 1 + 1 + 1);
  EXPECT_TRUE(model.converged);
}

TEST(KMeans, FindsPlantedGroupsFarApart) {
  const std::size_t k = 12;
  const Matrix x = testing::blobs(600, k, 16, 40, 1);
  const KMeansModel model = fit_kmeans(x, with_clusters(k));
  std::vector<std::int32_t> planted;
  for (std::size_t i = 0; i < x.rows(); ++i) planted.push_back(static_cast<std::int32_t>(i % k));
  EXPECT_EQ(metrics::adjusted_rand_index(metrics::contingency(planted, model.labels)), 1.0);
}

// What a converged run must satisfy: rows are with the nearest centre, centres are the means, inertia is their sum.
TEST(KMeans, ResultIsAFixedPointOfLloyd) {
  const Matrix x = testing::normal_matrix(403, 7, 2);
  KMeansOptions options = with_clusters(9);
  options.tolerance = 0;
  const KMeansModel model = fit_kmeans(x, options);
  ASSERT_TRUE(model.converged);
  std::vector<std::vector<double>> sums(9, std::vector<double>(7));
  std::vector<double> sizes(9);
  double inertia = 0;
  for (std::size_t i = 0; i < x.rows(); ++i) {
    const auto own = static_cast<std::size_t>(model.labels[i]);
    const double distance = squared_distance(x.row(i), model.centers.row(own));
    for (std::size_t c = 0; c < 9; ++c) {
      EXPECT_LE(distance, squared_distance(x.row(i), model.centers.row(c)) + 1e-5);
    }
    inertia += distance;
    sizes[own] += 1;
    for (std::size_t j = 0; j < 7; ++j) sums[own][j] += x(i, j);
  }
  EXPECT_NEAR(model.inertia, inertia, 1e-5 * inertia);
  for (std::size_t c = 0; c < 9; ++c) {
    for (std::size_t j = 0; j < 7; ++j) EXPECT_NEAR(model.centers(c, j), sums[c][j] / sizes[c], 1e-5);
  }
}

TEST(KMeans, AnyNumberOfThreadsGivesTheSame) {
  const Matrix x = testing::normal_matrix(3000, 5, 3);
  for (const int n_init : {1, 5}) {
    KMeansOptions options = with_clusters(11);
    options.n_init = n_init;
    const KMeansModel one = fit_kmeans(x, options, {.threads = 1, .progress = {}});
    const KMeansModel four = fit_kmeans(x, options, {.threads = 4, .progress = {}});
    EXPECT_EQ(one.labels, four.labels);
    EXPECT_EQ(one.centers, four.centers);
    EXPECT_EQ(one.inertia, four.inertia);
  }
}

TEST(KMeans, SeedsDifferAndAreRepeatable) {
  const Matrix x = testing::normal_matrix(500, 10, 4);
  KMeansOptions options = with_clusters(15);
  options.n_init = 1;
  const KMeansModel first = fit_kmeans(x, options);
  EXPECT_EQ(first.labels, fit_kmeans(x, options).labels);
  options.seed = 1;
  EXPECT_NE(first.labels, fit_kmeans(x, options).labels);
}

TEST(KMeans, MoreStartsAreNeverWorse) {
  const Matrix x = testing::normal_matrix(300, 6, 5);
  KMeansOptions options = with_clusters(10);
  double last = std::numeric_limits<double>::infinity();
  for (const int n_init : {1, 3, 10, 20}) {
    options.n_init = n_init;
    const double inertia = fit_kmeans(x, options).inertia;
    EXPECT_LE(inertia, last);
    last = inertia;
  }
}

TEST(KMeans, PredictsItsOwnLabels) {
  const Matrix x = testing::normal_matrix(333, 4, 6);
  const KMeansModel model = fit_kmeans(x, with_clusters(7));
  EXPECT_EQ(predict(model, x), model.labels);
  EXPECT_THROW(static_cast<void>(predict(model, Matrix(2, 5))), InvalidArgument);
  EXPECT_TRUE(predict(model, Matrix(0, 4)).empty());
}

TEST(KMeans, AsManyClustersAsRows) {
  const Matrix x = testing::normal_matrix(20, 3, 7);
  const KMeansModel model = fit_kmeans(x, with_clusters(20));
  EXPECT_EQ(std::set(model.labels.begin(), model.labels.end()).size(), 20U);
  EXPECT_EQ(model.inertia, 0);
}

TEST(KMeans, OneClusterIsTheMean) {
  const Matrix x = testing::normal_matrix(50, 2, 8);
  const KMeansModel model = fit_kmeans(x, with_clusters(1));
  double mean = 0;
  for (std::size_t i = 0; i < 50; ++i) mean += x(i, 1) / 50.0;
  EXPECT_NEAR(model.centers(0, 1), mean, 1e-6);
}

TEST(KMeans, FewerDistinctRowsThanClustersLeavesSomeEmpty) {
  Matrix x(12, 2);
  for (std::size_t i = 0; i < 12; ++i) x(i, 0) = static_cast<float>(i % 3);
  const KMeansModel model = fit_kmeans(x, with_clusters(5));
  EXPECT_EQ(model.inertia, 0);
  EXPECT_TRUE(all_finite(model.centers));
  EXPECT_EQ(std::set(model.labels.begin(), model.labels.end()).size(), 3U);
  for (std::size_t i = 0; i < 12; ++i) EXPECT_EQ(model.labels[i], model.labels[i % 3]);
}

// One start on heavy duplicates with a few far rows loses clusters on the way; all must come back with rows.
TEST(KMeans, EmptyClustersAreFilled) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Matrix x(60, 1);
    for (std::size_t i = 0; i < 60; ++i) x(i, 0) = static_cast<float>(i < 40 ? 0 : i * i);
    KMeansOptions options = with_clusters(20);
    options.n_init = 1;
    options.seed = seed;
    const KMeansModel model = fit_kmeans(x, options);
    EXPECT_EQ(std::set(model.labels.begin(), model.labels.end()).size(), 20U) << "seed " << seed;
  }
}

TEST(KMeans, OffsetDoesNotChangeTheGroups) {
  const Matrix x = testing::blobs(200, 4, 5, 8, 9);
  Matrix moved = x;
  for (float& value : moved.values()) value += 4096;
  const auto a = fit_kmeans(x, with_clusters(4)).labels;
  const auto b = fit_kmeans(moved, with_clusters(4)).labels;
  EXPECT_EQ(metrics::adjusted_rand_index(metrics::contingency(a, b)), 1.0);
}

TEST(KMeans, RunningOutOfRoundsIsAField) {
  KMeansOptions options = with_clusters(20);
  options.max_iterations = 1;
  options.n_init = 1;
  const KMeansModel model = fit_kmeans(testing::normal_matrix(500, 8, 10), options);
  EXPECT_FALSE(model.converged);
  EXPECT_EQ(model.iterations, 1);
}

TEST(KMeans, RejectsWhatItCannotDo) {
  Matrix x(3, 2);
  EXPECT_THROW(static_cast<void>(fit_kmeans(Matrix(), with_clusters(1))), InvalidArgument);
  EXPECT_THROW(static_cast<void>(fit_kmeans(x, with_clusters(0))), InvalidArgument);
  EXPECT_THROW(static_cast<void>(fit_kmeans(x, with_clusters(4))), InvalidArgument);
  KMeansOptions options = with_clusters(2);
  options.n_init = 0;
  EXPECT_THROW(static_cast<void>(fit_kmeans(x, options)), InvalidArgument);
  x(0, 0) = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THROW(static_cast<void>(fit_kmeans(x, with_clusters(2))), InvalidArgument);
}

TEST(KMeans, OptionsAreSetByName) {
  KMeansOptions options;
  OptionSet set;
  set.section("kmeans");
  describe(set, options);
  set.assign("kmeans.n_init=12", "test");
  set.assign("kmeans.tolerance=0.5", "test");
  EXPECT_EQ(options.n_init, 12);
  EXPECT_EQ(options.tolerance, 0.5);
  EXPECT_THROW(set.assign("kmeans.n_init=0", "test"), InvalidArgument);
}

}  // namespace
}  // namespace songmap::cluster
