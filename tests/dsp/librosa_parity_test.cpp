#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "songmap/dsp/chroma.h"
#include "songmap/dsp/contrast.h"
#include "songmap/dsp/mel.h"
#include "songmap/dsp/mfcc.h"
#include "songmap/dsp/spectral_shape.h"
#include "songmap/dsp/stft.h"
#include "songmap/dsp/zero_crossings.h"
#include "tests/dsp/reference_signals.h"

// Tolerances and their reasons: docs/parity.md.
namespace songmap::dsp {
namespace {

constexpr double kRate_hz = 22050;

/// Every descriptor of a signal, one row a frame.
struct Described {
  std::map<std::string, std::vector<std::vector<float>>> series;
  std::size_t tuning_bin = 0;
};

Described describe(const std::vector<float>& signal) {
  const StftOptions options;
  Stft stft(options);
  ZeroCrossings crossings(options);
  const MelBank mel({kRate_hz, options.n_fft, 128});
  const SpectralContrast contrast(kRate_hz, options.n_fft);
  TuningEstimator tuning(kRate_hz, options.n_fft);
  SpectrumTile tile;
  Described result;
  std::vector<SpectrumTile> tiles;
  const auto put = [&](const std::string& name, std::span<const Lanes> columns, std::size_t n_frames) {
    auto& rows = result.series[name];
    const std::size_t first = rows.size();
    rows.resize(first + n_frames, std::vector<float>(columns.size()));
    for (std::size_t i = 0; i < n_frames; ++i) {
      for (std::size_t c = 0; c < columns.size(); ++c) rows[first + i][c] = columns[c][i];
    }
  };
  const auto put_one = [&](const std::string& name, const Lanes& column, std::size_t n_frames) {
    put(name, std::span(&column, 1), n_frames);
  };
  const auto receive = [&](const FrameBlock& block) {
    stft.transform(block, tile);
    tiles.push_back(tile);
    const std::size_t n = tile.n_frames;
    put("power", tile.power, n);
    std::vector<Lanes> energy(128);
    mel.apply(tile.power, energy);
    put("mel_power", energy, n);
    const SpectralShape shape = spectral_shape(tile.magnitude, kRate_hz);
    put_one("centroid", shape.centroid_hz, n);
    put_one("bandwidth", shape.bandwidth_hz, n);
    put_one("rolloff", shape.rolloff_hz, n);
    put_one("flatness_db", flatness_db(tile.power), n);
    put_one("zcr", crossings.rate(block), n);
    put_one("rms", root_mean_square(tile.power), n);
    const SpectralContrast::Levels levels = contrast.levels(tile.magnitude);
    put("peak", levels.peak_db, n);
    put("valley", levels.valley_db, n);
    tuning.add(tile.power, n);
  };
  FrameStream stream(options);
  stream.push(signal, receive);
  stream.finish(receive);

  result.tuning_bin = tuning.finish();
  const Matrix filters = chroma_filterbank(kRate_hz, options.n_fft, tuning_of(result.tuning_bin));
  for (const SpectrumTile& kept : tiles) put("chroma", chroma(filters, kept.power), kept.n_frames);
  return result;
}

/// power_to_db over the whole of a series.
Matrix levels_of(const std::vector<std::vector<float>>& rows) {
  Matrix power(rows.size(), rows[0].size());
  for (std::size_t i = 0; i < rows.size(); ++i) std::ranges::copy(rows[i], power.row(i).begin());
  return power_to_db(power);
}

void raise_to_top_db(std::vector<std::vector<float>>& rows) {
  float top = rows[0][0];
  for (const auto& row : rows) top = std::max(top, std::ranges::max(row));
  for (auto& row : rows) {
    for (float& level : row) level = std::max(level, top - kTopDb);
  }
}

class LibrosaParity : public ::testing::TestWithParam<std::string> {};

TEST_P(LibrosaParity, EveryDescriptorOfAFrame) {
  const auto signal = testing::reference_signal(GetParam());
  if (!signal) GTEST_SKIP() << "NO REAL DATA (SONGMAP_TEST_DATA): " << GetParam() << " was not compared";
  const nlohmann::json expected = testing::reference("librosa_dsp.json")["signals"][GetParam()];
  Described got = describe(*signal);
  ASSERT_EQ(got.series["power"].size(), expected["n_frames"].get<std::size_t>());
  EXPECT_NEAR(tuning_of(got.tuning_bin), expected["tuning"].get<double>(), 1e-9);

  const Matrix mel_db = levels_of(got.series["mel_power"]);
  const Matrix dct = dct_matrix(20, 128);
  raise_to_top_db(got.series["peak"]);
  raise_to_top_db(got.series["valley"]);
  const std::vector<std::size_t> frames = expected["frames"];
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const std::size_t t = frames[i];
    SCOPED_TRACE("frame " + std::to_string(t));
    const auto want = [&](const char* name) { return testing::numbers(expected[name][i]); };
    const auto near = [&](const char* name, const std::vector<float>& values, double absolute, double relative) {
      const std::vector<double> wanted = want(name);
      ASSERT_EQ(values.size(), wanted.size()) << name;
      for (std::size_t c = 0; c < values.size(); ++c) {
        EXPECT_NEAR(values[c], wanted[c], absolute + relative * std::abs(wanted[c])) << name << " " << c;
      }
    };
    const auto& power = got.series["power"][t];
    const float loudest = std::ranges::max(power);
    near("power", {power[3], power[40], power[200], power[700], power[1024]}, 1e-9 * loudest, 2e-5);
    const auto mel = mel_db.row(t);
    near("mel", {mel[0], mel[1], mel[10], mel[50], mel[90], mel[127]}, 2e-3, 0);
    std::vector<float> coefficients(20);
    for (std::size_t c = 0; c < 20; ++c) {
      for (std::size_t m = 0; m < 128; ++m) coefficients[c] += dct(c, m) * mel[m];
    }
    near("mfcc", coefficients, 3e-3, 1e-5);
    near("centroid", got.series["centroid"][t], 0.01, 1e-5);
    near("bandwidth", got.series["bandwidth"][t], 0.01, 1e-5);
    near("rolloff", got.series["rolloff"][t], 1e-2, 0);
    near("flatness", {std::pow(10.0f, got.series["flatness_db"][t][0] / 10)}, 1e-9, 1e-4);
    near("zcr", got.series["zcr"][t], 1e-7, 0);
    near("rms", got.series["rms"][t], 1e-9, 1e-5);
    std::vector<float> contrast = got.series["peak"][t];
    for (std::size_t b = 0; b < contrast.size(); ++b) contrast[b] -= got.series["valley"][t][b];
    near("contrast", contrast, 0.03, 0);
    near("chroma", got.series["chroma"][t], 1e-4, 0);
  }
}

std::vector<std::string> reference_names() {
  const nlohmann::json signals = testing::reference("librosa_dsp.json")["signals"];
  std::vector<std::string> names;
  for (const auto& [name, value] : signals.items()) names.push_back(name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(Signals, LibrosaParity, ::testing::ValuesIn(reference_names()), [](const auto& instance) {
  const std::string stem = std::filesystem::path(instance.param).stem().string();
  std::string name;
  std::ranges::copy_if(stem, std::back_inserter(name), [](char c) { return std::isalnum(c) != 0; });
  return name;
});

TEST(LibrosaFilters, MelTriangles) {
  const nlohmann::json expected = testing::reference("librosa_dsp.json")["filters"]["mel_rows"];
  const Matrix weights = mel_filterbank({});
  for (const auto& [row, values] : expected.items()) {
    std::vector<float> positive;
    std::ranges::copy_if(weights.row(std::stoul(row)), std::back_inserter(positive), [](float w) { return w > 0; });
    const std::vector<double> wanted = testing::numbers(values);
    ASSERT_EQ(positive.size(), wanted.size());
    for (std::size_t i = 0; i < wanted.size(); ++i) EXPECT_NEAR(positive[i], wanted[i], 1e-6 * wanted[i]);
  }
}

TEST(LibrosaFilters, ChromaBumps) {
  const nlohmann::json expected = testing::reference("librosa_dsp.json")["filters"]["chroma_columns"];
  const Matrix weights = chroma_filterbank(kRate_hz, 2048, 0.23);
  for (const auto& [column, values] : expected.items()) {
    const std::vector<double> wanted = testing::numbers(values);
    for (std::size_t c = 0; c < kPitchClasses; ++c) {
      EXPECT_NEAR(weights(c, std::stoul(column)), wanted[c], 1e-6) << "bin " << column << ", class " << c;
    }
  }
}

}  // namespace
}  // namespace songmap::dsp
