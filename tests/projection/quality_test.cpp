#include "songmap/projection/quality.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "songmap/core/error.h"
#include "tests/reference/numerics_reference.h"

namespace songmap::projection {
namespace {

TEST(Trustworthiness, IsOneForTheDataThemselves) {
  const Matrix x = testing::normal_matrix(60, 3, 1);
  EXPECT_EQ(trustworthiness(x, x), 1.0);
}

// Four points on a line; the picture swaps the last two of 0 1 2 10 -> nearest of each by hand.
TEST(Trustworthiness, ByHandOnALine) {
  const Matrix high(4, 1, {0, 1, 3, 10});
  const Matrix low(4, 1, {0, 1, 10, 3});
  // Nearest in low of rows 0 … 3: 1, 0, 3, 1. Their ranks in high: 1, 1, 3, 2: penalties 0, 0, 2, 1.
  EXPECT_DOUBLE_EQ(*trustworthiness(high, low, 1), 1 - 3 * 2.0 / (4 * 1 * (2 * 4 - 3 - 1)));
}

TEST(Trustworthiness, EqualsTheDefinition) {
  const Matrix high = testing::normal_matrix(83, 6, 2);
  const Matrix low = testing::normal_matrix(83, 2, 3);
  constexpr std::size_t kNeighbors = 7;
  const auto order = [](MatrixView x, std::size_t row) {
    std::vector<std::size_t> others;
    for (std::size_t i = 0; i < x.rows(); ++i) {
      if (i != row) others.push_back(i);
    }
    std::ranges::stable_sort(others, {}, [&](std::size_t i) { return squared_distance(x.row(row), x.row(i)); });
    return others;
  };
  double penalty = 0;
  for (std::size_t row = 0; row < 83; ++row) {
    const auto in_high = order(high, row);
    const auto in_low = order(low, row);
    for (std::size_t j = 0; j < kNeighbors; ++j) {
      const auto rank = static_cast<std::size_t>(std::ranges::find(in_high, in_low[j]) - in_high.begin()) + 1;
      if (rank > kNeighbors) penalty += static_cast<double>(rank - kNeighbors);
    }
  }
  const double expected = 1 - penalty * 2 / (83.0 * kNeighbors * (2 * 83 - 3 * kNeighbors - 1));
  EXPECT_NEAR(*trustworthiness(high, low, kNeighbors), expected, 1e-12);
  EXPECT_EQ(trustworthiness(high, low, kNeighbors, {.threads = 1, .progress = {}}),
            trustworthiness(high, low, kNeighbors, {.threads = 3, .progress = {}}));
}

TEST(Trustworthiness, IsNotDefinedBelowThreeRows) {
  for (const std::size_t n : {0, 1, 2}) EXPECT_FALSE(trustworthiness(Matrix(n, 3), Matrix(n, 2)));
  EXPECT_TRUE(trustworthiness(testing::normal_matrix(3, 3, 4), testing::normal_matrix(3, 2, 5)));
  EXPECT_THROW(static_cast<void>(trustworthiness(Matrix(3, 2), Matrix(4, 2))), InvalidArgument);
}

}  // namespace
}  // namespace songmap::projection
