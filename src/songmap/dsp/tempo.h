#pragma once

#include <span>

namespace songmap::dsp {

/// How a tempo is found.
struct TempoOptions {
  double window_s = 8;        ///< Over which the onsets are compared with themselves.
  double likely_bpm = 120;    ///< The centre of what is expected …
  double likely_octaves = 1;  ///< … and its deviation.
  double fastest_bpm = 320;
};

/// Beats a minute of a signal from how strongly something begins in each frame: the lag at which local
/// autocorrelations, each over its largest value, are largest in the mean over the signal, weighted by what is expected
/// (Ellis 2007; the values are those of librosa.feature.tempo). Half and double tempo are easily mistaken for one
/// another. NaN where nothing ever begins, or there are no two frames. O(n log window) time.
[[nodiscard]] double tempo_bpm(std::span<const float> onset_strength, double frames_per_s,
                               const TempoOptions& options = {});

}  // namespace songmap::dsp
