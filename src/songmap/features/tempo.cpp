#include "songmap/features/tempo.h"

#include <algorithm>
#include <cmath>

#include "songmap/core/error.h"
#include "songmap/dsp/mfcc.h"
#include "songmap/dsp/tempo.h"

namespace songmap::features {

void Tempo::begin_segment() { first_frame_.push_back(levels_.size() / kFineMels); }

void Tempo::add(const FrameTile& tile) {
  const std::size_t at = levels_.size();
  levels_.resize(at + tile.n_frames * kFineMels);
  dsp::lanes_to_rows(tile.fine_mel_db.data(), kFineMels, tile.n_frames, levels_.data() + at, kFineMels);
}

Matrix Tempo::finish() const {
  require(!levels_.empty(), "tempo: no frames");
  // A frame tells of what began before it: its window is centred, and the rise is from the frame before.
  constexpr std::size_t kLate = 1 + kFrames.n_fft / (2 * kFrames.hop_samples);
  const float floor = *std::ranges::max_element(levels_) - dsp::kTopDb;
  const std::size_t n_frames = levels_.size() / kFineMels;
  std::vector<float> strength(n_frames);
  std::vector<std::size_t> ends(first_frame_.begin() + (first_frame_.empty() ? 0 : 1), first_frame_.end());
  ends.push_back(n_frames);
  std::size_t first = 0;
  for (const std::size_t end : ends) {
    for (std::size_t t = first + kLate; t < end; ++t) {
      const float* now = levels_.data() + (t - kLate + 1) * kFineMels;
      const float* before = now - kFineMels;
      float sum = 0;
      for (std::size_t band = 0; band < kFineMels; ++band) {
        sum += std::max(std::max(now[band], floor) - std::max(before[band], floor), 0.0F);
      }
      strength[t] = sum / kFineMels;
    }
    first = end;
  }
  const double tempo = dsp::tempo_bpm(strength, kRate_hz / static_cast<double>(kFrames.hop_samples));
  return {1, 1, {std::isfinite(tempo) ? static_cast<float>(tempo) : 0.0F}};
}

}  // namespace songmap::features
