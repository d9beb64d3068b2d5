#include "songmap/report/data.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <unordered_map>

#include "songmap/core/error.h"
#include "songmap/core/npy.h"
#include "songmap/run/lyrics_control.h"

namespace songmap::report {
namespace {

namespace fs = std::filesystem;

using Positions = std::unordered_map<std::string, std::size_t>;

std::vector<Grouping> read_groupings(const std::vector<LabelRow>& rows, const Positions& position, std::size_t n) {
  std::vector<Grouping> groupings;
  Grouping* current = nullptr;
  const auto is_of = [](const Grouping& g, const LabelRow& row) {
    return g.view == row.view && g.space == row.space && g.method == row.method && g.seed == row.seed;
  };
  for (const LabelRow& row : rows) {
    const auto at = position.find(row.track_id);
    if (at == position.end()) continue;
    if (current == nullptr || !is_of(*current, row)) {
      const auto found = std::ranges::find_if(groupings, [&](const Grouping& g) { return is_of(g, row); });
      if (found != groupings.end()) {
        current = &*found;
      } else {
        groupings.push_back({row.view, row.space, row.method, row.seed, std::vector<std::optional<std::int32_t>>(n),
                             std::vector<double>(n, kNotDefined)});
        current = &groupings.back();
      }
    }
    current->clusters[at->second] = row.cluster;
    current->strengths[at->second] = row.strength;
  }
  return groupings;
}

std::vector<MapPoints> read_maps(const std::vector<MapRow>& rows, const Positions& position, std::size_t n,
                                 const Manifest& manifest) {
  std::vector<MapPoints> maps;
  for (const MapRow& row : rows) {
    const auto at = position.find(row.track_id);
    if (at == position.end() || (row.dimensions != 2 && row.dimensions != 3)) continue;
    auto found = std::ranges::find_if(maps, [&](const MapPoints& map) {
      return map.view == row.view && map.projection == row.projection && map.dimensions == row.dimensions;
    });
    if (found == maps.end()) {
      const auto cols = static_cast<std::size_t>(row.dimensions);
      maps.push_back({row.view, row.projection, row.dimensions, Matrix(n, cols), std::nullopt});
      found = maps.end() - 1;
      std::ranges::fill(found->points.values(), std::numeric_limits<float>::quiet_NaN());
    }
    found->points(at->second, 0) = static_cast<float>(row.x);
    found->points(at->second, 1) = static_cast<float>(row.y);
    if (row.dimensions == 3) found->points(at->second, 2) = static_cast<float>(row.z);
  }
  for (MapPoints& map : maps) {
    for (const ProjectionRecord& entry : manifest.projections) {
      const bool same_view = entry.view.empty() || entry.view == map.view;
      const bool same = same_view && entry.projection == map.projection && entry.dimensions == map.dimensions;
      if (same && std::isfinite(entry.trustworthiness)) {
        map.trustworthiness = entry.trustworthiness;
      }
    }
  }
  return maps;
}

/// Label columns to show: what the run was scored against, else columns with a few values that repeat.
std::vector<std::string> find_label_columns(const RunData& run) {
  std::vector<std::string> columns;
  if (run.tracks.empty()) return columns;
  const std::vector<std::string>& targets = run.manifest.targets;
  for (const auto& [column, unused] : run.tracks.front().labels) {
    if (!targets.empty() && std::ranges::find(targets, column) == targets.end()) continue;
    std::set<std::string> values;
    std::size_t n_labelled = 0;
    for (const TrackRow& track : run.tracks) {
      const auto found = track.labels.find(column);
      if (found == track.labels.end() || found->second.empty()) continue;
      values.insert(found->second);
      ++n_labelled;
    }
    const bool repeats = values.size() >= 2 && values.size() * 2 <= n_labelled;
    if (n_labelled > 0 && (repeats || !targets.empty())) columns.push_back(column);
  }
  // The order of the targets is the run's own: its main label first.
  const auto rank = [&](const std::string& column) { return std::ranges::find(targets, column) - targets.begin(); };
  std::ranges::stable_sort(columns, {}, rank);
  return columns;
}

}  // namespace

std::vector<std::int32_t> Grouping::names() const {
  std::set<std::int32_t> found;
  for (const auto& cluster : clusters) {
    if (cluster) found.insert(*cluster);
  }
  std::vector<std::int32_t> names(found.begin(), found.end());
  std::ranges::stable_partition(names, [](std::int32_t cluster) { return cluster != kNoise; });
  return names;
}

const Grouping* RunData::main_grouping(std::string_view view) const {
  const auto found = std::ranges::find(groupings, view, &Grouping::view);
  return found == groupings.end() ? nullptr : &*found;
}

std::vector<std::string> RunData::views() const {
  std::vector<std::string> views;
  const auto add = [&](const std::string& view) {
    if (std::ranges::find(views, view) == views.end()) views.push_back(view);
  };
  for (const Grouping& grouping : groupings) add(grouping.view);
  for (const MapPoints& map : maps) add(map.view);
  return views;
}

std::vector<std::string> RunData::labels_of(const std::string& column) const {
  std::vector<std::string> labels;
  labels.reserve(tracks.size());
  for (const TrackRow& track : tracks) {
    const auto found = track.labels.find(column);
    labels.push_back(found == track.labels.end() ? "" : found->second);
  }
  return labels;
}

std::optional<Matrix> RunData::space(const std::string& name) const {
  if (name.empty() || name.find('/') != std::string::npos) return std::nullopt;
  const fs::path file = folder.space(name);
  if (!fs::exists(file)) return std::nullopt;
  Matrix matrix = read_npy(file);
  if (matrix.rows() != tracks.size() || matrix.empty()) return std::nullopt;
  return matrix;
}

RunData load_run(const RunFolder& folder) {
  if (!fs::is_directory(folder.path())) throw IoError(fmt::format("there is no run folder {}", quoted(folder.path())));
  RunData run;
  run.folder = folder;
  if (fs::exists(folder.manifest())) run.manifest = run::load_manifest(folder.manifest());
  run.tracks = run::load_tracks(folder.tracks());
  run.failures = run::load_failures(folder.failures());
  for (ScoreRow& row : run::load_scores(folder.scores())) {
    const bool shuffled = row.scored_in == run::kShuffledLyrics || row.scored_in == run::kShuffledInLanguage;
    (shuffled ? run.shuffled_lyrics : run.scores).push_back(std::move(row));
  }
  run.comparisons = run::load_comparisons(folder.comparisons());
  run.clusterings = run::load_clusterings(folder.clusterings());
  run.curves = run::load_curves(folder.curves());
  Positions position;
  for (std::size_t i = 0; i < run.tracks.size(); ++i) position[run.tracks[i].track_id] = i;
  run.groupings = read_groupings(run::load_labels(folder.labels()), position, run.tracks.size());
  run.maps = read_maps(run::load_map(folder.map()), position, run.tracks.size(), run.manifest);
  run.label_columns = find_label_columns(run);
  return run;
}

std::vector<Reconstruction> reconstructions(const RunData& run, MatrixView features) {
  std::vector<std::string> models;
  const fs::path spaces = run.folder.spaces();
  if (!fs::is_directory(spaces)) return {};
  constexpr std::string_view kEnding = ".decoded.npy";
  for (const fs::directory_entry& entry : fs::directory_iterator(spaces)) {
    const std::string name = entry.path().filename().string();
    if (name.size() > kEnding.size() && name.ends_with(kEnding)) {
      models.push_back(name.substr(0, name.size() - kEnding.size()));
    }
  }
  std::ranges::sort(models);

  std::vector<Reconstruction> results;
  for (const std::string& model : models) {
    std::optional<Matrix> decoded = run.space(model + ".decoded");
    if (!decoded || decoded->cols() != features.cols()) continue;
    std::vector<double> errors(features.rows());
    for (std::size_t i = 0; i < features.rows(); ++i) {
      errors[i] = squared_distance(features.row(i), decoded->row(i)) / static_cast<double>(features.cols());
    }
    results.push_back({model, std::move(*decoded), std::move(errors)});
  }
  return results;
}

std::string display_name(const TrackRow& track) {
  if (!track.title.empty()) return track.artist.empty() ? track.title : track.title + " – " + track.artist;
  const std::string name = fs::path(track.path).filename().string();
  return !name.empty() ? name : !track.path.empty() ? track.path : track.track_id;
}

std::string cluster_name(std::int32_t cluster) { return cluster == kNoise ? "noise" : fmt::format("{}", cluster); }

}  // namespace songmap::report
