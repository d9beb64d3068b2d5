#pragma once

#include <cmath>
#include <filesystem>
#include <functional>
#include <numbers>
#include <string>

#include "tests/audio/sound_files.h"

/// Small tracks for the tests of extraction.
namespace songmap::features::testing {

/// A WAV of 22,050 Hz whose sound depends on `kind`: two partials and a slow beat.
inline std::string track_wav(int kind, double seconds) {
  constexpr int kRate_hz = 22050;
  const double f = 110.0 * std::pow(2.0, (kind % 40) / 12.0);
  const double beat = 1 + kind % 7;
  return audio::testing::wav({.rate_hz = kRate_hz}, static_cast<std::size_t>(seconds * kRate_hz),
                             [&](std::size_t i, int) {
                               const double t = 2 * std::numbers::pi * static_cast<double>(i) / kRate_hz;
                               const double tone = std::sin(f * t) + 0.4 * std::sin((2.01 + 0.001 * kind) * f * t);
                               return 0.3 * tone * (0.6 + 0.4 * std::sin(beat * t));
                             });
}

inline void write_track(const std::filesystem::path& path, int kind, double seconds = 1.5) {
  std::filesystem::create_directories(path.parent_path());
  audio::testing::write_bytes(path, track_wav(kind, seconds));
}

}  // namespace songmap::features::testing
