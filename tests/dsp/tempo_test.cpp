#include "songmap/dsp/tempo.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "songmap/core/error.h"

namespace songmap::dsp {
namespace {

constexpr double kFrames_per_s = 43;

/// A beat of this many frames for a minute.
std::vector<float> beats(std::size_t period) {
  std::vector<float> strength(2580);
  for (std::size_t i = 0; i < strength.size(); i += period) strength[i] = 1;
  return strength;
}

TEST(Tempo, IsThatOfTheBeats) {
  for (const std::size_t period : {15U, 20U, 25U, 30U}) {
    EXPECT_NEAR(tempo_bpm(beats(period), kFrames_per_s), 60 * kFrames_per_s / static_cast<double>(period), 1e-9);
  }
}

// At 30 beats a minute the double and the fourfold fit as well, and are likelier.
TEST(Tempo, OfSeveralThatFitTheLikeliest) {
  TempoOptions options;
  EXPECT_NEAR(tempo_bpm(beats(20), kFrames_per_s, options), 129, 1e-9);
  options.likely_bpm = 60;
  EXPECT_NEAR(tempo_bpm(beats(20), kFrames_per_s, options), 64.5, 1e-9);
}

TEST(Tempo, WhereNothingBeginsThereIsNone) {
  EXPECT_TRUE(std::isnan(tempo_bpm({}, kFrames_per_s)));
  EXPECT_TRUE(std::isnan(tempo_bpm(std::vector<float>(500), kFrames_per_s)));
  EXPECT_TRUE(std::isnan(tempo_bpm(std::vector<float>(1, 2), kFrames_per_s)));
  EXPECT_THROW((void)tempo_bpm(beats(20), 0), InvalidArgument);
}

}  // namespace
}  // namespace songmap::dsp
