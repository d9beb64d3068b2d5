#include "songmap/audio/decode.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <complex>

#include "songmap/core/error.h"
#include "tests/audio/sound_files.h"

namespace songmap::audio {
namespace {

using testing::Encoding;
using testing::TempFolder;
using testing::WavFormat;
using testing::write_bytes;

// Amplitude of the part of `x` that oscillates at `frequency_hz`, away from its edges.
double amplitude(const std::vector<float>& x, double frequency_hz, double rate_hz) {
  std::complex<double> sum = 0;
  const auto edge = static_cast<std::size_t>(0.1 * rate_hz);
  for (std::size_t i = edge; i + edge < x.size(); ++i) {
    sum += static_cast<double>(x[i]) *
           std::polar(1.0, -2 * std::numbers::pi * frequency_hz * static_cast<double>(i) / rate_hz);
  }
  return 2 * std::abs(sum) / static_cast<double>(x.size() - 2 * edge);
}

class DecodeSine : public ::testing::TestWithParam<int> {};

TEST_P(DecodeSine, KeepsPitchLengthAndAmplitude) {
  const int rate_hz = GetParam();
  const TempFolder folder;
  write_bytes(folder / "sine.wav", testing::sine_wav({.rate_hz = rate_hz}, 1000, 2.0));
  const std::vector<float> x = decode_all(folder / "sine.wav");
  EXPECT_EQ(x.size(), 44100U);
  EXPECT_NEAR(amplitude(x, 1000, 22050), 0.5, 1e-3);
  for (const double other_hz : {500.0, 990.0, 1010.0, 2000.0}) EXPECT_LT(amplitude(x, other_hz, 22050), 2e-3);
}

INSTANTIATE_TEST_SUITE_P(Rates, DecodeSine, ::testing::Values(8000, 22050, 44100, 48000, 192000));

TEST(Decode, ErrorsOfTheModuleAreCaughtByTheirOwnType) {
  const TempFolder folder;
  write_bytes(folder / "empty.wav", "");
  bool caught = false;
  try {
    static_cast<void>(decode_all(folder / "empty.wav"));
  } catch (const DecodeError& error) {
    caught = true;
    EXPECT_THAT(error.what(), ::testing::HasSubstr("empty.wav"));
  }
  EXPECT_TRUE(caught);
}

}  // namespace
}  // namespace songmap::audio
