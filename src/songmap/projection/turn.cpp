#include "songmap/projection/turn.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "songmap/core/error.h"
#include "songmap/core/linalg.h"

namespace songmap::projection {

Matrix turned_onto(MatrixView reference, MatrixView map, std::span<const std::pair<std::size_t, std::size_t>> common) {
  if (common.size() < 2) return Matrix(map);
  require(reference.cols() == map.cols(), "turned_onto: the maps have different dimensions");
  const std::size_t d = map.cols();
  std::vector<std::size_t> there;
  std::vector<std::size_t> here;
  for (const auto& [in_reference, in_map] : common) {
    there.push_back(in_reference);
    here.push_back(in_map);
  }
  const Matrix y = take_rows(reference, there);
  const Matrix x = take_rows(map, here);
  require(all_finite(x) && all_finite(y), "turned_onto: a point is not finite");
  const std::vector<double> mean_y = column_means(y);
  const std::vector<double> mean_x = column_means(x);
  // With M = X^T Y the turn is M (M^T M)^-1/2, which is U V^T of its singular vectors.
  Matrix product(d, d);
  for (std::size_t a = 0; a < d; ++a) {
    for (std::size_t b = 0; b < d; ++b) {
      double sum = 0;
      for (std::size_t i = 0; i < x.rows(); ++i) sum += (x(i, a) - mean_x[a]) * (y(i, b) - mean_y[b]);
      product(a, b) = static_cast<float>(sum);
    }
  }
  const std::vector<double> square = gram(product);
  double trace = 0;
  for (std::size_t a = 0; a < d; ++a) trace += square[a * d + a];
  if (!(trace > 0)) return Matrix(map);  // all points of one map are one: every turn is as good
  const Matrix root = symmetric_power(square, -0.5);
  Matrix result(map.rows(), d);
  for (std::size_t i = 0; i < map.rows(); ++i) {
    for (std::size_t b = 0; b < d; ++b) {
      double sum = mean_y[b];
      for (std::size_t a = 0; a < d; ++a) {
        double turn = 0;
        for (std::size_t c = 0; c < d; ++c) turn += static_cast<double>(product(a, c)) * root(c, b);
        sum += (map(i, a) - mean_x[a]) * turn;
      }
      result(i, b) = static_cast<float>(sum);
    }
  }
  double extent = 0;
  for (std::size_t i = 0; i < y.rows(); ++i) {
    for (std::size_t c = 0; c < d; ++c) extent = std::max(extent, std::abs(y(i, c) - mean_y[c]));
  }
  constexpr double kSame = 1e-5;
  for (const auto& [in_reference, in_map] : common) {
    const std::span<float> point = result.row(in_map);
    if (std::sqrt(squared_distance(point, reference.row(in_reference))) > kSame * extent) continue;
    std::ranges::copy(reference.row(in_reference), point.begin());
  }
  return result;
}

}  // namespace songmap::projection
