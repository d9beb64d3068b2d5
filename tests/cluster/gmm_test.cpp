#include "songmap/cluster/gmm.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>
#include <set>

#include "songmap/core/error.h"
#include "songmap/core/options.h"
#include "tests/reference/numerics_reference.h"

namespace songmap::cluster {
namespace {

constexpr Covariance kBoth[] = {Covariance::kDiagonal, Covariance::kFull};

GmmOptions with(Covariance covariance, std::size_t n_clusters) {
  GmmOptions options;
  options.covariance = covariance;
  options.n_clusters = n_clusters;
  return options;
}

// One component is the normal distribution with the mean and covariance of the data.
TEST(Gmm, OneComponentByHand) {
  const Matrix x(4, 2, {0, 0, 2, 0, 0, 4, 2, 4});
  for (const Covariance covariance : kBoth) {
    const GmmModel model = fit_gmm(x, with(covariance, 1));
    EXPECT_DOUBLE_EQ(model.weights[0], 1);
    EXPECT_NEAR(model.means[0], 1, 1e-12);
    EXPECT_NEAR(model.means[1], 2, 1e-12);
    EXPECT_NEAR(model.covariances[0], 1, 1e-5);
    EXPECT_NEAR(model.covariances.back(), 4, 1e-5);
    // Every row is one standard deviation away in both columns.
    const double expected = -std::log(2 * std::numbers::pi) - .5 * std::log(4) - 1;
    EXPECT_NEAR(model.log_likelihood, expected, 1e-5);
    EXPECT_EQ(model.n_parameters, covariance == Covariance::kDiagonal ? 4U : 5U);
    EXPECT_NEAR(model.bic, -8 * expected + static_cast<double>(model.n_parameters) * std::log(4), 1e-4);
    EXPECT_TRUE(model.converged);
  }
}

// Variances 1 and 4: half of their mean is added to both, and to no covariance.
TEST(Gmm, RegularizationIsInUnitsOfTheMeanVariance) {
  const Matrix x(4, 2, {0, 0, 2, 0, 0, 4, 2, 4});
  GmmOptions options = with(Covariance::kDiagonal, 1);
  options.regularization = .5;
  EXPECT_EQ(fit_gmm(x, options).covariances, (std::vector<double>{2.25, 5.25}));
  options.covariance = Covariance::kFull;
  const std::vector<double> full = fit_gmm(x, options).covariances;
  for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(full[i], (std::vector<double>{2.25, 0, 0, 5.25})[i], 1e-12);
}

// Two groups on the same centre, one a narrow bar along the diagonal, one across: only full covariances tell them
// apart.
TEST(Gmm, FullCovarianceSeesTilt) {
  Matrix x = testing::normal_matrix(400, 2, 3);
  for (std::size_t i = 0; i < 400; ++i) {
    const float along = 5 * x(i, 0);
    const float across = .2F * x(i, 1);
    const float sign = i % 2 == 0 ? 1 : -1;
    x(i, 0) = along + across + sign * 4;
    x(i, 1) = sign * (along - across);
  }
  const GmmModel full = fit_gmm(x, with(Covariance::kFull, 2));
  const GmmModel diagonal = fit_gmm(x, with(Covariance::kDiagonal, 2));
  EXPECT_LT(full.bic, diagonal.bic - 400);
  for (std::size_t c = 0; c < 2; ++c) {
    const double* covariance = full.covariances.data() + 4 * c;
    EXPECT_EQ(covariance[1], covariance[2]);
    EXPECT_GT(std::abs(covariance[1]), .9 * covariance[0]);
  }
}

// Without regularization in the way, no iteration may lose likelihood: a wrong update of anything would.
TEST(Gmm, LikelihoodNeverFalls) {
  const Matrix x = testing::blobs(300, 5, 4, 2, 7);
  for (const Covariance covariance : kBoth) {
    GmmOptions options = with(covariance, 5);
    options.regularization = 1e-12;
    options.tolerance = 1e-12;
    options.max_iterations = 60;
    options.n_init = 1;
    const GmmModel model = fit_gmm(x, options);
    ASSERT_GT(model.log_likelihoods.size(), 10U);
    for (std::size_t i = 1; i < model.log_likelihoods.size(); ++i) {
      EXPECT_GE(model.log_likelihoods[i], model.log_likelihoods[i - 1] - 1e-10);
    }
    EXPECT_GT(model.log_likelihoods.back(), model.log_likelihoods.front() + 1e-3);
    EXPECT_EQ(model.iterations + 1, static_cast<int>(model.log_likelihoods.size()));
  }
}

TEST(Gmm, ResponsibilitiesAreProbabilitiesAndAgreeWithLabelsAndPredict) {
  const Matrix x = testing::blobs(700, 4, 3, 3, 2);
  for (const Covariance covariance : kBoth) {
    const GmmModel model = fit_gmm(x, with(covariance, 4));
    ASSERT_EQ(model.responsibilities.rows(), 700U);
    for (std::size_t i = 0; i < 700; ++i) {
      double sum = 0;
      for (const float value : model.responsibilities.row(i)) {
        EXPECT_GE(value, 0);
        sum += value;
      }
      EXPECT_NEAR(sum, 1, 1e-6);
      const auto row = model.responsibilities.row(i);
      EXPECT_EQ(row[static_cast<std::size_t>(model.labels[i])], *std::ranges::max_element(row));
    }
    EXPECT_EQ(predict(model, x), model.labels);
    EXPECT_NEAR(log_likelihood(model, x), model.log_likelihood, 1e-12);
    double weights = 0;
    for (const double weight : model.weights) weights += weight;
    EXPECT_NEAR(weights, 1, 1e-12);
  }
}

TEST(Gmm, ScaleAndOriginDoNotMatter) {
  const Matrix x = testing::blobs(200, 3, 3, 4, 5);
  Matrix moved = x;
  for (float& value : moved.values()) value = value * 1024 - 4096;
  for (const Covariance covariance : kBoth) {
    const GmmModel model = fit_gmm(x, with(covariance, 3));
    const GmmModel other = fit_gmm(moved, with(covariance, 3));
    EXPECT_EQ(model.labels, other.labels);
    EXPECT_NEAR(other.log_likelihood, model.log_likelihood - 3 * std::log(1024), 1e-4);
  }
}

TEST(Gmm, AnyNumberOfThreadsGivesTheSame) {
  const Matrix x = testing::blobs(1500, 3, 4, 2, 5);
  for (const Covariance covariance : kBoth) {
    const GmmModel one = fit_gmm(x, with(covariance, 3), {.threads = 1, .progress = {}});
    const GmmModel three = fit_gmm(x, with(covariance, 3), {.threads = 3, .progress = {}});
    EXPECT_EQ(one.log_likelihoods, three.log_likelihoods);
    EXPECT_EQ(one.responsibilities, three.responsibilities);
    EXPECT_EQ(one.covariances, three.covariances);
  }
}

TEST(Gmm, MoreStartsAreNeverWorse) {
  const Matrix x = testing::blobs(200, 8, 2, 4, 8);
  GmmOptions options = with(Covariance::kFull, 8);
  options.n_init = 1;
  const double one = fit_gmm(x, options).log_likelihood;
  options.n_init = 8;
  EXPECT_GE(fit_gmm(x, options).log_likelihood, one);
}

// Equal rows, fewer different rows than components, more columns than rows, a constant column, a row far away.
TEST(Gmm, DegenerateDataNeverFail) {
  const Matrix twice(6, 2, {1, 1, 1, 1, 2, 2, 2, 2, 3, 0, 3, 0});
  Matrix constant = testing::normal_matrix(40, 3, 2);
  for (std::size_t i = 0; i < 40; ++i) constant(i, 1) = 7;
  Matrix far = testing::normal_matrix(60, 2, 3);
  far(7, 0) = 1e8F;
  const std::vector<Matrix> cases{Matrix(20, 3), twice, testing::normal_matrix(8, 30, 4), constant, far, Matrix(4, 1)};
  for (const Covariance covariance : kBoth) {
    for (const Matrix& x : cases) {
      const GmmModel model = fit_gmm(x, with(covariance, 4));
      EXPECT_TRUE(std::isfinite(model.bic));
      EXPECT_TRUE(all_finite(model.responsibilities));
      for (const double value : model.covariances) EXPECT_TRUE(std::isfinite(value));
      for (const double value : model.means) EXPECT_TRUE(std::isfinite(value));
      EXPECT_EQ(predict(model, x), model.labels);
    }
  }
}

TEST(Gmm, StoppedEarlyIsNotConverged) {
  GmmOptions options = with(Covariance::kDiagonal, 5);
  options.max_iterations = 1;
  options.tolerance = 0;
  EXPECT_FALSE(fit_gmm(testing::normal_matrix(100, 3, 1), options).converged);
}

TEST(Gmm, RejectsWhatItCannotDo) {
  const Matrix x = testing::normal_matrix(5, 2, 1);
  EXPECT_THROW(static_cast<void>(fit_gmm(Matrix(), with(Covariance::kFull, 1))), InvalidArgument);
  EXPECT_THROW(static_cast<void>(fit_gmm(x, with(Covariance::kFull, 6))), InvalidArgument);
  EXPECT_THROW(static_cast<void>(fit_gmm(x, with(Covariance::kFull, 0))), InvalidArgument);
  GmmOptions options = with(Covariance::kFull, 2);
  options.regularization = 0;
  EXPECT_THROW(static_cast<void>(fit_gmm(x, options)), InvalidArgument);
  EXPECT_THROW(
      static_cast<void>(fit_gmm(Matrix(1, 1, {std::numeric_limits<float>::quiet_NaN()}), with(Covariance::kFull, 1))),
      InvalidArgument);
  const GmmModel model = fit_gmm(x, with(Covariance::kFull, 2));
  EXPECT_THROW(static_cast<void>(predict(model, Matrix(3, 3))), InvalidArgument);
  EXPECT_THROW(static_cast<void>(log_likelihood(model, Matrix())), InvalidArgument);
  EXPECT_THROW(static_cast<void>(fit_gmm(x, with(Covariance::kFull, 2),
                                         {.threads = 1, .progress = [](const Progress&) { return false; }})),
               Cancelled);
}

}  // namespace
}  // namespace songmap::cluster
