#include "songmap/features/damage_signs.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <numbers>

#include "songmap/audio/encode.h"
#include "songmap/core/error.h"
#include "songmap/core/matrix.h"
#include "songmap/core/random.h"

namespace songmap::features {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class DamageSignsTest : public ::testing::Test {
 protected:
  DamageSignsTest() {
    std::string name = ::testing::TempDir() + "songmap_signs_XXXXXX";
    folder_ = mkdtemp(name.data());
  }
  ~DamageSignsTest() override { std::filesystem::remove_all(folder_); }

  /// Ten seconds at 44.1 kHz.
  DamageSigns signs_of(const std::function<double(double)>& at) {
    Matrix samples(441'000, 1);
    for (std::size_t i = 0; i < samples.rows(); ++i)
      samples(i, 0) = static_cast<float>(at(static_cast<double>(i) / 44100));
    const std::filesystem::path file = folder_ / "sound.wav";
    audio::encode(file, samples, 44100);
    return damage_signs(file);
  }

  static double tone(double t, double hz = 440) { return 0.5 * std::sin(2 * std::numbers::pi * hz * t); }

  std::filesystem::path folder_;
};

TEST_F(DamageSignsTest, MusicHasNone) {
  Random random(1);
  const DamageSigns signs = signs_of([&](double t) { return tone(t) + 0.1 * random.normal(); });
  EXPECT_NEAR(signs.decoded_s, 10, 0.01);
  EXPECT_EQ(signs.silent_share, 0);
  EXPECT_GT(signs.highest_hz, 20000);
  EXPECT_THAT(in_words(signs), IsEmpty());
}

TEST_F(DamageSignsTest, SilenceAndGaps) {
  Random random(1);
  const DamageSigns signs = signs_of([&](double t) { return t > 3 && t < 7 ? 0 : tone(t) + 0.1 * random.normal(); });
  EXPECT_NEAR(signs.silent_share, 0.4, 0.01);
  EXPECT_NEAR(signs.longest_silence_s, 4, 0.06);
  EXPECT_THAT(in_words(signs), ElementsAre("silent for 40 % of its length", "a gap of 4.0 s"));
  // Silence at the ends is no gap.
  EXPECT_EQ(signs_of([&](double t) { return t > 3 && t < 7 ? tone(t) : 0; }).longest_silence_s, 0);
  EXPECT_THAT(in_words(signs_of([](double) { return 0; })), ElementsAre("silent all through"));
}

TEST_F(DamageSignsTest, Clipping) {
  Random random(1);
  const DamageSigns signs =
      signs_of([&](double t) { return std::clamp(4 * tone(t) + 0.01 * random.normal(), -0.99, 0.99); });
  EXPECT_GT(signs.flat_share, 0.3);
  EXPECT_THAT(in_words(signs), ::testing::Contains(HasSubstr("clipped")));
}

TEST_F(DamageSignsTest, ADullFileHasNothingHigh) {
  const DamageSigns signs = signs_of([](double t) { return tone(t, 1000); });
  EXPECT_GE(signs.highest_hz, 1000);
  EXPECT_LT(signs.highest_hz, 2500);
  EXPECT_THAT(in_words(signs), ::testing::Contains(HasSubstr("nothing above")));
}

TEST_F(DamageSignsTest, WhatCannotBeDecodedIsAnError) {
  EXPECT_THROW((void)damage_signs(folder_ / "not there.wav"), IoError);
}

}  // namespace
}  // namespace songmap::features
