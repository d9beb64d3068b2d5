#include "songmap/cluster/linkage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>

#include "songmap/core/error.h"
#include "tests/cluster/greedy_agglomeration.h"
#include "tests/reference/numerics_reference.h"

namespace songmap::cluster {
namespace {

std::vector<double> heights(const MergeTree& tree) {
  std::vector<double> result;
  for (const Merge& merge : tree.merges) result.push_back(merge.height);
  return result;
}

// 0 and 1 meet, then 5 and 7; the pairs are 7, 5.5 and 4 apart.
TEST(Linkage, ByHandOnALine) {
  const Matrix x(4, 1, {0, 1, 5, 7});
  EXPECT_EQ(heights(linkage_tree(x, Linkage::kComplete)), (std::vector<double>{1, 2, 7}));
  EXPECT_EQ(heights(linkage_tree(x, Linkage::kAverage)), (std::vector<double>{1, 2, 5.5}));
  EXPECT_EQ(heights(linkage_tree(x, Linkage::kSingle)), (std::vector<double>{1, 2, 4}));
  for (const Linkage linkage : {Linkage::kComplete, Linkage::kAverage, Linkage::kSingle}) {
    EXPECT_EQ(cut(linkage_tree(x, linkage), 2), (std::vector<std::int32_t>{0, 0, 1, 1}));
    EXPECT_EQ(cut(linkage_tree(x, linkage), 3), (std::vector<std::int32_t>{0, 0, 1, 2}));
  }
}

// The mean over all pairs of rows. Halving at each merge would say (8.5 + 6.5) / 2 = 7.5.
TEST(Linkage, AverageCountsRows) {
  const Matrix x(4, 1, {0, 1, 2.5F, 9});
  const MergeTree tree = linkage_tree(x, Linkage::kAverage);
  EXPECT_DOUBLE_EQ(tree.merges[1].height, 2);
  EXPECT_NEAR(tree.merges[2].height, (9 + 8 + 6.5) / 3, 1e-6);
}

// A chain of rows a step apart and a pair across: only single linkage keeps the chain together.
TEST(Linkage, SingleFollowsAChainAndCompleteDoesNot) {
  Matrix x(22, 2);
  for (std::size_t i = 0; i < 20; ++i) x(i, 0) = static_cast<float>(i);
  x(20, 1) = x(21, 1) = 3;
  x(21, 0) = .5F;
  const auto single = cut(linkage_tree(x, Linkage::kSingle), 2);
  for (std::size_t i = 0; i < 20; ++i) EXPECT_EQ(single[i], 0);
  EXPECT_EQ(single[20], 1);
  EXPECT_EQ(single[21], 1);
  const auto complete = cut(linkage_tree(x, Linkage::kComplete), 2);
  EXPECT_NE(complete[0], complete[19]);
}

// Several tiles and blocks of distances, some rows left over.
TEST(Linkage, EqualsTheGreedyAlgorithm) {
  for (const std::size_t n : {2, 17, 150, 333}) {
    const Matrix x = testing::normal_matrix(n, 5, n);
    testing::expect_equal_trees(linkage_tree(x, Linkage::kComplete), testing::greedy_tree(x, testing::complete_update),
                                1e-6);
    testing::expect_equal_trees(linkage_tree(x, Linkage::kAverage), testing::greedy_tree(x, testing::average_update),
                                1e-6);
    testing::expect_equal_trees(linkage_tree(x, Linkage::kSingle), testing::greedy_tree(x, testing::single_update),
                                1e-6);
  }
}

// A merge is named by rows of its two clusters, which until then are apart.
TEST(Linkage, MergesJoinWhatWasApart) {
  const Matrix x = testing::normal_matrix(100, 3, 9);
  for (const Linkage linkage : {Linkage::kComplete, Linkage::kAverage, Linkage::kSingle}) {
    const MergeTree tree = linkage_tree(x, linkage);
    for (std::size_t m = 0; m < tree.merges.size(); ++m) {
      const auto before = cut(tree, tree.n - m);
      EXPECT_NE(before[tree.merges[m].first], before[tree.merges[m].second]);
      EXPECT_GE(tree.merges[m].height, tree.merges[m > 0 ? m - 1 : 0].height);
    }
  }
}

TEST(Linkage, AnyNumberOfThreadsGivesTheSame) {
  const Matrix x = testing::normal_matrix(200, 6, 2);
  for (const Linkage linkage : {Linkage::kComplete, Linkage::kAverage}) {
    const MergeTree one = linkage_tree(x, linkage, {.threads = 1, .progress = {}});
    const MergeTree three = linkage_tree(x, linkage, {.threads = 3, .progress = {}});
    EXPECT_EQ(heights(one), heights(three));
    EXPECT_EQ(cut(one, 12), cut(three, 12));
  }
}

TEST(Linkage, EqualRowsOneRowAndAGrid) {
  Matrix grid(400, 2);
  for (std::size_t i = 0; i < 400; ++i) {
    grid(i, 0) = static_cast<float>(i / 20) * .1F;
    grid(i, 1) = static_cast<float>(i % 20) * .1F;
  }
  for (const Linkage linkage : {Linkage::kComplete, Linkage::kAverage, Linkage::kSingle}) {
    EXPECT_EQ(heights(linkage_tree(Matrix(6, 2), linkage)), std::vector<double>(5, 0));
    EXPECT_EQ(cut(linkage_tree(Matrix(6, 2), linkage), 1), std::vector<std::int32_t>(6, 0));
    EXPECT_EQ(cut(linkage_tree(Matrix(1, 2), linkage), 1), std::vector<std::int32_t>{0});
    const auto labels = cut(linkage_tree(grid, linkage), 9);
    EXPECT_EQ(std::set(labels.begin(), labels.end()).size(), 9U);
  }
}

TEST(Linkage, RejectsWhatItCannotDo) {
  EXPECT_THROW(static_cast<void>(linkage_tree(Matrix(), Linkage::kSingle)), InvalidArgument);
  EXPECT_THROW(
      static_cast<void>(linkage_tree(Matrix(2, 1, {0, std::numeric_limits<float>::infinity()}), Linkage::kComplete)),
      InvalidArgument);
  EXPECT_THROW(static_cast<void>(linkage_tree(Matrix(600, 1), Linkage::kAverage,
                                              {.threads = 1, .progress = [](const Progress&) { return false; }})),
               Cancelled);
}

TEST(Linkage, TooManyRowsNameTheLimitAndTheAlternatives) {
  for (const Linkage linkage : {Linkage::kComplete, Linkage::kAverage, Linkage::kSingle}) {
    try {
      static_cast<void>(linkage_tree(Matrix(kMaxLinkageRows + 1, 1), linkage));
      FAIL() << "accepted";
    } catch (const InvalidArgument& error) {
      EXPECT_THAT(error.what(), ::testing::AllOf(::testing::HasSubstr("at most 20000 rows, not 20001"),
                                                 ::testing::HasSubstr("ward")));
    }
  }
}

}  // namespace
}  // namespace songmap::cluster
