#include "songmap/features/noise_metric.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "songmap/core/error.h"
#include "songmap/core/linalg.h"
#include "songmap/core/random.h"

namespace songmap::features {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;
using Owners = std::vector<std::size_t>;

/// Tracks whose identity lies in column 0 and whose windows swing in column 1.
struct Planted {
  Planted() : tracks(40, 2), windows(160, 2) {
    Random random(4);
    for (std::size_t t = 0; t < 40; ++t) {
      tracks(t, 0) = static_cast<float>(random.normal());
      tracks(t, 1) = static_cast<float>(random.normal());
      for (std::size_t w = 0; w < 4; ++w) {
        windows(4 * t + w, 0) = tracks(t, 0) + static_cast<float>(0.1 * random.normal());
        windows(4 * t + w, 1) = tracks(t, 1) + static_cast<float>(2 * random.normal());
        owner.push_back(t);
      }
    }
  }
  Matrix tracks;
  Matrix windows;
  Owners owner;
};

TEST(NoiseMetric, ByHand) {
  // Residuals (±1, 0) and (0, ±2), two tracks, four windows: S = [2, 0; 0, 8] / 2 = diag(1, 4).
  const Matrix tracks(2, 2, {-1, -1, 1, 1});
  const Matrix windows(4, 2, {-2, 0, 0, 0, 5, 3, 5, -1});
  const NoiseMetricModel model = fit_noise_metric(tracks, windows, Owners{0, 0, 1, 1}, {0, 0.5});
  // C^-1/2 = diag(1, 1/2); the tracks then have mean variance (1 + 1/4) / 2, which is made 1.
  const double scale = 1 / std::sqrt(0.625);
  EXPECT_NEAR(model.transform(0, 0), scale, 1e-6);
  EXPECT_NEAR(model.transform(1, 1), scale / 2, 1e-6);
  EXPECT_NEAR(model.transform(0, 1), 0, 1e-6);
  const NoiseMetricModel half = fit_noise_metric(tracks, windows, Owners{0, 0, 1, 1}, {0, 0.25});
  EXPECT_NEAR(half.transform(1, 1) / half.transform(0, 0), 1 / std::sqrt(2.0), 1e-6);
}

TEST(NoiseMetric, TheNoiseIsRoundAfterAFullTransformAndTheTracksHaveMeanVarianceOne) {
  const Planted planted;
  const NoiseMetricModel model = fit_noise_metric(planted.tracks, planted.windows, planted.owner, {0, 0.5});
  const Matrix windows = transform(model, planted.windows);
  Matrix residuals(160, 2);
  for (std::size_t i = 0; i < 160; ++i) {
    for (std::size_t c = 0; c < 2; ++c) {
      float mean = 0;
      for (std::size_t w = 0; w < 4; ++w) mean += windows(4 * (i / 4) + w, c) / 4;
      residuals(i, c) = windows(i, c) - mean;
    }
  }
  const std::vector<double> covariance = gram(residuals);
  EXPECT_NEAR(covariance[3] / covariance[0], 1, 1e-4);
  EXPECT_NEAR(covariance[1] / covariance[0], 0, 1e-4);
  double variance = 0;
  const Matrix tracks = transform(model, planted.tracks);
  for (const float value : tracks.values()) variance += value * value / 80.0;
  EXPECT_NEAR(variance, 1, 1e-5);
}

TEST(NoiseMetric, WhatSwingsWithinTracksCountsLess) {
  const Planted planted;
  const NoiseMetricModel model = fit_noise_metric(planted.tracks, planted.windows, planted.owner);
  EXPECT_GT(model.transform(0, 0), 1.2 * model.transform(1, 1));
  // Shrunk entirely it is round, and powerless it is round: both leave directions as they are.
  for (const NoiseMetricOptions& options : {NoiseMetricOptions{1, 0.5}, NoiseMetricOptions{0, 0}}) {
    const NoiseMetricModel round = fit_noise_metric(planted.tracks, planted.windows, planted.owner, options);
    EXPECT_NEAR(round.transform(0, 0), round.transform(1, 1), 1e-4);
  }
}

TEST(NoiseMetric, TheControlsDoNotKnowWhatSwingsWithinTracks) {
  const Planted planted;
  const auto ratio = [&](NoiseSource source) {
    const NoiseMetricModel model =
        fit_noise_metric(planted.tracks, planted.windows, planted.owner, {0, 0.5, source, 3});
    return model.transform(0, 0) / model.transform(1, 1);
  };
  const double within = ratio(NoiseSource::kWithinTrack);
  EXPECT_GT(within, 10);
  EXPECT_LT(ratio(NoiseSource::kTotal), 0.3 * within);
  EXPECT_LT(ratio(NoiseSource::kShuffledOwners), 0.3 * within);
}

TEST(NoiseMetric, WindowsThatAreAllAlikeWeighNothing) {
  const Matrix tracks(2, 2, {-1, 0, 1, 0});
  const Matrix windows(4, 2, {-1, 0, -1, 0, 1, 0, 1, 0});
  EXPECT_TRUE(all_finite(fit_noise_metric(tracks, windows, Owners{0, 0, 1, 1}).transform));
}

/// Windows of tracks whose noise differs `apart`-fold from column to column.
Matrix noisy_windows(std::size_t n_tracks, std::size_t n_windows, double apart, Owners& owner) {
  constexpr std::size_t kColumns = 20;
  Random random(8);
  Matrix windows(n_tracks * n_windows, kColumns);
  for (std::size_t i = 0; i < windows.rows(); ++i) {
    owner.push_back(i / n_windows);
    for (std::size_t c = 0; c < kColumns; ++c) {
      windows(i, c) = static_cast<float>(std::pow(apart, static_cast<double>(c) / kColumns) * random.normal());
    }
  }
  return windows;
}

TEST(HeldOutShrinkage, ManyWindowsAreTrustedAndFewAreNot) {
  Owners many_owners;
  const Matrix many = noisy_windows(200, 10, 10, many_owners);
  Owners few_owners;
  const Matrix few = noisy_windows(12, 2, 10, few_owners);
  EXPECT_LE(held_out_shrinkage(many, many_owners), 0.05);
  EXPECT_GE(held_out_shrinkage(few, few_owners), 0.2);
}

TEST(HeldOutShrinkage, NoiseThatIsRoundIsFoundToBe) {
  Owners owner;
  const Matrix windows = noisy_windows(30, 3, 1, owner);
  EXPECT_EQ(held_out_shrinkage(windows, owner), 0.9);
}

TEST(HeldOutShrinkage, WhereNothingCanBeHeldOutItIsCautious) {
  Owners owner;
  const Matrix windows = noisy_windows(9, 4, 10, owner);
  EXPECT_EQ(held_out_shrinkage(windows, owner), 0.5);
  const Owners alone{0, 1, 2, 3};
  EXPECT_EQ(held_out_shrinkage(Matrix(4, 2, {1, 2, 3, 4, 5, 6, 7, 8}), alone), 0.5);
  Owners twelve;
  for (std::size_t i = 0; i < 24; ++i) twelve.push_back(i / 2);
  EXPECT_EQ(held_out_shrinkage(Matrix(24, 2), twelve), 0.5);  // windows that are all alike
  EXPECT_THROW((void)held_out_shrinkage(windows, Owners{0, 1}), InvalidArgument);
}

TEST(NoiseMetric, WrongCallsAreNamed) {
  const Matrix x(2, 2, {1, 2, 3, 4});
  EXPECT_THAT(
      [&] {
        (void)fit_noise_metric(x, x, Owners{0, 1});
      },
      ThrowsMessage<InvalidArgument>(HasSubstr("no track has two windows")));
  EXPECT_THAT([&] { (void)fit_noise_metric(x, x, Owners{0}); },
              ThrowsMessage<InvalidArgument>(HasSubstr("1 owners for 2 windows")));
  EXPECT_THAT(
      [&] {
        (void)fit_noise_metric(x, x, Owners{1, 0});
      },
      ThrowsMessage<InvalidArgument>(HasSubstr("must rise")));
  EXPECT_THAT(
      [&] {
        (void)fit_noise_metric(x, Matrix(2, 3), Owners{0, 0});
      },
      ThrowsMessage<InvalidArgument>(HasSubstr("one space")));
}

TEST(NoiseMetric, GoesBack) {
  const Planted planted;
  const NoiseMetricModel model = fit_noise_metric(planted.tracks, planted.windows, planted.owner, {.shrinkage = 0.1});
  const Matrix back = inverse_transform(model, transform(model, planted.tracks));
  for (std::size_t i = 0; i < back.rows(); ++i) {
    for (std::size_t c = 0; c < back.cols(); ++c) EXPECT_NEAR(back(i, c), planted.tracks(i, c), 1e-4);
  }
}

}  // namespace
}  // namespace songmap::features
