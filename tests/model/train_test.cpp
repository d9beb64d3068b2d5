#include "songmap/model/train.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <limits>
#include <numeric>

#include "songmap/core/error.h"
#include "songmap/core/linalg.h"
#include "songmap/core/random.h"
#include "songmap/model/checkpoint.h"

namespace songmap::model {
namespace {

namespace fs = std::filesystem;

Matrix gaussian(std::size_t rows, const std::vector<double>& deviations, std::uint64_t seed) {
  Random random(seed);
  Matrix x(rows, deviations.size());
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < x.cols(); ++j) x(i, j) = static_cast<float>(random.normal() * deviations[j]);
  }
  return x;
}

/// Features as the study's are: 20 columns of variance about 1 that share 5 directions.
Matrix correlated(std::size_t rows) {
  const Matrix factors = gaussian(rows, {1, 1, 1, 1, 1}, 5);
  const Matrix loadings = gaussian(20, {0.4, 0.4, 0.4, 0.4, 0.4}, 6);
  Matrix x = gaussian(rows, std::vector<double>(20, 0.4), 7);
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < 20; ++j) {
      for (std::size_t f = 0; f < 5; ++f) x(i, j) += factors(i, f) * loadings(j, f);
    }
  }
  return x;
}

VaeOptions small_vae() {
  VaeOptions vae;
  vae.hidden = {16};
  vae.n_latent = 3;
  return vae;
}

TrainOptions short_training(std::size_t epochs) {
  TrainOptions train;
  train.epochs = epochs;
  train.seed = 3;
  return train;
}

fs::path fresh_path(const std::string& name) {
  const fs::path path = fs::path(testing::TempDir()) / ("songmap_train_" + name);
  fs::remove(path);
  return path;
}

std::vector<double> totals(const TrainingReport& report) {
  std::vector<double> values;
  for (const Epoch& epoch : report.epochs) values.push_back(epoch.total);
  return values;
}

Execution cancelled_after(double epochs) {
  return {1, [epochs](const Progress& at) { return at.done < epochs; }};
}

const std::vector<double> kDeviations = {2, 1.5, 1, 0.3, 0.3, 0.3};

/// Normal data whose own covariance (divisor n) is exactly diagonal with these deviations, in a rotated basis.
Matrix exactly_gaussian(std::size_t rows, const std::vector<double>& deviations) {
  const std::size_t cols = deviations.size();
  const Matrix raw = gaussian(rows, std::vector<double>(cols, 1.0), 1);
  const PcaModel pca = fit_pca(raw, cols);
  const Matrix scores = transform(pca, raw);
  const PcaModel rotation = fit_pca(gaussian(rows, deviations, 2), cols);
  Matrix scaled(rows, cols);
  const double to_divisor_n = std::sqrt(static_cast<double>(rows) / static_cast<double>(rows - 1));
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < cols; ++j) {
      scaled(i, j) = static_cast<float>(scores(i, j) / std::sqrt(pca.variance[j]) * to_divisor_n * deviations[j]);
    }
  }
  return inverse_transform(rotation, scaled);
}

const std::vector<double> kFourStandOut = {3, 2.5, 2, 1.5, 0.5, 0.5, 0.5, 0.5};

TEST(TrainVae, ReachesProbabilisticPcaWhenLinear) {
  // Tipping & Bishop 1999: the likelihood is greatest at sigma^2 = mean of the discarded eigenvalues; the bound of a
  // linear VAE is tight there (Lucas et al. 2019).
  const Matrix x = exactly_gaussian(600, kFourStandOut);
  VaeOptions vae;
  vae.hidden = {};
  vae.n_latent = 4;
  vae.input_noise = 0;
  TrainOptions train = short_training(1500);
  train.batch = 60;
  train.learning_rate = 1e-2;
  train.final_learning_rate = 0.001;
  const TrainingReport report = train_vae(x, vae, train).report;

  // Negative log likelihood a row, without D/2 log 2 pi: half the log determinant of the covariance plus D/2.
  double optimum = 4;
  double kl = 0;
  for (std::size_t j = 0; j < 8; ++j) {
    optimum += std::log(kFourStandOut[j]);
    if (j < 4) kl += std::log(kFourStandOut[j] / 0.5);
  }
  EXPECT_NEAR(report.sigma * report.sigma, 0.25, 0.01);
  EXPECT_NEAR(report.epochs.back().total, optimum, 0.05);
  EXPECT_NEAR(std::accumulate(report.kl_per_dimension.begin(), report.kl_per_dimension.end(), 0.0), kl, 0.1);
  EXPECT_EQ(report.active_units, 4U);
  EXPECT_EQ(report.predicted_active, 4);
  EXPECT_FALSE(report.collapsed);
}

