#include "songmap/report/data.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <unordered_map>

#include "songmap/core/csv.h"
#include "songmap/core/error.h"
#include "songmap/core/npy.h"
#include "songmap/run/inspection.h"
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

/// Two columns of a table; no rows when there is no file.
std::vector<std::pair<std::string, std::string>> read_pairs(const fs::path& file, std::string_view first,
                                                            std::string_view second) {
  std::vector<std::pair<std::string, std::string>> pairs;
  if (!fs::exists(file)) return pairs;
  const CsvTable table = read_csv(file);
  const std::optional<std::size_t> a = table.find(first);
  const std::optional<std::size_t> b = table.find(second);
  if (!a || !b) throw FormatError(fmt::format("{} lacks the column {} or {}", quoted(file), first, second));
  for (const auto& cells : table.rows) pairs.emplace_back(cells[*a], cells[*b]);
  return pairs;
}

Matrix read_matrix(const fs::path& file) { return fs::exists(file) ? read_npy(file) : Matrix(); }

void load_reconstruction_errors(const RunFolder& folder, RunData& run) {
  run.reconstruction = run::load_reconstruction(folder.reconstruction());
  const std::vector<run::HeldOutRow> unseen = run::load_held_out(folder.held_out());
  if (unseen.empty()) return;
  run.judged_unseen = unseen.front().model;
  std::erase_if(run.reconstruction, [&](const run::ReconstructionRow& row) { return row.model == run.judged_unseen; });
  for (const run::HeldOutRow& row : unseen) {
    run.reconstruction.push_back({row.track_id, row.path, row.model, row.error, row.relative});
  }
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

std::size_t RunData::n_failed_tracks() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(failures, [](const FailureRow& failure) { return failure.stage != "lyrics"; }));
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

const SpaceRecord* RunData::space_record(std::string_view name) const {
  const auto found = std::ranges::find(manifest.spaces, name, &SpaceRecord::name);
  return found == manifest.spaces.end() ? nullptr : &*found;
}

const ModelRecord* RunData::model_behind(const std::string& space) const {
  std::string name = space;
  if (const SpaceRecord* record = space_record(space)) {
    name = record->model;
  } else {
    for (const char* ending : {".decoded", ".hybrid"}) {
      if (name.ends_with(ending)) name.resize(name.size() - std::string_view(ending).size());
    }
  }
  const auto found = std::ranges::find(manifest.models, name, &ModelRecord::name);
  return found == manifest.models.end() || name.empty() ? nullptr : &*found;
}

std::string RunData::option(const std::string& name) const {
  const auto found = manifest.options.find(name);
  if (found == manifest.options.end()) return "";
  const std::string& value = found->second;
  const bool text = value.size() >= 2 && value.front() == '"' && value.back() == '"';
  return text ? value.substr(1, value.size() - 2) : value;
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
  run.curves = run::load_curves(folder.curves());
  run.clusterings = run::load_clusterings(folder.clusterings());
  run.candidates = run::load_candidates(folder.candidates());
  run.comparisons = run::load_comparisons(folder.comparisons());
  load_reconstruction_errors(folder, run);
  run.cross_modal = run::load_cross_modal(folder.cross_modal());
  Positions position;
  for (std::size_t i = 0; i < run.tracks.size(); ++i) position[run.tracks[i].track_id] = i;
  run.groupings = read_groupings(run::load_labels(folder.labels()), position, run.tracks.size());
  run.maps = read_maps(run::load_map(folder.map()), position, run.tracks.size(), run.manifest);
  run.label_columns = find_label_columns(run);
  return run;
}

std::vector<Inspection> load_inspections(const RunData& run) {
  std::unordered_map<std::string, std::size_t> position;
  for (std::size_t i = 0; i < run.tracks.size(); ++i) position[run.tracks[i].track_id] = i;
  std::vector<Inspection> results;
  for (const ModelRecord& model : run.manifest.models) {
    if (model.name.empty() || model.name.find('/') != std::string::npos) continue;
    Inspection result{.model = model.name};
    const auto file = [&](const char* suffix) { return run.folder.inspections() / (model.name + suffix); };
    result.errors.assign(run.tracks.size(), kNotDefined);
    for (const auto& [id, error] : read_pairs(file(".examples.csv"), "track_id", "error")) {
      const auto found = position.find(id);
      if (found != position.end()) result.errors[found->second] = parse_number(error).value_or(kNotDefined);
    }
    result.reconstructions = read_matrix(file(".reconstructions.npy"));
    for (const auto& [id, unused] : read_pairs(file(".example_tracks.csv"), "track_id", "track_id")) {
      const auto found = position.find(id);
      if (found != position.end()) result.examples.push_back(found->second);
    }
    if (result.reconstructions.rows() != 2 * result.examples.size()) {
      result.examples.clear();
      result.reconstructions = {};
    }
    result.traversal = read_matrix(file(".traversal.npy"));
    for (const auto& [dimension, kl] : read_pairs(file(".traversal.csv"), "dimension", "kl")) {
      result.dimensions.push_back(static_cast<std::size_t>(parse_number(dimension).value_or(0)));
      result.kl.push_back(parse_number(kl).value_or(kNotDefined));
    }
    if (result.traversal.rows() != run::kTraversalSteps * result.dimensions.size()) {
      result.dimensions.clear();
      result.kl.clear();
      result.traversal = {};
    }
    results.push_back(std::move(result));
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
