#include "songmap/dsp/stft.h"

#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <numbers>

#include "songmap/core/error.h"
#include "songmap/core/random.h"
#include "tests/dsp/synthetic_signals.h"

namespace songmap::dsp {
namespace {

constexpr double kTwoPi = 2 * std::numbers::pi;

/// |DFT|^2 by the definition, in double.
std::vector<double> naive_power(const std::vector<double>& x) {
  std::vector<double> power(x.size() / 2 + 1);
  for (std::size_t k = 0; k < power.size(); ++k) {
    std::complex<double> sum = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      sum += x[i] * std::polar(1.0, -kTwoPi * static_cast<double>(k * i % x.size()) / static_cast<double>(x.size()));
    }
    power[k] = std::norm(sum);
  }
  return power;
}

TEST(LaneFft, EqualsTheNaiveTransform) {
  for (const std::size_t n : {8u, 24u, 256u, 2048u}) {
    LaneFft fft(n);
    Random random(n);
    std::vector<std::vector<double>> signals(kLanes, std::vector<double>(n));
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      for (std::size_t i = 0; i < n; ++i) {
        fft.signal(lane)[i] = static_cast<float>(random.normal());
        signals[lane][i] = fft.signal(lane)[i];
      }
    }
    std::vector<Lanes> power(n / 2 + 1);
    fft.power(kLanes, power);
    for (const std::size_t lane : {std::size_t{0}, std::size_t{9}, kLanes - 1}) {
      const std::vector<double> expected = naive_power(signals[lane]);
      const auto size = static_cast<double>(n);
      for (std::size_t k = 0; k < expected.size(); ++k) {
        EXPECT_NEAR(power[k][lane], expected[k], 1e-5 * size) << "length " << n << ", lane " << lane << ", bin " << k;
      }
    }
  }
}

TEST(LaneFft, ALoudNeighbourLeavesNoTrace) {
  LaneFft fft(256);
  std::fill(fft.signal(0).begin(), fft.signal(0).end(), 1000.0f);
  std::fill(fft.signal(1).begin(), fft.signal(1).end(), 0.0f);
  std::vector<Lanes> power(129);
  fft.power(2, power);
  for (const Lanes& bin : power) {
    for (std::size_t lane = 1; lane < kLanes; ++lane) EXPECT_EQ(bin[lane], 0.0f);
  }
}

TEST(LaneFft, OddLengthsAreWrongCalls) {
  EXPECT_THROW(LaneFft(0), InvalidArgument);
  EXPECT_THROW(LaneFft(2047), InvalidArgument);
  EXPECT_THROW(LaneFft(12), InvalidArgument);
}

TEST(Lanes, RowsToLanesAndBack) {
  const std::size_t n = 12, stride = 17;
  std::vector<float> rows(kLanes * stride);
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<float>(i);
  std::vector<Lanes> lanes(n);
  rows_to_lanes(rows.data(), stride, n, lanes.data());
  for (std::size_t i = 0; i < kLanes; ++i) {
    for (std::size_t j = 0; j < n; ++j) EXPECT_EQ(lanes[j][i], static_cast<float>(i * stride + j));
  }
  std::vector<float> back(5 * n, -1);
  lanes_to_rows(lanes.data(), n, 5, back.data(), n);
  for (std::size_t i = 0; i < 5; ++i) {
    for (std::size_t j = 0; j < n; ++j) EXPECT_EQ(back[i * n + j], static_cast<float>(i * stride + j));
  }
}

TEST(Lanes, LogarithmIsThatOfTheLibrary) {
  for (float x = 1e-30f; x < 1e30f; x *= 1.37f) {
    const double expected = std::log(static_cast<double>(x));
    EXPECT_NEAR(natural_log(broadcast(x))[5], expected, 1.5e-7 * std::max(1.0, std::abs(expected))) << x;
  }
  EXPECT_EQ(natural_log(broadcast(1))[0], 0.0f);
  EXPECT_NEAR(decibels(broadcast(100), 1e-10f)[0], 20, 1e-5);
  EXPECT_NEAR(decibels(broadcast(0), 1e-10f)[0], -100, 1e-4);
}

