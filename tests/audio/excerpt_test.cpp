#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "songmap/audio/decode.h"
#include "songmap/audio/encode.h"
#include "songmap/core/matrix.h"
#include "tests/audio/sound_files.h"

namespace songmap::audio {
namespace {

using testing::TempFolder;
using testing::wav;
using testing::write_bytes;

struct Recorder : SampleSink {
  void begin_segment(double start_s) override {
    starts.push_back(start_s);
    segments.emplace_back();
  }
  void samples(std::span<const float> mono) override {
    ++calls;
    segments.back().insert(segments.back().end(), mono.begin(), mono.end());
  }
  std::vector<double> starts;
  std::vector<std::vector<float>> segments;
  std::size_t calls = 0;
};

// A clock in sound: every second of the track has another amplitude, so that a stretch fits in one place only.
double level_of(double at_s) { return 0.1 + 0.8 * std::fmod(std::floor(at_s) * 0.618034, 1.0); }

constexpr int kRate = 8000;

std::vector<float> clock_tone(double seconds) {
  std::vector<float> x(static_cast<std::size_t>(seconds * kRate));
  for (std::size_t i = 0; i < x.size(); ++i) {
    x[i] = static_cast<float>(level_of(static_cast<double>(i) / kRate) * std::sin(0.3 * static_cast<double>(i)));
  }
  return x;
}

void write_clock(const std::filesystem::path& path, double seconds) {
  const std::vector<float> x = clock_tone(seconds);
  if (path.extension() == ".wav") {
    write_bytes(path, wav({.rate_hz = kRate}, x.size(), [&](std::size_t i, int) { return x[i]; }));
    return;
  }
  Matrix samples(x.size(), 1);
  std::ranges::copy(x, samples.values().begin());
  encode(path, samples, kRate, {.bit_rate_bps = 32'000});
}

class Excerpts : public ::testing::TestWithParam<const char*> {
 protected:
  TempFolder folder_;
};

TEST_P(Excerpts, LieInTheMiddlesOfEqualPartsAndStartWhereTheySay) {
  const std::filesystem::path path = folder_ / (std::string("long.") + GetParam());
  write_clock(path, 200);
  Recorder recorder;
  // Ten parts of 20 s: excerpts of 6 s from 7, 27, 47 … on.
  const DecodeOptions options{.rate_hz = kRate, .excerpts_over_s = 60, .excerpt_s = 6};
  const DecodeReport report = decode(path, options, recorder);
  EXPECT_TRUE(report.excerpted);
  EXPECT_EQ(report.damage, "");
  EXPECT_NEAR(report.info.length_s, 200, 0.2);
  EXPECT_NEAR(report.decoded_s, 60, 0.01);
  ASSERT_EQ(recorder.starts.size(), 10U);
  const std::vector<float> whole = decode_all(path, {.rate_hz = kRate});
  for (std::size_t k = 0; k < 10; ++k) {
    SCOPED_TRACE(k);
    const double start_s = recorder.starts[k];
    EXPECT_NEAR(start_s, 7.0 + 20.0 * static_cast<double>(k), 0.1);
    EXPECT_EQ(report.segments[k].start_s, start_s);
    const std::vector<float>& x = recorder.segments[k];
    EXPECT_NEAR(static_cast<double>(x.size()) / kRate, 6, 1e-3);
    // Away from the edges, where the resampler of an excerpt meets silence, it is that stretch of the whole track.
    const auto at = static_cast<std::size_t>(std::lround(start_s * kRate));
    double worst = 0;
    for (std::size_t i = kRate / 50; i + kRate / 50 < x.size(); ++i) {
      worst = std::max(worst, std::abs(static_cast<double>(x[i]) - whole[at + i]));
    }
    EXPECT_LT(worst, 1e-3);
  }
}

TEST_P(Excerpts, AMeasuredLengthGivesTheSameSamples) {
  const std::filesystem::path path = folder_ / (std::string("long.") + GetParam());
  write_clock(path, 100);
  DecodeOptions options{.rate_hz = kRate, .excerpts_over_s = 20, .excerpt_s = 5};
  Recorder unknown;
  decode(path, options, unknown);
  options.known_length_s = identify(path).info.length_s;
  Recorder known;
  decode(path, options, known);
  EXPECT_EQ(known.starts, unknown.starts);
  EXPECT_EQ(known.segments, unknown.segments);
}

INSTANTIATE_TEST_SUITE_P(Formats, Excerpts, ::testing::Values("wav", "flac", "mp3", "ogg", "opus", "m4a"));

TEST(Excerpt, ATrackUpToTheLimitIsDecodedWhole) {
  const TempFolder folder;
  write_clock(folder / "short.wav", 60);
  Recorder recorder;
  const DecodeReport report =
      decode(folder / "short.wav", {.rate_hz = kRate, .excerpts_over_s = 60, .excerpt_s = 6}, recorder);
  EXPECT_FALSE(report.excerpted);
  EXPECT_THAT(recorder.starts, ::testing::ElementsAre(0.0));
  EXPECT_EQ(recorder.segments[0].size(), 60U * kRate);
}

// Where the header is wrong about the length no seek is trusted: the way to each excerpt is read.
TEST(Excerpt, AHeaderThatLiesAboutTheLengthDoesNotMoveThem) {
  const TempFolder folder;
  write_clock(folder / "long.mp3", 100);
  std::string bytes = testing::read_bytes(folder / "long.mp3");
  const std::size_t tag = bytes.find("Info") != std::string::npos ? bytes.find("Info") : bytes.find("Xing");
  ASSERT_NE(tag, std::string::npos);
  const DecodeOptions options{.rate_hz = kRate, .excerpts_over_s = 20, .excerpt_s = 5};
  Recorder honest;
  decode(folder / "long.mp3", options, honest);
  for (const char frames : {'\x01', '\x7f'}) {  // the second lowest byte of the number of frames
    bytes[tag + 10] = frames;
    write_bytes(folder / "liar.mp3", bytes);
    Recorder liar;
    const DecodeReport report = decode(folder / "liar.mp3", options, liar);
    EXPECT_TRUE(report.excerpted);
    ASSERT_EQ(liar.starts.size(), 4U);
    for (std::size_t k = 0; k < 4; ++k) {
      EXPECT_NEAR(liar.starts[k], honest.starts[k], 0.1);
      ASSERT_EQ(liar.segments[k].size(), honest.segments[k].size());
      const auto shift = static_cast<std::ptrdiff_t>(std::lround((liar.starts[k] - honest.starts[k]) * kRate));
      double worst = 0;
      for (std::ptrdiff_t i = kRate; i < 2 * kRate; ++i) {
        worst = std::max(worst, std::abs(static_cast<double>(liar.segments[k][static_cast<std::size_t>(i)]) -
                                         honest.segments[k][static_cast<std::size_t>(i + shift)]));
      }
      EXPECT_LT(worst, 1e-3) << "excerpt " << k;
    }
  }
}

TEST(Excerpt, ALimitShortensTheTrackBeforeItIsCut) {
  const TempFolder folder;
  write_clock(folder / "long.wav", 100);
  Recorder recorder;
  DecodeOptions options{.rate_hz = kRate, .limit_s = 12.5, .excerpts_over_s = 20, .excerpt_s = 5};
  DecodeReport report = decode(folder / "long.wav", options, recorder);
  EXPECT_FALSE(report.excerpted);
  EXPECT_EQ(recorder.segments.at(0).size(), 12.5 * kRate);
  EXPECT_EQ(report.damage, "");
  options.limit_s = 50;
  Recorder cut;
  report = decode(folder / "long.wav", options, cut);
  EXPECT_TRUE(report.excerpted);
  EXPECT_THAT(cut.starts,
              ::testing::ElementsAre(::testing::DoubleNear(3.75, 1e-9), ::testing::DoubleNear(16.25, 1e-9),
                                     ::testing::DoubleNear(28.75, 1e-9), ::testing::DoubleNear(41.25, 1e-9)));
}

TEST(Excerpt, TwentyMinutesAreFifteenMinutesByDefault) {
  const TempFolder folder;
  write_clock(folder / "long.wav", 1200);
  Recorder recorder;
  const DecodeReport report = decode(folder / "long.wav", {}, recorder);
  EXPECT_TRUE(report.excerpted);
  EXPECT_NEAR(report.decoded_s, 900, 1e-3);
  ASSERT_EQ(recorder.starts.size(), 15U);
  EXPECT_NEAR(recorder.starts[0], 10, 0.1);
  EXPECT_NEAR(recorder.starts[14], 1130, 0.1);
  EXPECT_EQ(recorder.segments[14].size(), 60U * 22050);
}

}  // namespace
}  // namespace songmap::audio
