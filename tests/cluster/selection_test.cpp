#include "songmap/cluster/selection.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "songmap/core/error.h"
#include "songmap/metrics/external.h"
#include "tests/reference/numerics_reference.h"

namespace songmap::cluster {
namespace {

double adjusted_rand(std::span<const std::int32_t> a, std::span<const std::int32_t> b) {
  return metrics::adjusted_rand_index(metrics::contingency(a, b)).value();
}

SelectionOptions up_to(std::size_t max_clusters) {
  SelectionOptions options;
  options.gap.max_clusters = max_clusters;
  options.gap.references = 10;
  return options;
}

std::size_t best_k(const SelectionResult& result, const std::function<double(const KCandidate&)>& goodness) {
  const auto better = [&](const KCandidate& a, const KCandidate& b) { return goodness(a) < goodness(b); };
  return std::max_element(result.candidates.begin() + 1, result.candidates.end(), better)->k;
}

TEST(Selection, EveryCriterionFindsGroupsThatAreFarApart) {
  const SelectionResult result = select_n_clusters(testing::blobs(300, 4, 10, 20, 0), up_to(8), adjusted_rand);
  EXPECT_EQ(result.n_clusters, 4U);
  EXPECT_TRUE(result.found);
  ASSERT_EQ(result.candidates.size(), 8U);
  for (std::size_t c = 0; c < 8; ++c) EXPECT_EQ(result.candidates[c].k, c + 1);
  EXPECT_NEAR(result.candidates[3].stability, 1, 1e-12);
  for (std::size_t c = 4; c < 8; ++c) EXPECT_LT(result.candidates[c].stability, .95);
  EXPECT_EQ(best_k(result, [](const KCandidate& c) { return -c.bic; }), 4U);
  EXPECT_EQ(best_k(result, [](const KCandidate& c) { return c.eigengap; }), 4U);
  EXPECT_TRUE(std::isnan(result.candidates[0].stability)) << "one group is always found again";
}

TEST(Selection, WithoutGroupsOneIsChosenAndMoreAreUnstable) {
  const SelectionResult result = select_n_clusters(testing::normal_matrix(300, 5, 2), up_to(6), adjusted_rand);
  EXPECT_EQ(result.n_clusters, 1U);
  EXPECT_LT(result.candidates[5].stability, .7);
  EXPECT_LT(result.candidates[0].bic, result.candidates[5].bic);
}

// The gap statistic decides as it does alone, on the same sample of the rows.
TEST(Selection, TheGapStatisticDecides) {
  const Matrix x = testing::blobs(500, 5, 4, 3, 3);
  SelectionOptions options = up_to(7);
  options.gap.max_rows = 200;
  options.gap.seed = 9;
  const SelectionResult result = select_n_clusters(x, options, adjusted_rand);
  const GapResult gap = gap_statistic(x, options.gap);
  EXPECT_EQ(result.n_clusters, gap.n_clusters);
  EXPECT_EQ(result.found, gap.found);
  for (const KCandidate& candidate : result.candidates) {
    EXPECT_EQ(candidate.gap, gap.gap[candidate.k - 1]);
    EXPECT_EQ(candidate.gap_se, gap.standard_error[candidate.k - 1]);
  }
}

// The agreement sees the labels of rows that both subsets hold: of 100 rows at least 60, of equal subsets all.
TEST(Selection, SubsetsAreComparedOnTheRowsTheyShare) {
  SelectionOptions options = up_to(3);
  std::size_t least = 1000;
  std::size_t most = 0;
  const auto counting = [&](std::span<const std::int32_t> a, std::span<const std::int32_t> b) {
    EXPECT_EQ(a.size(), b.size());
    least = std::min(least, a.size());
    most = std::max(most, a.size());
    return .25;
  };
  const Matrix x = testing::blobs(100, 3, 3, 9, 1);
  const Execution run{.threads = 1, .progress = {}};
  EXPECT_EQ(select_n_clusters(x, options, counting, run).candidates[2].stability, .25);
  EXPECT_GE(least, 60U);
  EXPECT_LT(most, 80U);
  options.subset_share = 1;
  least = 1000;
  static_cast<void>(select_n_clusters(x, options, counting, run));
  EXPECT_EQ(least, 100U);
}

TEST(Selection, AnyNumberOfThreadsGivesTheSame) {
  const Matrix x = testing::blobs(150, 3, 4, 3, 4);
  const auto one = select_n_clusters(x, up_to(5), adjusted_rand, {.threads = 1, .progress = {}});
  const auto three = select_n_clusters(x, up_to(5), adjusted_rand, {.threads = 3, .progress = {}});
  for (std::size_t c = 0; c < 5; ++c) {
    EXPECT_EQ(one.candidates[c].gap, three.candidates[c].gap);
    EXPECT_EQ(one.candidates[c].bic, three.candidates[c].bic);
    EXPECT_EQ(one.candidates[c].eigengap, three.candidates[c].eigengap);
    if (c > 0) {
      EXPECT_EQ(one.candidates[c].stability, three.candidates[c].stability);
    }
  }
}

TEST(Selection, FewRowsAndEqualRowsNeverFail) {
  for (std::size_t n = 1; n <= 9; ++n) {
    const auto result = select_n_clusters(testing::normal_matrix(n, 3, n), up_to(6), adjusted_rand);
    EXPECT_EQ(result.candidates.size(), std::max<std::size_t>(1, std::min<std::size_t>(6, n / 2)));
    EXPECT_LE(result.n_clusters, result.candidates.size());
  }
  EXPECT_GE(select_n_clusters(Matrix(30, 2), up_to(4), adjusted_rand).n_clusters, 1U);
}

TEST(Selection, RejectsWhatItCannotDo) {
  const Matrix x = testing::normal_matrix(20, 2, 1);
  SelectionOptions options = up_to(3);
  EXPECT_THROW(static_cast<void>(select_n_clusters(Matrix(), options, adjusted_rand)), InvalidArgument);
  options.subset_share = 1.5;
  EXPECT_THROW(static_cast<void>(select_n_clusters(x, options, adjusted_rand)), InvalidArgument);
  options = up_to(3);
  options.subset_pairs = 0;
  EXPECT_THROW(static_cast<void>(select_n_clusters(x, options, adjusted_rand)), InvalidArgument);
  EXPECT_THROW(static_cast<void>(select_n_clusters(x, up_to(3), adjusted_rand,
                                                   {.threads = 1, .progress = [](const Progress&) { return false; }})),
               Cancelled);
}

}  // namespace
}  // namespace songmap::cluster
