#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "songmap/core/matrix.h"

namespace songmap {

/// Principal components of a data set; applies to new rows.
struct PcaModel {
  std::vector<float> mean;       ///< [n_features]
  Matrix components;             ///< [n_components, n_features], orthonormal rows, largest variance first. The sign
                                 ///< is such that the entry of largest magnitude is positive.
  std::vector<double> variance;  ///< Explained variance of each component (divisor n - 1).
  double total_variance = 0;     ///< Sum over all directions, kept or not.
};

/// PCA by the eigenvectors of the smaller of covariance and Gram matrix, in double. Keeps
/// min(n_components, rows - 1, cols) components, at least one.
/// @throws InvalidArgument  x has no row or column, is not finite, or n_components is 0.
[[nodiscard]] PcaModel fit_pca(MatrixView x, std::size_t n_components);

/// `(x - mean) components^T`: [rows, n_components].
[[nodiscard]] Matrix transform(const PcaModel& model, MatrixView x);

/// Back to feature space: [rows, n_features].
[[nodiscard]] Matrix inverse_transform(const PcaModel& model, MatrixView scores);

/// Eigenvalues of the covariance of x (divisor n - 1), largest first: [cols]. From the smaller of covariance and Gram
/// matrix.
[[nodiscard]] std::vector<double> covariance_eigenvalues(MatrixView x);

/// Mean of each column, in double. @throws InvalidArgument  x has no row.
[[nodiscard]] std::vector<double> column_means(MatrixView x);

/// x^T x in double, row-major: [cols * cols].
[[nodiscard]] std::vector<double> gram(MatrixView x);

/// a^power of a symmetric positive semidefinite matrix, by its eigenvalues, of which those below a millionth of the
/// largest count as that. `a` is [n * n], row-major.
/// @throws InvalidArgument  a is not square, not finite, or has no positive eigenvalue.
[[nodiscard]] Matrix symmetric_power(std::span<const double> a, double power);

/// Log-likelihood of n draws around a known mean under N(0, covariance), without the constant in 2 pi:
/// -n/2 log det covariance - 1/2 tr(covariance^-1 scatter), `scatter` being the sum of the draws' outer products. Both
/// are [d * d]. @throws InvalidArgument  shapes that do not agree, or a covariance that is not positive definite.
[[nodiscard]] double gaussian_log_likelihood(std::span<const double> covariance, std::span<const double> scatter,
                                             double n);

}  // namespace songmap
