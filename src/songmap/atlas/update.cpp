#include "songmap/atlas/update.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <system_error>
#include <utility>

#include "songmap/atlas/add.h"
#include "songmap/atlas/fit.h"
#include "songmap/core/error.h"
#include "songmap/core/utf8.h"
#include "songmap/features/extract.h"
#include "songmap/library/scan.h"
#include "songmap/library/store.h"
#include "songmap/run/lyrics_pairing.h"
#include "songmap/run/placement.h"
#include "songmap/run/tables.h"

namespace songmap::atlas {

namespace fs = std::filesystem;

namespace {

/// What a track is called, and where it lies.
struct Naming {
  std::string path;
  std::string title;
  std::string artist;
  std::string album;
};

template <class Row>
void rename(Row& row, const Naming& now, UpdateReport& report) {
  if (row.path != now.path) report.renamed.push_back(fmt::format("{} -> {}", row.path, now.path));
  if (row.title != now.title || row.artist != now.artist || row.album != now.album) ++report.n_retagged;
  row.path = now.path;
  row.title = now.title;
  row.artist = now.artist;
  row.album = now.album;
}

/// The present names of tracks, by their ids.
std::map<std::string, Naming> names_of(const features::ExtractReport& report) {
  std::map<std::string, Naming> names;
  for (const features::ExtractedTrack& track : report.tracks) {
    names[track.track_id] = {utf8::repaired(track.track.relative_path), track.track.title, track.track.artist,
                             track.track.album};
  }
  return names;
}

/// Writes new names into the tables that carry them.
void rename_fitted(const run::RunFolder& folder, const std::map<std::string, Naming>& names, UpdateReport& report) {
  std::vector<run::TrackRow> tracks = run::load_tracks(folder.tracks());
  const std::size_t n_before = report.renamed.size() + report.n_retagged;
  for (run::TrackRow& track : tracks) {
    if (const auto now = names.find(track.track_id); now != names.end()) rename(track, now->second, report);
  }
  if (report.renamed.size() + report.n_retagged == n_before) return;
  std::vector<run::LabelRow> labels = run::load_labels(folder.labels());
  for (run::LabelRow& label : labels) {
    if (const auto now = names.find(label.track_id); now != names.end()) label.path = now->second.path;
  }
  std::vector<run::ReconstructionRow> errors = run::load_reconstruction(folder.reconstruction());
  for (run::ReconstructionRow& row : errors) {
    if (const auto now = names.find(row.track_id); now != names.end()) row.path = now->second.path;
  }
  run::save_labels(folder.labels(), labels);
  if (!errors.empty()) run::save_reconstruction(folder.reconstruction(), errors);
  run::save_tracks(folder.tracks(), tracks);
}

/// Placed tracks: new names, and those whose files are gone leave. One outside of the collection is looked for where it
/// was.
std::set<std::string> update_placed(State& state, const fs::path& root, const std::map<std::string, Naming>& names,
                                    UpdateReport& report) {
  std::set<std::string> ids;
  std::vector<PlacedTrack> changed;
  std::vector<std::string> left;
  for (PlacedTrack track : state.placed()) {
    std::error_code error;
    const auto now = names.find(track.track_id);
    if (now == names.end() && !(fs::path(track.path).is_absolute() && fs::exists(root / track.path, error))) {
      left.push_back(track.track_id);
      report.gone.push_back(track.path);
      continue;
    }
    ids.insert(track.track_id);
    if (now == names.end()) continue;
    const std::size_t n_before = report.renamed.size() + report.n_retagged;
    rename(track, now->second, report);
    if (report.renamed.size() + report.n_retagged > n_before) changed.push_back(std::move(track));
  }
  if (!left.empty()) state.remove(left);
  if (!changed.empty()) state.place(changed);
  return ids;
}

/// Fitted tracks that are not there: told where that is new.
void note_gone(State& state, const Fit& fit, const std::map<std::string, Naming>& names, UpdateReport& report) {
  const std::set<std::string> before = state.gone();
  std::set<std::string> now;
  for (const run::TrackRow& track : fit.tracks) {
    const bool is_gone = !names.contains(track.track_id);
    if (is_gone) now.insert(track.track_id);
    if (is_gone && !before.contains(track.track_id)) report.gone.push_back(track.path);
    if (!is_gone && before.contains(track.track_id)) report.back.push_back(names.at(track.track_id).path);
  }
  if (now != before) state.set_gone(now);
}

/// Whether a fitted track is labelled otherwise now. What songmap found out by itself is no label of the collection.
bool labels_differ(const Fit& fit, const features::ExtractReport& report) {
  std::map<std::string, const std::map<std::string, std::string>*> now;
  for (const features::ExtractedTrack& track : report.tracks) now[track.track_id] = &track.track.labels;
  for (const run::TrackRow& track : fit.tracks) {
    const auto found = now.find(track.track_id);
    if (found == now.end()) continue;
    for (const auto& [name, value] : track.labels) {
      if (name == run::kLyricsLanguage) continue;
      const auto label = found->second->find(name);
      if ((label == found->second->end() ? std::string() : label->second) != value) return true;
    }
    for (const auto& [name, value] : *found->second) {
      if (!value.empty() && !track.labels.contains(name)) return true;
    }
  }
  return false;
}

}  // namespace

bool can_update(const run::ExtractRequest& request) {
  std::error_code error;
  const run::RunFolder folder(request.output);
  if (!fs::exists(folder.map(), error) || !fs::exists(folder.description(), error)) return false;
  if (!request.audio_embedding.empty() || !request.audio_model.empty() || !request.lyrics_embedding.empty()) {
    return false;
  }
  const run::Manifest manifest = run::load_manifest(folder.manifest());
  if (run::named_tables(request.lyrics_tables) != manifest.lyrics.tables) return false;
  if (manifest.input.kind != "audio" || manifest.preset != request.preset || manifest.seed != request.seed ||
      manifest.input.path != fs::absolute(request.input).lexically_normal().string() ||
      run::resolved(run::options_of(folder)) != run::resolved(request.options) ||
      !manifest.stage_seconds.contains("project")) {
    return false;
  }
  try {
    (void)run::Placement::load(folder, manifest);
  } catch (const InvalidArgument&) {
    return false;  // such a run takes no new tracks
  }
  return true;
}

UpdateReport update(const run::ExtractRequest& request, const run::StageContext& context) {
  const run::RunFolder folder = run::RunFolder::existing(request.output);
  const Fit fit = load_fit(folder);
  State state = State::open(folder.library(), fit.key);
  library::ScanOptions scan_options;
  if (!request.label_from.empty()) scan_options.label_from = request.label_from;
  // Of a folder, those of new tracks are read when they are placed.
  scan_options.read_lyrics = fs::is_regular_file(request.input) && request.options.lyrics.vectors != "none";
  library::ScanResult scanned = library::scan(request.input, scan_options, context.execution);
  library::Store store = library::Store::open(request.store.empty() ? library::default_store_path() : request.store);
  features::ExtractOptions options;
  options.recipes = run::Placement::load(folder, fit.manifest).recipes();
  options.retry_failed = request.retry_failed;
  features::ExtractReport report = features::extract(scanned, store, options, context.execution);

  UpdateReport result;
  result.labels_changed = labels_differ(fit, report);
  if (result.labels_changed) return result;
  for (std::vector<library::Failure>* failures : {&scanned.failures, &report.failures}) {
    std::ranges::move(*failures, std::back_inserter(result.failures));
  }
  const std::map<std::string, Naming> names = names_of(report);
  rename_fitted(folder, names, result);
  std::set<std::string> known = update_placed(state, scanned.root, names, result);
  note_gone(state, fit, names, result);
  for (const run::TrackRow& track : fit.tracks) known.insert(track.track_id);
  known.merge(state.excluded());
  std::erase_if(report.tracks, [&](const features::ExtractedTrack& track) { return known.contains(track.track_id); });
  result.placed = place_tracks(folder, fit, state, report, store, context.execution);
  result.names = state.names();
  result.n_not_fitted = state.placed().size();
  result.n_tracks = fit.tracks.size() - state.gone().size() + result.n_not_fitted;
  return result;
}

}  // namespace songmap::atlas