TEST(PowerSpectrogram, ASineOnABinHasItsHannPeak) {
  // Amplitude a on bin k: the Hann window's coherent gain is 1/2, so |X[k]| = a n / 4 and half of that beside it.
  const std::size_t k = 100, n = 2048;
  std::vector<float> sine(8192);
  for (std::size_t i = 0; i < sine.size(); ++i) {
    sine[i] = static_cast<float>(0.5 * std::cos(kTwoPi * static_cast<double>(k * i) / n));
  }
  const Matrix power = power_spectrogram(sine);
  EXPECT_EQ(power.rows(), 17u);
  EXPECT_EQ(power.cols(), 1025u);
  const double peak = 0.5 * n / 4;
  EXPECT_NEAR(std::sqrt(power(8, k)), peak, 1e-4 * peak);
  EXPECT_NEAR(std::sqrt(power(8, k - 1)), peak / 2, 1e-4 * peak);
  EXPECT_NEAR(std::sqrt(power(8, k + 1)), peak / 2, 1e-4 * peak);
  EXPECT_LT(power(8, k + 3), 1e-9 * peak * peak);
}

TEST(PowerSpectrogram, EqualsTheDefinition) {
  // Other sizes than the usual, so that nothing is true of 2048 and 512 only.
  const StftOptions options = {.n_fft = 64, .hop_samples = 24};
  const std::vector<float> signal = testing::chirp(1000);
  const Matrix power = power_spectrogram(signal, options);
  ASSERT_EQ(power.rows(), 1 + 1000 / 24u);
  for (std::size_t t = 0; t < power.rows(); ++t) {
    std::vector<double> frame(options.n_fft);
    for (std::size_t i = 0; i < frame.size(); ++i) {
      const auto at = static_cast<std::ptrdiff_t>(t * options.hop_samples + i) - 32;
      const double sample = at >= 0 && at < 1000 ? signal[static_cast<std::size_t>(at)] : 0;
      frame[i] = sample * (0.5 - 0.5 * std::cos(kTwoPi * static_cast<double>(i) / 64));
    }
    const std::vector<double> expected = naive_power(frame);
    for (std::size_t k = 0; k < expected.size(); ++k) EXPECT_NEAR(power(t, k), expected[k], 1e-4);
  }
}

TEST(PowerSpectrogram, TheHopMayBeAsLongAsTheFrame) {
  const Matrix apart = power_spectrogram(testing::chirp(5000), {.n_fft = 64, .hop_samples = 64});
  const Matrix close = power_spectrogram(testing::chirp(5000), {.n_fft = 64, .hop_samples = 32});
  for (std::size_t t = 0; t < apart.rows(); ++t) {
    for (std::size_t k = 0; k < apart.cols(); ++k) EXPECT_EQ(apart(t, k), close(2 * t, k));
  }
}

TEST(PowerSpectrogram, WrongOptionsAreWrongCalls) {
  const std::vector<float> signal(100);
  EXPECT_THROW((void)power_spectrogram({}), InvalidArgument);
  EXPECT_THROW((void)power_spectrogram(signal, {.n_fft = 100}), InvalidArgument);
  EXPECT_THROW((void)power_spectrogram(signal, {.n_fft = 64, .hop_samples = 0}), InvalidArgument);
  EXPECT_THROW((void)power_spectrogram(signal, {.n_fft = 64, .hop_samples = 65}), InvalidArgument);
}

TEST(FrameStream, BlocksDoNotDependOnThePushes) {
  const std::vector<float> signal = testing::white_noise(40000);
  const auto frames_of = [&](std::size_t step) {
    std::vector<float> all;
    FrameStream stream({});
    const auto keep = [&](const FrameBlock& block) {
      all.push_back(static_cast<float>(block.first_frame));
      all.push_back(static_cast<float>(block.real_begin));
      all.push_back(static_cast<float>(block.real_end));
      all.insert(all.end(), block.samples.begin(), block.samples.end());
    };
    for (std::size_t at = 0; at < signal.size(); at += step) {
      stream.push(std::span(signal).subspan(at, std::min(step, signal.size() - at)), keep);
    }
    stream.finish(keep);
    return all;
  };
  EXPECT_EQ(frames_of(1), frames_of(40000));
  EXPECT_EQ(frames_of(4096), frames_of(40000));
}

}  // namespace
}  // namespace songmap::dsp
