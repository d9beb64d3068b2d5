#pragma once

#include <array>

#include "songmap/dsp/contrast.h"
#include "songmap/dsp/mel.h"
#include "songmap/dsp/spectral_shape.h"
#include "songmap/dsp/stft.h"
#include "songmap/dsp/zero_crossings.h"

namespace songmap::features {

inline constexpr double kRate_hz = 22050;
inline constexpr dsp::StftOptions kFrames;  // n_fft 2048, hop 512
inline constexpr std::size_t kFineMels = 128;
inline constexpr std::size_t kCoarseMels = 64;

/// What recipes want to know about frames. Each is computed once, for whoever asks.
struct FrameNeeds {
  bool fine_mel = false;
  bool coarse_mel = false;
  bool shape = false;   ///< Centroid, roll-off, zero-crossing rate.
  bool timbre = false;  ///< Bandwidth, flatness, level, contrast.
};

/// Descriptors of up to kLanes consecutive frames, one a lane. Levels are 10 log10(max(power, 1e-10)).
struct FrameTile {
  std::size_t n_frames = 0;
  std::array<dsp::Lanes, kFineMels> fine_mel_db;
  std::array<dsp::Lanes, kCoarseMels> coarse_mel_db;
  dsp::SpectralShape shape;
  dsp::Lanes zero_crossing_rate;
  dsp::Lanes flatness_db;
  dsp::Lanes rms;
  dsp::SpectralContrast::Levels contrast;
};

/// From blocks of samples to descriptors.
class FrameDescriber {
 public:
  explicit FrameDescriber(FrameNeeds needs);
  /// Valid until the next call, as is `spectrum()`.
  const FrameTile& describe(const dsp::FrameBlock& block);
  [[nodiscard]] const dsp::SpectrumTile& spectrum() const { return spectrum_; }

 private:
  FrameNeeds needs_;
  dsp::Stft stft_;
  dsp::ZeroCrossings zero_crossings_;
  dsp::SpectralContrast contrast_;
  dsp::SpectrumTile spectrum_;
  FrameTile tile_;
};

}  // namespace songmap::features
