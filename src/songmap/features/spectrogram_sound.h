#pragma once

#include <span>
#include <vector>

#include "songmap/core/execution.h"

namespace songmap::features {

/// The sound of one window as convolutional models read and make it: a row of `spectrogram_window_rows`, levels from 0
/// (80 dB below the loudest) to 1; outside, they count as these. Mono samples at 22,050 Hz whose peak is .9; silence
/// where the row says nothing. Phases are found by iterating (dsp/griffin_lim.h): it sounds hollow, and so does a
/// window of the music itself that went this way, which is what to compare it with.
/// @throws InvalidArgument  the row is not [64, frames] with two frames at least, or not finite.
[[nodiscard]] std::vector<float> sound_of_window(std::span<const float> row, const Execution& run = {});

}  // namespace songmap::features
