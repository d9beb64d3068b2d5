#include "songmap/dsp/tempo.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <limits>
#include <numbers>
#include <vector>

#include "songmap/core/error.h"
#include "songmap/dsp/real_fft.h"

namespace songmap::dsp {
namespace {

/// The frames with half a window on both sides that rises from zero and falls to it.
std::vector<float> padded(std::span<const float> frames, std::size_t lead) {
  std::vector<float> result(frames.size() + 2 * lead);
  for (std::size_t i = 0; i < lead; ++i) {
    const auto part = static_cast<float>(i) / static_cast<float>(lead);
    result[i] = part * frames.front();
    result[result.size() - 1 - i] = part * frames.back();
  }
  std::ranges::copy(frames, result.begin() + static_cast<std::ptrdiff_t>(lead));
  return result;
}

/// Mean over all frames of the autocorrelation around them, each over its largest value: one a lag.
std::vector<double> mean_autocorrelation(std::span<const float> frames, std::size_t window) {
  std::size_t n_fft = 1;
  while (n_fft < 2 * window) n_fft *= 2;
  RealFft fft(n_fft);
  std::vector<float> hann(window);
  for (std::size_t i = 0; i < window; ++i) {
    const double phase = 2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(window);
    hann[i] = static_cast<float>(0.5 - 0.5 * std::cos(phase));
  }
  const std::vector<float> signal = padded(frames, window / 2);
  std::vector<double> mean(window);
  for (std::size_t t = 0; t < frames.size(); ++t) {
    std::ranges::fill(fft.signal(), 0.0F);
    for (std::size_t i = 0; i < window; ++i) fft.signal()[i] = hann[i] * signal[t + i];
    fft.forward();
    for (std::complex<float>& bin : fft.spectrum()) bin = std::norm(bin);
    fft.backward();
    float largest = 0;
    for (std::size_t lag = 0; lag < window; ++lag) largest = std::max(largest, std::abs(fft.signal()[lag]));
    if (largest < std::numeric_limits<float>::min()) continue;
    for (std::size_t lag = 0; lag < window; ++lag) mean[lag] += static_cast<double>(fft.signal()[lag] / largest);
  }
  for (double& value : mean) value /= static_cast<double>(frames.size());
  return mean;
}

}  // namespace

double tempo_bpm(std::span<const float> onset_strength, double frames_per_s, const TempoOptions& options) {
  require(frames_per_s > 0 && options.window_s > 0 && options.likely_bpm > 0 && options.likely_octaves > 0,
          "tempo: rates, the window and what is likely must be above 0");
  const auto window = static_cast<std::size_t>(options.window_s * frames_per_s);
  const bool any = std::ranges::any_of(onset_strength, [](float strength) { return strength > 0; });
  if (onset_strength.size() < 2 || window < 2 || !any) return std::numeric_limits<double>::quiet_NaN();
  const std::vector<double> alike = mean_autocorrelation(onset_strength, window);
  double best = -std::numeric_limits<double>::infinity();
  double tempo = std::numeric_limits<double>::quiet_NaN();
  for (std::size_t lag = 1; lag < window; ++lag) {
    const double bpm = 60 * frames_per_s / static_cast<double>(lag);
    if (bpm >= options.fastest_bpm) continue;
    const double off = std::log2(bpm / options.likely_bpm) / options.likely_octaves;
    const double score = std::log1p(1e6 * std::max(alike[lag], 0.0)) - 0.5 * off * off;
    if (score <= best) continue;
    best = score;
    tempo = bpm;
  }
  return tempo;
}

}  // namespace songmap::dsp
