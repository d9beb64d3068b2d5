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
