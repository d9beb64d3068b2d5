#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "songmap/core/execution.h"
#include "songmap/core/matrix.h"
#include "songmap/dsp/mel.h"
#include "songmap/dsp/stft.h"

/// Sound from spectrograms, which have lost their phases and, in mel bands, their fine structure.
namespace songmap::dsp {

/// The power of the STFT's bins that mel bands came from, as far as the bands tell: non-negative least squares by
/// multiplicative updates (Lee & Seung 2001), frame by frame, from equal power in all bins.
/// @param mel_power  [n_frames, n_mels], not negative
/// @returns [n_frames, n_fft / 2 + 1]
/// @throws InvalidArgument  an option out of range, another number of bands, or a power that is negative or not finite.
[[nodiscard]] Matrix power_of_mel(MatrixView mel_power, const MelOptions& options, const Execution& run = {});

struct GriffinLimOptions {
  StftOptions stft;
  int iterations = 60;     ///< More are truer: 30 already sound alike.
  double momentum = 0.99;  ///< 0: as Griffin & Lim; near 1 it converges faster (Perraudin, Balazs & Søndergaard 2013).
  std::uint64_t seed = 0;  ///< Of the phases that it begins with.
};

/// A signal whose magnitudes are as near to these as iterating finds (Griffin & Lim 1984): phases are those of the
/// spectrogram of the signal that the last phases gave.
/// @param magnitude  [n_frames, n_fft / 2 + 1], not negative
/// @returns hop_samples (n_frames - 1) samples, as loud as the magnitudes say
/// @throws InvalidArgument  less than two frames, another number of bins, or a magnitude that is negative or not
/// finite.
[[nodiscard]] std::vector<float> griffin_lim(MatrixView magnitude, const GriffinLimOptions& options = {},
                                             const Execution& run = {});

/// How far the magnitudes of a signal are from those asked for: || |STFT| - magnitude || / || magnitude ||.
[[nodiscard]] double spectral_distance(std::span<const float> samples, MatrixView magnitude,
                                       const StftOptions& options = {});

}  // namespace songmap::dsp
