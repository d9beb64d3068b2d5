#include "songmap/run/model_inputs.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <numeric>
#include <set>

#include "songmap/core/error.h"
#include "songmap/core/npy.h"
#include "songmap/metrics/external.h"

namespace songmap::run {

std::vector<std::size_t> ModelInputs::rows_of(std::span<const std::size_t> tracks) const {
  std::vector<std::size_t> result;
  for (std::size_t row = 0; row < track.size(); ++row) {
    if (std::ranges::binary_search(tracks, track[row])) result.push_back(row);
  }
  return result;
}

Matrix ModelInputs::for_each_row(MatrixView of_tracks) const {
  return of_tracks.empty() ? Matrix() : take_rows(of_tracks, track);
}

Matrix ModelInputs::by_track(MatrixView of_rows, std::size_t n_tracks) const {
  return features::mean_by_track(of_rows, track, n_tracks);
}

Matrix ModelInputs::first_of_track() const {
  std::vector<std::size_t> first;
  for (std::size_t row = 0; row < track.size(); ++row) {
    if (row == 0 || track[row] != track[row - 1]) first.push_back(row);
  }
  return take_rows(rows, first);
}

void save_windows(const RunFolder& folder, const features::WindowedRows& windows) {
  write_npy(folder.space("windows"), windows.rows);
  Matrix owners(windows.track.size(), 1);
  std::ranges::copy(windows.track, owners.data());
  write_npy(folder.space("windows-of"), owners);
}

bool has_spectrograms(const Manifest& manifest) {
  return manifest.recipes.contains("log-mel") || manifest.recipes.contains("log-mel-track");
}

ModelInputs load_windows(const RunFolder& folder) {
  ModelInputs inputs;
  inputs.rows = read_npy(folder.space("windows"));
  const Matrix owners = read_npy(folder.space("windows-of"));
  for (const float owner : owners.values()) {
    inputs.track.push_back(static_cast<std::size_t>(owner));
  }
  return inputs;
}

ModelInputs track_inputs(Matrix rows) {
  ModelInputs inputs;
  inputs.rows = std::move(rows);
  inputs.track.resize(inputs.rows.rows());
  std::iota(inputs.track.begin(), inputs.track.end(), std::size_t{0});
  return inputs;
}

ModelInputs spectrogram_inputs(const RunFolder& folder, const Matrix& of_tracks) {
  ModelInputs inputs =
      std::filesystem::exists(folder.space("windows")) ? load_windows(folder) : track_inputs(Matrix{of_tracks});
  inputs.windowed = true;
  return inputs;
}

std::vector<ModelSpec> usable_models(std::vector<ModelSpec> specs, const Manifest& manifest, StageRecord& record) {
  const bool readable = has_spectrograms(manifest) && manifest.columns.empty();
  std::erase_if(specs, [&](const ModelSpec& spec) {
    if (spec.vae.network != "conv" || readable) return false;
    record.warn(
        fmt::format("{} was left out: it reads spectrograms, and {} holds ready features. Give the music "
                    "itself, or another preset. What needs no model was done.",
                    spec.title, quoted(std::filesystem::path(manifest.input.path))));
    return true;
  });
  return specs;
}

Matrix condition_rows(const std::vector<TrackRow>& tracks, const std::string& column) {
  if (column.empty()) return {};
  std::vector<std::string> values;
  std::set<std::string> known;
  for (const TrackRow& track : tracks) {
    const auto found = track.labels.find(column);
    values.push_back(found == track.labels.end() ? std::string() : found->second);
    for (const auto& [name, value] : track.labels) {
      if (!value.empty()) known.insert(name);
    }
  }
  const metrics::Codes codes = metrics::encode(values);
  if (codes.names.empty()) {
    throw InvalidArgument(known.empty() ? fmt::format("--condition {}: the tracks have no labels at all", column)
                                        : fmt::format("--condition {}: no track has such a label; there are {}", column,
                                                      fmt::join(known, ", ")));
  }
  Matrix rows(tracks.size(), codes.names.size());
  for (std::size_t i = 0; i < tracks.size(); ++i) {
    if (codes.codes[i] >= 0) rows(i, static_cast<std::size_t>(codes.codes[i])) = 1;
  }
  return rows;
}

Matrix averaged(MatrixView condition, std::size_t rows) {
  Matrix result(condition.empty() ? 0 : rows, condition.cols());
  for (std::size_t c = 0; c < result.cols(); ++c) {
    double sum = 0;
    for (std::size_t i = 0; i < condition.rows(); ++i) sum += condition(i, c);
    for (std::size_t i = 0; i < result.rows(); ++i) {
      result(i, c) = static_cast<float>(sum / static_cast<double>(condition.rows()));
    }
  }
  return result;
}

Matrix descriptors(const Matrix& features, const std::vector<std::string>& columns) {
  if (columns.size() != features.cols()) return {};
  Matrix result;
  std::vector<std::size_t> chosen;
  for (std::size_t c = 0; c < columns.size(); ++c) {
    if (!columns[c].starts_with("mfcc")) chosen.push_back(c);
  }
  if (chosen.empty()) return {};
  result = Matrix(features.rows(), chosen.size());
  for (std::size_t i = 0; i < features.rows(); ++i) {
    for (std::size_t c = 0; c < chosen.size(); ++c) result(i, c) = features(i, chosen[c]);
  }
  return result;
}

std::string baseline_title(const std::string& baseline) {
  if (baseline == "pca") return "PCA";
  return baseline == "descriptors" ? "Spectral features" : "Direct";
}

}  // namespace songmap::run
