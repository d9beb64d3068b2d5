#include "songmap/core/row_tiles.h"

#include <gtest/gtest.h>

#include "tests/reference/numerics_reference.h"

namespace songmap {
namespace {

constexpr std::size_t kRows = RowTiles::kRows;

// 37 rows: the last tile is not full. Numbers of points on both sides of every block size.
TEST(RowTiles, DistancesAreThoseOfTheRows) {
  const Matrix x = testing::normal_matrix(37, 5, 1);
  const RowTiles tiles(x);
  ASSERT_EQ(tiles.count(), 3U);
  for (const std::size_t n_points : {1, 2, 7, 8, 9, 16, 17, 20, 33}) {
    const Matrix points = testing::normal_matrix(n_points, 5, 2);
    std::vector<float> distances(n_points * kRows);
    for (std::size_t tile = 0; tile < tiles.count(); ++tile) {
      squared_distances(tiles, tile, points.data(), n_points, distances.data());
      for (std::size_t r = 0; r < tiles.rows_in(tile); ++r) {
        for (std::size_t p = 0; p < n_points; ++p) {
          const double expected = squared_distance(x.row(tile * kRows + r), points.row(p));
          EXPECT_NEAR(distances[p * kRows + r], expected, 1e-5 * (1 + expected));
        }
      }
    }
  }
}

// From one point to tiles that start anywhere, alone and in runs: the very same numbers.
TEST(RowTiles, DistancesOfOnePointAreTheSameNumbers) {
  const Matrix x = testing::normal_matrix(150, 7, 5);
  const Matrix point = testing::normal_matrix(1, 7, 6);
  const RowTiles tiles(x);
  for (std::size_t first = 0; first < tiles.count(); ++first) {
    const std::size_t n_tiles = tiles.count() - first;
    std::vector<float> run(n_tiles * kRows);
    squared_distances_to(point.data(), tiles, first, n_tiles, run.data());
    for (std::size_t tile = first; tile < tiles.count(); ++tile) {
      float single[kRows];
      squared_distances(tiles, tile, point.data(), 1, single);
      for (std::size_t r = 0; r < kRows; ++r) EXPECT_EQ(run[(tile - first) * kRows + r], single[r]);
    }
  }
}

TEST(RowTiles, ARowIsReplaced) {
  Matrix x = testing::normal_matrix(20, 3, 7);
  RowTiles tiles(x);
  const std::vector<float> values{4, 5, 6};
  tiles.set_row(17, values);
  std::ranges::copy(values, x.row(17).begin());
  const RowTiles expected(x);
  for (std::size_t tile = 0; tile < tiles.count(); ++tile) {
    EXPECT_TRUE(std::equal(tiles.tile(tile), tiles.tile(tile) + 3 * kRows, expected.tile(tile)));
  }
}

TEST(RowTiles, NearestPointIsThatOfSmallestDistanceAndTheFirstOfEquals) {
  const Matrix x = testing::normal_matrix(50, 3, 3);
  const RowTiles tiles(x);
  for (const std::size_t n_points : {1, 5, 8, 19}) {
    Matrix points = testing::normal_matrix(n_points, 3, 4);
    // The last point repeats the first: it must never be chosen.
    std::ranges::copy(points.row(0), points.row(n_points - 1).begin());
    std::vector<float> distances(n_points * kRows);
    float nearest[kRows];
    std::int32_t index[kRows];
    for (std::size_t tile = 0; tile < tiles.count(); ++tile) {
      squared_distances(tiles, tile, points.data(), n_points, distances.data());
      nearest_points(tiles, tile, points.data(), n_points, nearest, index);
      for (std::size_t r = 0; r < tiles.rows_in(tile); ++r) {
        std::size_t expected = 0;
        for (std::size_t p = 1; p < n_points; ++p) {
          if (distances[p * kRows + r] < distances[expected * kRows + r]) expected = p;
        }
        EXPECT_EQ(static_cast<std::size_t>(index[r]), expected);
        EXPECT_EQ(nearest[r], distances[expected * kRows + r]);
      }
    }
  }
}

// The expansion |x|^2 - 2xy + |y|^2 would return noise here: squares are 1e12, the distance is 3.
TEST(RowTiles, NothingCancelsFarFromTheOrigin) {
  Matrix x(1, 3, {1e6F, 1e6F, 1e6F});
  const Matrix point(1, 3, {1e6F + 1, 1e6F - 1, 1e6F + 1});
  float out[kRows];
  squared_distances(RowTiles(x), 0, point.data(), 1, out);
  EXPECT_EQ(out[0], 3.0F);
}

}  // namespace
}  // namespace songmap