TEST(TrainVae, KeepsTheDirectionsAboveTheNoise) {
  // The study's objective implies sigma^2 = beta D / (2 n_latent) = 3: of the variances 9, 6.25, 4, 2.25 three are
  // above.
  VaeOptions vae;
  vae.hidden = {};
  vae.n_latent = 6;
  vae.objective = "study";
  vae.beta = 4.5;
  vae.warm_up = 0;
  vae.input_noise = 0;
  TrainOptions train = short_training(300);
  train.batch = 60;
  train.learning_rate = 1e-2;
  const TrainingReport report = train_vae(exactly_gaussian(600, kFourStandOut), vae, train).report;
  EXPECT_NEAR(report.sigma, std::sqrt(3), 1e-12);
  EXPECT_EQ(report.predicted_active, 3);
  EXPECT_EQ(report.active_units, 3U);
}

TEST(TrainVae, StudyObjectiveCollapsesWhereTheCalibratedOneDoesNot) {
  const Matrix x = correlated(300);
  VaeOptions vae;
  vae.hidden = {32};
  vae.n_latent = 8;
  vae.objective = "study";
  vae.beta = 4;
  vae.warm_up = 0;
  vae.input_noise = 0;
  const TrainingReport study = train_vae(x, vae, short_training(60)).report;
  EXPECT_TRUE(study.collapsed);
  EXPECT_LE(study.active_units, 1U);
  EXPECT_NEAR(study.sigma * study.sigma, 4 * 20 / 16.0, 1e-9);

  vae.objective = "calibrated";
  vae.beta = 1;
  vae.warm_up = 0.3;
  const TrainingReport calibrated = train_vae(x, vae, short_training(60)).report;
  EXPECT_FALSE(calibrated.collapsed);
  EXPECT_GE(calibrated.active_units, 4U);
  EXPECT_LE(calibrated.active_units, 8U);
  EXPECT_GT(std::accumulate(calibrated.kl_per_dimension.begin(), calibrated.kl_per_dimension.end(), 0.0), 1);
}

TEST(TrainVae, IsAFunctionOfTheSeed) {
  const Matrix x = gaussian(50, kDeviations, 1);
  TrainOptions train = short_training(5);
  const TrainedModel a = train_vae(x, small_vae(), train);
  const TrainedModel b = train_vae(x, small_vae(), train);
  EXPECT_EQ(a.model->encode(x).mean, b.model->encode(x).mean);
  EXPECT_EQ(totals(a.report), totals(b.report));
  train.seed = 4;
  EXPECT_NE(totals(train_vae(x, small_vae(), train).report), totals(a.report));
}

TEST(TrainVae, StoppedAndResumedIsOneRun) {
  const Matrix x = gaussian(70, kDeviations, 1);
  TrainOptions train = short_training(12);
  train.held_out = 0.2;
  train.patience = 8;
  const TrainedModel whole = train_vae(x, small_vae(), train);

  train.checkpoint = fresh_path("resume");
  train.checkpoint_every = 2;
  train.resume = true;  // from nothing first: there is no checkpoint yet
  EXPECT_THROW(static_cast<void>(train_vae(x, small_vae(), train, cancelled_after(5))), Cancelled);
  EXPECT_EQ(read_checkpoint(train.checkpoint).epochs.size(), 5U);
  EXPECT_THROW(static_cast<void>(train_vae(x, small_vae(), train, cancelled_after(9))), Cancelled);
  const TrainedModel resumed = train_vae(x, small_vae(), train);
  EXPECT_EQ(totals(resumed.report), totals(whole.report));
  EXPECT_EQ(resumed.report.best_epoch, whole.report.best_epoch);
  EXPECT_EQ(resumed.report.sigma, whole.report.sigma);
  EXPECT_EQ(resumed.model->encode(x).mean, whole.model->encode(x).mean);

  // A finished training resumes to itself.
  EXPECT_EQ(train_vae(x, small_vae(), train).model->encode(x).mean, whole.model->encode(x).mean);

  train.learning_rate = 1e-4;
  EXPECT_THROW(static_cast<void>(train_vae(x, small_vae(), train)), InvalidArgument);
}

