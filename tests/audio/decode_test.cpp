#include "songmap/audio/decode.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <thread>

#include "songmap/audio/encode.h"
#include "songmap/core/error.h"
#include "songmap/core/matrix.h"
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

std::vector<float> decoded(const TempFolder& folder, const std::string& bytes, int rate_hz) {
  write_bytes(folder / "x.wav", bytes);
  return decode_all(folder / "x.wav", {.rate_hz = rate_hz});
}

TEST(Decode, IntegersAreDividedByTheirFullScale) {
  const TempFolder folder;
  const std::vector<double> values = {-1, -0.5, 0, 0.25, 0.5, 0.9};
  for (const Encoding encoding : {Encoding::kUnsigned8, Encoding::kInt16, Encoding::kInt24, Encoding::kInt32,
                                  Encoding::kFloat32, Encoding::kFloat64}) {
    const WavFormat format{.rate_hz = 8000, .encoding = encoding};
    const auto x = decoded(folder, testing::wav(format, values.size(), [&](auto i, int) { return values[i]; }), 8000);
    ASSERT_EQ(x.size(), values.size());
    for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(x[i], values[i]);  // powers of two: exact in all of them
    EXPECT_NEAR(x[5], 0.9, encoding == Encoding::kUnsigned8 ? 1.0 / 256 : 1.0 / 65536);
  }
}

TEST(Decode, TakesTheMeanOfTheChannels) {
  const TempFolder folder;
  for (const Encoding encoding : {Encoding::kInt16, Encoding::kFloat32}) {
    for (const int channels : {1, 2, 3, 6, 8}) {
      const WavFormat format{.rate_hz = 8000, .channels = channels, .encoding = encoding};
      const auto x = decoded(
          folder, testing::wav(format, 3000, [](auto i, int c) { return i % 2 == 0 ? (c + 1) / 16.0 : c / -16.0; }),
          8000);
      ASSERT_EQ(x.size(), 3000U);
      for (std::size_t i = 0; i < x.size(); ++i) {
        ASSERT_FLOAT_EQ(x[i], static_cast<float>(i % 2 == 0 ? (channels + 1) / 32.0 : (channels - 1) / -32.0));
      }
    }
  }
}

// Planar and interleaved frames, packets of other sizes: the same 16-bit samples must come out the same to the bit.
TEST(Decode, ThePacketsSizesDoNotShow) {
  const TempFolder folder;
  Matrix samples(100'000, 2);
  for (std::size_t i = 0; i < samples.rows(); ++i) {
    samples(i, 0) = static_cast<float>(std::round(9000 * std::sin(0.05 * static_cast<double>(i))) / 32768);
    samples(i, 1) = static_cast<float>(std::round(7000 * std::sin(0.21 * static_cast<double>(i))) / 32768);
  }
  encode(folder / "a.wav", samples, 44100);
  encode(folder / "a.flac", samples, 44100);
  const std::vector<float> x = decode_all(folder / "a.wav");
  EXPECT_EQ(x, decode_all(folder / "a.flac"));
  EXPECT_EQ(x, decode_all(folder / "a.wav"));
}

TEST(Decode, LengthIsRoundedUpAsLibrosaDoes) {
  const TempFolder folder;
  const auto length = [&](int rate_hz, std::size_t n) {
    return decoded(folder, testing::wav({.rate_hz = rate_hz}, n, [](auto, int) { return 0.5; }), 22050).size();
  };
  for (const std::size_t n : {1U, 2U, 3U, 999U, 44101U}) EXPECT_EQ(length(44100, n), (n + 1) / 2) << n;
  EXPECT_EQ(length(48000, 1000), 460U);  // 459.375
  EXPECT_EQ(length(8000, 1000), 2757U);  // 2756.25
  EXPECT_EQ(length(22050, 1234), 1234U);
}

TEST(Decode, TracksSideBySideDoNotDisturbEachOther) {
  const TempFolder folder;
  std::vector<std::vector<float>> alone;
  for (int k = 0; k < 6; ++k) {
    const std::string name = std::to_string(k) + ".wav";
    write_bytes(folder / name, testing::sine_wav({.rate_hz = k % 2 == 0 ? 44100 : 48000}, 300 + 100 * k, 0.5));
    alone.push_back(decode_all(folder / name));
  }
  std::vector<std::vector<float>> together(6);
  std::vector<std::jthread> threads;
  for (int k = 0; k < 6; ++k) {
    threads.emplace_back(
        [&, k] { together[static_cast<std::size_t>(k)] = decode_all(folder / (std::to_string(k) + ".wav")); });
  }
  threads.clear();
  EXPECT_EQ(together, alone);
}

TEST(Decode, OptionsAreChecked) {
  const TempFolder folder;
  write_bytes(folder / "x.wav", testing::sine_wav({}, 440, 0.1));
  for (const DecodeOptions& options :
       {DecodeOptions{.rate_hz = 0}, DecodeOptions{.rate_hz = 1'000'000}, DecodeOptions{.limit_s = -1},
        DecodeOptions{.excerpts_over_s = 0}, DecodeOptions{.excerpt_s = 0}, DecodeOptions{.excerpt_s = 1000},
        DecodeOptions{.limit_s = std::nan("")}, DecodeOptions{.known_length_s = -1}}) {
    EXPECT_THROW(static_cast<void>(decode_all(folder / "x.wav", options)), InvalidArgument);
  }
}

TEST(Decode, WhatTheSinkThrowsReachesTheCaller) {
  struct Stop : SampleSink {
    void begin_segment(double) override {}
    void samples(std::span<const float>) override { throw Cancelled(); }
  } sink;
  const TempFolder folder;
  write_bytes(folder / "x.wav", testing::sine_wav({}, 440, 2));
  EXPECT_THROW(decode(folder / "x.wav", {}, sink), Cancelled);
}

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
