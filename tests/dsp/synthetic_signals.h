#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <stdexcept>
#include <string>
#include <vector>

/// Signals that tests/reference/librosa_reference.py makes by the same formulas.
namespace songmap::testing {

inline constexpr double kSignalRate_hz = 22050;

/// Uniform in [-1, 1): the linear congruential generator of Numerical Recipes.
class Noise {
 public:
  explicit Noise(std::uint32_t seed) : state_(seed) {}
  double next() {
    state_ = 1664525u * state_ + 1013904223u;
    return static_cast<double>(state_) / 2147483648.0 - 1.0;
  }

 private:
  std::uint32_t state_;
};

/// A rising sine with a little noise.
inline std::vector<float> chirp(std::size_t n) {
  Noise noise(1);
  std::vector<float> signal(n);
  for (std::size_t i = 0; i < n; ++i) {
    const double t = static_cast<double>(i) / kSignalRate_hz;
    signal[i] =
        static_cast<float>(0.5 * std::sin(2 * std::numbers::pi * (100 * t + 150 * t * t)) + 0.01 * noise.next());
  }
  return signal;
}

/// Three notes 23 cents above equal temperament, each with four harmonics, struck again every half second.
inline std::vector<float> chord(std::size_t n) {
  Noise noise(2);
  std::vector<float> signal(n);
  for (std::size_t i = 0; i < n; ++i) {
    const double t = static_cast<double>(i) / kSignalRate_hz;
    double sum = 0;
    for (const double semitone : {-12.0, -8.0, -5.0}) {
      const double f = 440 * std::exp2((semitone + 0.23) / 12);
      for (int h = 1; h <= 4; ++h) sum += std::sin(2 * std::numbers::pi * f * h * t) / (h * h);
    }
    const double decay = std::exp(-4 * std::fmod(t, 0.5));
    signal[i] = static_cast<float>(0.2 * sum * decay + 0.001 * noise.next());
  }
  return signal;
}

inline std::vector<float> white_noise(std::size_t n) {
  Noise noise(3);
  std::vector<float> signal(n);
  for (float& sample : signal) sample = static_cast<float>(0.3 * noise.next());
  return signal;
}

/// The signal of a name in the reference files.
inline std::vector<float> synthetic_signal(const std::string& name) {
  if (name == "chirp") return chirp(270000);
  if (name == "chord") return chord(90000);
  if (name == "noise") return white_noise(66150);
  if (name == "short") return chirp(700);
  if (name == "clipped") {
    std::vector<float> signal = chord(50000);
    for (float& sample : signal) sample = std::clamp(4 * sample, -1.0f, 1.0f);
    return signal;
  }
  if (name == "pause") {
    std::vector<float> signal = chord(22050);
    signal.resize(66150);
    const std::vector<float> again = chord(22050);
    signal.insert(signal.end(), again.begin(), again.end());
    return signal;
  }
  throw std::runtime_error("no synthetic signal is named " + name);
}

}  // namespace songmap::testing
