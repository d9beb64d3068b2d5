#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "songmap/core/error.h"
#include "songmap/core/random.h"
#include "songmap/dsp/chroma.h"
#include "songmap/dsp/contrast.h"
#include "songmap/dsp/mel.h"
#include "songmap/dsp/mfcc.h"
#include "songmap/dsp/rhythm.h"
#include "songmap/dsp/spectral_shape.h"
#include "songmap/dsp/zero_crossings.h"
#include "tests/dsp/synthetic_signals.h"

namespace songmap::dsp {
namespace {

constexpr double kRate_hz = 22050;
constexpr std::size_t kBins = 1025;

std::vector<Lanes> spectrum(float value) { return std::vector<Lanes>(kBins, broadcast(value)); }

std::vector<Lanes> random_spectrum(std::uint64_t seed) {
  Random random(seed);
  std::vector<Lanes> result(kBins);
  for (Lanes& bin : result) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) bin[lane] = static_cast<float>(random.uniform());
  }
  return result;
}

/// Calls `use` with each block of a signal.
template <class Use>
void for_each_block(std::span<const float> signal, const StftOptions& options, Use use) {
  FrameStream stream(options);
  stream.push(signal, use);
  stream.finish(use);
}

TEST(Mel, ScaleIsLinearThenLogarithmic) {
  EXPECT_DOUBLE_EQ(hz_to_mel(200), 3);
  EXPECT_DOUBLE_EQ(hz_to_mel(1000), 15);
  EXPECT_NEAR(hz_to_mel(6400), 42, 1e-9);
  for (const double hz : {0.0, 60.0, 999.0, 1000.0, 1001.0, 11025.0}) EXPECT_NEAR(mel_to_hz(hz_to_mel(hz)), hz, 1e-9);
}

TEST(MelFilterbank, AreaIsOneWhereBinsAreDense) {
  const Matrix weights = mel_filterbank({kRate_hz, 16384, 40});
  for (std::size_t m = 0; m < 40; ++m) {
    const double sum = std::accumulate(weights.row(m).begin(), weights.row(m).end(), 0.0);
    EXPECT_NEAR(sum * kRate_hz / 16384, 1, 1e-3) << "band " << m;
  }
}

TEST(MelBank, EqualsTheFilterbankAsAMatrix) {
  const std::vector<Lanes> power = random_spectrum(1);
  for (const std::size_t n_mels : {1u, 64u, 128u, 400u}) {  // with 400 some low filters hold no bin at all
    const MelOptions options = {kRate_hz, 2048, n_mels};
    const Matrix weights = mel_filterbank(options);
    std::vector<Lanes> energy(n_mels);
    MelBank(options).apply(power, energy);
    for (std::size_t m = 0; m < n_mels; ++m) {
      double expected = 0;
      for (std::size_t k = 0; k < kBins; ++k) expected += static_cast<double>(weights(m, k)) * power[k][3];
      EXPECT_NEAR(energy[m][3], expected, 1e-6);
    }
  }
  EXPECT_THROW((void)mel_filterbank({kRate_hz, 2048, 0}), InvalidArgument);
  EXPECT_THROW((void)mel_filterbank({0, 2048, 64}), InvalidArgument);
}

TEST(PowerToDb, ReferenceFloorAndTop) {
  const Matrix levels = power_to_db(Matrix(1, 4, {1, 0.01f, 0, 100}));
  const float expected[] = {0, -20, -60, 20};
  for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(levels(0, i), expected[i], 1e-4);
  EXPECT_NEAR(power_to_db(Matrix(1, 1))(0, 0), -100, 1e-4);
  EXPECT_TRUE(power_to_db(Matrix()).empty());
}

TEST(Dct, IsOrthonormal) {
  const Matrix dct = dct_matrix(16, 16);
  for (std::size_t a = 0; a < 16; ++a) {
    for (std::size_t b = 0; b < 16; ++b) {
      double product = 0;
      for (std::size_t i = 0; i < 16; ++i) product += static_cast<double>(dct(a, i)) * dct(b, i);
      EXPECT_NEAR(product, a == b ? 1 : 0, 1e-6);
    }
  }
}

TEST(Mfcc, FlatLevelsHaveOneCoefficient) {
  const Matrix dct = dct_matrix(13, 128);
  std::vector<Lanes> levels(128, broadcast(-30)), coefficients(13);
  levels[7] = broadcast(-500);  // under the floor: raised to it
  mfcc(dct, levels, -30, coefficients);
  EXPECT_NEAR(coefficients[0][0], -30 * std::sqrt(128.0), 1e-3);
  for (std::size_t c = 1; c < 13; ++c) EXPECT_NEAR(coefficients[c][0], 0, 1e-3);
}

