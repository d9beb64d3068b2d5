#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <numeric>

#include "songmap/core/error.h"
#include "songmap/core/linalg.h"
#include "songmap/core/random.h"
#include "songmap/model/train.h"

namespace songmap::model {
namespace {

Matrix gaussian(std::size_t rows, const std::vector<double>& deviations, std::uint64_t seed) {
  Random random(seed);
  Matrix x(rows, deviations.size());
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < x.cols(); ++j) x(i, j) = static_cast<float>(random.normal() * deviations[j]);
  }
  return x;
}

TrainOptions training(std::size_t epochs, std::size_t batch, double learning_rate) {
  TrainOptions train;
  train.epochs = epochs;
  train.batch = batch;
  train.learning_rate = learning_rate;
  train.seed = 3;
  return train;
}

VaeOptions linear(std::size_t n_latent) {
  VaeOptions vae;
  vae.hidden = {};
  vae.n_latent = n_latent;
  vae.input_noise = 0;
  return vae;
}

double sum(const std::vector<double>& values) { return std::accumulate(values.begin(), values.end(), 0.0); }

TEST(TrainPlainAutoencoder, FindsThePrincipalSubspaceWhenLinear) {
  // Baldi & Hornik 1989: the least squared error of a linear autoencoder is what PCA leaves.
  const Matrix x = gaussian(400, {3, 2, 1.5, 0.5, 0.4, 0.3}, 1);
  VaeOptions vae = linear(3);
  vae.variational = false;
  const TrainedModel trained = train_vae(x, vae, training(300, 50, 1e-2));
  const PcaModel pca = fit_pca(x, 3);
  const double left = (pca.total_variance - sum(pca.variance)) * 399 / 400 / 6;
  const TrainingReport& report = trained.report;
  EXPECT_NEAR(report.epochs.back().total, left, 0.02 * left);
  EXPECT_NEAR(report.sigma * report.sigma, left, 0.1 * left);
  EXPECT_EQ(report.active_units, 3U);
  EXPECT_FALSE(report.collapsed);
  EXPECT_EQ(report.kl_per_dimension, std::vector<double>(3, 0.0));
  for (const Epoch& epoch : report.epochs) {
    EXPECT_EQ(epoch.kl, 0);
    EXPECT_EQ(epoch.total, epoch.reconstruction);
  }
  double squares = 0;
  const Matrix rebuilt = trained.model->decode(trained.model->encode(x).mean);
  for (std::size_t i = 0; i < 400; ++i) squares += squared_distance(rebuilt.row(i), x.row(i));
  EXPECT_NEAR(squares / 2400, left, 0.02 * left);
}

TEST(TrainPlainAutoencoder, DependsOnNoOptionOfVariationalModels) {
  const Matrix x = gaussian(60, {2, 1, 1, 0.5}, 2);
  VaeOptions vae = linear(2);
  vae.variational = false;
  const std::vector<Epoch> expected = train_vae(x, vae, training(4, 32, 1e-2)).report.epochs;
  vae.objective = "study";
  vae.beta = 7;
  vae.warm_up = 0;
  vae.cycles = 3;
  vae.free_bits = 1;
  const std::vector<Epoch> found = train_vae(x, vae, training(4, 32, 1e-2)).report.epochs;
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(found[i].total, expected[i].total);
}

TEST(TrainPlainAutoencoder, HasNoActiveUnitsOnConstantRows) {
  Matrix x(20, 3);
  std::ranges::fill(x.values(), 2.0F);
  VaeOptions vae = linear(2);
  vae.variational = false;
  const TrainingReport report = train_vae(x, vae, training(3, 32, 1e-2)).report;
  EXPECT_EQ(report.active_units, 0U);
  EXPECT_FALSE(report.collapsed);
}

TEST(TrainVae, AGivenSigmaDecidesHowMuchIsKept) {
  // At its optimum a linear VAE spends half the logarithm of eigenvalue / sigma^2 on each direction above sigma^2.
  const std::vector<double> deviations = {4, 3, 2, 0.5, 0.5, 0.5};
  const Matrix x = gaussian(2000, deviations, 5);
  VaeOptions vae = linear(5);
  vae.sigma = 1;
  const TrainingReport report = train_vae(x, vae, training(150, 100, 1e-2)).report;
  EXPECT_EQ(report.sigma, 1);
  EXPECT_EQ(report.predicted_active, 3);
  EXPECT_EQ(report.active_units, 3U);
  const PcaModel pca = fit_pca(x, 3);
  double kl = 0;
  for (const double eigenvalue : pca.variance) kl += 0.5 * std::log(eigenvalue);
  EXPECT_NEAR(sum(report.kl_per_dimension), kl, 0.1);
}

