#include "songmap/dsp/contrast.h"

#include <algorithm>
#include <cmath>

#include "songmap/core/error.h"
#include "songmap/dsp/mfcc.h"

namespace songmap::dsp {
namespace {

constexpr double kQuantile = 0.02;
constexpr double kLowestEdgeHz = 200;

/// Magnitudes are not negative, so their bits compare as they do; every x86-64 has integer minimum and maximum, whose
/// floating-point cousins the compiler may not use because of NaN.
LaneInts as_bits(const Lanes& x) {
  LaneInts bits;
  std::memcpy(&bits, &x, sizeof bits);
  return bits;
}

Lanes as_floats(const LaneInts& bits) {
  Lanes x;
  std::memcpy(&x, &bits, sizeof x);
  return x;
}

/// Means of the N largest and N smallest values in each lane, by N-deep insertion without branches.
template <std::size_t N>
void extremes(std::span<const Lanes> values, Lanes& top, Lanes& bottom) {
  LaneInts largest[N] = {};
  LaneInts smallest[N];
  for (LaneInts& slot : smallest) slot = LaneInts{} + 0x7f800000;
  for (const Lanes& value : values) {
    LaneInts rising = as_bits(value);
    LaneInts falling = rising;
    for (std::size_t i = 0; i < N; ++i) {
      const LaneInts high = rising > largest[i] ? rising : largest[i];
      rising = rising > largest[i] ? largest[i] : rising;
      largest[i] = high;
      const LaneInts low = falling < smallest[i] ? falling : smallest[i];
      falling = falling < smallest[i] ? smallest[i] : falling;
      smallest[i] = low;
    }
  }
  top = bottom = Lanes{};
  for (std::size_t i = 0; i < N; ++i) {
    top += as_floats(largest[i]);
    bottom += as_floats(smallest[i]);
  }
  top *= 1.0f / N;
  bottom *= 1.0f / N;
}

}  // namespace

SpectralContrast::SpectralContrast(double rate_hz, std::size_t n_fft) {
  const double bin_hz = rate_hz / static_cast<double>(n_fft);
  const std::size_t n_bins = n_fft / 2 + 1;
  for (std::size_t b = 0; b < kBands; ++b) {
    const double low_hz = b == 0 ? 0 : kLowestEdgeHz * std::exp2(static_cast<double>(b) - 1);
    const double high_hz = kLowestEdgeHz * std::exp2(static_cast<double>(b));
    // librosa's selection: bins from low to high, both included; the bin below low is added (except for the first
    // band), the last band goes on to Nyquist, the others lose their last bin again after it was counted.
    auto first = static_cast<std::size_t>(std::ceil(low_hz / bin_hz));
    auto end = std::min(n_bins, static_cast<std::size_t>(std::floor(high_hz / bin_hz)) + 1);
    if (b > 0) --first;
    if (b + 1 == kBands) end = n_bins;
    require(first + 2 < end, "spectral contrast: a band has no bins; the rate or n_fft is too low");
    const double share = kQuantile * static_cast<double>(end - first);
    const auto n_extreme = static_cast<std::size_t>(std::max(1.0, std::nearbyint(share)));
    if (b + 1 < kBands) --end;
    require(n_extreme <= 9, "spectral contrast: n_fft is too large");
    bands_[b] = {first, end, n_extreme};
  }
}

SpectralContrast::Levels SpectralContrast::levels(std::span<const Lanes> magnitude) const {
  using Select = void (*)(std::span<const Lanes>, Lanes&, Lanes&);
  static constexpr Select kSelect[] = {extremes<1>, extremes<2>, extremes<3>, extremes<4>, extremes<5>,
                                       extremes<6>, extremes<7>, extremes<8>, extremes<9>};
  Levels levels;
  for (std::size_t b = 0; b < kBands; ++b) {
    const Band& band = bands_[b];
    Lanes top, bottom;
    kSelect[band.n_extreme - 1](magnitude.subspan(band.first_bin, band.end_bin - band.first_bin), top, bottom);
    levels.peak_db[b] = decibels(top, kPowerFloor);
    levels.valley_db[b] = decibels(bottom, kPowerFloor);
  }
  return levels;
}

}  // namespace songmap::dsp
