#include "songmap/model/joint_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <limits>

#include "songmap/core/error.h"
#include "songmap/core/random.h"
#include "songmap/model/backend.h"
#include "songmap/model/gaussian_product.h"
#include "songmap/model/joint_checks.h"

namespace songmap::model {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

TEST(GaussianProduct, ByHand) {
  const std::array<Gaussian, 2> experts{{{1, 0.5}, {4, 1}}};
  const Gaussian without = product(experts, /*with_prior=*/false);
  EXPECT_DOUBLE_EQ(without.variance, 1.0 / 3);
  EXPECT_DOUBLE_EQ(without.mean, (1 * 2 + 4) / 3.0);
  const Gaussian with = product(experts, /*with_prior=*/true);
  EXPECT_DOUBLE_EQ(with.variance, 1.0 / 4);
  EXPECT_DOUBLE_EQ(with.mean, 6 / 4.0);
  EXPECT_DOUBLE_EQ(product({}, true).variance, 1);
  EXPECT_THROW((void)product({}, false), InvalidArgument);
}

TEST(GaussianProduct, KlByHand) {
  EXPECT_DOUBLE_EQ(kl_to_standard_normal({0, 1}), 0);
  EXPECT_NEAR(kl_to_standard_normal({2, std::exp(1.0)}), 0.5 * (4 + std::exp(1.0) - 1 - 1), 1e-12);
}

TEST(GaussianProduct, SubsetsThatARowCannotFormHaveNoWeight) {
  EXPECT_DOUBLE_EQ(subset_weights(true, true).both, 1.0 / 3);
  EXPECT_DOUBLE_EQ(subset_weights(true, false).audio, 1);
  EXPECT_DOUBLE_EQ(subset_weights(true, false).lyrics, 0);
  EXPECT_DOUBLE_EQ(subset_weights(false, true).lyrics, 1);
  EXPECT_DOUBLE_EQ(subset_weights(false, false).both, 0);
}

/// Songs whose sound and words share one factor and have one of their own each.
struct Planted {
  explicit Planted(std::size_t n, bool lyrics_noise_only = false, double noise = 0.3) : audio(n, 12), lyrics(n, 8) {
    Random random(7);
    const auto direction = [&](std::size_t d) {
      std::vector<double> v(d);
      for (double& value : v) value = random.normal();
      return v;
    };
    const auto a_shared = direction(12);
    const auto a_own = direction(12);
    const auto l_shared = direction(8);
    const auto l_own = direction(8);
    for (std::size_t i = 0; i < n; ++i) {
      shared.push_back(random.normal());
      const double own_audio = random.normal();
      const double own_lyrics = random.normal();
      for (std::size_t c = 0; c < 12; ++c) {
        audio(i, c) = static_cast<float>(shared[i] * a_shared[c] + own_audio * a_own[c] + noise * random.normal());
      }
      for (std::size_t c = 0; c < 8; ++c) {
        const double signal = lyrics_noise_only ? 0 : shared[i] * l_shared[c] + own_lyrics * l_own[c];
        lyrics(i, c) = static_cast<float>(signal + (lyrics_noise_only ? 1.0 : noise) * random.normal());
      }
    }
  }
  Matrix audio;
  Matrix lyrics;
  std::vector<double> shared;
};

JointOptions small() {
  JointOptions options;
  options.vae.hidden = {32};
  options.vae.n_latent = 4;
  options.vae.input_noise = 0.1;
  return options;
}

TrainOptions quick(std::size_t epochs) {
  TrainOptions train;
  train.epochs = epochs;
  train.batch = 32;
  train.learning_rate = 3e-3;
  return train;
}

JointModel trained(const JointData& data, const JointOptions& options = small(), std::size_t epochs = 120) {
  const std::vector<std::uint64_t> seeds{3};
  return std::move(train_joint_seeds(data, options, quick(epochs), seeds).front().model);
}

/// R^2 of the best linear prediction of y by the columns of x, by ridge-free normal equations (Gauss-Jordan).
double linear_r2(const Matrix& x, const std::vector<double>& y) {
  const std::size_t d = x.cols() + 1;
  std::vector<std::vector<double>> a(d, std::vector<double>(d + 1));
  const auto value = [&](std::size_t i, std::size_t c) { return c == 0 ? 1.0 : x(i, c - 1); };
  for (std::size_t i = 0; i < x.rows(); ++i) {
    for (std::size_t r = 0; r < d; ++r) {
      for (std::size_t c = 0; c < d; ++c) a[r][c] += value(i, r) * value(i, c);
      a[r][d] += value(i, r) * y[i];
    }
  }
  for (std::size_t r = 0; r < d; ++r) a[r][r] += 1e-6;
  for (std::size_t p = 0; p < d; ++p) {
    for (std::size_t r = 0; r < d; ++r) {
      if (r == p) continue;
      const double f = a[r][p] / a[p][p];
      for (std::size_t c = 0; c <= d; ++c) a[r][c] -= f * a[p][c];
    }
  }
  double mean = 0;
  for (const double v : y) mean += v / static_cast<double>(y.size());
  double error = 0;
  double total = 0;
  for (std::size_t i = 0; i < x.rows(); ++i) {
    double predicted = 0;
    for (std::size_t c = 0; c < d; ++c) predicted += value(i, c) * a[c][d] / a[c][c];
    error += (y[i] - predicted) * (y[i] - predicted);
    total += (y[i] - mean) * (y[i] - mean);
  }
  return 1 - error / total;
}

class JointGradient : public ::testing::TestWithParam<const char*> {};

TEST_P(JointGradient, IsThatOfFiniteDifferences) {
  Random random(11);
  JointOptions options = small();
  options.posterior = GetParam();
  options.vae.hidden = {5};
  options.vae.n_latent = 2;
  const auto learner = backend().make_joint_learner({3, 2}, options, 1);
  const Matrix audio(4, 3, {.1F, -.5F, .9F, 1.2F, .3F, -.4F, 0, 0, 0, .7F, -.8F, .2F});
  const Matrix lyrics(4, 2, {.4F, -.3F, 0, 0, .6F, .5F, -.9F, .1F});
  const std::vector<std::uint8_t> has_audio{1, 1, 0, 1};
  const std::vector<std::uint8_t> has_lyrics{1, 0, 1, 1};
  const std::vector<std::size_t> rows{0, 1, 2, 3};
  std::vector<float> noise(3 * 4 * 2);
  for (float& value : noise) value = static_cast<float>(random.normal());
  const JointBatch batch{{audio, lyrics}, has_audio, has_lyrics, rows, {}, noise};
  const double beta = 0.7;
  (void)learner->differentiate(batch, beta);
  const auto loss = [&] {
    const JointSums sums = learner->evaluate(batch);
    double value = beta * sums.kl;
    for (const Modality side : {kAudio, kLyrics}) value += 0.5 * sums.squared_error[side] / learner->variance(side);
    return value / 4;
  };
  for (const Modality side : {kAudio, kLyrics}) {
    const std::vector<float> gradient = learner->gradient(side);
    const std::vector<float> at = learner->parameters(side);
    double largest = 0;
    double checked = 0;
    for (std::size_t i = 0; i < at.size(); i += 3) {
      std::vector<float> moved = at;
      constexpr float kStep = 2e-3F;
      moved[i] = at[i] + kStep;
      learner->set_parameters(side, moved);
      const double above = loss();
      moved[i] = at[i] - kStep;
      learner->set_parameters(side, moved);
      const double below = loss();
      learner->set_parameters(side, at);
      const double numeric = (above - below) / (2.0 * kStep);
      largest = std::max(largest, std::abs(numeric - gradient[i]));
      checked += std::abs(numeric);
    }
    EXPECT_LT(largest, 5e-3) << side;
    EXPECT_GT(checked, 0.5) << side;
  }
}

INSTANTIATE_TEST_SUITE_P(Both, JointGradient, ::testing::Values("mopoe", "poe"));

TEST(JointModel, BothSidesTellMoreOfTheSharedFactorThanEither) {
  // Enough songs, and networks without hidden layers, so that neither side learns its noise by heart.
  const Planted songs(1500, false, /*noise=*/1.5);
  JointOptions options = small();
  options.vae.hidden = {};
  const JointModel model = trained({songs.audio, songs.lyrics}, options, 60);
  const double both = linear_r2(model.encode({songs.audio, songs.lyrics}).mean, songs.shared);
  const double audio = linear_r2(model.encode_one(kAudio, songs.audio).mean, songs.shared);
  const double lyrics = linear_r2(model.encode_one(kLyrics, songs.lyrics).mean, songs.shared);
  EXPECT_GT(audio, 0.3);
  EXPECT_GT(both, audio + 0.02);
  EXPECT_GT(both, lyrics + 0.02);
}

TEST(JointModel, ASongWithoutWordsLiesNearWhereItLiesWithThem) {
  Planted songs(300);
  Matrix some{songs.lyrics};
  for (std::size_t i = 0; i < 300; i += 3) std::ranges::fill(some.row(i), kNaN);
  const JointModel model = trained({songs.audio, some});
  const Matrix with = model.encode({songs.audio, songs.lyrics}).mean;
  const Matrix without = model.encode({songs.audio, some}).mean;
  double near = 0;
  double far = 0;
  for (std::size_t i = 0; i < 300; i += 3) {
    near += squared_distance(with.row(i), without.row(i));
    far += squared_distance(with.row((i + 150) % 300), without.row(i));
  }
  EXPECT_LT(near, 0.5 * far);
  const Matrix space = joint_space(model, {songs.audio, some});
  EXPECT_TRUE(all_finite(space));
  EXPECT_EQ(space.cols(), 20U);
}

TEST(JointChecks, WhatIsSharedIsToldFromTheOtherSide) {
  const Planted songs(300);
  const JointModel model = trained({songs.audio, songs.lyrics});
  const CrossModalReport report = cross_modal_checks(model, {songs.audio, songs.lyrics});
  EXPECT_EQ(report.n_rows, 300U);
  for (const CrossModalCheck& side : report.side) {
    EXPECT_GT(side.r2_from_itself, 0.6);
    EXPECT_GT(side.r2_from_other, 0.1);
    EXPECT_LT(side.r2_chance, 0.05);
    EXPECT_FALSE(side.collapsed);
  }
  EXPECT_NEAR(report.side[kAudio].precision_share + report.side[kLyrics].precision_share, 1, 1e-6);
  EXPECT_LT(report.retrieval.median_rank, 0.6 * report.retrieval.chance_median_rank);
  EXPECT_DOUBLE_EQ(report.retrieval.chance_median_rank, 150.5);
}

TEST(JointChecks, WordsThatSayNothingAreToldToHaveCollapsed) {
  const Planted songs(200, /*lyrics_noise_only=*/true);
  JointOptions options = small();
  options.vae.n_latent = 2;
  const JointModel model = trained({songs.audio, songs.lyrics}, options, 150);
  const CrossModalReport report = cross_modal_checks(model, {songs.audio, songs.lyrics});
  EXPECT_LT(report.side[kLyrics].precision_share, 0.4);
  EXPECT_LT(report.side[kLyrics].r2_from_other, 0.1);
}

TEST(JointModel, TheSameSeedGivesTheSameBytesAndAFileGivesThemBack) {
  const Planted songs(60);
  const JointData data{songs.audio, songs.lyrics};
  const JointModel one = trained(data, small(), 5);
  const JointModel two = trained(data, small(), 5);
  EXPECT_EQ(one.encode(data).mean, two.encode(data).mean);
  const std::filesystem::path file = std::filesystem::path(::testing::TempDir()) / "songmap_joint.model";
  one.save(file);
  const JointModel read = load_joint_model(file);
  EXPECT_EQ(read.encode(data).mean, one.encode(data).mean);
  EXPECT_EQ(read.decode(one.encode(data).mean).lyrics, one.decode(one.encode(data).mean).lyrics);
  EXPECT_NEAR(read.sigma(kLyrics), one.sigma(kLyrics), 1e-9);
  EXPECT_THROW((void)load_model(file), FormatError);
}

TEST(JointModel, WrongDataIsNamed) {
  Planted songs(10);
  const std::vector<std::uint64_t> seeds{0};
  const auto train = [&](const Matrix& audio, const Matrix& lyrics) {
    (void)train_joint_seeds({audio, lyrics}, small(), quick(1), seeds);
  };
  Matrix words{songs.lyrics};
  words(3, 2) = kNaN;
  EXPECT_THAT([&] { train(songs.audio, words); },
              ThrowsMessage<InvalidArgument>(HasSubstr("row 3 of the lyrics holds values that are not finite")));
  for (std::size_t i = 1; i < 10; ++i) std::ranges::fill(words.row(i), kNaN);
  EXPECT_THAT([&] { train(songs.audio, words); },
              ThrowsMessage<InvalidArgument>(HasSubstr("1 of 10 rows have both audio and lyrics")));
  EXPECT_THAT([&] { train(songs.audio, Matrix(9, 8)); }, ThrowsMessage<InvalidArgument>(HasSubstr("lyrics 9 x 8")));
}

TEST(JointModel, TwoSongsAndIdenticalOnesGiveFiniteNumbers) {
  const Matrix audio(2, 3, {1, 2, 3, 1, 2, 3});
  const Matrix lyrics(2, 2, {1, 0, 1, 0});
  const JointModel model = trained({audio, lyrics}, small(), 20);
  EXPECT_TRUE(all_finite(joint_space(model, {audio, lyrics})));
}

}  // namespace
}  // namespace songmap::model
