#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "songmap/audio/decode.h"
#include "tests/audio/sound_files.h"

namespace songmap::audio {
namespace {

// The most memory that this process has held so far, in KiB.
long peak_kib() {
  std::ifstream in("/proc/self/status");
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("VmHWM:")) return std::stol(line.substr(6));
  }
  throw std::runtime_error("no VmHWM");
}

TEST(DecodeMemory, DoesNotGrowWithTheTracksLength) {
  const testing::TempFolder folder;
  struct Counter : SampleSink {
    void begin_segment(double) override {}
    void samples(std::span<const float> mono) override { n += mono.size(); }
    std::size_t n = 0;
  };
  const auto minutes = [&](int count) {
    // One minute, repeated: 8-bit 8 kHz, so that three hours are 86 MB.
    const std::string minute = testing::sine_wav({.rate_hz = 8000, .encoding = testing::Encoding::kUnsigned8}, 440, 60);
    std::ofstream out(folder / "long.wav", std::ios::binary);
    const std::size_t data = minute.size() - 480000;
    std::string header = minute.substr(0, data);
    header.replace(data - 4, 4, testing::little_endian(480000ULL * static_cast<unsigned>(count), 4));
    header.replace(4, 4, testing::little_endian(480000ULL * static_cast<unsigned>(count) + data - 8, 4));
    out << header;
    for (int k = 0; k < count; ++k) out << minute.substr(data);
    out.close();
    Counter counter;
    const DecodeReport report = decode(folder / "long.wav", {.excerpts_over_s = 20000}, counter);
    EXPECT_EQ(report.damage, "");
    EXPECT_EQ(counter.n, 22050U * 60U * static_cast<unsigned>(count));
    EXPECT_EQ(identify(folder / "long.wav").info.length_s, 60.0 * count);
  };
  minutes(2);
  const long before = peak_kib();
  minutes(180);
  EXPECT_LT(peak_kib() - before, 4096);
}

}  // namespace
}  // namespace songmap::audio
