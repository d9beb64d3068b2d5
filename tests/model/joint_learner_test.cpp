#include "songmap/model/joint_learner.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "model/joint_songs.h"
#include "model/learner_case.h"
#include "songmap/model/gaussian_product.h"

namespace songmap::model {
namespace {

constexpr double kBeta = 0.7;
constexpr std::size_t kLatent = 2;

/// A small network and four songs: both sides, sound alone, words alone, both sides.
struct JointCase {
  explicit JointCase(const std::string& posterior) : options(small_joint()), latent_noise(normals(kSubsets * 8, 3)) {
    options.posterior = posterior;
    options.vae.hidden = {5};
    options.vae.n_latent = kLatent;
    learner = backend().make_joint_learner({3, 2}, options, 1);
    learner->set_variance(kAudio, 0.6);
    learner->set_variance(kLyrics, 0.3);
  }

  [[nodiscard]] JointBatch batch() const {
    return {{audio, lyrics}, {has_audio, has_lyrics}, rows, {audio_noise, lyrics_noise}, latent_noise};
  }
  /// The loss a row as evaluate tells it, without the constant of the noise.
  [[nodiscard]] double loss() const {
    const JointSums sums = learner->evaluate(batch());
    double value = kBeta * sums.kl;
    for (const Modality side : kBothSides) value += 0.5 * sums.squared_error[side] / learner->variance(side);
    return value / static_cast<double>(rows.size());
  }

