#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "songmap/core/matrix.h"

namespace songmap {

/// A copy of a matrix for distance kernels: rows in tiles of 16, and inside a tile feature after feature, so that one
/// vector instruction works on the same feature of 16 rows. The last tile is filled up with zeros.
class RowTiles {
 public:
  static constexpr std::size_t kRows = 16;  ///< Rows of a tile.

  explicit RowTiles(MatrixView x);

  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] std::size_t cols() const { return cols_; }
  [[nodiscard]] std::size_t count() const { return (rows_ + kRows - 1) / kRows; }
  /// [cols, kRows]: feature j of row r of the tile at `j * kRows + r`.
  [[nodiscard]] const float* tile(std::size_t index) const { return values_.data() + index * cols_ * kRows; }
  /// Puts other values in place of a row. `values` has cols() numbers.
  void set_row(std::size_t row, std::span<const float> values);
  /// Number of rows of the tile that are of the matrix.
  [[nodiscard]] std::size_t rows_in(std::size_t index) const;

 private:
  std::vector<float> values_;
  std::size_t rows_ = 0;
  std::size_t cols_ = 0;
};

/// Squared Euclidean distances between the rows of one tile and each of `n_points` points:
/// `out[p * kRows + r]`. `points` is row-major [n_points, cols].
///
/// Differences are squared and added in float, in the order of the features, whatever the tile and the points beside:
/// unlike the expansion |x|^2 - 2xy + |y|^2 nothing cancels when the data lie far from the origin, and a distance is
/// the same number wherever it is computed.
void squared_distances(const RowTiles& tiles, std::size_t tile, const float* points, std::size_t n_points, float* out);

/// The same numbers between one point and the rows of the tiles [tile, tile + n_tiles): `out[row]`, rows counted from
/// the first of these tiles and those that fill up the last one included.
void squared_distances_to(const float* point, const RowTiles& tiles, std::size_t tile, std::size_t n_tiles, float* out);

/// The nearest of the points for each row of a tile, of equally near ones the first: its index in `indices[kRows]` and
/// the squared distance, as `squared_distances` has it, in `distances[kRows]`. n_points is at least 1.
void nearest_points(const RowTiles& tiles, std::size_t tile, const float* points, std::size_t n_points,
                    float* distances, std::int32_t* indices);

}  // namespace songmap
