#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <numbers>
#include <string>
#include <string_view>
#include <vector>

/// Small sound files for the tests of audio/, written byte by byte so that nothing of songmap is needed to make them.
namespace songmap::audio::testing {

/// An empty folder of its own that goes with the object.
class TempFolder {
 public:
  TempFolder() {
    std::string name = ::testing::TempDir() + "songmap_audio_XXXXXX";
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = name;
  }
  ~TempFolder() { std::filesystem::remove_all(path_); }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

inline void write_bytes(const std::filesystem::path& path, std::string_view bytes) {
  std::ofstream out(path, std::ios::binary);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!out) throw std::runtime_error("cannot write " + path.string());
}

inline std::string read_bytes(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + path.string());
  return {std::istreambuf_iterator<char>(in), {}};
}

inline std::string little_endian(std::uint64_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text += static_cast<char>(value >> (8 * i));
  return text;
}

/// How the samples of a WAV file are stored.
enum class Encoding { kUnsigned8, kInt16, kInt24, kInt32, kFloat32, kFloat64 };

struct WavFormat {
  int rate_hz = 44100;
  int channels = 1;
  Encoding encoding = Encoding::kInt16;
  std::uint32_t claimed_data_bytes = 0;  ///< What the header says; 0: the truth.
  std::string tags = {};                 ///< Content of a LIST chunk before the data; empty: none.
};

inline std::string encoded(double value, Encoding encoding) {
  const auto integer = [value](double full_scale, int bytes) {
    const double scaled = std::clamp(std::nearbyint(value * full_scale), -full_scale, full_scale - 1);
    return little_endian(static_cast<std::uint64_t>(static_cast<std::int64_t>(scaled)), bytes);
  };
  const auto single = static_cast<float>(value);
  std::uint32_t bits32 = 0;
  std::uint64_t bits64 = 0;
  std::memcpy(&bits32, &single, 4);
  std::memcpy(&bits64, &value, 8);
  switch (encoding) {
    case Encoding::kUnsigned8:
      return little_endian(static_cast<std::uint64_t>(std::clamp(std::nearbyint(value * 128) + 128, 0.0, 255.0)), 1);
    case Encoding::kInt16:
      return integer(0x1p15, 2);
    case Encoding::kInt24:
      return integer(0x1p23, 3);
    case Encoding::kInt32:
      return integer(0x1p31, 4);
    case Encoding::kFloat32:
      return little_endian(bits32, 4);
    case Encoding::kFloat64:
      return little_endian(bits64, 8);
  }
  return {};
}

/// A RIFF file; `value(i, c)` is sample i of channel c in [-1, 1].
inline std::string wav(const WavFormat& format, std::size_t n, const std::function<double(std::size_t, int)>& value) {
  std::string data;
  for (std::size_t i = 0; i < n; ++i) {
    for (int c = 0; c < format.channels; ++c) data += encoded(value(i, c), format.encoding);
  }
  const int bytes = static_cast<int>(encoded(0, format.encoding).size());
  const bool is_float = format.encoding == Encoding::kFloat32 || format.encoding == Encoding::kFloat64;
  const auto frame_bytes = static_cast<std::uint64_t>(bytes * format.channels);
  std::string body = "WAVEfmt " + little_endian(16, 4) + little_endian(is_float ? 3 : 1, 2) +
                     little_endian(static_cast<std::uint64_t>(format.channels), 2) +
                     little_endian(static_cast<std::uint64_t>(format.rate_hz), 4) +
                     little_endian(static_cast<std::uint64_t>(format.rate_hz) * frame_bytes, 4) +
                     little_endian(frame_bytes, 2) + little_endian(static_cast<std::uint64_t>(bytes) * 8, 2);
  if (!format.tags.empty()) body += "LIST" + little_endian(format.tags.size(), 4) + format.tags;
  const std::uint64_t claimed = format.claimed_data_bytes != 0 ? format.claimed_data_bytes : data.size();
  body += "data" + little_endian(claimed, 4);
  return "RIFF" + little_endian(body.size() + claimed, 4) + body + data;
}

/// `seconds` of a sine of amplitude .5, the same in all channels.
inline std::string sine_wav(const WavFormat& format, double frequency_hz, double seconds) {
  const auto n = static_cast<std::size_t>(std::lround(seconds * format.rate_hz));
  return wav(format, n, [&](std::size_t i, int) {
    return 0.5 * std::sin(2 * std::numbers::pi * frequency_hz * static_cast<double>(i) / format.rate_hz);
  });
}

/// The folder of real recordings, or empty.
inline std::filesystem::path data_folder() {
  const char* named = std::getenv("SONGMAP_TEST_DATA");
  const std::filesystem::path folder = named != nullptr ? named : SONGMAP_SOURCE_DIR "/../shared/data";
  return std::filesystem::exists(folder / "music") ? folder : std::filesystem::path();
}

}  // namespace songmap::audio::testing
