#include "songmap/dsp/griffin_lim.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>

#include "songmap/core/error.h"
#include "songmap/core/parallel.h"
#include "songmap/core/random.h"
#include "songmap/dsp/real_fft.h"

namespace songmap::dsp {
namespace {

void check_power(MatrixView values, std::size_t cols, const char* what) {
  require(values.cols() == cols, fmt::format("{}: {} columns, not {}", what, values.cols(), cols));
  const auto wrong = [](float value) { return !(value >= 0) || !std::isfinite(value); };
  require(std::ranges::none_of(values.values(), wrong), fmt::format("{}: a value is negative or not finite", what));
}

/// One mel band without its zeros.
struct Filter {
  std::size_t first_bin = 0;
  std::vector<double> weights;

  [[nodiscard]] double of(const std::vector<double>& power) const {
    double sum = 0;
    for (std::size_t k = 0; k < weights.size(); ++k) sum += weights[k] * power[first_bin + k];
    return sum;
  }
  void add_to(std::vector<double>& bins, double amount) const {
    for (std::size_t k = 0; k < weights.size(); ++k) bins[first_bin + k] += weights[k] * amount;
  }
};

std::vector<Filter> sparse(const Matrix& filterbank) {
  std::vector<Filter> filters;
  for (std::size_t m = 0; m < filterbank.rows(); ++m) {
    Filter filter;
    for (std::size_t k = 0; k < filterbank.cols(); ++k) {
      if (filterbank(m, k) == 0) continue;
      if (filter.weights.empty()) filter.first_bin = k;
      filter.weights.push_back(filterbank(m, k));
    }
    filters.push_back(std::move(filter));
  }
  return filters;
}

/// The inverse of a centred STFT and the STFT itself, with phases.
class PhaseSpectrogram {
 public:
  PhaseSpectrogram(const StftOptions& options, std::size_t n_frames)
      : options_(options),
        n_frames_(n_frames),
        n_bins_(options.n_fft / 2 + 1),
        fft_(options.n_fft),
        window_(options.n_fft),
        weight_(options.n_fft + options.hop_samples * (n_frames - 1)) {
    for (std::size_t i = 0; i < window_.size(); ++i) {
      const double phase = 2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(window_.size());
      window_[i] = static_cast<float>(0.5 - 0.5 * std::cos(phase));
    }
    for (std::size_t t = 0; t < n_frames_; ++t) {
      for (std::size_t i = 0; i < window_.size(); ++i) weight_[t * options_.hop_samples + i] += window_[i] * window_[i];
    }
  }

  [[nodiscard]] std::size_t size() const { return n_frames_ * n_bins_; }

  /// The signal nearest to a spectrogram, with the half window beyond each end.
  [[nodiscard]] std::vector<float> padded_signal(const std::vector<std::complex<float>>& spectra) {
    std::vector<float> signal(weight_.size());
    for (std::size_t t = 0; t < n_frames_; ++t) {
      std::copy_n(spectra.begin() + static_cast<std::ptrdiff_t>(t * n_bins_), n_bins_, fft_.spectrum().begin());
      fft_.backward();
      for (std::size_t i = 0; i < window_.size(); ++i) {
        signal[t * options_.hop_samples + i] += window_[i] * fft_.signal()[i];
      }
    }
    constexpr float kLeastWeight = 1e-6F;
    for (std::size_t i = 0; i < signal.size(); ++i) {
      if (weight_[i] > kLeastWeight) signal[i] /= weight_[i];
    }
    return signal;
  }

  void spectra_of(const std::vector<float>& padded, std::vector<std::complex<float>>& spectra) {
    for (std::size_t t = 0; t < n_frames_; ++t) {
      for (std::size_t i = 0; i < window_.size(); ++i) {
        fft_.signal()[i] = window_[i] * padded[t * options_.hop_samples + i];
      }
      fft_.forward();
      std::ranges::copy(fft_.spectrum(), spectra.begin() + static_cast<std::ptrdiff_t>(t * n_bins_));
    }
  }

  [[nodiscard]] std::vector<float> without_padding(const std::vector<float>& padded) const {
    const auto lead = static_cast<std::ptrdiff_t>(options_.n_fft / 2);
    return {padded.begin() + lead, padded.end() - lead};
  }

