#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "songmap/core/matrix.h"
#include "songmap/core/row_tiles.h"

namespace songmap::neighbors {

struct Hit {
  std::uint32_t row = 0;
  float distance = 0;  ///< Euclidean.
};

/// Rows that are asked for their neighbours one query after the other. Exact: all distances are computed, O(n d) a
/// query. Safe to use from several threads at once.
class Search {
 public:
  /// @throws InvalidArgument  x is empty or not finite.
  explicit Search(MatrixView x);

  [[nodiscard]] std::size_t rows() const { return tiles_.rows(); }
  /// The k nearest rows, nearest first, of equally near ones the first; less than k where there are no more.
  /// @throws InvalidArgument  the query has another number of columns.
  [[nodiscard]] std::vector<Hit> nearest(std::span<const float> query, std::size_t k) const;

 private:
  RowTiles tiles_;
};

}  // namespace songmap::neighbors
