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

std::vector<double> column_means(MatrixView x) {
  require(x.rows() > 0, "column_means: there is no row");
  const Eigen::RowVectorXd mean = mapped(x).cast<double>().colwise().mean();
  return {mean.begin(), mean.end()};
}

std::vector<double> gram(MatrixView x) {
  // In pieces: a double copy of all rows would take more memory than the rows themselves.
  constexpr Eigen::Index kPiece = 4096;
  const FloatMap rows = mapped(x);
  Eigen::MatrixXd sum = Eigen::MatrixXd::Zero(rows.cols(), rows.cols());
  for (Eigen::Index first = 0; first < rows.rows(); first += kPiece) {
    const Eigen::MatrixXd piece = rows.middleRows(first, std::min(kPiece, rows.rows() - first)).cast<double>();
    sum.noalias() += piece.transpose() * piece;
  }
  return {sum.data(), sum.data() + sum.size()};
}

Matrix symmetric_power(std::span<const double> a, double power) {
  const auto n = static_cast<Eigen::Index>(std::lround(std::sqrt(static_cast<double>(a.size()))));
  require(n > 0 && n * n == static_cast<Eigen::Index>(a.size()), "symmetric_power: the matrix is not square");
  require(std::ranges::all_of(a, [](double value) { return std::isfinite(value); }),
          "symmetric_power: the matrix holds values that are not finite");
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(Eigen::Map<const Eigen::MatrixXd>(a.data(), n, n));
  const double largest = solver.eigenvalues().maxCoeff();
  require(largest > 0, "symmetric_power: the matrix has no positive eigenvalue");
  const Eigen::VectorXd powers = solver.eigenvalues().cwiseMax(1e-6 * largest).array().pow(power);
  const Eigen::MatrixXd result = solver.eigenvectors() * powers.asDiagonal() * solver.eigenvectors().transpose();
  Matrix rows(static_cast<std::size_t>(n), static_cast<std::size_t>(n));
  Eigen::Map<RowMajor>(rows.data(), n, n) = result.cast<float>();
  return rows;
}

double gaussian_log_likelihood(std::span<const double> covariance, std::span<const double> scatter, double n) {
  const auto d = static_cast<Eigen::Index>(std::lround(std::sqrt(static_cast<double>(covariance.size()))));
  require(d > 0 && d * d == static_cast<Eigen::Index>(covariance.size()) && scatter.size() == covariance.size(),
          "gaussian_log_likelihood: covariance and scatter are not square matrices of one size");
  const Eigen::LLT<Eigen::MatrixXd> factor(Eigen::Map<const Eigen::MatrixXd>(covariance.data(), d, d));
  require(factor.info() == Eigen::Success, "gaussian_log_likelihood: the covariance is not positive definite");
  const double log_determinant = 2 * factor.matrixLLT().diagonal().array().log().sum();
  const double trace = factor.solve(Eigen::Map<const Eigen::MatrixXd>(scatter.data(), d, d)).trace();
  return -0.5 * (n * log_determinant + trace);
}

}  // namespace songmap
