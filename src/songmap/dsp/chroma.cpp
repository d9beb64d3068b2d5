#include "songmap/dsp/chroma.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "songmap/core/error.h"

namespace songmap::dsp {
namespace {

constexpr double kLowestPeakHz = 150;
constexpr double kHighestPeakHz = 4000;
constexpr float kPeakShare = 0.1f;

/// np.median of float32.
float median(std::vector<float>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return (*std::max_element(values.begin(), middle) + *middle) / 2;
}

}  // namespace

double tuning_of(std::size_t bin) { return (static_cast<double>(bin) - 50) / 100; }

TuningEstimator::TuningEstimator(double rate_hz, std::size_t n_fft) : rate_hz_(rate_hz), n_fft_(n_fft) {
  const double bin_hz = rate_hz / static_cast<double>(n_fft);
  first_bin_ = std::max<std::size_t>(1, static_cast<std::size_t>(std::ceil(kLowestPeakHz / bin_hz)));
  end_bin_ = std::min(n_fft / 2, static_cast<std::size_t>(std::ceil(kHighestPeakHz / bin_hz)));
  require(first_bin_ < end_bin_, "tuning: the spectrum has no bins from 150 to 4,000 Hz");
  is_peak_.resize(end_bin_ - first_bin_);
}

void TuningEstimator::add(std::span<const Lanes> power, std::size_t n_frames) {
  Lanes loudest = {};
  for (const Lanes& value : power) loudest = max(value, loudest);
  const Lanes threshold = loudest * kPeakShare;
  using Flags [[gnu::vector_size(kLanes)]] = std::int8_t;
  for (std::size_t k = first_bin_; k < end_bin_; ++k) {
    const LaneInts peak = (power[k] > threshold) & (power[k] > power[k - 1]) & (power[k] >= power[k + 1]);
    const Flags flags = __builtin_convertvector(peak, Flags);
    std::memcpy(is_peak_[k - first_bin_].data(), &flags, sizeof flags);
  }
  for (std::size_t k = first_bin_; k < end_bin_; ++k) {
    const auto& flags = is_peak_[k - first_bin_];
    std::uint64_t any[2];
    std::memcpy(any, flags.data(), sizeof any);
    if ((any[0] | any[1]) == 0) continue;
    for (std::size_t lane = 0; lane < n_frames; ++lane) {
      if (flags[lane] == 0) continue;
      const float before = power[k - 1][lane], here = power[k][lane], after = power[k + 1][lane];
      // Single and double precision change hands where they do in librosa, so that peaks fall into the same bins.
      const double curvature = static_cast<double>(after + before) - 2.0 * static_cast<double>(here);
      const double slope = static_cast<double>(after - before) / 2;
      const auto shift = std::abs(slope) >= std::abs(curvature) ? 0.0f : static_cast<float>(-slope / curvature);
      const auto frequency_hz = static_cast<float>((static_cast<double>(k) + static_cast<double>(shift)) * rate_hz_ /
                                                   static_cast<double>(n_fft_));
      peaks_.push_back({frequency_hz, here + 0.5f * ((after - before) / 2) * shift});
    }
  }
}

std::size_t TuningEstimator::finish() {
  if (peaks_.empty()) return kTuningBins / 2;
  std::vector<float> magnitudes;
  magnitudes.reserve(peaks_.size());
  for (const Peak& peak : peaks_) magnitudes.push_back(peak.magnitude);
  const float threshold = median(magnitudes);
  std::array<std::size_t, kTuningBins> counts{};
  for (const Peak& peak : peaks_) {
    if (peak.magnitude < threshold) continue;
    const float semitones = static_cast<float>(kPitchClasses) * std::log2(peak.frequency_hz / 27.5f);
    float residual = semitones - std::floor(semitones);
    if (residual >= 0.5f) residual -= 1;
    auto bin = static_cast<std::size_t>(std::clamp(std::floor((residual + 0.5) * 100), 0.0, 99.0));
    while (bin > 0 && residual < tuning_of(bin)) --bin;
    while (bin + 1 < kTuningBins && residual >= tuning_of(bin + 1)) ++bin;
    ++counts[bin];
  }
  return static_cast<std::size_t>(std::max_element(counts.begin(), counts.end()) - counts.begin());
}

Matrix chroma_filterbank(double rate_hz, std::size_t n_fft, double tuning) {
  require(rate_hz > 0 && n_fft >= 8, "chroma_filterbank: rate_hz must be positive and n_fft at least 8");
  constexpr auto kClasses = static_cast<double>(kPitchClasses);
  constexpr double kCenterOctave = 5, kOctaveWidth = 2;
  const std::size_t n_bins = n_fft / 2 + 1;
  const double reference_hz = 440 * std::exp2(tuning / kClasses) / 16;
  std::vector<double> semitones(n_bins + 1);
  for (std::size_t k = 1; k < semitones.size(); ++k) {
    const double frequency_hz = static_cast<double>(k) * rate_hz / static_cast<double>(n_fft);
    semitones[k] = kClasses * std::log2(frequency_hz / reference_hz);
  }
  // The logarithm of 0 Hz: an octave and a half under bin 1, so that it belongs to no class in particular.
  semitones[0] = semitones[1] - 1.5 * kClasses;
  Matrix weights(kPitchClasses, n_bins);
  for (std::size_t k = 0; k < n_bins; ++k) {
    const double width = std::max(semitones[k + 1] - semitones[k], 1.0);
    double bumps[kPitchClasses];
    double squares = 0;
    for (std::size_t c = 0; c < kPitchClasses; ++c) {
      const double distance = semitones[k] - static_cast<double>(c) + kClasses / 2;
      const double wrapped = distance - kClasses * std::floor(distance / kClasses) - kClasses / 2;
      const double z = 2 * wrapped / width;
      bumps[c] = std::exp(-0.5 * z * z);
      squares += bumps[c] * bumps[c];
    }
    const double octave = (semitones[k] / kClasses - kCenterOctave) / kOctaveWidth;
    const double gain = std::exp(-0.5 * octave * octave) / std::sqrt(squares);
    // Semitones count from A; rows count from C.
    for (std::size_t c = 0; c < kPitchClasses; ++c) {
      weights((c + kPitchClasses - 3) % kPitchClasses, k) = static_cast<float>(bumps[c] * gain);
    }
  }
  return weights;
}

std::array<Lanes, kPitchClasses> chroma(MatrixView filterbank, std::span<const Lanes> power) {
  require(filterbank.rows() == kPitchClasses && filterbank.cols() == power.size(),
          "chroma: filterbank and spectrum do not match");
  std::array<Lanes, kPitchClasses> energy{};
  constexpr std::size_t kTogether = 4;
  for (std::size_t c = 0; c < kPitchClasses; c += kTogether) {
    Lanes sums[kTogether] = {};
    for (std::size_t k = 0; k < power.size(); ++k) {
      for (std::size_t i = 0; i < kTogether; ++i) sums[i] += power[k] * filterbank(c + i, k);
    }
    for (std::size_t i = 0; i < kTogether; ++i) energy[c + i] = sums[i];
  }
  Lanes loudest = {};
  for (const Lanes& value : energy) loudest = max(value, loudest);
  const Lanes divisor = loudest < std::numeric_limits<float>::min() ? broadcast(1) : loudest;
  for (Lanes& value : energy) value /= divisor;
  return energy;
}

}  // namespace songmap::dsp
