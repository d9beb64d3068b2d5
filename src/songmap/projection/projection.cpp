#include "songmap/projection/projection.h"

#include <algorithm>
#include <cmath>

#include "songmap/core/error.h"
#include "songmap/core/linalg.h"

namespace songmap::projection {

Projection pca(MatrixView x, std::size_t dimensions) {
  require(dimensions > 0, "pca: dimensions must be at least 1");
  const Matrix scores = transform(fit_pca(x, dimensions), x);
  Projection result{Matrix(x.rows(), dimensions), "pca", ""};
  for (std::size_t i = 0; i < x.rows(); ++i) std::ranges::copy(scores.row(i), result.points.row(i).begin());
  return result;
}

std::size_t distinct_rows(MatrixView x, std::size_t limit) {
  std::vector<std::size_t> seen;
  for (std::size_t i = 0; i < x.rows() && seen.size() < limit; ++i) {
    const bool known =
        std::ranges::any_of(seen, [&](std::size_t other) { return std::ranges::equal(x.row(i), x.row(other)); });
    if (!known) seen.push_back(i);
  }
  return seen.size();
}

Matrix pca_start(MatrixView x, std::size_t dimensions, double deviation) {
  Matrix start = pca(x, dimensions).points;
  double squares = 0;
  for (std::size_t i = 0; i < start.rows(); ++i) squares += static_cast<double>(start(i, 0)) * start(i, 0);
  if (squares == 0) return start;
  const auto factor = static_cast<float>(deviation / std::sqrt(squares / static_cast<double>(start.rows())));
  for (float& value : start.values()) value *= factor;
  return start;
}

}  // namespace songmap::projection
