#include "songmap/features/log_mel.h"

#include <algorithm>

#include "songmap/core/error.h"
#include "songmap/dsp/mfcc.h"

namespace songmap::features {

void LogMel::add(const FrameTile& tile) {
  const std::size_t at = levels_.size();
  levels_.resize(at + tile.n_frames * kCoarseMels);
  dsp::lanes_to_rows(tile.coarse_mel_db.data(), kCoarseMels, tile.n_frames, levels_.data() + at, kCoarseMels);
}

Matrix LogMel::finish() const {
  require(!levels_.empty(), "log-mel: no frames");
  const float loudest = *std::max_element(levels_.begin(), levels_.end());
  Matrix result(levels_.size() / kCoarseMels, kCoarseMels, levels_);
  for (float& level : result.values()) level = std::max(level - loudest, -dsp::kTopDb);
  return result;
}

}  // namespace songmap::features
