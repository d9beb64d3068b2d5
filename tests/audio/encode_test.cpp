#include "songmap/audio/encode.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include "songmap/audio/tone.h"
#include "songmap/core/error.h"
#include "songmap/core/text_file.h"

namespace songmap::audio {
namespace {

namespace fs = std::filesystem;

class Encode : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) / ("encode-" + std::string(test_name()));
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  static const char* test_name() { return testing::UnitTest::GetInstance()->current_test_info()->name(); }

  fs::path folder_;
};

Matrix stereo_tone(double length_s, int rate_hz) {
  const Signal left = sine(440, length_s, rate_hz, 0.5);
  const Signal right = sine(660, length_s, rate_hz, 0.25);
  Matrix samples(left.size(), 2);
  for (std::size_t i = 0; i < left.size(); ++i) {
    samples(i, 0) = left[i];
    samples(i, 1) = right[i];
  }
  return samples;
}

template <class T>
std::vector<T> data_chunk(const std::string& wav) {
  const std::size_t at = wav.find("data");
  std::vector<T> values((wav.size() - at - 8) / sizeof(T));
  std::memcpy(values.data(), wav.data() + at + 8, values.size() * sizeof(T));
  return values;
}

TEST_F(Encode, WavHoldsTheSamplesRoundedAndClipped) {
  encode(folder_ / "a.wav", Matrix(3, 2, {0, 1, -1, 0.5F, 2, -3}), 8000);
  const std::string wav = read_file(folder_ / "a.wav");
  EXPECT_EQ(wav.substr(0, 4), "RIFF");
  EXPECT_EQ(data_chunk<std::int16_t>(wav), (std::vector<std::int16_t>{0, 32767, -32767, 16384, 32767, -32767}));
}

TEST_F(Encode, FloatWavHoldsTheSamplesAsTheyAre) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  encode(folder_ / "a.wav", Matrix(4, 1, {0.1F, 2, -3, nan}), 8000, {.bits_per_sample = 32});
  const auto values = data_chunk<float>(read_file(folder_ / "a.wav"));
  ASSERT_EQ(values.size(), 4U);
  EXPECT_EQ(values[0], 0.1F);
  EXPECT_EQ(values[1], 2);
  EXPECT_EQ(values[2], -3);
  EXPECT_TRUE(std::isnan(values[3]));
}

TEST_F(Encode, TwentyFourBitsLieInThreeBytes) {
  encode(folder_ / "a.wav", Matrix(2, 1, {1, -0.5F}), 8000, {.bits_per_sample = 24});
  const auto bytes = data_chunk<std::uint8_t>(read_file(folder_ / "a.wav"));
  EXPECT_EQ(bytes, (std::vector<std::uint8_t>{0xFF, 0xFF, 0x7F, 0x00, 0x00, 0xC0}));
}

TEST_F(Encode, TheExtensionChoosesTheFormat) {
  const Matrix samples = stereo_tone(0.5, 48'000);
  const std::vector<std::pair<std::string, std::string>> magic = {{"a.flac", "fLaC"}, {"a.ogg", "OggS"},
                                                                  {"a.opus", "OggS"}, {"a.MP3", "ID3"},
                                                                  {"a.m4a", "ftyp"},  {"a.Wav", "RIFF"}};
  for (const auto& [name, word] : magic) {
    encode(folder_ / name, samples, 48'000);
    EXPECT_NE(read_file(folder_ / name).substr(0, 12).find(word), std::string::npos) << name;
  }
  EXPECT_NE(read_file(folder_ / "a.opus").find("OpusHead"), std::string::npos);
  EXPECT_NE(read_file(folder_ / "a.ogg").find("vorbis"), std::string::npos);
}

TEST_F(Encode, TheSameInputGivesTheSameBytes) {
  const Matrix samples = stereo_tone(0.5, 48'000);
  for (const char* extension : {".wav", ".flac", ".mp3", ".ogg", ".opus", ".m4a"}) {
    const fs::path first = (folder_ / "a").concat(extension);
    const fs::path second = (folder_ / "b").concat(extension);
    encode(first, samples, 48'000);
    encode(second, samples, 48'000);
    EXPECT_EQ(read_file(first), read_file(second)) << extension;
  }
}

TEST_F(Encode, ALargerBitRateGivesALargerFile) {
  const Matrix samples = stereo_tone(2, 48'000);
  for (const char* name : {"a.mp3", "a.m4a"}) {
    encode(folder_ / name, samples, 48'000, {.bit_rate_bps = 64'000});
    const auto small = fs::file_size(folder_ / name);
    encode(folder_ / name, samples, 48'000, {.bit_rate_bps = 192'000});
    EXPECT_GT(fs::file_size(folder_ / name), small) << name;
  }
}

TEST_F(Encode, WrongCallsAreNamedAndLeaveNothing) {
  const Matrix samples = stereo_tone(0.1, 44'100);
  EXPECT_THROW(encode(folder_ / "a.xyz", samples, 44'100), InvalidArgument);
  EXPECT_THROW(encode(folder_ / "a.opus", samples, 44'100), InvalidArgument);
  EXPECT_THROW(encode(folder_ / "a.wav", Matrix(), 44'100), InvalidArgument);
  EXPECT_THROW(encode(folder_ / "a.wav", samples, 0), InvalidArgument);
  EXPECT_THROW(encode(folder_ / "a.flac", samples, 44'100, {.bits_per_sample = 32}), InvalidArgument);
  EXPECT_THROW(encode(folder_ / "a.mp3", samples, 44'100, {.bit_rate_bps = 1}), InvalidArgument);
  EXPECT_THROW(encode(folder_ / "a.flac", Matrix(1, 1, {std::nanf("")}), 44'100), InvalidArgument);
  EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(Encode, AFolderThatCannotBeWrittenIsAnIoError) {
  write_file(folder_ / "file", "");
  EXPECT_THROW(encode(folder_ / "file" / "a.wav", stereo_tone(0.1, 8000), 8000), IoError);
}

}  // namespace
}  // namespace songmap::audio
