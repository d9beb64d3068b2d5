#include "songmap/audio/tone.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "songmap/core/error.h"

namespace songmap::audio {
namespace {

constexpr double kTurn = 2 * std::numbers::pi;
constexpr double kMinus60Db = 0.001;

/// Factor a sample after which a value has fallen by 60 dB in `t60_s`.
double decay_factor(double t60_s, int rate_hz) { return std::pow(kMinus60Db, 1 / (t60_s * rate_hz)); }

/// What a unit upward step at phase 0 needs so that it is band-limited; `step` is the phase's advance a sample.
float step_correction(double phase, double step) {
  if (phase < step) {
    const double t = phase / step - 1;
    return static_cast<float>(-t * t);
  }
  if (phase > 1 - step) {
    const double t = (phase - 1) / step + 1;
    return static_cast<float>(t * t);
  }
  return 0;
}

double wrapped(double phase) { return phase - std::floor(phase); }

}  // namespace

std::size_t sample_count(double length_s, int rate_hz) {
  require(rate_hz > 0, fmt::format("rate_hz: {} is not above 0", rate_hz));
  require(length_s >= 0 && std::isfinite(length_s), fmt::format("length_s: {} is not a length", length_s));
  return static_cast<std::size_t>(std::llround(length_s * rate_hz));
}

Signal sine(double frequency_hz, double length_s, int rate_hz, double amplitude, double phase_turns) {
  Signal out(sample_count(length_s, rate_hz));
  for (std::size_t i = 0; i < out.size(); ++i) {
    const double phase = frequency_hz * static_cast<double>(i) / rate_hz + phase_turns;
    out[i] = static_cast<float>(amplitude * std::sin(kTurn * wrapped(phase)));
  }
  return out;
}

Signal chirp(double from_hz, double to_hz, double length_s, int rate_hz, double amplitude) {
  require(from_hz > 0 && to_hz > 0, "from_hz, to_hz: both must be above 0");
  Signal out(sample_count(length_s, rate_hz));
  const double log_ratio = std::log(to_hz / from_hz);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const double t = static_cast<double>(i) / rate_hz;
    const double turns = std::abs(log_ratio) < 1e-12
                             ? from_hz * t
                             : from_hz * length_s / log_ratio * std::expm1(log_ratio * t / length_s);
    out[i] = static_cast<float>(amplitude * std::sin(kTurn * wrapped(turns)));
  }
  return out;
}

Signal white_noise(double length_s, int rate_hz, Random& random, double amplitude) {
  Signal out(sample_count(length_s, rate_hz));
  for (float& value : out) value = static_cast<float>(random.uniform(-amplitude, amplitude));
  return out;
}

Signal oscillator(Waveform waveform, std::span<const float> frequency_hz, int rate_hz, double phase_turns,
                  double duty) {
  require(duty > 0 && duty < 1, fmt::format("duty: {} is outside (0, 1)", duty));
  Signal out(frequency_hz.size());
  double phase = wrapped(phase_turns);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const double step = frequency_hz[i] / static_cast<double>(rate_hz);
    switch (waveform) {
      case Waveform::kTriangle:
        out[i] = static_cast<float>(1 - 4 * std::abs(phase - 0.5));
        break;
      case Waveform::kSaw:
        out[i] = static_cast<float>(2 * phase - 1) - step_correction(phase, step);
        break;
      case Waveform::kPulse:
        out[i] =
            (phase < duty ? 1.0F : -1.0F) + step_correction(phase, step) - step_correction(wrapped(phase - duty), step);
        break;
    }
    phase = wrapped(phase + step);
  }
  return out;
}

Wavetable::Wavetable(std::span<const float> partials) : table_{} {
  for (std::size_t i = 0; i < kSize; ++i) {
    // sin((k + 1) a) = 2 cos(a) sin(k a) - sin((k - 1) a)
    const double angle = kTurn * static_cast<double>(i) / kSize;
    const double twice_cosine = 2 * std::cos(angle);
    double before = 0;
    double now = std::sin(angle);
    double sum = 0;
    for (const float amplitude : partials) {
      sum += amplitude * now;
      const double next = twice_cosine * now - before;
      before = now;
      now = next;
    }
    table_[i] = static_cast<float>(sum);
  }
  table_[kSize] = table_[0];
}

Signal Wavetable::play(std::span<const float> frequency_hz, int rate_hz, double phase_turns) const {
  Signal out(frequency_hz.size());
  double phase = wrapped(phase_turns);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const double at = phase * kSize;
    const auto left = static_cast<std::size_t>(at);
    const auto share = static_cast<float>(at - static_cast<double>(left));
    out[i] = table_[left] + share * (table_[left + 1] - table_[left]);
    phase = wrapped(phase + frequency_hz[i] / static_cast<double>(rate_hz));
  }
  return out;
}

