#include "songmap/cluster/gap_statistic.h"

#include <gtest/gtest.h>

#include "tests/reference/numerics_reference.h"

namespace songmap::cluster {
namespace {

std::size_t found_clusters(const Matrix& x, std::uint64_t seed) {
  GapOptions options;
  options.max_clusters = 10;
  options.seed = seed;
  return gap_statistic(x, options).n_clusters;
}

// Two groups explain no more of these five than of their shuffled columns; there the original rule would stop at one.
TEST(GapStatistic, ManyGroupsInFewColumnsAreNotTakenForNone) {
  GapOptions options;
  options.max_clusters = 10;
  std::size_t original_rule_stops = 0;
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    options.seed = seed;
    const GapResult found = gap_statistic(testing::blobs(300, 5, 5, 8, seed), options);
    EXPECT_GE(found.n_clusters, 3U) << "seed " << seed;
    EXPECT_LE(found.n_clusters, 5U) << "seed " << seed;
    original_rule_stops += found.gap[0] >= found.gap[1] - found.standard_error[1] ? 1 : 0;
  }
  EXPECT_GE(original_rule_stops, 1U) << "the case that this is about";
}

TEST(GapStatistic, StructurelessDataHasOneGroup) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    EXPECT_EQ(found_clusters(testing::normal_matrix(100, 4, seed), seed), 1U) << "seed " << seed;
  }
}

// Where k-means has nothing to gain, the reference has nothing either: gap(1) is 0 whatever the data.
TEST(GapStatistic, ShufflingColumnsKeepsTheDispersionOfOneGroup) {
  GapOptions options;
  options.max_clusters = 3;
  EXPECT_NEAR(gap_statistic(testing::blobs(200, 4, 3, 5, 1), options).gap.front(), 0, 1e-5);
}

}  // namespace
}  // namespace songmap::cluster
