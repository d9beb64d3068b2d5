#pragma once

#include <span>

#include "songmap/dsp/lanes.h"
#include "songmap/dsp/stft.h"

namespace songmap::dsp {

/// Where and how widely the energy of a frame lies, one value a lane; librosa's definitions on the magnitude spectrum.
struct SpectralShape {
  Lanes centroid_hz;
  Lanes bandwidth_hz;  ///< Square root of the mean squared distance to the centroid.
  Lanes rolloff_hz;    ///< Lowest bin that has 85 % of the summed magnitude at or below it.
};

inline constexpr float kRolloffShare = 0.85f;

/// A frame without energy has 0 everywhere.
[[nodiscard]] SpectralShape spectral_shape(std::span<const Lanes> magnitude, double rate_hz);

/// Centroid and roll-off alone: without the second pass that the bandwidth takes.
[[nodiscard]] SpectralShape spectral_shape_without_bandwidth(std::span<const Lanes> magnitude, double rate_hz);

/// Geometric over arithmetic mean of the power spectrum (floor 1e-10), in (0, 1], in decibels.
[[nodiscard]] Lanes flatness_db(std::span<const Lanes> power);

/// Root mean square of the windowed frame from its spectrum (Parseval), as librosa.feature.rms(S=...).
[[nodiscard]] Lanes root_mean_square(std::span<const Lanes> power);

}  // namespace songmap::dsp
