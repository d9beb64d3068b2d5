#include "songmap/dsp/spectral_shape.h"

#include <algorithm>
#include <limits>

#include "songmap/dsp/mfcc.h"

namespace songmap::dsp {
namespace {

struct Sums {
  Lanes total = {};
  Lanes weighted = {};  // by the bin's number
};

/// Sums of so many bins are added up apart from the grand total: the rounding error stays near that of one addition.
constexpr std::size_t kRun = 32;

Sums sum_spectrum(std::span<const Lanes> magnitude) {
  Sums sums;
  for (std::size_t first = 0; first < magnitude.size(); first += kRun) {
    const std::size_t end = std::min(first + kRun, magnitude.size());
    Lanes total = {}, weighted = {};
    for (std::size_t k = first; k < end; ++k) {
      total += magnitude[k];
      weighted += magnitude[k] * static_cast<float>(k);
    }
    sums.total += total;
    sums.weighted += weighted;
  }
  return sums;
}

Lanes divisor(const Lanes& total) { return total < std::numeric_limits<float>::min() ? broadcast(1) : total; }

/// Bins whose running sum stays under the share, counted: the number of the roll-off bin.
Lanes rolloff_bin(std::span<const Lanes> magnitude) {
  Lanes total = {};
  for (const Lanes& value : magnitude) total += value;
  const Lanes threshold = total * kRolloffShare;
  Lanes running = {};
  LaneInts below = {};
  for (const Lanes& value : magnitude) {
    running += value;
    below -= running < threshold;
  }
  return __builtin_convertvector(below, Lanes);
}

}  // namespace

SpectralShape spectral_shape_without_bandwidth(std::span<const Lanes> magnitude, double rate_hz) {
  const auto bin_hz = static_cast<float>(rate_hz / (2.0 * static_cast<double>(magnitude.size() - 1)));
  const Sums sums = sum_spectrum(magnitude);
  return {sums.weighted / divisor(sums.total) * bin_hz, Lanes{}, rolloff_bin(magnitude) * bin_hz};
}

SpectralShape spectral_shape(std::span<const Lanes> magnitude, double rate_hz) {
  SpectralShape shape = spectral_shape_without_bandwidth(magnitude, rate_hz);
  const auto bin_hz = static_cast<float>(rate_hz / (2.0 * static_cast<double>(magnitude.size() - 1)));
  const Lanes center = shape.centroid_hz / bin_hz;
  Lanes total = {}, squares = {};
  for (std::size_t k = 0; k < magnitude.size(); ++k) {
    const Lanes distance = center - static_cast<float>(k);
    total += magnitude[k];
    squares += magnitude[k] * distance * distance;
  }
  shape.bandwidth_hz = square_root(squares / divisor(total)) * bin_hz;
  return shape;
}

Lanes flatness_db(std::span<const Lanes> power) {
  const Lanes floor = broadcast(kPowerFloor);
  Lanes logarithms = {}, total = {};
  for (std::size_t first = 0; first < power.size(); first += kRun) {
    Lanes run = {};
    for (const Lanes& value : power.subspan(first, std::min(kRun, power.size() - first))) {
      const Lanes raised = max(value, floor);
      run += natural_log(raised);
      total += raised;
    }
    logarithms += run;
  }
  constexpr float kTenOverLn10 = 4.342944819f;
  const auto share = 1.0f / static_cast<float>(power.size());
  // The means are equal at most (for a flat spectrum), but not always after rounding.
  return min((logarithms * share - natural_log(total * share)) * kTenOverLn10, Lanes{});
}

Lanes root_mean_square(std::span<const Lanes> power) {
  Lanes total = (power.front() + power.back()) * 0.5f;
  for (std::size_t k = 1; k + 1 < power.size(); ++k) total += power[k];
  const auto n_fft = static_cast<float>(2 * (power.size() - 1));
  return square_root(total * (2.0f / (n_fft * n_fft)));
}

}  // namespace songmap::dsp
