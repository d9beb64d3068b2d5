#pragma once

#include <mutex>

namespace songmap::dsp {

/// FFTW makes one plan at a time in a process, whoever asks; carrying plans out needs no lock.
[[nodiscard]] std::mutex& fftw_planner();

}  // namespace songmap::dsp
