#pragma once

#include <span>

#include "songmap/audio/ffmpeg/handles.h"

namespace songmap::audio::ffmpeg {

/// Mean of the channels of a decoded frame, written to `out` (one value a sample, `frame.nb_samples` of them). Integer
/// formats are divided by their full scale, so that they fill [-1, 1) as libsndfile's do.
/// Returns false when the frame's sample format is not one that FFmpeg's audio decoders give.
[[nodiscard]] bool mix_to_mono(const AVFrame& frame, float* out);

/// Whether all values are finite.
[[nodiscard]] bool all_finite(std::span<const float> values);

}  // namespace songmap::audio::ffmpeg