TEST(SpectralShape, TwoLinesByHand) {
  std::vector<Lanes> magnitude = spectrum(0);
  magnitude[100] = broadcast(3);
  magnitude[200] = broadcast(1);
  magnitude[300][1] = 1;  // the second frame has a third line
  const SpectralShape shape = spectral_shape(magnitude, kRate_hz);
  const double bin_hz = kRate_hz / 2048;
  EXPECT_NEAR(shape.centroid_hz[0], 125 * bin_hz, 1e-3);
  EXPECT_NEAR(shape.bandwidth_hz[0], std::sqrt((3 * 25.0 * 25 + 75.0 * 75) / 4) * bin_hz, 1e-2);
  EXPECT_NEAR(shape.rolloff_hz[0], 200 * bin_hz, 1e-3);  // 3/4 of the sum is not yet 85 %
  EXPECT_NEAR(shape.centroid_hz[1], 160 * bin_hz, 1e-3);
  EXPECT_NEAR(shape.rolloff_hz[1], 300 * bin_hz, 1e-3);
}

TEST(SpectralShape, SilenceIsZeroAndFlat) {
  const SpectralShape shape = spectral_shape(spectrum(0), kRate_hz);
  EXPECT_EQ(shape.centroid_hz[0], 0);
  EXPECT_EQ(shape.bandwidth_hz[0], 0);
  EXPECT_EQ(shape.rolloff_hz[0], 0);
  EXPECT_NEAR(flatness_db(spectrum(0))[0], 0, 1e-4);
  EXPECT_EQ(root_mean_square(spectrum(0))[0], 0);
}

TEST(Flatness, OneLineAmongEquals) {
  std::vector<Lanes> power = spectrum(1e-4f);
  power[10] = broadcast(1);
  const double arithmetic = (1 + 1024 * 1e-4) / 1025;
  EXPECT_NEAR(flatness_db(power)[0], -40.0 * 1024 / 1025 - 10 * std::log10(arithmetic), 1e-3);
}

TEST(RootMeanSquare, ObeysParseval) {
  const std::vector<float> signal = testing::white_noise(8192);
  Stft stft({});
  SpectrumTile tile;
  for_each_block(signal, {}, [&](const FrameBlock& block) {
    stft.transform(block, tile);
    const Lanes rms = root_mean_square(tile.power);
    for (std::size_t frame = 0; frame < block.n_frames; ++frame) {
      double sum = 0;
      for (std::size_t i = 0; i < 2048; ++i) {
        const double window = 0.5 - 0.5 * std::cos(2 * std::numbers::pi * static_cast<double>(i) / 2048);
        sum += std::pow(window * block.samples[frame * 512 + i], 2);
      }
      EXPECT_NEAR(rms[frame], std::sqrt(sum / 2048), 1e-5);
    }
  });
}

TEST(Contrast, EqualsSortingTheBands) {
  const std::vector<Lanes> magnitude = random_spectrum(5);
  const SpectralContrast::Levels levels = SpectralContrast(kRate_hz, 2048).levels(magnitude);
  // Bins, counted by hand from 10.77 Hz a bin: first, end and how many make 2 %.
  const std::size_t first[] = {0, 18, 37, 74, 148, 297, 594};
  const std::size_t end[] = {18, 37, 74, 148, 297, 594, 1025};
  const std::size_t extreme[] = {1, 1, 1, 2, 3, 6, 9};
  for (std::size_t b = 0; b < SpectralContrast::kBands; ++b) {
    std::vector<double> values;
    for (std::size_t k = first[b]; k < end[b]; ++k) values.push_back(magnitude[k][11]);
    std::ranges::sort(values);
    const auto n = static_cast<std::ptrdiff_t>(extreme[b]);
    const double valley = std::accumulate(values.begin(), values.begin() + n, 0.0) / static_cast<double>(n);
    const double peak = std::accumulate(values.end() - n, values.end(), 0.0) / static_cast<double>(n);
    EXPECT_NEAR(levels.peak_db[b][11], 10 * std::log10(peak), 1e-4) << "band " << b;
    EXPECT_NEAR(levels.valley_db[b][11], 10 * std::log10(valley), 1e-4) << "band " << b;
  }
  EXPECT_THROW(SpectralContrast(22050, 64), InvalidArgument);
}

TEST(ZeroCrossings, EqualsCountingFrameByFrame) {
  std::vector<float> signal = testing::white_noise(20000);
  for (std::size_t i = 100; i < 5000; i += 3) signal[i] = 0;
  for (const StftOptions& options : {StftOptions{}, StftOptions{.n_fft = 64, .hop_samples = 24}}) {
    ZeroCrossings crossings(options);
    for_each_block(signal, options, [&](const FrameBlock& block) {
      const Lanes rates = crossings.rate(block);
      for (std::size_t frame = 0; frame < block.n_frames; ++frame) {
        const auto start = static_cast<std::ptrdiff_t>((block.first_frame + frame) * options.hop_samples) -
                           static_cast<std::ptrdiff_t>(options.n_fft / 2);
        // Beyond the ends the signal keeps its last value.
        const auto negative = [&](std::ptrdiff_t i) {
          return signal[static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(i, 0, 19999))] < 0;
        };
        int count = 0;
        for (std::ptrdiff_t i = start + 1; i < start + static_cast<std::ptrdiff_t>(options.n_fft); ++i) {
          count += negative(i) != negative(i - 1) ? 1 : 0;
        }
        EXPECT_EQ(rates[frame], static_cast<float>(count) / static_cast<float>(options.n_fft));
      }
    });
  }
}

