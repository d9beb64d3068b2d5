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
constexpr double kQuietestWindowDb = 40;  // under the track's loudest frame
constexpr double kLogOffset = 1e-3;       // log(x + this): a deviation of zero has a logarithm too
constexpr std::size_t kCoarse = 32;       // bands of the delta-spectral pattern
constexpr std::size_t kCoarsest = 16;     // bands of the fluctuation pattern
constexpr std::size_t kTimbreValues = 323;

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

/// Of [first, first + count), the frames within 60 dB of the loudest; the loudest three (the earliest of equals) if
/// those are fewer.
std::vector<std::size_t> audible_frames(const Matrix& frames, std::size_t first, std::size_t count) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), first);
  const auto level = [&](std::size_t row) { return frames(row, kLevel); };
  float top = level(first);
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

/// The 323 values of some frames and of the patterns of their levels.
void describe(const Matrix& frames, std::span<const std::size_t> audible, const dsp::DeltaSpectralPattern& delta,
              const dsp::FluctuationPattern& fluctuation, std::span<float> values) {
  std::size_t at = 0;
  const auto put = [&](double value) { values[at++] = static_cast<float>(value); };
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
  for (const float value : delta.finish()) put(value);
  for (const float value : fluctuation.finish()) put(value);
}

dsp::FluctuationPattern fluctuation_pattern() {
  return dsp::FluctuationPattern(kRate_hz / static_cast<double>(kFrames.hop_samples));
}

std::size_t frame_count(double length_s) {
  return static_cast<std::size_t>(std::lround(length_s * kRate_hz / static_cast<double>(kFrames.hop_samples)));
}

/// Frames of a window and from one to the next, for a track of so many frames.
struct WindowLayout {
  std::size_t length;
  std::size_t hop;
};

WindowLayout window_layout(std::size_t n_frames) {
  if (n_frames <= frame_count(3)) return {frame_count(1), frame_count(0.26)};
  if (n_frames <= frame_count(8)) return {frame_count(1.5), frame_count(0.5)};
  if (n_frames <= frame_count(20)) return {frame_count(3), frame_count(1)};
  return {frame_count(5), frame_count(2.5)};
}

/// Frames [first, first + count) of one segment.
struct Window {
  std::size_t segment;
  std::size_t first;  // in the segment
  std::size_t count;
};

/// At most `most`, evenly spread, the first and the last among them.
std::vector<Window> thinned(const std::vector<Window>& windows, std::size_t most) {
  if (windows.size() <= most) return windows;
  std::vector<Window> result;
  for (std::size_t i = 0; i < most; ++i) result.push_back(windows[i * (windows.size() - 1) / (most - 1)]);
  return result;
}

MatrixView rows_between(const Matrix& x, std::size_t first, std::size_t count) {
  return {x.data() + first * x.cols(), count, x.cols()};
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

void Timbre::describe_frames() {
  if (!frames_.empty()) return;
  std::erase_if(segments_, [](const Segment& segment) { return segment.n_frames == 0; });
  require(!segments_.empty(), "timbre: no frames");
  std::size_t n_frames = 0;
  for (const Segment& segment : segments_) n_frames += segment.n_frames;
  const float fine_floor_db = loudest(segments_, [](const FrameTile& t) { return t.fine_mel_db; }) - dsp::kTopDb;
  const float coarse_floor_db = loudest(segments_, [](const FrameTile& t) { return t.coarse_mel_db; }) - dsp::kTopDb;
  const float peak_floor_db = loudest(segments_, [](const FrameTile& t) { return t.contrast.peak_db; }) - dsp::kTopDb;
  const float valley_floor_db =
      loudest(segments_, [](const FrameTile& t) { return t.contrast.valley_db; }) - dsp::kTopDb;

  frames_ = Matrix(n_frames, kColumns);
  const Matrix dct = dsp::dct_matrix(kCoefficients, kFineMels);
  std::array<Lanes, kColumns> columns;
  std::size_t first = 0;
  for (Segment& segment : segments_) {
    segment.fine_levels = coarser_levels(segment.tiles, segment.n_frames, coarse_floor_db, kCoarseMels / kCoarse);
    segment.coarse_levels = coarser_levels(segment.tiles, segment.n_frames, coarse_floor_db, kCoarseMels / kCoarsest);
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
      dsp::lanes_to_rows(columns.data(), kColumns, tile.n_frames, frames_.row(first + in_segment).data(), kColumns);
      in_segment += tile.n_frames;
    }
    first += segment.n_frames;
  }
}

Matrix Timbre::track() {
  describe_frames();
  dsp::DeltaSpectralPattern delta;
  dsp::FluctuationPattern fluctuation = fluctuation_pattern();
  for (const Segment& segment : segments_) {
    delta.add(segment.fine_levels);
    fluctuation.add(segment.coarse_levels);
  }
  Matrix values(1, kTimbreValues);
  describe(frames_, audible_frames(frames_, 0, frames_.rows()), delta, fluctuation, values.row(0));
  return values;
}

Matrix Timbre::windows() {
  describe_frames();
  const WindowLayout layout = window_layout(frames_.rows());
  std::vector<std::size_t> first_frame;  // of each segment
  std::size_t n_before = 0;
  std::vector<Window> all;
  for (std::size_t s = 0; s < segments_.size(); ++s) {
    const std::size_t n = segments_[s].n_frames;
    const std::size_t length = std::min(layout.length, n);
    for (std::size_t at = 0; at + length <= n; at += layout.hop) all.push_back({s, at, length});
    first_frame.push_back(n_before);
    n_before += n;
  }
  float loudest_db = frames_(0, kLevel);
  for (std::size_t i = 0; i < frames_.rows(); ++i) loudest_db = std::max(loudest_db, frames_(i, kLevel));
  const auto level_db = [&](const Window& window) {
    double power = 0;
    for (std::size_t i = 0; i < window.count; ++i) {
      power += std::pow(10.0, 0.1 * frames_(first_frame[window.segment] + window.first + i, kLevel));
    }
    return 10 * std::log10(power / static_cast<double>(window.count));
  };
  const Window loudest_window = *std::ranges::max_element(all, {}, level_db);
  std::erase_if(all, [&](const Window& window) { return level_db(window) < loudest_db - kQuietestWindowDb; });
  if (all.empty()) all.push_back(loudest_window);

  const std::vector<Window> chosen = thinned(all, kMostVectorWindows);
  Matrix values(chosen.size(), kTimbreValues);
  for (std::size_t w = 0; w < chosen.size(); ++w) {
    const Window& window = chosen[w];
    const Segment& segment = segments_[window.segment];
    dsp::DeltaSpectralPattern delta;
    dsp::FluctuationPattern fluctuation = fluctuation_pattern();
    delta.add(rows_between(segment.fine_levels, window.first, window.count));
    fluctuation.add(rows_between(segment.coarse_levels, window.first, window.count));
    const std::size_t first = first_frame[window.segment] + window.first;
    describe(frames_, audible_frames(frames_, first, window.count), delta, fluctuation, values.row(w));
  }
  return values;
}

}  // namespace songmap::features
