#include "songmap/dsp/mel.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "songmap/core/error.h"

namespace songmap::dsp {
namespace {

// Linear up to 1 kHz at 3 mel per 200 Hz, then 27 mel per factor 6.4.
constexpr double kHzPerMel = 200.0 / 3;
constexpr double kLogStartHz = 1000;
constexpr double kLogStartMel = kLogStartHz / kHzPerMel;
const double kLogStep = std::log(6.4) / 27;

}  // namespace

double hz_to_mel(double frequency_hz) {
  if (frequency_hz < kLogStartHz) return frequency_hz / kHzPerMel;
  return kLogStartMel + std::log(frequency_hz / kLogStartHz) / kLogStep;
}

double mel_to_hz(double mel) {
  if (mel < kLogStartMel) return mel * kHzPerMel;
  return kLogStartHz * std::exp(kLogStep * (mel - kLogStartMel));
}

Matrix mel_filterbank(const MelOptions& options) {
  require(options.rate_hz > 0, fmt::format("rate_hz must be positive, not {}", options.rate_hz));
  require(options.n_mels >= 1 && options.n_mels <= options.n_fft / 2,
          fmt::format("n_mels must lie in [1, n_fft / 2], not be {}", options.n_mels));
  const double top_mel = hz_to_mel(options.rate_hz / 2);
  std::vector<double> edges_hz(options.n_mels + 2);
  for (std::size_t i = 0; i < edges_hz.size(); ++i) {
    edges_hz[i] = mel_to_hz(top_mel * static_cast<double>(i) / static_cast<double>(options.n_mels + 1));
  }
  const double bin_hz = options.rate_hz / static_cast<double>(options.n_fft);
  Matrix weights(options.n_mels, options.n_fft / 2 + 1);
  for (std::size_t m = 0; m < options.n_mels; ++m) {
    const double low = edges_hz[m], center = edges_hz[m + 1], high = edges_hz[m + 2];
    const double unit_area = 2 / (high - low);
    const auto first = static_cast<std::size_t>(low / bin_hz);
    const auto end = std::min(weights.cols(), static_cast<std::size_t>(high / bin_hz) + 2);
    for (std::size_t k = first; k < end; ++k) {
      const double frequency_hz = static_cast<double>(k) * options.rate_hz / static_cast<double>(options.n_fft);
      const double rising = (frequency_hz - low) / (center - low);
      const double falling = (high - frequency_hz) / (high - center);
      weights(m, k) = static_cast<float>(std::max(0.0, std::min(rising, falling)) * unit_area);
    }
  }
  return weights;
}

MelBank::MelBank(const MelOptions& options) {
  const Matrix weights = mel_filterbank(options);
  for (std::size_t m = 0; m < weights.rows(); ++m) {
    const auto row = weights.row(m);
    const auto positive = [](float weight) { return weight > 0; };
    const auto first = std::find_if(row.begin(), row.end(), positive);
    const auto last = std::find_if(row.rbegin(), row.rend(), positive).base();
    // A filter narrower than a bin may miss every bin: it stays empty, as in librosa.
    filters_.push_back({static_cast<std::size_t>(first - row.begin()),
                        first < last ? std::vector<float>(first, last) : std::vector<float>()});
  }
}

void MelBank::apply(std::span<const Lanes> power, std::span<Lanes> out) const {
  for (std::size_t m = 0; m < filters_.size(); ++m) {
    const Filter& filter = filters_[m];
    Lanes energy = {};
    for (std::size_t i = 0; i < filter.weights.size(); ++i) energy += power[filter.first_bin + i] * filter.weights[i];
    out[m] = energy;
  }
}

}  // namespace songmap::dsp