TEST(Tuning, FindsHowFarNotesLieFromTheScale) {
  for (const double cents : {-30.0, 0.0, 23.0}) {
    std::vector<float> signal(40000);
    for (std::size_t i = 0; i < signal.size(); ++i) {
      for (const double semitone : {0.0, 4.0, 7.0, 12.0}) {
        const double hz = 440 * std::exp2((semitone + cents / 100) / 12);
        signal[i] += static_cast<float>(0.1 * std::sin(2 * std::numbers::pi * hz * static_cast<double>(i) / kRate_hz));
      }
    }
    Stft stft({});
    SpectrumTile tile;
    TuningEstimator tuning(kRate_hz, 2048);
    for_each_block(signal, {}, [&](const FrameBlock& block) {
      stft.transform(block, tile);
      tuning.add(tile.power, block.n_frames);
    });
    EXPECT_NEAR(tuning_of(tuning.finish()), cents / 100, 0.04);
  }
  EXPECT_EQ(tuning_of(TuningEstimator(kRate_hz, 2048).finish()), 0);
}

TEST(Chroma, ANoteIsItsPitchClass) {
  const Matrix filters = chroma_filterbank(kRate_hz, 2048, 0);
  const std::size_t classes[] = {9, 0, 4};  // A, C, E
  const double notes_hz[] = {440, 523.25, 1318.5};
  for (std::size_t n = 0; n < 3; ++n) {
    std::vector<Lanes> power = spectrum(0);
    power[static_cast<std::size_t>(std::lround(notes_hz[n] * 2048 / kRate_hz))] = broadcast(2);
    const auto pitches = chroma(filters, power);
    for (std::size_t c = 0; c < kPitchClasses; ++c) {
      if (c == classes[n]) {
        EXPECT_EQ(pitches[c][0], 1);
      } else {
        EXPECT_LT(pitches[c][0], 1);
      }
    }
  }
  for (const Lanes& pitch : chroma(filters, spectrum(0))) EXPECT_EQ(pitch[0], 0);
}

TEST(DeltaSpectralPattern, AStepRisesForThreeFrames) {
  // One step of 30 dB: D is 30 in the three frames before it, 0 elsewhere; in a block of 25 only the top rank sees it.
  Matrix levels(28, DeltaSpectralPattern::kBands);
  for (std::size_t t = 14; t < 28; ++t) levels(t, 5) = 30;
  DeltaSpectralPattern pattern;
  pattern.add(levels);
  const std::vector<float> values = pattern.finish();
  ASSERT_EQ(values.size(), 96u);
  for (std::size_t i = 0; i < values.size(); ++i) EXPECT_EQ(values[i], i == 2 * 32 + 5 ? 30 : 0) << i;
}

TEST(DeltaSpectralPattern, ShortAndEmptySignalsAreZero) {
  DeltaSpectralPattern pattern;
  EXPECT_EQ(pattern.finish(), std::vector<float>(96));
  pattern.add(Matrix(2, 32));
  EXPECT_EQ(pattern.finish(), std::vector<float>(96));
}

TEST(FluctuationPattern, ASwingShowsAtItsRate) {
  const double frames_per_s = kRate_hz / 512;
  Matrix levels(1000, FluctuationPattern::kBands);
  for (std::size_t t = 0; t < levels.rows(); ++t) {
    levels(t, 4) = static_cast<float>(10 * std::sin(2 * std::numbers::pi * 4 * static_cast<double>(t) / frames_per_s));
    for (std::size_t band = 5; band < 16; ++band) levels(t, band) = -40;  // steady: no swing
  }
  FluctuationPattern pattern(frames_per_s);
  pattern.add(levels);
  const std::vector<float> values = pattern.finish();
  // 4 Hz lies in the seventh of ten ranges: .4 * 31.25^(.6) = 3.16 Hz to 4.46 Hz.
  const auto swing = std::span(values).subspan(4 * FluctuationPattern::kRates, FluctuationPattern::kRates);
  EXPECT_EQ(std::ranges::max_element(swing) - swing.begin(), 6);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i / FluctuationPattern::kRates != 4) {
      EXPECT_NEAR(values[i], 0, 1e-3);
    }
  }
}

}  // namespace
}  // namespace songmap::dsp
