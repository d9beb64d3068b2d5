#include "songmap/core/linalg.h"

#include <fmt/format.h>

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

#include "songmap/core/error.h"

namespace songmap {
namespace {

using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using FloatMap = Eigen::Map<const RowMajor>;

FloatMap mapped(MatrixView x) {
  return {x.data(), static_cast<Eigen::Index>(x.rows()), static_cast<Eigen::Index>(x.cols())};
}

void check(MatrixView x, const char* caller) {
  require(!x.empty(), fmt::format("{}: the matrix is empty ({} x {})", caller, x.rows(), x.cols()));
  require(all_finite(x), fmt::format("{}: the matrix holds values that are not finite", caller));
}

}  // namespace

PcaModel fit_pca(MatrixView x, std::size_t n_components) {
  check(x, "fit_pca");
  require(n_components > 0, "fit_pca: n_components must be at least 1");
  const std::size_t kept = std::max<std::size_t>(1, std::min({n_components, x.rows() - 1, x.cols()}));

  const Eigen::RowVectorXd mean = mapped(x).cast<double>().colwise().mean();
  const Eigen::MatrixXd centred = mapped(x).cast<double>().rowwise() - mean;
  const double divisor = std::max<double>(static_cast<double>(x.rows()) - 1, 1);
  const bool wide = x.cols() > x.rows();
  const Eigen::MatrixXd gram =
      wide ? Eigen::MatrixXd(centred * centred.transpose()) : Eigen::MatrixXd(centred.transpose() * centred);
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(gram / divisor);

  PcaModel model;
  model.mean.assign(mean.begin(), mean.end());
  model.total_variance = gram.trace() / divisor;
  model.components = Matrix(kept, x.cols());
  for (std::size_t c = 0; c < kept; ++c) {
    const Eigen::Index column = gram.rows() - 1 - static_cast<Eigen::Index>(c);  // eigenvalues come in rising order
    Eigen::VectorXd axis = solver.eigenvectors().col(column);
    if (wide) axis = centred.transpose() * axis;
    const double norm = axis.norm();
    if (norm > 0) axis /= norm;
    Eigen::Index largest = 0;
    axis.cwiseAbs().maxCoeff(&largest);
    if (axis[largest] < 0) axis = -axis;
    for (std::size_t j = 0; j < x.cols(); ++j)
      model.components(c, j) = static_cast<float>(axis[static_cast<Eigen::Index>(j)]);
    model.variance.push_back(std::max(0.0, solver.eigenvalues()[column]));
  }
  return model;
}

Matrix transform(const PcaModel& model, MatrixView x) {
  require(x.cols() == model.mean.size(),
          fmt::format("pca transform: {} columns, but it was fitted on {}", x.cols(), model.mean.size()));
  const Eigen::Map<const Eigen::RowVectorXf> mean(model.mean.data(), static_cast<Eigen::Index>(model.mean.size()));
  Matrix result(x.rows(), model.components.rows());
  Eigen::Map<RowMajor>(result.data(), static_cast<Eigen::Index>(result.rows()),
                       static_cast<Eigen::Index>(result.cols())) =
      (mapped(x).rowwise() - mean) * mapped(model.components).transpose();
  return result;
}

Matrix inverse_transform(const PcaModel& model, MatrixView scores) {
  require(scores.cols() == model.components.rows(),
          fmt::format("pca inverse_transform: {} columns, but there are {} components", scores.cols(),
                      model.components.rows()));
  const Eigen::Map<const Eigen::RowVectorXf> mean(model.mean.data(), static_cast<Eigen::Index>(model.mean.size()));
  Matrix result(scores.rows(), model.mean.size());
  Eigen::Map<RowMajor>(result.data(), static_cast<Eigen::Index>(result.rows()),
                       static_cast<Eigen::Index>(result.cols())) =
      (mapped(scores) * mapped(model.components)).rowwise() + mean;
  return result;
}

std::vector<double> covariance_eigenvalues(MatrixView x) {
  check(x, "covariance_eigenvalues");
  const Eigen::RowVectorXd mean = mapped(x).cast<double>().colwise().mean();
  const Eigen::MatrixXd centred = mapped(x).cast<double>().rowwise() - mean;
  const double divisor = std::max<double>(static_cast<double>(x.rows()) - 1, 1);
  const Eigen::MatrixXd gram = x.cols() > x.rows() ? Eigen::MatrixXd(centred * centred.transpose())
                                                   : Eigen::MatrixXd(centred.transpose() * centred);
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(gram / divisor, Eigen::EigenvaluesOnly);
  std::vector<double> values(solver.eigenvalues().begin(), solver.eigenvalues().end());
  std::ranges::reverse(values);
  values.resize(x.cols());  // of wide data the others are 0
  for (double& value : values) value = std::max(value, 0.0);
  return values;
}

}  // namespace songmap
