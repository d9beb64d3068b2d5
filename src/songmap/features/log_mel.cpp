#include "songmap/features/log_mel.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "songmap/core/error.h"
#include "songmap/dsp/mfcc.h"

namespace songmap::features {
namespace {

constexpr float kSteps = 255;
constexpr std::array<float, 3> kPlace = {1, 0x1p8F, 0x1p16F};
constexpr std::size_t kPackedCols = (kCoarseMels + 2) / 3;

}  // namespace

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

Matrix packed_levels(MatrixView log_mel) {
  require(log_mel.cols() == kCoarseMels, "packed_levels: a frame has 64 levels");
  Matrix packed(log_mel.rows(), kPackedCols);
  for (std::size_t i = 0; i < log_mel.rows(); ++i) {
    for (std::size_t band = 0; band < kCoarseMels; ++band) {
      const float step = std::round((log_mel(i, band) / dsp::kTopDb + 1) * kSteps);
      packed(i, band / 3) += std::clamp(step, 0.0F, kSteps) * kPlace[band % 3];
    }
  }
  return packed;
}

Matrix unpacked_levels(MatrixView packed) {
  require(packed.cols() == kPackedCols, "unpacked_levels: a frame has 22 numbers");
  Matrix log_mel(packed.rows(), kCoarseMels);
  for (std::size_t i = 0; i < packed.rows(); ++i) {
    for (std::size_t band = 0; band < kCoarseMels; ++band) {
      const float number = packed(i, band / 3);
      require(number >= 0 && number < 0x1p24F, "unpacked_levels: a number that holds no three levels");
      const auto step = static_cast<std::uint32_t>(number) >> (8 * (band % 3)) & 0xFFU;
      log_mel(i, band) = (static_cast<float>(step) / kSteps - 1) * dsp::kTopDb;
    }
  }
  return log_mel;
}

}  // namespace songmap::features
