#include "songmap/features/spectrogram_sound.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "songmap/core/error.h"
#include "songmap/dsp/stft.h"
#include "songmap/features/frame_tile.h"
#include "songmap/features/log_mel.h"
#include "songmap/features/spectrogram_windows.h"

namespace songmap::features {
namespace {

/// The first window of a tone, as recipe log-mel describes it.
std::vector<float> window_of_tone(double hz) {
  std::vector<float> samples(22050 * 3);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    samples[i] = static_cast<float>(0.4 * std::sin(2 * std::numbers::pi * hz * static_cast<double>(i) / kRate_hz));
  }
  LogMel log_mel;
  FrameDescriber describer(LogMel::kNeeds);
  dsp::FrameStream stream(kFrames);
  const auto add = [&](const dsp::FrameBlock& block) { log_mel.add(describer.describe(block)); };
  stream.push(samples, add);
  stream.finish(add);
  const Matrix rows = spectrogram_window_rows(log_mel.finish(), {.frames = 128});
  return {rows.row(0).begin(), rows.row(0).end()};
}

TEST(SpectrogramSound, ATonesWindowSoundsAtItsPitch) {
  for (const double hz : {220.0, 880.0, 3000.0}) {
    const std::vector<float> samples = sound_of_window(window_of_tone(hz));
    EXPECT_EQ(samples.size(), 127U * 512);
    float peak = 0;
    for (const float sample : samples) peak = std::max(peak, std::abs(sample));
    EXPECT_NEAR(peak, 0.9, 1e-5);
    const Matrix power = dsp::power_spectrogram(samples);
    const auto frame = power.row(60);
    const auto loudest = std::ranges::max_element(frame) - frame.begin();
    // Within the width of a band.
    EXPECT_NEAR(static_cast<double>(loudest) * kRate_hz / 2048, hz, std::max(60.0, 0.08 * hz));
  }
}

TEST(SpectrogramSound, NothingSoundsLikeNothing) {
  for (const float sample : sound_of_window(std::vector<float>(64 * 16))) EXPECT_EQ(sample, 0);
}

TEST(SpectrogramSound, WhatIsNoWindowIsRefused) {
  EXPECT_THROW((void)sound_of_window(std::vector<float>(63 * 16)), InvalidArgument);
  EXPECT_THROW((void)sound_of_window(std::vector<float>(64)), InvalidArgument);
  std::vector<float> row(64 * 16);
  row[5] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THROW((void)sound_of_window(row), InvalidArgument);
}

}  // namespace
}  // namespace songmap::features
