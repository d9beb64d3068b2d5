#include "songmap/features/spectrogram_sound.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "songmap/core/error.h"
#include "songmap/dsp/griffin_lim.h"
#include "songmap/dsp/mfcc.h"
#include "songmap/features/frame_tile.h"

namespace songmap::features {

std::vector<float> sound_of_window(std::span<const float> row, const Execution& run) {
  constexpr float kPeak = 0.9F;
  const std::size_t n_frames = row.size() / kCoarseMels;
  require(row.size() % kCoarseMels == 0 && n_frames >= 2,
          fmt::format("a window of {} values is not one of 64 bands", row.size()));
  require(std::ranges::all_of(row, [](float level) { return std::isfinite(level); }),
          "a window holds a level that is not finite");
  Matrix mel(n_frames, kCoarseMels);
  for (std::size_t band = 0; band < kCoarseMels; ++band) {
    for (std::size_t t = 0; t < n_frames; ++t) {
      const float level = std::clamp(row[band * n_frames + t], 0.0F, 1.0F);
      // The lowest level means "that or less": zeros behind a short track are silent.
      mel(t, band) = level > 0 ? std::pow(10.0F, (level - 1) * dsp::kTopDb / 10) : 0;
    }
  }
  Matrix magnitude = dsp::power_of_mel(mel, {.rate_hz = kRate_hz, .n_fft = kFrames.n_fft, .n_mels = kCoarseMels}, run);
  for (float& value : magnitude.values()) value = std::sqrt(value);
  std::vector<float> samples = dsp::griffin_lim(magnitude, {.stft = kFrames}, run);
  float peak = 0;
  for (const float sample : samples) peak = std::max(peak, std::abs(sample));
  if (peak > 0) {
    for (float& sample : samples) sample *= kPeak / peak;
  }
  return samples;
}

}  // namespace songmap::features
