#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "songmap/dsp/lanes.h"

namespace songmap::dsp {

/// Octave-band spectral contrast (Jiang et al. 2002) with librosa's bands: edges 0, 200, 400 … 6,400 Hz, Nyquist.
class SpectralContrast {
 public:
  static constexpr std::size_t kBands = 7;

  /// @throws InvalidArgument  a band of the spectrum has no bins (rate or n_fft too low).
  SpectralContrast(double rate_hz, std::size_t n_fft);

  struct Levels {
    std::array<Lanes, kBands> peak_db;    ///< Mean of the top 2 % of the band's magnitudes, as 10 log10.
    std::array<Lanes, kBands> valley_db;  ///< Mean of the bottom 2 %.
  };
  /// librosa raises both to 80 dB under the largest of the whole signal, then subtracts: a matter of the caller, who
  /// knows the whole signal.
  [[nodiscard]] Levels levels(std::span<const Lanes> magnitude) const;

 private:
  struct Band {
    std::size_t first_bin;
    std::size_t end_bin;
    std::size_t n_extreme;  // bins in 2 %, at least 1
  };
  std::array<Band, kBands> bands_;
};

}  // namespace songmap::dsp