  JointOptions options;
  Matrix audio{4, 3, {.1F, -.5F, .9F, 1.2F, .3F, -.4F, 0, 0, 0, .7F, -.8F, .2F}};
  Matrix lyrics{4, 2, {.4F, -.3F, 0, 0, .6F, .5F, -.9F, .1F}};
  std::vector<std::uint8_t> has_audio{1, 1, 0, 1};
  std::vector<std::uint8_t> has_lyrics{1, 0, 1, 1};
  std::vector<std::size_t> rows{3, 1, 0, 2};
  std::vector<float> audio_noise = normals(12, 5);
  std::vector<float> lyrics_noise = normals(8, 6);
  std::vector<float> latent_noise;
  std::unique_ptr<JointLearner> learner;
};

class JointLearnerTest : public testing::TestWithParam<const char*> {};

TEST_P(JointLearnerTest, GradientIsTheSlopeOfTheLoss) {
  const JointCase given(GetParam());
  static_cast<void>(given.learner->differentiate(given.batch(), kBeta));
  for (const Modality side : kBothSides) {
    const std::vector<float> gradient = given.learner->gradient(side);
    const std::vector<float> at = given.learner->parameters(side);
    double largest = 0;
    for (const float value : gradient) largest = std::max(largest, std::abs(static_cast<double>(value)));
    ASSERT_GT(largest, 0.1);
    for (std::size_t i = 0; i < at.size(); ++i) {
      constexpr float kShift = 1e-3F;  // small: units of few rows turn on and off
      const auto loss_at = [&](float shift) {
        std::vector<float> moved = at;
        moved[i] += shift;
        given.learner->set_parameters(side, moved);
        return given.loss();
      };
      const double slope = (loss_at(kShift) - loss_at(-kShift)) / (2.0 * static_cast<double>(kShift));
      EXPECT_NEAR(gradient[i], slope, 3e-3 * largest) << kSideNames[side] << ", parameter " << i;
    }
    given.learner->set_parameters(side, at);
  }
}

TEST_P(JointLearnerTest, KlIsThatOfTheModelsPosteriors) {
  JointCase given(GetParam());
  given.audio_noise.clear();
  given.lyrics_noise.clear();
  std::array<JointSide, kModalities> sides;
  for (const Modality side : kBothSides) {
    const std::size_t n = side == kAudio ? 3 : 2;
    sides[side] = {{given.options.vae, {n, 0}, given.learner->parameters(side)}, std::vector<float>(n), 1, 1, 4};
  }
  const JointModel model(GetParam(), std::move(sides));
  const Matrix audio = without_rows(given.audio, [&](std::size_t i) { return given.has_audio[i] == 0; });
  const Matrix lyrics = without_rows(given.lyrics, [&](std::size_t i) { return given.has_lyrics[i] == 0; });
  const auto kl_of = [&](const Posterior& posterior, std::size_t row) {
    double kl = 0;
    for (std::size_t j = 0; j < kLatent; ++j) {
      kl += kl_to_standard_normal({posterior.mean(row, j), std::exp(posterior.log_variance(row, j))});
    }
    return kl;
  };
  const Posterior by_audio = model.encode_one(kAudio, audio);
  const Posterior by_lyrics = model.encode_one(kLyrics, lyrics);
  const Posterior by_all = model.encode({audio, lyrics});
  double expected = kl_of(by_audio, 1) + kl_of(by_lyrics, 2);
  for (const std::size_t row : {0U, 3U}) {
    expected += (kl_of(by_audio, row) + kl_of(by_lyrics, row) + kl_of(by_all, row)) / 3;
  }
  EXPECT_NEAR(given.learner->evaluate(given.batch()).kl, expected, 1e-5 * expected);
}

TEST_P(JointLearnerTest, NoiseIsTheMovingAverageOfTheError) {
  const JointCase given(GetParam());
  const JointSums sums = given.learner->differentiate(given.batch(), kBeta);
  EXPECT_NEAR(given.learner->variance(kAudio), 0.9 * 0.6 + 0.1 * sums.squared_error[kAudio] / (3 * sums.weight[kAudio]),
              1e-9);
  EXPECT_NEAR(given.learner->variance(kLyrics),
              0.9 * 0.3 + 0.1 * sums.squared_error[kLyrics] / (2 * sums.weight[kLyrics]), 1e-9);
}

TEST_P(JointLearnerTest, ABatchWithoutWordsLeavesThemAsTheyAre) {
  JointCase given(GetParam());
  static_cast<void>(given.learner->differentiate(given.batch(), kBeta));  // leaves a gradient behind
  const double variance = given.learner->variance(kLyrics);
  std::ranges::fill(given.has_lyrics, 0);
  given.rows = {3, 1, 0};
  given.audio_noise.resize(9);
  given.lyrics_noise.clear();
  given.latent_noise.resize(kSubsets * 3 * kLatent);
  const JointSums sums = given.learner->differentiate(given.batch(), kBeta);
  EXPECT_EQ(sums.weight[kLyrics], 0);
  EXPECT_EQ(sums.squared_error[kLyrics], 0);
  EXPECT_EQ(given.learner->variance(kLyrics), variance);
  EXPECT_TRUE(std::ranges::all_of(given.learner->gradient(kLyrics), [](float value) { return value == 0; }));
  EXPECT_FALSE(std::ranges::all_of(given.learner->gradient(kAudio), [](float value) { return value == 0; }));
}

INSTANTIATE_TEST_SUITE_P(Posteriors, JointLearnerTest, testing::Values("mopoe", "poe"));

TEST(JointLearner, EverySubsetOfTheMixtureRebuildsAllThatIsThere) {
  const JointSums sums = JointCase("mopoe").learner->evaluate(JointCase("mopoe").batch());
  EXPECT_NEAR(sums.weight[kAudio], 3, 1e-6);
  EXPECT_NEAR(sums.weight[kLyrics], 3, 1e-6);
}

TEST(JointLearner, OneSideOfTheProductRebuildsItselfAlone) {
  const JointSums sums = JointCase("poe").learner->evaluate(JointCase("poe").batch());
  EXPECT_NEAR(sums.weight[kAudio], 1 + 2 * 2.0 / 3, 1e-6);
  EXPECT_NEAR(sums.weight[kLyrics], 1 + 2 * 2.0 / 3, 1e-6);
}

}  // namespace
}  // namespace songmap::model
