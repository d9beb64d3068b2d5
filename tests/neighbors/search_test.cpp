#include "songmap/neighbors/search.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "songmap/core/error.h"
#include "songmap/core/random.h"

namespace songmap::neighbors {
namespace {

Matrix normals(std::size_t rows, std::size_t cols, std::uint64_t seed) {
  Random random(seed);
  Matrix x(rows, cols);
  for (float& value : x.values()) value = static_cast<float>(random.normal());
  return x;
}

TEST(Search, FindsWhatSortingFinds) {
  const Matrix x = normals(75, 5, 1);  // not a multiple of the tiles' rows
  const Matrix queries = normals(9, 5, 2);
  const Search search(x);
  for (std::size_t q = 0; q < queries.rows(); ++q) {
    std::vector<std::uint32_t> order(x.rows());
    std::iota(order.begin(), order.end(), 0U);
    std::ranges::stable_sort(order, {}, [&](std::uint32_t i) { return squared_distance(x.row(i), queries.row(q)); });
    const std::vector<Hit> hits = search.nearest(queries.row(q), 10);
    ASSERT_EQ(hits.size(), 10U);
    for (std::size_t i = 0; i < hits.size(); ++i) {
      EXPECT_EQ(hits[i].row, order[i]);
      EXPECT_NEAR(hits[i].distance, std::sqrt(squared_distance(x.row(order[i]), queries.row(q))), 1e-5);
    }
  }
}

TEST(Search, OfEquallyNearRowsTheFirstComesFirstAndThereAreNoMoreThanThereAre) {
  const Matrix x(3, 1, {1, -1, 1});
  const std::vector<float> query{0};
  const std::vector<Hit> hits = Search(x).nearest(query, 8);
  ASSERT_EQ(hits.size(), 3U);
  for (std::uint32_t i = 0; i < 3; ++i) EXPECT_EQ(hits[i].row, i);
  EXPECT_TRUE(Search(x).nearest(query, 0).empty());
}

TEST(Search, SaysWhatIsWrong) {
  EXPECT_THROW(Search{Matrix()}, InvalidArgument);
  EXPECT_THROW(Search{Matrix(1, 1, {std::numeric_limits<float>::quiet_NaN()})}, InvalidArgument);
  EXPECT_THROW((void)Search(normals(4, 3, 1)).nearest(std::vector<float>{1, 2}, 1), InvalidArgument);
}

}  // namespace
}  // namespace songmap::neighbors
