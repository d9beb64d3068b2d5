#include "songmap/core/linalg.h"

#include <gtest/gtest.h>

#include <cmath>

#include "songmap/core/error.h"
#include "songmap/core/random.h"

namespace songmap {
namespace {

Matrix random_matrix(std::size_t rows, std::size_t cols, std::uint64_t seed) {
  Random random(seed);
  Matrix x(rows, cols);
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < cols; ++j) x(i, j) = static_cast<float>(random.normal() * double(j + 1) + double(j));
  }
  return x;
}

TEST(Pca, AllComponentsRestoreTheData) {
  const Matrix x = random_matrix(30, 5, 1);
  const PcaModel model = fit_pca(x, 5);
  const Matrix back = inverse_transform(model, transform(model, x));
  for (std::size_t i = 0; i < x.values().size(); ++i) EXPECT_NEAR(back.values()[i], x.values()[i], 1e-4);
}

TEST(Pca, WideAndTallAgree) {
  // The same 6 x 20 data once through the Gram matrix (wide) and once with rows doubled (tall): same directions.
  const Matrix wide = random_matrix(6, 20, 2);
  Matrix tall(24, 20);
  for (std::size_t i = 0; i < 24; ++i) std::ranges::copy(wide.row(i % 6), tall.row(i).begin());
  const PcaModel a = fit_pca(wide, 3);
  const PcaModel b = fit_pca(tall, 3);
  for (std::size_t i = 0; i < a.components.values().size(); ++i) {
    EXPECT_NEAR(a.components.values()[i], b.components.values()[i], 1e-4);
  }
}

TEST(Pca, VarianceIsThatOfTheScores) {
  const Matrix x = random_matrix(200, 4, 3);
  const PcaModel model = fit_pca(x, 4);
  const std::vector<double> eigenvalues = covariance_eigenvalues(x);
  double sum = 0;
  for (std::size_t c = 0; c < 4; ++c) {
    EXPECT_NEAR(model.variance[c], eigenvalues[c], 1e-6 * eigenvalues[0]);
    sum += eigenvalues[c];
  }
  EXPECT_NEAR(model.total_variance, sum, 1e-9 * sum);
}

TEST(CovarianceEigenvalues, WideAndTallAgree) {
  const Matrix wide = random_matrix(6, 20, 2);
  Matrix tall(24, 20);
  for (std::size_t i = 0; i < 24; ++i) std::ranges::copy(wide.row(i % 6), tall.row(i).begin());
  const std::vector<double> a = covariance_eigenvalues(wide);
  const std::vector<double> b = covariance_eigenvalues(tall);
  ASSERT_EQ(a.size(), 20U);
  for (std::size_t c = 0; c < 20; ++c) EXPECT_NEAR(a[c] * 5 / 6, b[c] * 23 / 24, 1e-9 * a[0]);
  EXPECT_EQ(a[6], 0);
}

TEST(Pca, NeverKeepsMoreThanTheRowsAllow) {
  EXPECT_EQ(fit_pca(random_matrix(4, 10, 4), 10).components.rows(), 3U);
  EXPECT_EQ(fit_pca(random_matrix(1, 3, 4), 2).components.rows(), 1U);
}

TEST(Pca, RejectsNanAndEmpty) {
  Matrix x(3, 2);
  x(1, 1) = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THROW(static_cast<void>(fit_pca(x, 1)), InvalidArgument);
  EXPECT_THROW(static_cast<void>(fit_pca(Matrix(), 1)), InvalidArgument);
}

TEST(GaussianLogLikelihood, ByHand) {
  // Covariance diag(4, 1), draws (2, 1) and (0, 3): scatter [4, 2; 2, 10], n = 2.
  const std::vector<double> covariance{4, 0, 0, 1};
  const std::vector<double> scatter{4, 2, 2, 10};
  EXPECT_NEAR(gaussian_log_likelihood(covariance, scatter, 2), -0.5 * (2 * std::log(4.0) + 1 + 10), 1e-12);
  // Correlated: det 3, inverse [2, -1; -1, 2] / 3, trace (2 * 4 - 2 * 2 + 2 * 10) / 3.
  EXPECT_NEAR(gaussian_log_likelihood(std::vector<double>{2, 1, 1, 2}, scatter, 2),
              -0.5 * (2 * std::log(3.0) + 24.0 / 3), 1e-12);
  EXPECT_THROW((void)gaussian_log_likelihood(std::vector<double>{1, 2, 2, 1}, scatter, 2), InvalidArgument);
  EXPECT_THROW((void)gaussian_log_likelihood(covariance, std::vector<double>{1}, 2), InvalidArgument);
}

TEST(Vstack, PutsBlocksBelowEachOther) {
  const Matrix a(1, 2, {1, 2});
  const Matrix b(2, 2, {3, 4, 5, 6});
  EXPECT_EQ(vstack(std::vector<MatrixView>{a, Matrix(), b}), Matrix(3, 2, {1, 2, 3, 4, 5, 6}));
  EXPECT_THROW((void)vstack(std::vector<MatrixView>{a, Matrix(1, 3)}), InvalidArgument);
  EXPECT_TRUE(vstack({}).empty());
}

}  // namespace
}  // namespace songmap
