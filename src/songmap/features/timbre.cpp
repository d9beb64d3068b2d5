#include "songmap/features/timbre.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "songmap/core/error.h"
#include "songmap/dsp/mfcc.h"
#include "songmap/dsp/rhythm.h"

namespace songmap::features {
namespace {

using dsp::Lanes;

constexpr std::size_t kCoefficients = 20;
constexpr std::size_t kContrast = dsp::SpectralContrast::kBands;
constexpr float kQuietestDb = 60;  // under the loudest frame
constexpr std::size_t kFewestFrames = 3;
constexpr double kLogOffset = 1e-3;    // log(x + this): a deviation of zero has a logarithm too
constexpr std::size_t kCoarse = 32;    // bands of the delta-spectral pattern
constexpr std::size_t kCoarsest = 16;  // bands of the fluctuation pattern

enum Column : std::size_t {
  kMfcc = 0,
  kCentroid = kMfcc + kCoefficients,
  kBandwidth,
  kRolloff,
  kZcr,
  kFlatness,
  kLevel,
  kFlux,
  kContrastFirst,
  kColumns = kContrastFirst + kContrast,
};

float largest_lane(const Lanes& values, std::size_t n) {
  float largest = values[0];
  for (std::size_t lane = 1; lane < n; ++lane) largest = std::max(largest, values[lane]);
  return largest;
}

/// Loudest value of several series over all frames.
template <class Tiles, class Series>
float loudest(const Tiles& segments, Series series) {
  float result = -std::numeric_limits<float>::infinity();
  for (const auto& segment : segments) {
    for (const FrameTile& tile : segment.tiles) {
      for (const Lanes& values : series(tile)) result = std::max(result, largest_lane(values, tile.n_frames));
    }
  }
  return result;
}

/// [n_frames, 64 / together]: neighbouring bands averaged after raising every level to the floor.
template <class Tiles>
Matrix coarser_levels(const Tiles& tiles, std::size_t n_frames, float floor_db, std::size_t together) {
  const std::size_t n_bands = kCoarseMels / together;
  Matrix levels(n_frames, n_bands);
  std::vector<Lanes> averaged(n_bands);
  std::size_t frame = 0;
  for (const FrameTile& tile : tiles) {
    for (std::size_t band = 0; band < n_bands; ++band) {
      Lanes sum = {};
      for (std::size_t i = 0; i < together; ++i) {
        sum += dsp::max(tile.coarse_mel_db[band * together + i], dsp::broadcast(floor_db));
      }
      averaged[band] = sum * (1.0f / static_cast<float>(together));
    }
    dsp::lanes_to_rows(averaged.data(), n_bands, tile.n_frames, levels.row(frame).data(), n_bands);
    frame += tile.n_frames;
  }
  return levels;
}

/// Mean rise of the 64 levels since the frame before, in dB: 0 for the first frame.
template <class Tiles>
std::vector<float> onset_flux(const Tiles& tiles, float floor_db) {
  std::vector<float> flux;
  std::array<float, kCoarseMels> last{};
  for (const FrameTile& tile : tiles) {
    const bool is_first = flux.empty();
    Lanes sum = {};
    for (std::size_t band = 0; band < kCoarseMels; ++band) {
      const Lanes now = dsp::max(tile.coarse_mel_db[band], dsp::broadcast(floor_db));
      Lanes before;
      before[0] = is_first ? now[0] : last[band];
      for (std::size_t lane = 1; lane < dsp::kLanes; ++lane) before[lane] = now[lane - 1];
      sum += dsp::max(now - before, Lanes{});
      last[band] = now[dsp::kLanes - 1];
    }
    for (std::size_t lane = 0; lane < tile.n_frames; ++lane) {
      flux.push_back(sum[lane] / static_cast<float>(kCoarseMels));
    }
  }
  return flux;
}

struct Moments {
  double mean = 0;
  double deviation = 0;
};

/// Of one column over the given rows.
Moments moments(const Matrix& x, std::span<const std::size_t> rows, std::size_t column) {
  Moments result;
  for (const std::size_t row : rows) result.mean += x(row, column);
  result.mean /= static_cast<double>(rows.size());
  for (const std::size_t row : rows) {
    const double distance = x(row, column) - result.mean;
    result.deviation += distance * distance;
  }
  result.deviation = std::sqrt(result.deviation / static_cast<double>(rows.size()));
  return result;
}

/// Frames within 60 dB of the loudest; the loudest three (the earliest of equals) if those are fewer.
std::vector<std::size_t> audible_frames(const Matrix& frames) {
  std::vector<std::size_t> order(frames.rows());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto level = [&](std::size_t row) { return frames(row, kLevel); };
  float top = level(0);
  for (const std::size_t row : order) top = std::max(top, level(row));
  std::vector<std::size_t> kept;
  std::ranges::copy_if(order, std::back_inserter(kept),
                       [&](std::size_t row) { return level(row) > top - kQuietestDb; });
  const std::size_t fewest = std::min(kFewestFrames, order.size());
  if (kept.size() >= fewest) return kept;
  std::ranges::stable_sort(order, std::ranges::greater(), level);
  order.resize(fewest);
  std::ranges::sort(order);
  return order;
}

}  // namespace

std::vector<std::string> timbre_columns() {
  std::vector<std::string> names;
  for (const char* statistic : {"mean", "logstd"}) {
    for (std::size_t i = 1; i <= kCoefficients; ++i) names.push_back(fmt::format("mfcc_{}_{}", statistic, i));
  }
  const std::vector<std::string> shapes = {"centroid", "bandwidth", "rolloff", "zcr", "flatness"};
  for (const std::string& shape : shapes) names.push_back(fmt::format("shape_{}_mean", shape));
  for (const std::string& shape : shapes) names.push_back(fmt::format("shape_{}_std", shape));
  for (const char* name : {"shape_level_std", "shape_flux_logmean", "shape_flux_logstd"}) names.emplace_back(name);
  for (const char* statistic : {"mean", "std"}) {
    for (std::size_t i = 1; i <= kContrast; ++i) names.push_back(fmt::format("contrast_{}_{}", statistic, i));
  }
  for (const char* rank : {"middle", "high", "top"}) {
    for (std::size_t i = 1; i <= kCoarse; ++i) names.push_back(fmt::format("delta_{}_{}", rank, i));
  }
  for (std::size_t band = 1; band <= kCoarsest; ++band) {
    for (std::size_t rate = 1; rate <= dsp::FluctuationPattern::kRates; ++rate) {
      names.push_back(fmt::format("fluctuation_{}_{}", band, rate));
    }
  }
  return names;
}

void Timbre::begin_segment() { segments_.emplace_back(); }

void Timbre::add(const FrameTile& tile) {
  require(!segments_.empty(), "timbre: frames before any segment");
  segments_.back().tiles.push_back(tile);
  segments_.back().n_frames += tile.n_frames;
}

Matrix Timbre::finish() {
  std::erase_if(segments_, [](const Segment& segment) { return segment.n_frames == 0; });
  require(!segments_.empty(), "timbre: no frames");
  std::size_t n_frames = 0;
  for (const Segment& segment : segments_) n_frames += segment.n_frames;
  const float fine_floor_db = loudest(segments_, [](const FrameTile& t) { return t.fine_mel_db; }) - dsp::kTopDb;
  const float coarse_floor_db = loudest(segments_, [](const FrameTile& t) { return t.coarse_mel_db; }) - dsp::kTopDb;
  const float peak_floor_db = loudest(segments_, [](const FrameTile& t) { return t.contrast.peak_db; }) - dsp::kTopDb;
  const float valley_floor_db =
      loudest(segments_, [](const FrameTile& t) { return t.contrast.valley_db; }) - dsp::kTopDb;

  Matrix frames(n_frames, kColumns);
  dsp::DeltaSpectralPattern delta;
  dsp::FluctuationPattern fluctuation(kRate_hz / static_cast<double>(kFrames.hop_samples));
  const Matrix dct = dsp::dct_matrix(kCoefficients, kFineMels);
  std::array<Lanes, kColumns> columns;
  std::size_t first = 0;
  for (Segment& segment : segments_) {
    delta.add(coarser_levels(segment.tiles, segment.n_frames, coarse_floor_db, kCoarseMels / kCoarse));
    fluctuation.add(coarser_levels(segment.tiles, segment.n_frames, coarse_floor_db, kCoarseMels / kCoarsest));
    const std::vector<float> flux = onset_flux(segment.tiles, coarse_floor_db);
    std::size_t in_segment = 0;
    for (; !segment.tiles.empty(); segment.tiles.pop_front()) {
      const FrameTile& tile = segment.tiles.front();
      dsp::mfcc(dct, tile.fine_mel_db, fine_floor_db, std::span(columns).first(kCoefficients));
      columns[kCentroid] = tile.shape.centroid_hz;
      columns[kBandwidth] = tile.shape.bandwidth_hz;
      columns[kRolloff] = tile.shape.rolloff_hz;
      columns[kZcr] = tile.zero_crossing_rate;
      columns[kFlatness] = tile.flatness_db;
      columns[kLevel] = dsp::decibels(tile.rms * tile.rms, dsp::kPowerFloor);
      for (std::size_t lane = 0; lane < tile.n_frames; ++lane) columns[kFlux][lane] = flux[in_segment + lane];
      for (std::size_t b = 0; b < kContrast; ++b) {
        columns[kContrastFirst + b] = dsp::max(tile.contrast.peak_db[b], dsp::broadcast(peak_floor_db)) -
                                      dsp::max(tile.contrast.valley_db[b], dsp::broadcast(valley_floor_db));
      }
      dsp::lanes_to_rows(columns.data(), kColumns, tile.n_frames, frames.row(first + in_segment).data(), kColumns);
      in_segment += tile.n_frames;
    }
    first += segment.n_frames;
  }

  const std::vector<std::size_t> audible = audible_frames(frames);
  std::vector<float> values;
  values.reserve(timbre_columns().size());
  const auto put = [&](double value) { values.push_back(static_cast<float>(value)); };
  std::array<Moments, kColumns> of;
  for (std::size_t c = 0; c < kColumns; ++c) of[c] = moments(frames, audible, c);
  for (std::size_t c = kMfcc; c < kCentroid; ++c) put(of[c].mean);
  for (std::size_t c = kMfcc; c < kCentroid; ++c) put(std::log(of[c].deviation + kLogOffset));
  for (std::size_t c = kCentroid; c < kLevel; ++c) put(of[c].mean);
  for (std::size_t c = kCentroid; c <= kLevel; ++c) put(of[c].deviation);
  put(std::log(of[kFlux].mean + kLogOffset));
  put(std::log(of[kFlux].deviation + kLogOffset));
  for (std::size_t c = kContrastFirst; c < kColumns; ++c) put(of[c].mean);
  for (std::size_t c = kContrastFirst; c < kColumns; ++c) put(of[c].deviation);
  for (const float value : delta.finish()) values.push_back(value);
  for (const float value : fluctuation.finish()) values.push_back(value);
  const std::size_t count = values.size();
  return Matrix(1, count, std::move(values));
}

}  // namespace songmap::features