void shape(std::span<float> signal, const Envelope& envelope, int rate_hz) {
  const double attack = std::max(1.0, envelope.attack_s * rate_hz);
  const double release = std::max(1.0, envelope.release_s * rate_hz);
  // The exponential has come within 5 % of the sustain level after decay_s.
  const double factor = std::pow(0.05, 1 / std::max(1.0, envelope.decay_s * rate_hz));
  double above_sustain = 1 - envelope.sustain;
  for (std::size_t i = 0; i < signal.size(); ++i) {
    double level = static_cast<double>(i) / attack;
    if (level >= 1) {
      level = envelope.sustain + above_sustain;
      above_sustain *= factor;
    }
    const double left = static_cast<double>(signal.size() - 1 - i) / release;
    signal[i] *= static_cast<float>(level * std::min(1.0, left));
  }
}

void decay(std::span<float> signal, double t60_s, int rate_hz) {
  const double factor = decay_factor(t60_s, rate_hz);
  double level = 1;
  for (float& value : signal) {
    value *= static_cast<float>(level);
    level *= factor;
  }
}

namespace {

struct Design {
  double cosine, alpha;
};

Design design(double frequency_hz, double q, int rate_hz) {
  const double angle = kTurn * std::clamp(frequency_hz / rate_hz, 1e-5, 0.49);
  return {std::cos(angle), std::sin(angle) / (2 * q)};
}

Biquad normalised(double b0, double b1, double b2, const Design& d) {
  const double a0 = 1 + d.alpha;
  return {b0 / a0, b1 / a0, b2 / a0, -2 * d.cosine / a0, (1 - d.alpha) / a0};
}

}  // namespace

Biquad lowpass(double cutoff_hz, double q, int rate_hz) {
  const Design d = design(cutoff_hz, q, rate_hz);
  return normalised((1 - d.cosine) / 2, 1 - d.cosine, (1 - d.cosine) / 2, d);
}

Biquad highpass(double cutoff_hz, double q, int rate_hz) {
  const Design d = design(cutoff_hz, q, rate_hz);
  return normalised((1 + d.cosine) / 2, -(1 + d.cosine), (1 + d.cosine) / 2, d);
}

Biquad bandpass(double center_hz, double q, int rate_hz) {
  const Design d = design(center_hz, q, rate_hz);
  return normalised(d.alpha, 0, -d.alpha, d);
}

void filter(std::span<float> signal, const Biquad& s) {
  double z1 = 0;  // transposed direct form II
  double z2 = 0;
  for (float& value : signal) {
    const double x = value;
    const double y = s.b0 * x + z1;
    z1 = s.b1 * x - s.a1 * y + z2;
    z2 = s.b2 * x - s.a2 * y;
    value = static_cast<float>(y);
  }
}

void sweep_lowpass(std::span<float> signal, double from_hz, double to_hz, double time_s, double q, int rate_hz) {
  constexpr std::size_t kUpdateEvery = 32;
  const double damping = 1 / q;
  double low = 0;
  double band = 0;
  for (std::size_t first = 0; first < signal.size(); first += kUpdateEvery) {
    const double t = static_cast<double>(first) / rate_hz;
    const double cutoff = to_hz + (from_hz - to_hz) * std::exp(-t / time_s);
    const double g = std::tan(std::numbers::pi * std::clamp(cutoff / rate_hz, 1e-5, 0.45));
    const double scale = 1 / (1 + g * (g + damping));
    for (float& value : signal.subspan(first, std::min(kUpdateEvery, signal.size() - first))) {
      const double v3 = value - low;
      const double v1 = scale * (band + g * v3);
      const double v2 = low + g * v1;
      band = 2 * v1 - band;
      low = 2 * v2 - low;
      value = static_cast<float>(v2);
    }
  }
}

