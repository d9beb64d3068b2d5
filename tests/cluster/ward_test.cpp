#include "songmap/cluster/ward.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>

#include "songmap/core/error.h"
#include "songmap/features/scaler.h"
#include "songmap/metrics/external.h"
#include "tests/cluster/greedy_agglomeration.h"
#include "tests/reference/numerics_reference.h"

namespace songmap::cluster {
namespace {

TEST(Ward, ByHandOnALine) {
  const MergeTree tree = ward_tree(Matrix(4, 1, {0, 1, 5, 7}));
  ASSERT_EQ(tree.merges.size(), 3U);
  EXPECT_DOUBLE_EQ(tree.merges[0].height, 1);
  EXPECT_DOUBLE_EQ(tree.merges[1].height, 2);
  EXPECT_DOUBLE_EQ(tree.merges[2].height, std::sqrt(2 * 2 * 2 / 4.0) * 5.5);
  EXPECT_EQ(cut(tree, 1), (std::vector<std::int32_t>{0, 0, 0, 0}));
  EXPECT_EQ(cut(tree, 2), (std::vector<std::int32_t>{0, 0, 1, 1}));
  EXPECT_EQ(cut(tree, 3), (std::vector<std::int32_t>{0, 0, 1, 2}));
  EXPECT_EQ(cut(tree, 4), (std::vector<std::int32_t>{0, 1, 2, 3}));
}

// The greedy algorithm: of all pairs merge the one whose union grows the sum of squares least.
TEST(Ward, EqualsTheGreedyAlgorithm) {
  const Matrix x = testing::normal_matrix(60, 3, 1);
  std::vector<std::vector<std::size_t>> groups;
  for (std::size_t i = 0; i < x.rows(); ++i) groups.push_back({i});
  const auto spread = [&](const std::vector<std::size_t>& rows) {
    double sum = 0;
    for (std::size_t j = 0; j < x.cols(); ++j) {
      double mean = 0;
      for (const std::size_t row : rows) mean += x(row, j) / static_cast<double>(rows.size());
      for (const std::size_t row : rows) sum += (x(row, j) - mean) * (x(row, j) - mean);
    }
    return sum;
  };
  const MergeTree tree = ward_tree(x);
  for (const Merge& merge : tree.merges) {
    double least = std::numeric_limits<double>::infinity();
    std::pair<std::size_t, std::size_t> best;
    for (std::size_t a = 0; a < groups.size(); ++a) {
      for (std::size_t b = a + 1; b < groups.size(); ++b) {
        std::vector<std::size_t> both = groups[a];
        both.insert(both.end(), groups[b].begin(), groups[b].end());
        const double growth = spread(both) - spread(groups[a]) - spread(groups[b]);
        if (growth < least) {
          least = growth;
          best = {a, b};
        }
      }
    }
    EXPECT_NEAR(merge.height, std::sqrt(2 * least), 1e-6);
    auto& into = groups[best.first];
    into.insert(into.end(), groups[best.second].begin(), groups[best.second].end());
    groups.erase(groups.begin() + static_cast<std::ptrdiff_t>(best.second));
    const auto labels = cut(tree, groups.size());
    for (const auto& group : groups) {
      for (const std::size_t row : group) ASSERT_EQ(labels[row], labels[group[0]]);
    }
  }
}

// Enough rows for several blocks of the search, whose single precision must leave no trace: with a row far away, which
// makes it useless, and far from the origin, which must not matter.
TEST(Ward, EqualsTheGreedyAlgorithmWhereSinglePrecisionIsCoarse) {
  Matrix x = testing::normal_matrix(400, 4, 5);
  testing::expect_equal_trees(ward_tree(x), testing::greedy_tree(x, testing::ward_update), 1e-9);
  for (float& value : x.values()) value += 1000;
  testing::expect_equal_trees(ward_tree(x), testing::greedy_tree(x, testing::ward_update), 1e-9);
  x(123, 2) = 3e7F;
  testing::expect_equal_trees(ward_tree(x), testing::greedy_tree(x, testing::ward_update), 1e-9);
}

// On a grid most distances are equal, and rounding may take a chain back to where it was.
TEST(Ward, GridsEnd) {
  Matrix x(900, 2);
  for (std::size_t i = 0; i < 900; ++i) {
    x(i, 0) = static_cast<float>(i / 30) * .1F;
    x(i, 1) = static_cast<float>(i % 30) * .1F;
  }
  const MergeTree tree = ward_tree(x);
  ASSERT_EQ(tree.merges.size(), 899U);
  const auto labels = cut(tree, 9);
  EXPECT_EQ(std::set(labels.begin(), labels.end()).size(), 9U);
}

TEST(Ward, EqualRowsAndOneRow) {
  const MergeTree tree = ward_tree(Matrix(6, 2));
  for (const Merge& merge : tree.merges) EXPECT_EQ(merge.height, 0);
  EXPECT_EQ(cut(tree, 1), std::vector<std::int32_t>(6, 0));
  EXPECT_EQ(cut(ward_tree(Matrix(1, 2)), 1), std::vector<std::int32_t>{0});
}

TEST(Ward, RejectsWhatItCannotDo) {
  EXPECT_THROW(static_cast<void>(ward_tree(Matrix())), InvalidArgument);
  EXPECT_THROW(static_cast<void>(cut(ward_tree(Matrix(3, 1)), 4)), InvalidArgument);
  EXPECT_THROW(static_cast<void>(cut(ward_tree(Matrix(3, 1)), 0)), InvalidArgument);
  EXPECT_THROW(
      static_cast<void>(ward_tree(Matrix(600, 1), {.threads = 1, .progress = [](const Progress&) { return false; }})),
      Cancelled);
}

// scikit-learn, exactly: NMI .3317, ARI .1863.
TEST(Ward, GtzanIsThatOfScikitLearn) {
  SONGMAP_NEED_GTZAN(data);
  const Matrix x = features::transform(features::fit_scaler(data->features, {.kind = "z"}), data->features);
  const auto table = metrics::contingency(data->genres.codes, cut(ward_tree(x), 10));
  EXPECT_NEAR(*metrics::normalized_mutual_info(table), .3317, 5e-5);
  EXPECT_NEAR(*metrics::adjusted_rand_index(table), .1863, 5e-5);
}

}  // namespace
}  // namespace songmap::cluster
