#include "songmap/audio/tone.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>

#include "songmap/core/error.h"

namespace songmap::audio {
namespace {

constexpr int kRate = 32'000;

/// Amplitude of the sinusoid at `frequency_hz` in a signal, Hann-weighted.
double amplitude_at(const Signal& signal, double frequency_hz) {
  std::complex<double> sum = 0;
  double weights = 0;
  for (std::size_t i = 0; i < signal.size(); ++i) {
    const double t = static_cast<double>(i);
    const double weight = 0.5 - 0.5 * std::cos(2 * std::numbers::pi * t / static_cast<double>(signal.size()));
    sum += weight * signal[i] * std::polar(1.0, -2 * std::numbers::pi * frequency_hz * t / kRate);
    weights += weight;
  }
  return 2 * std::abs(sum) / weights;
}

double rms(std::span<const float> signal) {
  double sum = 0;
  for (const float value : signal) sum += static_cast<double>(value) * value;
  return std::sqrt(sum / static_cast<double>(signal.size()));
}

Signal steady(double frequency_hz, double length_s) {
  return Signal(sample_count(length_s, kRate), static_cast<float>(frequency_hz));
}

TEST(Sine, HasTheFormulasValues) {
  const Signal wave = sine(1000, 0.01, 8000, 0.5, 0.25);
  ASSERT_EQ(wave.size(), 80U);
  EXPECT_FLOAT_EQ(wave[0], 0.5F);
  EXPECT_NEAR(wave[1], 0.5 * std::numbers::sqrt2 / 2, 1e-7);
  EXPECT_NEAR(wave[2], 0, 1e-7);
  EXPECT_FLOAT_EQ(wave[4], -0.5F);
}

TEST(Chirp, CoversEqualIntervalsInEqualTimes) {
  const Signal sweep = chirp(200, 3200, 4, kRate);
  // Four octaves in four seconds: around second n the pitch is 200 * 2^n.
  for (int second = 1; second < 4; ++second) {
    const auto first = sweep.begin() + second * kRate - 1600;
    int crossings = 0;
    for (auto it = first; it != first + 3200; ++it) crossings += *it < 0 && it[1] >= 0;
    EXPECT_NEAR(crossings / 0.1, 200 * std::pow(2, second), 12) << second;
  }
}

TEST(WhiteNoise, IsFlatBoundedAndAFunctionOfTheStream) {
  Random random(1);
  Random again(1);
  const Signal noise = white_noise(1, kRate, random, 0.5);
  EXPECT_EQ(noise, white_noise(1, kRate, again, 0.5));
  EXPECT_NEAR(rms(noise), 0.5 / std::sqrt(3.0), 0.005);
  EXPECT_LT(*std::ranges::max_element(noise), 0.5F);
}

TEST(Oscillator, HarmonicsFollowTheSeriesAndAliasesAreFaint) {
  const Signal saw = oscillator(Waveform::kSaw, steady(1010, 1), kRate);
  for (int k = 1; k <= 4; ++k) EXPECT_NEAR(amplitude_at(saw, 1010.0 * k), 2 / (std::numbers::pi * k), 0.03) << k;
  // Harmonic 29 of 1,010 Hz folds to 32,000 - 29,290 Hz; a naive saw has it at 2 / (29 pi) = 0.022.
  EXPECT_LT(amplitude_at(saw, 32'000 - 29 * 1010), 0.002);

  const Signal square = oscillator(Waveform::kPulse, steady(1010, 1), kRate);
  EXPECT_NEAR(amplitude_at(square, 1010), 4 / std::numbers::pi, 0.03);
  EXPECT_NEAR(amplitude_at(square, 2020), 0, 0.005);

  const Signal triangle = oscillator(Waveform::kTriangle, steady(1010, 1), kRate);
  EXPECT_NEAR(amplitude_at(triangle, 1010), 8 / (std::numbers::pi * std::numbers::pi), 0.01);
}

TEST(Oscillator, APulsesMeanFollowsItsDuty) {
  const Signal pulse = oscillator(Waveform::kPulse, steady(100, 1), kRate, 0, 0.25);
  double mean = 0;
  for (const float value : pulse) mean += value / static_cast<double>(pulse.size());
  EXPECT_NEAR(mean, 0.25 - 0.75, 0.01);
}

TEST(Wavetable, PlaysItsPartials) {
  const std::vector<float> partials = {0.5F, 0, 0.25F};
  const Signal wave = Wavetable(partials).play(steady(400, 1), kRate);
  EXPECT_NEAR(amplitude_at(wave, 400), 0.5, 1e-3);
  EXPECT_NEAR(amplitude_at(wave, 800), 0, 1e-3);
  EXPECT_NEAR(amplitude_at(wave, 1200), 0.25, 1e-3);
}

TEST(Shape, RisesHoldsAndEndsAtZero) {
  Signal ones(kRate, 1.0F);
  shape(ones, {.attack_s = 0.1, .decay_s = 0.1, .sustain = 0.5, .release_s = 0.2}, kRate);
  EXPECT_EQ(ones.front(), 0);
  EXPECT_NEAR(ones[kRate / 20], 0.5, 0.01);  // half of the attack
  EXPECT_NEAR(ones[kRate / 2], 0.5, 0.01);   // sustain
  EXPECT_NEAR(ones[kRate - kRate / 10], 0.25, 0.01);
  EXPECT_EQ(ones.back(), 0);
}

TEST(Decay, FallsBySixtyDecibels) {
  Signal ones(kRate, 1.0F);
  decay(ones, 0.5, kRate);
  EXPECT_NEAR(ones[kRate / 2], 0.001, 1e-5);
}

TEST(Biquad, GainsAtTheCornerAreAsDesigned) {
  const auto gain = [](const Biquad& section, double frequency_hz) {
    Signal wave = sine(frequency_hz, 1, kRate);
    filter(wave, section);
    return amplitude_at(wave, frequency_hz);
  };
  EXPECT_NEAR(gain(lowpass(1000, 0.7071, kRate), 1000), 0.7071, 0.01);
  EXPECT_NEAR(gain(lowpass(1000, 0.7071, kRate), 50), 1, 0.01);
  EXPECT_LT(gain(lowpass(1000, 0.7071, kRate), 8000), 0.02);
  EXPECT_NEAR(gain(highpass(1000, 0.7071, kRate), 1000), 0.7071, 0.01);
  EXPECT_LT(gain(highpass(1000, 0.7071, kRate), 100), 0.02);
  EXPECT_NEAR(gain(bandpass(1000, 5, kRate), 1000), 1, 0.01);
  EXPECT_LT(gain(bandpass(1000, 5, kRate), 4000), 0.1);
}

TEST(SweepLowpass, OpensFromOneCutoffToTheOther) {
  Signal wave = sine(2000, 2, kRate);
  sweep_lowpass(wave, 200, 8000, 0.2, 0.7071, kRate);
  EXPECT_LT(rms(std::span(wave).first(320)), 0.15);
  EXPECT_NEAR(rms(std::span(wave).last(kRate)), 1 / std::numbers::sqrt2, 0.02);
}

TEST(Pluck, IsInTuneAndDecaysAsAsked) {
  for (const double pitch : {82.4, 220.0, 659.3}) {
    Random random(3);
    const Signal string = pluck({.frequency_hz = pitch, .t60_s = 2}, 2.5, kRate, random);
    double best = 0;
    double best_at = 0;
    for (double cents = -30; cents <= 30; cents += 1) {
      const double amplitude = amplitude_at(string, pitch * std::exp2(cents / 1200));
      if (amplitude > best) {
        best = amplitude;
        best_at = cents;
      }
    }
    EXPECT_NEAR(best_at, 0, 5) << pitch;
    const double start = amplitude_at(Signal(string.begin(), string.begin() + 3200), pitch);
    const double later = amplitude_at(Signal(string.begin() + kRate, string.begin() + kRate + 3200), pitch);
    EXPECT_NEAR(20 * std::log10(later / start), -30, 6) << pitch;
    EXPECT_LE(*std::ranges::max_element(string), 1.01F);
  }
}

TEST(Pluck, RefusesPitchesThatTheLineCannotHold) {
  Random random(3);
  EXPECT_THROW((void)pluck({.frequency_hz = 0}, 1, kRate, random), InvalidArgument);
  EXPECT_THROW((void)pluck({.frequency_hz = 20'000}, 1, kRate, random), InvalidArgument);
}

TEST(Drums, AreShortBoundedAndInTheirBands) {
  Random random(5);
  const Signal drum = kick(150, 50, 0.4, kRate);
  EXPECT_GT(amplitude_at(drum, 52), 10 * amplitude_at(drum, 2000));
  const Signal hat = noise_hit(8000, 1, 0.1, kRate, random);
  EXPECT_GT(rms(std::span(hat).first(320)), 20 * rms(std::span(hat).last(320)));
  const Signal ride = cymbal(5000, 0.5, kRate, random);
  EXPECT_GT(amplitude_at(ride, 8.21 * 205), 0);
  for (const Signal& hit : {drum, hat, ride}) {
    EXPECT_TRUE(std::ranges::all_of(hit, [](float v) { return std::abs(v) < 2; }));
  }
}

TEST(Reverberate, TheTailFallsBySixtyDecibelsInT60) {
  Signal left(3 * kRate, 0.0F);
  Signal right = left;
  left[0] = 1;
  right[0] = 1;
  reverberate(left, right, {.t60_s = 1.5, .damping = 0}, kRate);
  const auto level = [&](double at_s) {
    return 20 * std::log10(rms(std::span(left).subspan(sample_count(at_s, kRate), kRate / 10)));
  };
  EXPECT_NEAR(level(0.5) - level(1.25), 30, 4);
  EXPECT_NE(left, right);
}

}  // namespace
}  // namespace songmap::audio