Signal pluck(const PluckOptions& options, double length_s, int rate_hz, Random& random) {
  require(options.frequency_hz > 0 && options.frequency_hz < rate_hz / 4.0,
          fmt::format("frequency_hz: {} is outside 0 … a quarter of the rate", options.frequency_hz));
  const double period = rate_hz / options.frequency_hz;
  const double smoothing = 0.5 * (1 - 0.92 * options.brightness);  // weight of the older sample in the loss filter
  // The loss filter delays by `smoothing` (at low frequencies), the tuning all-pass by the rest of the period.
  const auto line_length = static_cast<std::size_t>(period - smoothing - 0.1);
  const double rest = period - smoothing - static_cast<double>(line_length);
  const double tuning = (1 - rest) / (1 + rest);
  // What the loss filter takes from the fundamental itself, so that t60_s is the fundamental's.
  const double filter_gain =
      std::sqrt(1 - 2 * smoothing * (1 - smoothing) * (1 - std::cos(kTurn * options.frequency_hz / rate_hz)));
  const double loss = std::min(1.0, std::pow(kMinus60Db, 1 / (options.t60_s * options.frequency_hz)) / filter_gain);

  Signal line(line_length);
  float softened = 0;
  const auto keep = static_cast<float>(0.85 * (1 - options.brightness));
  for (float& value : line) {
    softened = keep * softened + (1 - keep) * static_cast<float>(random.uniform(-1, 1));
    value = softened;
  }
  const Signal plain = line;
  const auto pick = static_cast<std::size_t>(options.pick_position * static_cast<double>(line_length));
  double mean = 0;
  for (std::size_t i = 0; i < line_length; ++i) {
    line[i] -= plain[(i + line_length - pick) % line_length];
    mean += line[i];
  }
  mean /= static_cast<double>(line_length);
  float peak = 1e-9F;
  for (float& value : line) {
    value -= static_cast<float>(mean);
    peak = std::max(peak, std::abs(value));
  }
  for (float& value : line) value /= peak;

  Signal out(sample_count(length_s, rate_hz));
  std::size_t at = 0;
  double older = 0;
  double tuned_in = 0;
  double tuned_out = 0;
  for (float& value : out) {
    const double now = line[at];
    value = static_cast<float>(now);
    const double damped = loss * ((1 - smoothing) * now + smoothing * older);
    older = now;
    tuned_out = tuning * (damped - tuned_out) + tuned_in;
    tuned_in = damped;
    line[at] = static_cast<float>(tuned_out);
    if (++at == line_length) at = 0;
  }
  return out;
}

Signal kick(double from_hz, double to_hz, double t60_s, int rate_hz) {
  Signal out(sample_count(t60_s, rate_hz));
  double phase = 0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const double t = static_cast<double>(i) / rate_hz;
    out[i] = static_cast<float>(std::sin(kTurn * phase) + 0.3 * std::exp(-t / 0.002) * std::sin(kTurn * 1800 * t));
    phase = wrapped(phase + (to_hz + (from_hz - to_hz) * std::exp(-t / 0.03)) / rate_hz);
  }
  shape(out, {.attack_s = 0.001, .decay_s = t60_s, .sustain = 0, .release_s = 0.02}, rate_hz);
  return out;
}

Signal noise_hit(double center_hz, double q, double t60_s, int rate_hz, Random& random) {
  Signal out = white_noise(t60_s, rate_hz, random);
  filter(out, bandpass(center_hz, q, rate_hz));
  decay(out, t60_s, rate_hz);
  return out;
}

Signal cymbal(double cutoff_hz, double t60_s, int rate_hz, Random& random) {
  constexpr std::array<double, 6> kRatios = {2, 3, 4.16, 5.43, 6.79, 8.21};  // the metal of the TR-808
  Signal out = white_noise(t60_s, rate_hz, random, 0.6);
  for (const double ratio : kRatios) {
    const Signal frequency(out.size(), static_cast<float>(ratio * 205 * random.uniform(0.97, 1.03)));
    const Signal metal = oscillator(Waveform::kPulse, frequency, rate_hz, random.uniform());
    for (std::size_t i = 0; i < out.size(); ++i) out[i] += 0.25F * metal[i];
  }
  filter(out, highpass(cutoff_hz, 0.8, rate_hz));
  decay(out, t60_s, rate_hz);
  return out;
}

void reverberate(std::span<float> left, std::span<float> right, const ReverbOptions& options, int rate_hz) {
  require(left.size() == right.size(), "left, right: not equally long");
  constexpr std::size_t kLines = 8;
  constexpr std::array<double, kLines> kDelays_ms = {26.1, 29.7, 33.1, 38.9, 43.3, 48.7, 54.1, 61.7};
  std::array<Signal, kLines> lines;
  std::array<std::size_t, kLines> at{};
  std::array<float, kLines> gain{};
  std::array<float, kLines> damped{};
  for (std::size_t k = 0; k < kLines; ++k) {
    const double delay_s = kDelays_ms[k] / 1000 * options.size;
    lines[k].assign(std::max<std::size_t>(1, sample_count(delay_s, rate_hz)), 0.0F);
    gain[k] = static_cast<float>(std::pow(kMinus60Db, delay_s / options.t60_s));
  }
  const auto keep = static_cast<float>(options.damping);
  for (std::size_t i = 0; i < left.size(); ++i) {
    std::array<float, kLines> read;
    float sum = 0;
    for (std::size_t k = 0; k < kLines; ++k) {
      damped[k] += (1 - keep) * (gain[k] * lines[k][at[k]] - damped[k]);
      read[k] = damped[k];
      sum += read[k];
    }
    const float common = sum * (2.0F / kLines);
    const std::array<float, 2> in = {left[i], right[i]};
    std::array<float, 2> out{};
    for (std::size_t k = 0; k < kLines; ++k) {
      out[k % 2] += k % 4 < 2 ? read[k] : -read[k];
      lines[k][at[k]] = in[k % 2] + read[k] - common;
      if (++at[k] == lines[k].size()) at[k] = 0;
    }
    left[i] = 0.35F * out[0];
    right[i] = 0.35F * out[1];
  }
}

}  // namespace songmap::audio
