#include "songmap/atlas/add.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

#include "songmap/atlas/vote.h"
#include "songmap/core/error.h"
#include "songmap/core/utf8.h"
#include "songmap/features/extract.h"
#include "songmap/features/vector_windows.h"
#include "songmap/library/scan.h"
#include "songmap/library/store.h"
#include "songmap/run/lyrics_pairing.h"
#include "songmap/run/model_inputs.h"
#include "songmap/run/placement.h"
#include "songmap/run/spaces.h"
#include "songmap/run/tables.h"

namespace songmap::atlas {
namespace {

/// Places of the fitted tracks in every picture of the main view.
std::vector<std::vector<MapPlace>> places_of(const run::RunFolder& folder, const Fit& fit) {
  std::unordered_map<std::string, std::size_t> row_of;
  for (std::size_t i = 0; i < fit.tracks.size(); ++i) row_of[fit.tracks[i].track_id] = i;
  std::vector<std::vector<MapPlace>> places(fit.tracks.size());
  for (const run::MapRow& row : run::load_map(folder.map())) {
    const auto found = row_of.find(row.track_id);
    if (row.view != fit.labels.front().view || found == row_of.end()) continue;
    places[found->second].push_back({row.projection, row.dimensions, row.x, row.y, row.dimensions == 3 ? row.z : 0});
  }
  const auto differ = [&](const auto& some) { return some.size() != places.front().size(); };
  if (std::ranges::any_of(places, differ)) {
    throw FormatError(fmt::format("{} has not a place for each track: songmap project mends it", quoted(folder.map())));
  }
  return places;
}

/// How far 99 of 100 tracks are from their voters at most: where the model has judged tracks unseen those, as a new one
/// is unseen, else the fitted ones among each other.
double distance_limit(const run::RunFolder& folder, const Fit& fit, State& state, const Execution& run) {
  std::vector<double> unseen;
  for (const run::HeldOutRow& row : run::load_held_out(folder.held_out())) unseen.push_back(row.distance);
  if (!unseen.empty()) return usual(std::move(unseen));
  if (const std::optional<double> known = state.usual_distance()) return *known;
  const double distance = usual_distance(fit.rows, run);
  state.keep_usual_distance(distance);
  return distance;
}

/// How badly the model rebuilds 99 of 100 tracks at most, likewise.
double error_limit(const run::RunFolder& folder, const Fit& fit) {
  const std::string model = run::space_record(fit.manifest, fit.manifest.main_space).model;
  std::vector<double> errors;
  for (const run::HeldOutRow& row : run::load_held_out(folder.held_out())) {
    if (row.model == model) errors.push_back(row.error);
  }
  if (!errors.empty()) return usual(std::move(errors));
  for (const run::ReconstructionRow& row : run::load_reconstruction(folder.reconstruction())) {
    if (row.model == model) errors.push_back(row.error);
  }
  return usual(std::move(errors));
}

/// The fitted tracks with the groups that people decided on, without those that are excluded.
Electorate electorate_of(const run::RunFolder& folder, const Fit& fit, State& state, const Execution& run) {
  const std::map<std::string, std::int32_t> pinned = state.pinned();
  const std::set<std::string> excluded = state.excluded();
  const std::vector<std::vector<MapPlace>> places = places_of(folder, fit);
  std::vector<std::size_t> voters;
  std::vector<std::int32_t> labels;
  std::vector<std::vector<MapPlace>> places_of_voters;
  for (std::size_t i = 0; i < fit.labels.size(); ++i) {
    const run::LabelRow& row = fit.labels[i];
    if (excluded.contains(row.track_id)) continue;
    const auto decided = pinned.find(row.track_id);
    voters.push_back(i);
    labels.push_back(decided == pinned.end() ? row.cluster : decided->second);
    places_of_voters.push_back(places[i]);
  }
  require(!voters.empty(), "every fitted track is excluded: nothing is left to place others by");
  return {take_rows(fit.rows, voters), std::move(labels), std::move(places_of_voters),
          distance_limit(folder, fit, state, run)};
}

/// Tracks of the report that the library has not: the others are told as known.
void leave_out_known(const Fit& fit, const State& state, features::ExtractReport& report, AddReport& result) {
  std::set<std::string> known = state.excluded();
  const std::set<std::string> gone = state.gone();
  for (const run::TrackRow& track : fit.tracks) {
    if (!gone.contains(track.track_id)) known.insert(track.track_id);
  }
  for (const PlacedTrack& track : state.placed()) known.insert(track.track_id);
  std::vector<features::ExtractedTrack> fresh;
  for (features::ExtractedTrack& track : report.tracks) {
    if (known.insert(track.track_id).second) {
      fresh.push_back(std::move(track));
    } else {
      result.known.push_back(utf8::repaired(track.track.relative_path));
    }
  }
  report.tracks = std::move(fresh);
}

/// The lyrics that came with the tracks, by track_id; those of a collection's CSV where the scan has read them. Of the
/// run's tables of lyrics those that are still there give theirs to tracks that have none.
std::map<std::string, run::LyricsRow> own_lyrics(const features::ExtractReport& report, const run::Manifest& manifest,
                                                 const Execution& run) {
  const std::filesystem::path root = root_of(manifest);
  std::vector<std::filesystem::path> tables;
  for (const auto& [table, hash] : manifest.lyrics.tables) {
    std::error_code error;
    if (manifest.lyrics.pairing == "track" && std::filesystem::exists(table, error)) tables.emplace_back(table);
  }
  std::vector<std::filesystem::path> unread;
  for (const features::ExtractedTrack& track : report.tracks) {
    if (track.track.has_lyrics && track.track.lyrics.empty()) unread.push_back(track.track.path);
  }
  std::map<std::filesystem::path, run::OwnLyrics> read;
  if (!unread.empty()) {
    library::ScanOptions options;
    options.read_lyrics = true;
    for (library::Track& track : library::scan_paths(unread, root, options, run).tracks) {
      read[track.path] = {std::move(track.lyrics), std::move(track.lyrics_source)};
    }
  }
  std::vector<run::TrackRow> tracks;
  std::vector<run::OwnLyrics> own;
  for (const features::ExtractedTrack& track : report.tracks) {
    run::TrackRow row;
    row.track_id = track.track_id;
    row.path = utf8::repaired(track.track.relative_path);
    tracks.push_back(std::move(row));
    const auto found = read.find(track.track.path);
    own.push_back(found == read.end() ? run::OwnLyrics{track.track.lyrics, track.track.lyrics_source} : found->second);
  }
  std::map<std::string, run::LyricsRow> result;
  for (run::LyricsRow& row : run::pair_lyrics(tracks, own, tables, "track").rows) result[row.track_id] = std::move(row);
  return result;
}

std::vector<float> row_of(const Matrix& matrix, std::size_t row) {
  if (matrix.empty()) return {};
  return {matrix.row(row).begin(), matrix.row(row).end()};
}

}  // namespace

std::vector<PlacedTrack> place_tracks(const run::RunFolder& folder, const Fit& fit, State& state,
                                      const features::ExtractReport& report, library::Store& store,
                                      const Execution& run) {
  if (report.tracks.empty()) return {};
  const run::Placement placement = run::Placement::load(folder, fit.manifest);
  const Matrix raw = features::gather(report, store, placement.recipes().front());
  features::WindowedRows windows;
  if (placement.reads_windows()) windows = features::gather_vector_windows(report, store, run::kWindowRecipe);
  const run::Placement::Placed placed = placement.place(raw, windows);
  const Matrix clustered = fit.l2 ? l2_normalised(placed.rows) : placed.rows;
  const Electorate electorate = electorate_of(folder, fit, state, run);
  const double usual_error = error_limit(folder, fit);
  std::map<std::string, run::LyricsRow> lyrics;
  if (run::options_of(folder).lyrics.vectors != "none") lyrics = own_lyrics(report, fit.manifest, run);
  std::vector<PlacedTrack> tracks;
  std::vector<PlacedDetail> details;
  for (std::size_t i = 0; i < report.tracks.size(); ++i) {
    const features::ExtractedTrack& extracted = report.tracks[i];
    const library::Track& track = extracted.track;
    Electorate::Vote vote = electorate.place(clustered.row(i));
    const double misunderstood = placed.errors.empty() ? 0 : in_usual(placed.errors[i], usual_error);
    tracks.push_back({extracted.track_id,
                      utf8::repaired(track.relative_path),
                      track.title,
                      track.artist,
                      track.album,
                      extracted.length_s,
                      vote.cluster,
                      vote.strength,
                      std::max(vote.distance, misunderstood),
                      {placed.rows.row(i).begin(), placed.rows.row(i).end()},
                      std::move(vote.places)});
    const run::LyricsRow& words = lyrics[extracted.track_id];
    details.push_back({row_of(raw, i), row_of(placed.given, i), row_of(placed.made, i),
                       placed.errors.empty() ? run::kNotDefined : placed.errors[i], words.source, words.language,
                       words.n_words, words.text});
  }
  state.place(tracks, details);
  return tracks;
}

AddReport add_tracks(const run::RunFolder& folder, const AddRequest& request, const run::StageContext& context) {
  const Fit fit = load_fit(folder);
  const run::Placement placement = run::Placement::load(folder, fit.manifest);
  require(!placement.recipes().empty(), "this run is of a table of features: new tracks must be audio files");
  State state = State::open(folder.library(), fit.key);

  library::ScanResult scanned = library::scan_paths(request.paths, root_of(fit.manifest), {}, context.execution);
  AddReport result;
  result.names = state.names();
  result.failures = std::move(scanned.failures);
  scanned.failures.clear();
  if (scanned.tracks.empty()) return result;
  library::Store store = library::Store::open(request.store.empty() ? library::default_store_path() : request.store);
  features::ExtractOptions options;
  options.recipes = placement.recipes();
  features::ExtractReport report = features::extract(scanned, store, options, context.execution);
  std::ranges::move(report.failures, std::back_inserter(result.failures));
  leave_out_known(fit, state, report, result);
  result.placed = place_tracks(folder, fit, state, report, store, context.execution);
  return result;
}

}  // namespace songmap::atlas
