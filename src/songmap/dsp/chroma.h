#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "songmap/core/matrix.h"
#include "songmap/dsp/lanes.h"

namespace songmap::dsp {

inline constexpr std::size_t kPitchClasses = 12;

/// How far the music is tuned from A = 440 Hz, found as librosa.estimate_tuning does on a power spectrogram: spectral
/// peaks from 150 to 4,000 Hz above a tenth of their frame's maximum, refined by a parabola; the louder half votes for
/// its distance to the next semitone in a histogram of 100 bins.
class TuningEstimator {
 public:
  TuningEstimator(double rate_hz, std::size_t n_fft);
  void add(std::span<const Lanes> power, std::size_t n_frames);
  /// Number of the winning bin, 0 … 99: the tuning is `tuning_of(bin)` semitones. 50 (0 semitones) without any peak.
  [[nodiscard]] std::size_t finish();

 private:
  struct Peak {
    float frequency_hz;
    float magnitude;
  };
  double rate_hz_;
  std::size_t n_fft_;
  std::size_t first_bin_;
  std::size_t end_bin_;
  std::vector<std::array<std::int8_t, kLanes>> is_peak_;
  std::vector<Peak> peaks_;
};

inline constexpr std::size_t kTuningBins = 100;

/// Lower edge of a bin of the tuning histogram in semitones: -0.5, -0.49 … 0.49.
[[nodiscard]] double tuning_of(std::size_t bin);

/// Weights `[12, n_fft / 2 + 1]`, pitch class C first: Gaussian bumps around each semitone, weighted towards the fifth
/// octave (Ellis 2007; librosa.filters.chroma). @throws InvalidArgument  n_fft < 8 or rate_hz <= 0.
[[nodiscard]] Matrix chroma_filterbank(double rate_hz, std::size_t n_fft, double tuning);

/// Energy of each pitch class, divided by the frame's largest; a frame without energy is all zero.
[[nodiscard]] std::array<Lanes, kPitchClasses> chroma(MatrixView filterbank, std::span<const Lanes> power);

}  // namespace songmap::dsp
