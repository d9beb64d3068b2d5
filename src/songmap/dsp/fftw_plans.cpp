#include "songmap/dsp/fftw_plans.h"

namespace songmap::dsp {

std::mutex& fftw_planner() {
  static std::mutex mutex;
  return mutex;
}

}  // namespace songmap::dsp