TEST(TrainVae, StopsEarlyAndReturnsTheBestWeights) {
  // Pure noise: what is learnt from 40 rows does not hold for others.
  const Matrix x = gaussian(60, std::vector<double>(12, 1.0), 2);
  VaeOptions vae;
  vae.hidden = {64};
  vae.input_noise = 0;
  vae.warm_up = 0.01;
  TrainOptions train = short_training(400);
  train.learning_rate = 5e-3;
  train.held_out = 0.3;
  train.patience = 10;
  const TrainedModel stopped = train_vae(x, vae, train);
  const TrainingReport& report = stopped.report;
  EXPECT_TRUE(report.stopped_early);
  ASSERT_EQ(report.epochs.size(), report.best_epoch + 10);
  for (std::size_t i = 3; i < report.epochs.size(); ++i) {
    EXPECT_GE(report.epochs[i].held_out, report.epochs[report.best_epoch - 1].held_out);
  }
  // The weights are those of the best epoch: the last ones, which the checkpoint keeps, differ.
  train.checkpoint = fresh_path("early");
  const TrainedModel again = train_vae(x, vae, train);
  const Checkpoint checkpoint = read_checkpoint(train.checkpoint);
  EXPECT_EQ(checkpoint.best_epoch, report.best_epoch);
  EXPECT_NE(checkpoint.best.parameters, checkpoint.state.parameters);
  EXPECT_EQ(again.report.sigma, std::sqrt(checkpoint.best.variance));
}

TEST(TrainVae, DivergenceKeepsTheLastGoodWeights) {
  const Matrix x = gaussian(64, kDeviations, 1);
  TrainOptions train = short_training(50);
  train.learning_rate = 1e9;
  train.clip_norm = 0;
  train.checkpoint = fresh_path("diverged");
  EXPECT_THROW(static_cast<void>(train_vae(x, small_vae(), train)), Diverged);
  for (const float value : read_checkpoint(train.checkpoint).state.parameters) ASSERT_TRUE(std::isfinite(value));

  Matrix huge = x;
  huge(3, 2) = 3e38F;
  EXPECT_THROW(static_cast<void>(train_vae(huge, small_vae(), short_training(2))), Diverged);
}

TEST(TrainVae, TakesFewRows) {
  for (const std::size_t rows : {1U, 5U, 33U}) {
    const Matrix x = gaussian(rows, kDeviations, 1);
    const TrainedModel trained = train_vae(x, small_vae(), short_training(3));
    EXPECT_TRUE(all_finite(trained.model->encode(x).mean));
    EXPECT_EQ(trained.report.epochs.size(), 3U);
  }
}

TEST(TrainVae, RejectsWhatItCannotTrainOn) {
  Matrix x = gaussian(10, kDeviations, 1);
  const auto train = [&](const TrainOptions& options) { static_cast<void>(train_vae(x, small_vae(), options)); };
  TrainOptions options = short_training(1);
  options.patience = 3;
  EXPECT_THROW(train(options), InvalidArgument);
  options = short_training(0);
  EXPECT_THROW(train(options), InvalidArgument);
  x(2, 2) = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THROW(train(short_training(1)), InvalidArgument);
  x = Matrix();
  EXPECT_THROW(train(short_training(1)), InvalidArgument);
}

TEST(TrainVae, SaysThatThereIsNoGpu) {
  if (device_available("cuda")) GTEST_SKIP() << "this machine has a GPU";
  TrainOptions train = short_training(1);
  train.device = "cuda";
  try {
    static_cast<void>(train_vae(gaussian(10, kDeviations, 1), small_vae(), train));
    FAIL();
  } catch (const InvalidArgument& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("no CUDA GPU"));
  }
  train.device = "auto";
  EXPECT_EQ(train_vae(gaussian(10, kDeviations, 1), small_vae(), train).report.epochs.size(), 1U);
  EXPECT_THAT(backend_description(), testing::StartsWith("libtorch "));
}

TEST(TrainSeeds, EachIsAsAlone) {
  const Matrix x = gaussian(50, kDeviations, 1);
  const std::vector<std::uint64_t> seeds = {3, 8, 9};
  double last = 0;
  const Execution run{2, [&](const Progress& at) {
                        EXPECT_GE(at.done, last);
                        EXPECT_EQ(at.total, 12);
                        last = at.done;
                        return true;
                      }};
  const auto together = train_seeds(x, small_vae(), short_training(4), seeds, run);
  ASSERT_EQ(together.size(), 3U);
  EXPECT_EQ(last, 12);
  for (std::size_t i = 0; i < seeds.size(); ++i) {
    TrainOptions alone = short_training(4);
    alone.seed = seeds[i];
    EXPECT_EQ(train_vae(x, small_vae(), alone).model->encode(x).mean, together[i].model->encode(x).mean);
  }
}

TEST(TrainSeeds, CancelKeepsCheckpoints) {
  TrainOptions train = short_training(6);
  train.checkpoint = fresh_path("seeds");
  const std::vector<std::uint64_t> seeds = {1};
  fs::remove(train.checkpoint.string() + ".1");
  const Matrix x = gaussian(50, kDeviations, 1);
  EXPECT_THROW(static_cast<void>(train_seeds(x, small_vae(), train, seeds, cancelled_after(2))), Cancelled);
  EXPECT_EQ(read_checkpoint(train.checkpoint.string() + ".1").epochs.size(), 2U);
}

}  // namespace
}  // namespace songmap::model
