#include "songmap/neighbors/knn.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "songmap/core/error.h"
#include "tests/reference/numerics_reference.h"

namespace songmap::neighbors {
namespace {

TEST(NearestNeighbors, ByHandOnALine) {
  const Matrix x(4, 1, {0, 1, 3, 7});
  const Neighbors found = nearest_neighbors(x, 2);
  ASSERT_EQ(found.k, 2U);
  EXPECT_EQ(found.indices, (std::vector<std::uint32_t>{1, 2, 0, 2, 1, 0, 2, 1}));
  EXPECT_EQ(found.distances, (std::vector<float>{1, 3, 1, 2, 2, 3, 4, 6}));
}

// Sizes on both sides of the tiles, blocks and chunks inside.
TEST(NearestNeighbors, EqualsSortingAllDistances) {
  for (const std::size_t n : {2, 15, 16, 17, 64, 65, 130, 300}) {
    const Matrix x = testing::normal_matrix(n, 6, n);
    const Neighbors found = nearest_neighbors(x, 10);
    ASSERT_EQ(found.k, std::min<std::size_t>(10, n - 1));
    for (std::size_t i = 0; i < n; ++i) {
      std::vector<std::pair<double, std::uint32_t>> all;
      for (std::size_t j = 0; j < n; ++j) {
        if (j != i) all.emplace_back(squared_distance(x.row(i), x.row(j)), static_cast<std::uint32_t>(j));
      }
      std::ranges::sort(all);
      for (std::size_t j = 0; j < found.k; ++j) {
        EXPECT_EQ(found.of(i)[j], all[j].second) << "row " << i << " of " << n;
        EXPECT_NEAR(found.distances_of(i)[j], std::sqrt(all[j].first), 1e-5);
      }
    }
  }
}

TEST(NearestNeighbors, EqualRowsComeInOrderAndNeverTheRowItself) {
  const Matrix x(40, 2);
  const Neighbors found = nearest_neighbors(x, 3);
  EXPECT_EQ(std::vector(found.of(0).begin(), found.of(0).end()), (std::vector<std::uint32_t>{1, 2, 3}));
  EXPECT_EQ(std::vector(found.of(1).begin(), found.of(1).end()), (std::vector<std::uint32_t>{0, 2, 3}));
  EXPECT_EQ(std::vector(found.of(39).begin(), found.of(39).end()), (std::vector<std::uint32_t>{0, 1, 2}));
}

TEST(NearestNeighbors, AnyNumberOfThreadsGivesTheSame) {
  const Matrix x = testing::normal_matrix(700, 8, 5);
  const Neighbors one = nearest_neighbors(x, 12, {.threads = 1, .progress = {}});
  const Neighbors four = nearest_neighbors(x, 12, {.threads = 4, .progress = {}});
  EXPECT_EQ(one.indices, four.indices);
  EXPECT_EQ(one.distances, four.distances);
}

TEST(NearestNeighbors, KIsLoweredToTheOtherRows) {
  EXPECT_EQ(nearest_neighbors(Matrix(3, 2), 15).k, 2U);
  const Neighbors alone = nearest_neighbors(Matrix(1, 2), 15);
  EXPECT_EQ(alone.k, 0U);
  EXPECT_TRUE(alone.indices.empty());
}

TEST(NearestNeighbors, RejectsEmptyNanAndNoNeighbour) {
  Matrix x(3, 2);
  EXPECT_THROW(static_cast<void>(nearest_neighbors(Matrix(), 1)), InvalidArgument);
  EXPECT_THROW(static_cast<void>(nearest_neighbors(x, 0)), InvalidArgument);
  x(2, 1) = std::numeric_limits<float>::infinity();
  EXPECT_THROW(static_cast<void>(nearest_neighbors(x, 1)), InvalidArgument);
}

}  // namespace
}  // namespace songmap::neighbors
