#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <string>

#include "audio/sound_files.h"
#include "songmap/core/random.h"

namespace songmap::e2e {

/// A chord with a little noise: `kind` chooses its pitch and roughness.
inline std::string chord_wav(int kind, const audio::testing::WavFormat& format, double seconds) {
  Random random(static_cast<std::uint64_t>(kind));
  const auto n = static_cast<std::size_t>(seconds * format.rate_hz);
  return audio::testing::wav(format, n, [&](std::size_t i, int) {
    const double t = static_cast<double>(i) / format.rate_hz;
    const double pitch = 110.0 * (1 + kind % 3);
    return 0.2 * std::sin(2 * std::numbers::pi * pitch * t) + 0.1 * std::sin(2 * std::numbers::pi * pitch * 2.5 * t) +
           0.02 * (kind % 3) * random.normal();
  });
}

}  // namespace songmap::e2e
