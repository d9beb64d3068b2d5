#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "songmap/core/matrix.h"

namespace songmap::dsp {

/// How energy rises over half a second, band by band (Pohle, Schnitzer, Schedl, Knees & Widmer 2009, "onset patterns"
/// of block-level features, with parameters of songmap's own).
class DeltaSpectralPattern {
 public:
  static constexpr std::size_t kBands = 32;
  static constexpr std::size_t kRanks = 3;
  static constexpr std::size_t kValues = kBands * kRanks;

  /// Adds the blocks of one signal. `levels_db` is [n_frames, 32], in decibels.
  void add(MatrixView levels_db);
  /// 90th percentile over all blocks of the 13th, 19th and 25th smallest rise of each block: [rank][band].
  /// Without any block all zero.
  [[nodiscard]] std::vector<float> finish() const;

 private:
  std::vector<float> blocks_;  // [n_blocks, kValues]
};

/// How strongly each band's level swings at 0.4 to 12.5 Hz (Pampalk, Rauber & Merkl 2002, "fluctuation patterns").
class FluctuationPattern {
 public:
  static constexpr std::size_t kBands = 16;
  static constexpr std::size_t kRates = 10;
  static constexpr std::size_t kValues = kBands * kRates;

  explicit FluctuationPattern(double frames_per_s) : frames_per_s_(frames_per_s) {}
  /// Adds the blocks of one signal. `levels_db` is [n_frames, 16], in decibels.
  void add(MatrixView levels_db);
  /// log(1 + median over all blocks of the mean magnitude in each range of rates): [band][rate].
  [[nodiscard]] std::vector<float> finish() const;

 private:
  double frames_per_s_;
  std::vector<float> blocks_;  // [n_blocks, kValues]
};

}  // namespace songmap::dsp
