#include "songmap/cluster/dbscan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <numeric>

#include "songmap/cluster/density_validity.h"
#include "songmap/cluster/k_distances.h"
#include "songmap/core/error.h"
#include "songmap/features/scaler.h"
#include "songmap/metrics/external.h"
#include "tests/reference/numerics_reference.h"

namespace songmap::cluster {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

using Labels = std::vector<std::int32_t>;

DbscanResult dbscan(MatrixView x, double eps, std::size_t min_samples, const Execution& run = {}) {
  return fit_dbscan(x, {.eps = eps, .min_samples = min_samples}, run);
}

// Points of a line with noise on both sides of a gap, and a border row that two clusters reach.
TEST(Dbscan, ByHandOnALine) {
  //                  0  1  2  3   4   5   6    7    8
  const Matrix x(9, 1, {0, 1, 2, 20, 30, 31, 32, 3.9F, 5.8F});
  const DbscanResult result = dbscan(x, 2, 3);
  EXPECT_THAT(result.labels, ElementsAre(0, 0, 0, kNoise, 1, 1, 1, 0, 0));
  EXPECT_DOUBLE_EQ(result.coverage, 8.0 / 9);
  EXPECT_EQ(result.eps, 2);
  EXPECT_EQ(result.undefined, "");
  EXPECT_TRUE(result.candidates.empty());
}

// Row 0 lies between two clusters and is core of none: it goes to the one whose first core row comes first, although
// it comes before both. Numbers follow the core rows, not the border row.
TEST(Dbscan, ABorderRowJoinsTheFirstClusterThatReachesIt) {
  const Matrix x(9, 1, {0, 2, 3, 3.5F, 4, -2, -3, -3.5F, -4});
  EXPECT_THAT(dbscan(x, 2, 4).labels, ElementsAre(0, 0, 0, 0, 0, 1, 1, 1, 1));
  const Matrix mirrored(9, 1, {0, -2, -3, -3.5F, -4, 2, 3, 3.5F, 4});
  EXPECT_THAT(dbscan(mirrored, 2, 4).labels, ElementsAre(0, 0, 0, 0, 0, 1, 1, 1, 1));
}

TEST(Dbscan, EpsItselfIsWithinEps) {
  const Matrix x(3, 1, {0, 1, 2});
  EXPECT_THAT(dbscan(x, 1, 3).labels, ElementsAre(0, 0, 0));
  EXPECT_THAT(dbscan(x, std::nextafter(1.0, 0.0), 3).labels, ElementsAre(kNoise, kNoise, kNoise));
}

// The algorithm as it is written down: from one core row after the other, breadth first.
Labels by_expansion(MatrixView x, double eps, std::size_t min_samples) {
  const auto neighbors = [&](std::size_t i) {
    std::vector<std::size_t> near;
    for (std::size_t j = 0; j < x.rows(); ++j) {
      if (std::sqrt(squared_distance(x.row(i), x.row(j))) <= eps) near.push_back(j);
    }
    return near;
  };
  Labels labels(x.rows(), kNoise);
  std::int32_t cluster = 0;
  for (std::size_t i = 0; i < x.rows(); ++i) {
    if (labels[i] != kNoise || neighbors(i).size() < min_samples) continue;
    std::deque<std::size_t> open{i};
    labels[i] = cluster;
    while (!open.empty()) {
      const auto near = neighbors(open.front());
      open.pop_front();
      if (near.size() < min_samples) continue;
      for (const std::size_t j : near) {
        if (labels[j] != kNoise) continue;
        labels[j] = cluster;
        open.push_back(j);
      }
    }
    ++cluster;
  }
  return labels;
}

TEST(Dbscan, EqualsTheExpansionOfOneClusterAfterTheOther) {
  for (const std::uint64_t seed : {1, 2, 3}) {
    const Matrix x = testing::blobs(210, 4, 3, 3, seed);
    for (const double eps : {.3, .5, .7, .9, 1.2, 9.0}) {
      for (const std::size_t min_samples : {1, 2, 5, 9}) {
        EXPECT_EQ(dbscan(x, eps, min_samples).labels, by_expansion(x, eps, min_samples))
            << seed << ' ' << eps << ' ' << min_samples;
      }
    }
  }
}

// The scan gets its labels from a spanning tree: they are those of its eps.
TEST(Dbscan, TheScanGivesWhatItsEpsGives) {
  for (const std::size_t min_samples : {1, 2, 5, 8}) {
    const Matrix x = testing::blobs(301, 5, 4, 5, min_samples);
    const DbscanResult scan = dbscan(x, 0, min_samples);
    ASSERT_GT(scan.candidates.size(), 10U);
    for (const EpsCandidate& candidate : scan.candidates) {
      const DbscanResult alone = dbscan(x, candidate.eps, min_samples);
      EXPECT_EQ(alone.coverage, candidate.coverage);
      const auto clusters = static_cast<std::size_t>(*std::ranges::max_element(alone.labels) + 1);
      EXPECT_EQ(clusters, candidate.n_clusters);
      if (candidate.eps == scan.eps) {
        EXPECT_EQ(alone.labels, scan.labels);
        EXPECT_EQ(density_validity(x, alone.labels), scan.validity);
      }
    }
  }
}

TEST(Dbscan, TheScanTakesTheAdmissibleEpsOfHighestValidity) {
  const Matrix x = testing::blobs(300, 4, 6, 8, 7);
  const DbscanResult result = dbscan(x, 0, 5);
  EXPECT_EQ(result.undefined, "");
  double best = -2;
  for (const EpsCandidate& candidate : result.candidates) {
    EXPECT_EQ(candidate.admissible, candidate.n_clusters >= 2 && candidate.coverage >= .5 && candidate.largest <= .6);
    EXPECT_EQ(candidate.admissible, !std::isnan(candidate.validity));
    if (candidate.admissible) best = std::max(best, candidate.validity);
  }
  EXPECT_EQ(result.validity, best);
  EXPECT_GE(result.coverage, .5);
  // The planted groups.
  EXPECT_EQ(*std::ranges::max_element(result.labels), 3);
  for (std::size_t i = 0; i < 300; ++i) {
    EXPECT_THAT(result.labels[i], ::testing::AnyOf(kNoise, result.labels[i % 4]));
  }
}

// A share q of the rows is core at the quantile q.
TEST(Dbscan, TheScanTriesQuantilesOfTheDistancesThatMakeRowsCore) {
  const Matrix x = testing::normal_matrix(101, 3, 2);
  DbscanOptions options{.eps = 0, .min_samples = 4};
  options.n_candidates = 3;
  options.low_quantile = .1;
  options.high_quantile = .5;
  const DbscanResult result = fit_dbscan(x, options);
  const std::vector<double> distances = k_distances(x, 3);
  ASSERT_EQ(result.candidates.size(), 3U);
  EXPECT_NEAR(result.candidates[0].eps, distances[10], 1e-6);
  EXPECT_NEAR(result.candidates[1].eps, distances[30], 1e-6);
  EXPECT_NEAR(result.candidates[2].eps, distances[50], 1e-6);
}

TEST(Dbscan, SaysWhyAResultIsNotDefined) {
  const Matrix x = testing::normal_matrix(100, 64, 3);
  const DbscanResult noise = dbscan(x, .5, 5);
  EXPECT_THAT(noise.undefined, HasSubstr("every track is noise: none has 4 others within eps, 0.5"));
  EXPECT_EQ(noise.labels, Labels(100, kNoise));
  EXPECT_EQ(noise.coverage, 0);
  const DbscanResult one = dbscan(x, 50, 5);
  EXPECT_EQ(one.undefined, "one cluster only, of 100 % of the tracks, at eps 50");
  EXPECT_EQ(one.labels, Labels(100, 0));

  Matrix line(300, 1);
  for (std::size_t i = 0; i < 300; ++i) line(i, 0) = static_cast<float>(i);
  const DbscanResult scan = dbscan(line, 0, 5);
  EXPECT_EQ(scan.undefined,
            "no eps from 2 to 2 gives at least 2 clusters that hold 50 % of the tracks, none of them above 60 %: there "
            "are never so many clusters");
  EXPECT_EQ(scan.eps, 0);
  EXPECT_TRUE(std::isnan(scan.validity));
  EXPECT_EQ(scan.labels, Labels(300, kNoise));
}

TEST(Dbscan, FewRowsAndEqualRows) {
  EXPECT_EQ(dbscan(Matrix(1, 2), 0, 5).undefined, "1 tracks are fewer than min_samples, 5");
  EXPECT_THAT(dbscan(Matrix(4, 2), 1, 5).undefined, HasSubstr("fewer than min_samples"));
  EXPECT_THAT(dbscan(Matrix(1, 2), 1, 1).labels, ElementsAre(0));
  EXPECT_THAT(dbscan(Matrix(40, 2), 1e-9, 5).undefined, HasSubstr("one cluster only"));
  EXPECT_THAT(dbscan(Matrix(40, 2), 0, 5).undefined, HasSubstr("lie on"));
  for (std::size_t n = 1; n < 20; ++n) {
    for (const std::size_t min_samples : {1, 2, 5}) {
      EXPECT_EQ(dbscan(testing::normal_matrix(n, 2, n), 0, min_samples).labels.size(), n);
    }
  }
}

TEST(Dbscan, RowsFarFromTheOriginAreToldApart) {
  Matrix x = testing::blobs(120, 3, 2, 10, 5);
  const DbscanResult near = dbscan(x, 1.5, 4);
  for (float& value : x.values()) value = std::round(value * 64) / 64;
  const DbscanResult rounded = dbscan(x, 1.5, 4);
  for (float& value : x.values()) value += 4096;
  EXPECT_EQ(dbscan(x, 1.5, 4).labels, rounded.labels);
  EXPECT_EQ(*std::ranges::max_element(near.labels), 2);
}

TEST(Dbscan, AnyNumberOfThreadsGivesTheSame) {
  const Matrix x = testing::blobs(1500, 7, 8, 6, 6);
  const Execution one{.threads = 1, .progress = {}};
  const Execution three{.threads = 3, .progress = {}};
  EXPECT_EQ(dbscan(x, 2.6, 5, one).labels, dbscan(x, 2.6, 5, three).labels);
  const DbscanResult a = dbscan(x, 0, 5, one);
  const DbscanResult b = dbscan(x, 0, 5, three);
  EXPECT_EQ(a.labels, b.labels);
  EXPECT_EQ(a.validity, b.validity);
}

TEST(Dbscan, StopsWhenAsked) {
  const Matrix x = testing::normal_matrix(700, 3, 1);
  for (const double eps : {0.0, 1.0}) {
    for (const std::size_t threads : {1, 3}) {
      const Execution run{.threads = threads, .progress = [](const Progress&) { return false; }};
      EXPECT_THROW(static_cast<void>(dbscan(x, eps, 5, run)), Cancelled);
    }
  }
}

TEST(Dbscan, RejectsWhatItCannotDo) {
  const Matrix x = testing::normal_matrix(20, 2, 1);
  EXPECT_THROW(static_cast<void>(dbscan(Matrix(), 1, 5)), InvalidArgument);
  EXPECT_THROW(static_cast<void>(dbscan(x, -1, 5)), InvalidArgument);
  EXPECT_THROW(static_cast<void>(dbscan(x, std::nan(""), 5)), InvalidArgument);
  EXPECT_THROW(static_cast<void>(dbscan(x, 1, 0)), InvalidArgument);
  Matrix bad = x;
  bad(3, 1) = std::nanf("");
  EXPECT_THROW(static_cast<void>(dbscan(bad, 1, 5)), InvalidArgument);
  const auto rejects = [&](const auto& change) {
    DbscanOptions options;
    change(options);
    EXPECT_THROW(static_cast<void>(fit_dbscan(x, options)), InvalidArgument);
  };
  rejects([](DbscanOptions& o) { o.n_candidates = 0; });
  rejects([](DbscanOptions& o) { o.low_quantile = .99; });
  rejects([](DbscanOptions& o) { o.high_quantile = 1.1; });
  rejects([](DbscanOptions& o) { o.min_clusters = 1; });
  rejects([](DbscanOptions& o) { o.min_coverage = 2; });
  rejects([](DbscanOptions& o) { o.max_largest = 0; });
}

// The eps .5 of the study finds nothing among scaled columns; the scan finds groups that have to do with genre.
TEST(Dbscan, GtzanHasAnAdmissibleEps) {
  SONGMAP_NEED_GTZAN(data);
  const auto scaled = [&](const char* kind) {
    return features::transform(features::fit_scaler(data->features, {.kind = kind}), data->features);
  };
  EXPECT_THAT(dbscan(scaled("z"), .5, 5).undefined, HasSubstr("every track is noise"));
  const DbscanResult result = dbscan(l2_normalised(scaled("logzc")), 0, 5);
  EXPECT_EQ(result.undefined, "");
  EXPECT_GE(*std::ranges::max_element(result.labels) + 1, 2);
  EXPECT_GE(result.coverage, .5);
  EXPECT_GT(*metrics::adjusted_mutual_info(metrics::contingency(data->genres.codes, result.labels)), .12);
}

TEST(KDistances, ByHand) {
  const Matrix x(4, 1, {0, 1, 3, 7});
  EXPECT_THAT(k_distances(x, 1), ElementsAre(1, 1, 2, 4));
  EXPECT_THAT(k_distances(x, 2), ElementsAre(2, 3, 3, 6));
  EXPECT_DOUBLE_EQ(quantile(k_distances(x, 2), .5), 3);
  EXPECT_DOUBLE_EQ(quantile(k_distances(x, 1), .5), 1.5);
  EXPECT_DOUBLE_EQ(typical_k_distance(x, 1), 1.5);
  EXPECT_DOUBLE_EQ(typical_k_distance(x, 2), 3);
  EXPECT_THROW(static_cast<void>(k_distances(x, 4)), InvalidArgument);
  EXPECT_THROW(static_cast<void>(typical_k_distance(x, 4)), InvalidArgument);
  EXPECT_THROW(static_cast<void>(k_distances(x, 0)), InvalidArgument);
  EXPECT_THROW(static_cast<void>(k_distances(Matrix(), 1)), InvalidArgument);
}

TEST(KDistances, TheTypicalOneIsNearTheMedianOfManyRows) {
  const Matrix x = testing::normal_matrix(1500, 3, 8);
  EXPECT_NEAR(typical_k_distance(x, 4), quantile(k_distances(x, 4), .5), .05);
  const Matrix few = testing::normal_matrix(60, 3, 9);
  EXPECT_DOUBLE_EQ(typical_k_distance(few, 4), quantile(k_distances(few, 4), .5));
}

}  // namespace
}  // namespace songmap::cluster