 private:
  StftOptions options_;
  std::size_t n_frames_;
  std::size_t n_bins_;
  RealFft fft_;
  std::vector<float> window_;
  std::vector<float> weight_;  // sum of squared windows over each sample
};

}  // namespace

Matrix power_of_mel(MatrixView mel_power, const MelOptions& options, const Execution& run) {
  constexpr int kIterations = 100;
  constexpr double kTiny = 1e-30;
  const std::vector<Filter> filters = sparse(mel_filterbank(options));
  check_power(mel_power, filters.size(), "power_of_mel");
  const std::size_t n_bins = options.n_fft / 2 + 1;
  Matrix power(mel_power.rows(), n_bins);
  parallel_for(mel_power.rows(), run.thread_count(), [&](std::size_t t) {
    std::vector<double> x(n_bins, 1);
    std::vector<double> aimed(n_bins);  // filters^T mel
    for (std::size_t m = 0; m < filters.size(); ++m) filters[m].add_to(aimed, mel_power(t, m));
    std::vector<double> reached(n_bins);  // filters^T filters x
    for (int iteration = 0; iteration < kIterations; ++iteration) {
      std::ranges::fill(reached, 0);
      for (const Filter& filter : filters) filter.add_to(reached, filter.of(x));
      for (std::size_t k = 0; k < n_bins; ++k) x[k] = reached[k] > kTiny ? x[k] * aimed[k] / reached[k] : 0;
    }
    for (std::size_t k = 0; k < n_bins; ++k) power(t, k) = static_cast<float>(x[k]);
  });
  return power;
}

std::vector<float> griffin_lim(MatrixView magnitude, const GriffinLimOptions& options, const Execution& run) {
  require(magnitude.rows() >= 2, "griffin_lim: a signal has two frames at least");
  require(options.iterations >= 0 && options.momentum >= 0 && options.momentum < 1,
          fmt::format("griffin_lim: {} iterations with momentum {}, but the first must not be negative and the second "
                      "must lie in [0, 1)",
                      options.iterations, options.momentum));
  check_power(magnitude, options.stft.n_fft / 2 + 1, "griffin_lim");
  PhaseSpectrogram spectrogram(options.stft, magnitude.rows());
  Random random(options.seed, 0x6a11);
  std::vector<std::complex<float>> spectra(spectrogram.size());
  for (std::size_t i = 0; i < spectra.size(); ++i) {
    spectra[i] = std::polar(magnitude.values()[i], static_cast<float>(2 * std::numbers::pi * random.uniform()));
  }
  std::vector<std::complex<float>> rebuilt(spectra.size());
  std::vector<std::complex<float>> before(spectra.size());
  const auto drag = static_cast<float>(options.momentum / (1 + options.momentum));
  for (int iteration = 0; iteration < options.iterations; ++iteration) {
    run.report({"sound", static_cast<double>(iteration), static_cast<double>(options.iterations), "iterations"});
    spectrogram.spectra_of(spectrogram.padded_signal(spectra), rebuilt);
    for (std::size_t i = 0; i < spectra.size(); ++i) {
      const std::complex<float> phase = rebuilt[i] - drag * before[i];
      const float size = std::abs(phase);
      spectra[i] = size > 0 ? phase * (magnitude.values()[i] / size) : magnitude.values()[i];
    }
    std::swap(before, rebuilt);
  }
  return spectrogram.without_padding(spectrogram.padded_signal(spectra));
}

double spectral_distance(std::span<const float> samples, MatrixView magnitude, const StftOptions& options) {
  const Matrix power = power_spectrogram(samples, options);
  require(power.rows() == magnitude.rows() && power.cols() == magnitude.cols(),
          fmt::format("spectral_distance: the signal has [{}, {}] magnitudes, not [{}, {}]", power.rows(), power.cols(),
                      magnitude.rows(), magnitude.cols()));
  double off = 0;
  double all = 0;
  for (std::size_t i = 0; i < power.values().size(); ++i) {
    const double asked = magnitude.values()[i];
    const double difference = std::sqrt(static_cast<double>(power.values()[i])) - asked;
    off += difference * difference;
    all += asked * asked;
  }
  return all > 0 ? std::sqrt(off / all) : 0;
}

}  // namespace songmap::dsp
