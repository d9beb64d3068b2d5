#include "songmap/features/spectrogram_windows.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>

#include "songmap/core/error.h"
#include "songmap/features/log_mel.h"
#include "songmap/features/recipe.h"

namespace songmap::features {
namespace {

std::size_t window_count(std::size_t n_frames, const WindowOptions& options) {
  const std::size_t covering = std::max<std::size_t>(1, (n_frames + options.frames - 1) / options.frames);
  return options.most_windows == 0 ? covering : std::min(covering, options.most_windows);
}

/// Writes the windows of one track to consecutive rows of `rows`.
void fill_windows(MatrixView log_mel, const WindowOptions& options, std::size_t n_windows, float* rows) {
  const auto [quietest, loudest] = std::ranges::minmax(log_mel.values());
  const float scale = loudest > quietest ? 1 / (loudest - quietest) : 0;
  const std::size_t used = std::min(options.frames, log_mel.rows());
  const std::size_t last_start = log_mel.rows() - used;
  for (std::size_t w = 0; w < n_windows; ++w) {
    const std::size_t start = n_windows > 1 ? w * last_start / (n_windows - 1) : 0;
    for (std::size_t band = 0; band < log_mel.cols(); ++band, rows += options.frames) {
      for (std::size_t i = 0; i < used; ++i) rows[i] = (log_mel(start + i, band) - quietest) * scale;
      std::fill(rows + used, rows + options.frames, 0.0F);
    }
  }
}

void check(MatrixView log_mel, const WindowOptions& options) {
  require(options.frames > 0, "frames = 0: a window has at least one");
  require(!log_mel.empty(), "log_mel has no frames");
  require(all_finite(log_mel), "log_mel holds values that are not finite");
}

}  // namespace

Matrix spectrogram_window_rows(MatrixView log_mel, const WindowOptions& options) {
  check(log_mel, options);
  const std::size_t n_windows = window_count(log_mel.rows(), options);
  Matrix rows(n_windows, log_mel.cols() * options.frames);
  fill_windows(log_mel, options, n_windows, rows.data());
  return rows;
}

Matrix load_log_mel(library::Store& store, const ExtractedTrack& track, std::string_view name) {
  require(name == "log-mel" || name == "log-mel-track", fmt::format("recipe '{}' gives no spectrogram", name));
  std::optional<Matrix> values = store.find(track.content_id, recipe(name).key);
  try {
    if (values && name == "log-mel-track") values = unpacked_levels(*values);
  } catch (const InvalidArgument&) {
    values.reset();
  }
  if (!values || values->cols() != kCoarseMels) {
    throw IoError(fmt::format("the store {} holds no sound '{}' values for {}: extract again to compute them",
                              quoted(store.path()), name, quoted(track.track.path)));
  }
  return *std::move(values);
}

WindowedRows gather_windows(const ExtractReport& report, library::Store& store, std::string_view name,
                            const WindowOptions& options) {
  // Twice over the store, so that the rows are allocated once and for good: they may be most of the memory.
  std::vector<std::size_t> counts;
  WindowedRows result;
  for (std::size_t t = 0; t < report.tracks.size(); ++t) {
    const Matrix log_mel = load_log_mel(store, report.tracks[t], name);
    check(log_mel, options);
    counts.push_back(window_count(log_mel.rows(), options));
    result.track.insert(result.track.end(), counts.back(), t);
  }
  result.rows = Matrix(result.track.size(), kCoarseMels * options.frames);
  float* rows = result.rows.data();
  for (std::size_t t = 0; t < report.tracks.size(); ++t) {
    fill_windows(load_log_mel(store, report.tracks[t], name), options, counts[t], rows);
    rows += counts[t] * result.rows.cols();
  }
  return result;
}

Matrix mean_by_track(MatrixView latents, std::span<const std::size_t> track, std::size_t n_tracks) {
  require(track.size() == latents.rows(),
          fmt::format("track has {} entries for {} rows: each row needs one", track.size(), latents.rows()));
  std::vector<double> sums(n_tracks * latents.cols());
  std::vector<double> counts(n_tracks);
  for (std::size_t i = 0; i < track.size(); ++i) {
    require(track[i] < n_tracks, fmt::format("track[{}] = {} is not below n_tracks = {}", i, track[i], n_tracks));
    ++counts[track[i]];
    for (std::size_t j = 0; j < latents.cols(); ++j) sums[track[i] * latents.cols() + j] += latents(i, j);
  }
  Matrix means(n_tracks, latents.cols());
  for (std::size_t t = 0; t < n_tracks; ++t) {
    for (float& value : means.row(t)) value = std::numeric_limits<float>::quiet_NaN();
    for (std::size_t j = 0; counts[t] > 0 && j < latents.cols(); ++j) {
      means(t, j) = static_cast<float>(sums[t * latents.cols() + j] / counts[t]);
    }
  }
  return means;
}

}  // namespace songmap::features
