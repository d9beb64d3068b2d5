#include "songmap/cluster/spectral.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <set>

#include "songmap/core/error.h"
#include "songmap/features/scaler.h"
#include "songmap/metrics/external.h"
#include "tests/reference/numerics_reference.h"

namespace songmap::cluster {
namespace {

SpectralOptions with_clusters(std::size_t n_clusters) {
  SpectralOptions options;
  options.n_clusters = n_clusters;
  return options;
}

// Two rings around each other, which no centre can tell apart.
TEST(Spectral, SeparatesRings) {
  constexpr std::size_t kRows = 300;
  Matrix x(kRows, 2);
  std::vector<std::int32_t> planted;
  for (std::size_t i = 0; i < kRows; ++i) {
    const bool outer = i % 3 != 0;
    const double angle = 2 * std::numbers::pi * static_cast<double>(i) / kRows;
    x(i, 0) = static_cast<float>((outer ? 4 : 1) * std::cos(angle));
    x(i, 1) = static_cast<float>((outer ? 4 : 1) * std::sin(angle));
    planted.push_back(outer ? 1 : 0);
  }
  const SpectralResult result = fit_spectral(x, with_clusters(2));
  EXPECT_TRUE(result.converged);
  EXPECT_EQ(metrics::adjusted_rand_index(metrics::contingency(planted, result.labels)), 1.0);
}

// A graph of five pieces has the eigenvalue 1 five times.
TEST(Spectral, FindsAllPiecesOfTheGraph) {
  const Matrix x = testing::blobs(200, 5, 8, 60, 1);
  const SpectralResult result = fit_spectral(x, with_clusters(6));
  EXPECT_TRUE(result.converged);
  for (std::size_t j = 0; j < 5; ++j) EXPECT_NEAR(result.eigenvalues[j], 1, 1e-9);
  EXPECT_LT(result.eigenvalues[5], .999);
  const auto labels = fit_spectral(x, with_clusters(5)).labels;
  for (std::size_t i = 0; i < 200; ++i) EXPECT_EQ(labels[i], labels[i % 5]);
  EXPECT_EQ(std::set(labels.begin(), labels.end()).size(), 5U);
}

// One by one the eigenvalues of the clustering itself; as many as there are rows, and no more.
TEST(Spectral, EigenvaluesOfTheGraphAreThoseOfTheClustering) {
  const Matrix x = testing::blobs(150, 3, 4, 4, 2);
  const SpectralResult result = fit_spectral(x, with_clusters(4));
  const std::vector<double> values = graph_eigenvalues(x, 9, with_clusters(1));
  ASSERT_EQ(values.size(), 9U);
  EXPECT_NEAR(values[0], 1, 1e-9);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(values[i], result.eigenvalues[i], 1e-9);
  for (std::size_t i = 1; i < 9; ++i) EXPECT_LE(values[i], values[i - 1]);
  // A pair of rows: the graph is one edge, whose matrix has the eigenvalues 1 and -1.
  const std::vector<double> pair = graph_eigenvalues(Matrix(2, 1, {0, 1}), 9, with_clusters(1));
  ASSERT_EQ(pair.size(), 2U);
  EXPECT_NEAR(pair[0], 1, 1e-12);
  EXPECT_NEAR(pair[1], -1, 1e-12);
  EXPECT_THROW(static_cast<void>(graph_eigenvalues(x, 0, with_clusters(1))), InvalidArgument);
}

TEST(Spectral, AnyNumberOfThreadsGivesTheSame) {
  const Matrix x = testing::normal_matrix(700, 6, 2);
  const SpectralResult one = fit_spectral(x, with_clusters(7), {.threads = 1, .progress = {}});
  const SpectralResult three = fit_spectral(x, with_clusters(7), {.threads = 3, .progress = {}});
  EXPECT_EQ(one.labels, three.labels);
  EXPECT_EQ(one.embedding, three.embedding);
}

TEST(Spectral, FewRowsAndEqualRowsNeverFail) {
  for (std::size_t n = 1; n <= 12; ++n) {
    const SpectralResult result =
        fit_spectral(testing::normal_matrix(n, 3, n), with_clusters(std::min<std::size_t>(n, 3)));
    EXPECT_EQ(result.labels.size(), n);
    EXPECT_TRUE(all_finite(result.embedding));
  }
  EXPECT_TRUE(all_finite(fit_spectral(Matrix(40, 2), with_clusters(3)).embedding));
  Matrix far = testing::normal_matrix(60, 2, 3);
  far(7, 0) = 1e6F;
  EXPECT_TRUE(all_finite(fit_spectral(far, with_clusters(4)).embedding));
}

TEST(Spectral, RejectsWhatItCannotDo) {
  EXPECT_THROW(static_cast<void>(fit_spectral(Matrix(), with_clusters(1))), InvalidArgument);
  EXPECT_THROW(static_cast<void>(fit_spectral(Matrix(3, 2), with_clusters(4))), InvalidArgument);
  SpectralOptions options = with_clusters(2);
  options.neighbors = 0;
  EXPECT_THROW(static_cast<void>(fit_spectral(Matrix(3, 2), options)), InvalidArgument);
}

// Found by experiment with SciPy's eigenvectors: NMI .372, ARI .218.
TEST(Spectral, GtzanReachesWhatWasFoundByExperiment) {
  SONGMAP_NEED_GTZAN(data);
  const Matrix scaled = features::transform(features::fit_scaler(data->features, {.kind = "logzc"}), data->features);
  double nmi = 0;
  double ari = 0;
  for (const std::uint64_t seed : {0, 1, 2, 3, 4}) {
    SpectralOptions options = with_clusters(10);
    options.seed = seed;
    const SpectralResult result = fit_spectral(l2_normalised(scaled), options);
    EXPECT_TRUE(result.converged);
    const auto table = metrics::contingency(data->genres.codes, result.labels);
    nmi += *metrics::normalized_mutual_info(table) / 5;
    ari += *metrics::adjusted_rand_index(table) / 5;
  }
  EXPECT_NEAR(nmi, .372, .005);
  EXPECT_NEAR(ari, .218, .006);
}

}  // namespace
}  // namespace songmap::cluster
