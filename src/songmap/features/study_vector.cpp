#include "songmap/features/study_vector.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <mutex>

#include "songmap/core/error.h"
#include "songmap/dsp/mfcc.h"

namespace songmap::features {
namespace {

constexpr std::size_t kCoefficients = 13;
constexpr std::size_t kShapes = 3;

struct Summary {
  double mean = 0;
  double deviation = 0;
  float largest = 0;
  float smallest = 0;
};

Summary summarise(std::span<const float> values) {
  Summary summary;
  double sum = 0;
  for (const float value : values) sum += value;
  summary.mean = sum / static_cast<double>(values.size());
  double squares = 0;
  for (const float value : values) squares += (value - summary.mean) * (value - summary.mean);
  summary.deviation = std::sqrt(squares / static_cast<double>(values.size()));
  const auto [smallest, largest] = std::minmax_element(values.begin(), values.end());
  summary.largest = *largest;
  summary.smallest = *smallest;
  return summary;
}

/// Filters for each of the 100 tunings, made when first needed: making one costs as much as 50 frames.
const Matrix& chroma_filters(std::size_t tuning_bin) {
  static std::array<Matrix, dsp::kTuningBins> filters;
  static std::array<std::once_flag, dsp::kTuningBins> made;
  std::call_once(made[tuning_bin], [tuning_bin] {
    filters[tuning_bin] = dsp::chroma_filterbank(kRate_hz, kFrames.n_fft, dsp::tuning_of(tuning_bin));
  });
  return filters[tuning_bin];
}

}  // namespace

std::vector<std::string> study_vector_columns() {
  std::vector<std::string> names;
  for (const char* statistic : {"mean", "std", "max", "min"}) {
    for (std::size_t i = 1; i <= kCoefficients; ++i) names.push_back(fmt::format("mfcc_{}_{}", statistic, i));
  }
  for (const char* shape : {"centroid", "rolloff", "zcr"}) {
    for (const char* statistic : {"mean", "std"}) names.push_back(fmt::format("{}_{}", shape, statistic));
  }
  for (const char* pitch : {"c", "c#", "d", "d#", "e", "f", "f#", "g", "g#", "a", "a#", "b"}) {
    names.push_back(fmt::format("chroma_{}", pitch));
  }
  return names;
}

StudyVector::StudyVector() : tuning_(kRate_hz, kFrames.n_fft) {}

void StudyVector::add(const FrameTile& tile, const dsp::SpectrumTile& spectrum) {
  tiles_.push_back({tile.n_frames,
                    tile.fine_mel_db,
                    {tile.shape.centroid_hz, tile.shape.rolloff_hz, tile.zero_crossing_rate},
                    spectrum.power});
  tuning_.add(spectrum.power, tile.n_frames);
}

Matrix StudyVector::finish() {
  require(!tiles_.empty(), "study-vector: no frames");
  std::size_t n_frames = 0;
  dsp::Lanes loudest = tiles_.front().fine_mel_db.front();
  for (const Kept& tile : tiles_) {
    n_frames += tile.n_frames;
    for (const dsp::Lanes& level : tile.fine_mel_db) loudest = dsp::max(level, loudest);
  }
  float floor_db = loudest[0];
  for (std::size_t lane = 1; lane < dsp::kLanes; ++lane) floor_db = std::max(floor_db, loudest[lane]);
  floor_db -= dsp::kTopDb;

  // Every series beside the others, one a row: 13 coefficients, 3 shapes, 12 pitch classes.
  Matrix series(kCoefficients + kShapes + dsp::kPitchClasses, n_frames);
  const Matrix dct = dsp::dct_matrix(kCoefficients, kFineMels);
  const Matrix& filters = chroma_filters(tuning_.finish());
  std::array<dsp::Lanes, kCoefficients> coefficients;
  std::size_t frame = 0;
  for (const Kept& tile : tiles_) {
    const auto put = [&](std::size_t row, const dsp::Lanes& values) {
      for (std::size_t lane = 0; lane < tile.n_frames; ++lane) series(row, frame + lane) = values[lane];
    };
    dsp::mfcc(dct, tile.fine_mel_db, floor_db, coefficients);
    for (std::size_t i = 0; i < kCoefficients; ++i) put(i, coefficients[i]);
    for (std::size_t i = 0; i < kShapes; ++i) put(kCoefficients + i, tile.shape[i]);
    const auto pitches = dsp::chroma(filters, tile.power);
    for (std::size_t i = 0; i < pitches.size(); ++i) put(kCoefficients + kShapes + i, pitches[i]);
    frame += tile.n_frames;
  }

  Matrix vector(1, study_vector_columns().size());
  const std::span<float> out = vector.row(0);
  for (std::size_t i = 0; i < series.rows(); ++i) {
    const Summary summary = summarise(series.row(i));
    if (i < kCoefficients) {
      out[i] = static_cast<float>(summary.mean);
      out[kCoefficients + i] = static_cast<float>(summary.deviation);
      out[2 * kCoefficients + i] = summary.largest;
      out[3 * kCoefficients + i] = summary.smallest;
    } else if (i < kCoefficients + kShapes) {
      const std::size_t at = 4 * kCoefficients + 2 * (i - kCoefficients);
      out[at] = static_cast<float>(summary.mean);
      out[at + 1] = static_cast<float>(summary.deviation);
    } else {
      out[4 * kCoefficients + 2 * kShapes + (i - kCoefficients - kShapes)] = static_cast<float>(summary.mean);
    }
  }
  return vector;
}

}  // namespace songmap::features
