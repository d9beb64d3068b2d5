#include "songmap/model/train.h"

#include <gtest/gtest.h>

#include <cmath>

#include "songmap/core/error.h"
#include "songmap/core/random.h"

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

TEST(TrainVae, LossFallsAndTheReportIsWhole) {
  const Matrix x = gaussian(100, {2, 1.5, 1, 0.3, 0.3, 0.3}, 1);
  VaeOptions vae;
  vae.hidden = {16};
  vae.n_latent = 3;
  TrainOptions train;
  train.epochs = 60;
  const TrainedModel trained = train_vae(x, vae, train);
  const TrainingReport& report = trained.report;
  ASSERT_EQ(report.epochs.size(), 60U);
  EXPECT_LT(report.epochs.back().reconstruction, report.epochs.front().reconstruction);
  EXPECT_FALSE(report.collapsed);
  EXPECT_EQ(report.kl_per_dimension.size(), 3U);
  EXPECT_TRUE(std::isnan(report.epochs.back().held_out));
}

}  // namespace
}  // namespace songmap::model
