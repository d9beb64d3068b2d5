#include "songmap/projection/turn.h"

#include <Eigen/SVD>
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
  // The turn is U V^T of the singular vectors of X^T Y.
  const auto n_dimensions = static_cast<Eigen::Index>(d);
  Eigen::MatrixXd product = Eigen::MatrixXd::Zero(n_dimensions, n_dimensions);
  for (std::size_t i = 0; i < x.rows(); ++i) {
    for (std::size_t a = 0; a < d; ++a) {
      for (std::size_t b = 0; b < d; ++b) {
        product(Eigen::Index(a), Eigen::Index(b)) += (x(i, a) - mean_x[a]) * (y(i, b) - mean_y[b]);
      }
    }
  }
  if (product.isZero(0)) return Matrix(map);  // all points of one map are one: every turn is as good
  const Eigen::JacobiSVD<Eigen::MatrixXd> svd(product, Eigen::ComputeFullU | Eigen::ComputeFullV);
  const Eigen::MatrixXd turn = svd.matrixU() * svd.matrixV().transpose();
  Matrix result(map.rows(), d);
  for (std::size_t i = 0; i < map.rows(); ++i) {
    for (std::size_t b = 0; b < d; ++b) {
      double sum = mean_y[b];
      for (std::size_t a = 0; a < d; ++a) sum += (map(i, a) - mean_x[a]) * turn(Eigen::Index(a), Eigen::Index(b));
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
