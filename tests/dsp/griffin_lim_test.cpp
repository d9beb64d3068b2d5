#include "songmap/dsp/griffin_lim.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "songmap/core/error.h"
#include "songmap/core/random.h"
#include "songmap/dsp/real_fft.h"
#include "tests/dsp/synthetic_signals.h"

namespace songmap::dsp {
namespace {

Matrix magnitudes(std::span<const float> samples, const StftOptions& options = {}) {
  Matrix result = power_spectrogram(samples, options);
  for (float& value : result.values()) value = std::sqrt(value);
  return result;
}

Matrix mel_of(std::span<const float> samples, const MelOptions& options) {
  const Matrix power = power_spectrogram(samples);
  const Matrix filters = mel_filterbank(options);
  Matrix mel(power.rows(), filters.rows());
  for (std::size_t t = 0; t < power.rows(); ++t) {
    for (std::size_t m = 0; m < filters.rows(); ++m) {
      for (std::size_t k = 0; k < filters.cols(); ++k) mel(t, m) += filters(m, k) * power(t, k);
    }
  }
  return mel;
}

std::size_t loudest_bin(MatrixView power, std::size_t frame) {
  const auto row = power.row(frame);
  return static_cast<std::size_t>(std::ranges::max_element(row) - row.begin());
}

TEST(RealFft, GoesThereAndBack) {
  for (const std::size_t n : {1U, 7U, 64U, 2048U}) {
    RealFft fft(n);
    Random random(n);
    std::vector<float> given(n);
    for (float& value : given) value = static_cast<float>(random.normal());
    std::ranges::copy(given, fft.signal().begin());
    fft.forward();
    const double mean = fft.spectrum()[0].real() / static_cast<double>(n);
    fft.backward();
    double sum = 0;
    for (std::size_t i = 0; i < n; ++i) {
      EXPECT_NEAR(fft.signal()[i], given[i], 1e-5);
      sum += given[i];
    }
    EXPECT_NEAR(mean, sum / static_cast<double>(n), 1e-5);
  }
}

// A spectrogram that belongs to a signal is nearly reached, and every further iteration comes nearer.
TEST(GriffinLim, FindsASignalWithTheseMagnitudes) {
  const std::vector<float> given = testing::chirp(40 * 512);
  const Matrix asked = magnitudes(given);
  double last = 1;
  for (const int iterations : {0, 10, 60}) {
    const std::vector<float> found = griffin_lim(asked, {.iterations = iterations});
    ASSERT_EQ(found.size(), given.size());
    const double distance = spectral_distance(found, asked);
    EXPECT_LT(distance, last);
    last = distance;
  }
  EXPECT_LT(last, 0.12);
  EXPECT_LT(last, spectral_distance(griffin_lim(asked, {.iterations = 60, .momentum = 0}), asked));
}

TEST(GriffinLim, AToneComesBackAtItsPitchAndLoudness) {
  std::vector<float> given(22050);
  for (std::size_t i = 0; i < given.size(); ++i) {
    given[i] = static_cast<float>(0.5 * std::sin(2 * std::numbers::pi * 440 * static_cast<double>(i) / 22050));
  }
  const std::vector<float> found = griffin_lim(magnitudes(given));
  const Matrix power = power_spectrogram(found);
  EXPECT_EQ(loudest_bin(power, 20), loudest_bin(power_spectrogram(given), 20));
  double given_energy = 0;
  double found_energy = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    given_energy += given[i] * given[i];
    found_energy += found[i] * found[i];
  }
  EXPECT_NEAR(found_energy / given_energy, 1, 0.1);
}

TEST(GriffinLim, SameSeedSameSignal) {
  const Matrix asked = magnitudes(testing::chirp(10 * 512));
  EXPECT_EQ(griffin_lim(asked, {.iterations = 3, .seed = 4}), griffin_lim(asked, {.iterations = 3, .seed = 4}));
  EXPECT_NE(griffin_lim(asked, {.iterations = 3, .seed = 4}), griffin_lim(asked, {.iterations = 3, .seed = 5}));
}

TEST(GriffinLim, SilenceStaysSilent) {
  for (const float sample : griffin_lim(Matrix(5, 1025))) EXPECT_EQ(sample, 0);
}

TEST(GriffinLim, WrongInputIsRefused) {
  EXPECT_THROW((void)griffin_lim(Matrix(1, 1025)), InvalidArgument);
  EXPECT_THROW((void)griffin_lim(Matrix(4, 1024)), InvalidArgument);
  EXPECT_THROW((void)griffin_lim(Matrix(4, 1025, std::vector<float>(4 * 1025, -1))), InvalidArgument);
  EXPECT_THROW((void)griffin_lim(Matrix(4, 1025), {.momentum = 1}), InvalidArgument);
}

TEST(PowerOfMel, GivesTheBandsBack) {
  const MelOptions options{.n_mels = 64};
  const std::vector<float> given = testing::chirp(12 * 512);
  const Matrix mel = mel_of(given, options);
  const Matrix power = power_of_mel(mel, options);
  const Matrix filters = mel_filterbank(options);
  double off = 0;
  double all = 0;
  for (std::size_t t = 0; t < mel.rows(); ++t) {
    for (std::size_t m = 0; m < mel.cols(); ++m) {
      double band = 0;
      for (std::size_t k = 0; k < filters.cols(); ++k) band += static_cast<double>(filters(m, k)) * power(t, k);
      off += (band - mel(t, m)) * (band - mel(t, m));
      all += static_cast<double>(mel(t, m)) * mel(t, m);
    }
  }
  EXPECT_LT(std::sqrt(off / all), 0.03);
  for (const float value : power.values()) EXPECT_GE(value, 0);
}

// What a model that decodes spectrograms makes audible: the loudest bin stays within the width of its band.
TEST(PowerOfMel, SoundFromBandsKeepsThePitchOfATone) {
  std::vector<float> given(22050);
  for (std::size_t i = 0; i < given.size(); ++i) {
    given[i] = static_cast<float>(0.5 * std::sin(2 * std::numbers::pi * 440 * static_cast<double>(i) / 22050));
  }
  const MelOptions options{.n_mels = 64};
  Matrix magnitude = power_of_mel(mel_of(given, options), options);
  for (float& value : magnitude.values()) value = std::sqrt(value);
  const Matrix power = power_spectrogram(griffin_lim(magnitude));
  EXPECT_NEAR(static_cast<double>(loudest_bin(power, 20)), 440 * 2048 / 22050.0, 5);
}

TEST(PowerOfMel, WrongInputIsRefused) {
  EXPECT_THROW((void)power_of_mel(Matrix(3, 63), {.n_mels = 64}), InvalidArgument);
  EXPECT_THROW((void)power_of_mel(Matrix(1, 64, std::vector<float>(64, -1)), {.n_mels = 64}), InvalidArgument);
}

}  // namespace
}  // namespace songmap::dsp