TEST(TrainVae, FreeBitsKeepDimensionsThatWouldCollapse) {
  const Matrix x = gaussian(400, std::vector<double>(8, 1.0), 6);
  VaeOptions vae = linear(4);
  vae.objective = "study";
  vae.beta = 4;  // noise variance 4, above all eigenvalues
  vae.warm_up = 0;
  const TrainingReport without = train_vae(x, vae, training(60, 32, 1e-2)).report;
  EXPECT_TRUE(without.collapsed);
  EXPECT_EQ(without.active_units, 0U);
  vae.free_bits = 0.3;
  const TrainingReport with = train_vae(x, vae, training(60, 32, 1e-2)).report;
  EXPECT_FALSE(with.collapsed);
  EXPECT_EQ(with.active_units, 4U);
  for (const double kl : with.kl_per_dimension) EXPECT_NEAR(kl, 0.3, 0.06);
  const Epoch& last = with.epochs.back();
  EXPECT_GE(last.total, last.reconstruction + 4 * 0.3 - 1e-9);  // at least the free nats are counted
}

TEST(TrainVae, ResumesWithinACycleAndWithConditions) {
  const Matrix x = gaussian(70, {2, 1, 1, 0.5}, 7);
  Matrix condition(70, 2);
  for (std::size_t i = 0; i < 70; ++i) condition(i, i % 2) = 1;
  VaeOptions vae = linear(2);
  vae.cycles = 3;
  vae.free_bits = 0.2;
  TrainOptions train = training(9, 32, 1e-2);
  const TrainedModel whole = train_vae({x, condition}, vae, train);
  train.checkpoint = std::filesystem::path(testing::TempDir()) / "songmap_variants_resume";
  std::filesystem::remove(train.checkpoint);
  train.resume = true;
  const Execution interrupted{1, [](const Progress& at) { return at.done < 4; }};
  EXPECT_THROW(static_cast<void>(train_vae({x, condition}, vae, train, interrupted)), Cancelled);
  EXPECT_THROW(static_cast<void>(train_vae(x, vae, train)), InvalidArgument);  // the checkpoint had conditions
  const TrainedModel resumed = train_vae({x, condition}, vae, train);
  EXPECT_EQ(resumed.model->encode(x, condition).mean, whole.model->encode(x, condition).mean);
  EXPECT_EQ(resumed.report.epochs.back().total, whole.report.epochs.back().total);
}

TEST(TrainVae, RejectsConditionsThatDoNotFit) {
  const Matrix x = gaussian(10, {1, 1}, 8);
  EXPECT_THROW(static_cast<void>(train_vae({x, Matrix(9, 2)}, linear(1), training(1, 32, 1e-2))), InvalidArgument);
  Matrix bad(10, 2);
  bad(3, 1) = std::numeric_limits<float>::infinity();
  EXPECT_THROW(static_cast<void>(train_vae({x, bad}, linear(1), training(1, 32, 1e-2))), InvalidArgument);
  VaeOptions vae = linear(1);
  vae.sigma = -1;
  EXPECT_THROW(static_cast<void>(train_vae(x, vae, training(1, 32, 1e-2))), InvalidArgument);
}

struct StudyNetwork {
  const char* name;
  bool variational;
  double beta;
  std::size_t epochs;
};

class HardTier : public testing::TestWithParam<StudyNetwork> {};

/// 160 rows as the hard tier trains on: 70 columns of variance about 1 that share 6 directions.
Matrix like_the_study() {
  const Matrix factors = gaussian(160, std::vector<double>(6, 1.0), 9);
  const Matrix loadings = gaussian(70, std::vector<double>(6, 0.35), 10);
  Matrix x = gaussian(160, std::vector<double>(70, 0.5), 11);
  for (std::size_t i = 0; i < x.rows(); ++i) {
    for (std::size_t j = 0; j < 70; ++j) {
      for (std::size_t f = 0; f < 6; ++f) x(i, j) += factors(i, f) * loadings(j, f);
    }
  }
  return x;
}

TEST_P(HardTier, Trains) {
  const StudyNetwork& network = GetParam();
  VaeOptions vae;
  vae.objective = "study";
  vae.hidden = {512, 256};
  vae.n_latent = 64;
  vae.variational = network.variational;
  vae.beta = network.beta;
  vae.warm_up = 0;
  vae.input_noise = 0;
  TrainOptions train = training(network.epochs, 32, 1e-3);
  train.final_learning_rate = 1;
  train.clip_norm = 1;
  const TrainingReport report = train_vae(like_the_study(), vae, train).report;
  ASSERT_EQ(report.epochs.size(), network.epochs);
  EXPECT_LT(report.epochs.back().total, report.epochs.front().total);
  if (network.variational) {
    EXPECT_GE(report.active_units, 6U);  // the six directions stand far above the noise
    EXPECT_FALSE(report.collapsed);
    EXPECT_LT(report.epochs.back().reconstruction, 0.8 * report.epochs.front().reconstruction);
    EXPECT_NEAR(report.sigma * report.sigma, network.beta * 70 / 128, 1e-9);
  } else {
    EXPECT_LT(report.epochs.back().reconstruction, 0.2 * report.epochs.front().reconstruction);
    EXPECT_GT(report.active_units, 32U);
  }
}

INSTANTIATE_TEST_SUITE_P(Networks, HardTier,
                         testing::Values(StudyNetwork{"BetaVae", true, 4, 100}, StudyNetwork{"RegularVae", true, 1, 50},
                                         StudyNetwork{"Autoencoder", false, 1, 50}),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace songmap::model
