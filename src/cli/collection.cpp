#include "collection.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "atlas_text.h"
#include "songmap/atlas/atlas.h"
#include "songmap/atlas/match.h"
#include "songmap/atlas/update.h"
#include "songmap/core/error.h"
#include "songmap/report/report.h"
#include "songmap/run/manifest.h"
#include "summary.h"
#include "terminal.h"

namespace songmap::cli {

run::ExtractRequest extract_request(const InputSettings& input, const PresetSettings& preset,
                                    const CommonSettings& common, Terminal& terminal) {
  run::ExtractRequest request;
  request.input = input.input;
  request.output = input.output_folder();
  request.store = input.store;
  request.preset = preset.preset;
  request.options = preset.resolve(common);
  request.protocol = preset.protocol.empty() ? run::default_protocol(preset.preset) : preset.protocol;
  if (!input.columns.empty()) run::set_option(request.options, "features.columns", input.columns, "--features");
  request.lyrics_tables.assign(input.lyrics_tables.begin(), input.lyrics_tables.end());
  request.audio_embedding = input.audio_embedding;
  request.audio_model = input.audio_model;
  request.audio_model_options = input.audio_model_options();
  request.lyrics_embedding = input.lyrics_embedding;
  request.label_from = input.label_from;
  request.seed = preset.seed;
  request.retry_failed = input.retry_failed;
  request.command_line = terminal.command_line();
  request.version = SONGMAP_VERSION;
  return request;
}

ExitCode outcome(const run::RunFolder& folder, Terminal& terminal) {
  const run::InputRecord input = run::load_manifest(folder.manifest()).input;
  if (input.n_failures > 0) {
    terminal.note(fmt::format("{} of {} tracks failed: {} tells why", input.n_failures,
                              input.n_failures + input.n_tracks, folder.failures().string()));
  }
  if (input.n_lyrics_failures > 0) {
    terminal.note(
        fmt::format("{} of lyrics could not be used: {} tells why",
                    input.n_lyrics_failures == 1 ? "1 text" : fmt::format("{} texts", input.n_lyrics_failures),
                    folder.failures().string()));
  }
  return input.n_failures + input.n_lyrics_failures > 0 ? kDoneWithFailures : kDone;
}

namespace {

/// What a new fit takes over from the one that was there.
struct Heritage {
  atlas::GroupOfTrack groups;
  std::vector<run::MapRow> map;
  std::int32_t first_free = 0;  ///< No group of an earlier fit had this number or a higher one, or a name.
  std::vector<std::filesystem::path> more_paths;
  std::set<std::string> excluded;
};

/// Kept in the library until the new fit is complete: whatever ends this one, the next goes on from the same.
Heritage heritage_of(const run::RunFolder& folder, bool refit, Terminal& terminal) {
  Heritage heritage;
  const bool is_library = std::filesystem::exists(folder.library());
  if (!is_library && !(refit && std::filesystem::exists(folder.labels()))) return heritage;
  atlas::State state = atlas::State::open(folder.library(), "");
  heritage.groups = state.earlier_groups();
  heritage.map = state.earlier_map();
  if (heritage.groups.empty() && std::filesystem::exists(folder.labels())) {
    try {
      const atlas::Atlas atlas = atlas::Atlas::load(folder);
      // Where a placed track belongs is a guess: the numbers stay with the tracks that made the groups.
      for (const atlas::AtlasTrack& track : atlas.tracks()) {
        if (!track.placed) heritage.groups[track.track_id] = track.cluster;
      }
      heritage.map = run::load_map(folder.map());
      state.keep_earlier_map(heritage.map);  // first: groups that are kept say that both are
      state.keep_earlier_groups(heritage.groups);
    } catch (const FormatError& error) {
      terminal.warning(fmt::format("the groups begin with new numbers: {}", error.what()));
    }
  }
  for (const auto& [group, name] : state.names()) heritage.first_free = std::max(heritage.first_free, group + 1);
  for (const auto& [track_id, group] : state.pinned()) heritage.first_free = std::max(heritage.first_free, group + 1);
  heritage.excluded = state.excluded();
  // Fitted in or placed: what lies outside of the collection is found by its path alone.
  std::vector<std::string> paths = state.added_paths();
  for (const run::TrackRow& track : run::load_tracks(folder.tracks())) paths.push_back(track.path);
  for (const std::string& path : paths) {
    if (std::filesystem::path(path).is_absolute()) heritage.more_paths.emplace_back(path);
  }
  return heritage;
}

ExitCode tell_update(const atlas::UpdateReport& report, const run::ExtractRequest& request,
                     const CommonSettings& common, Terminal& terminal) {
  const run::RunFolder folder(request.output);
  for (const library::Failure& failure : report.failures) terminal.warning(failure.path + ": " + failure.reason);
  terminal.data(common.json ? update_json(report) : update_text(report) + "\n" + summary_text(folder));
  constexpr std::size_t kManyIn = 5;
  if (report.n_not_fitted * kManyIn > report.n_tracks) {
    terminal.note(
        fmt::format("{} of {} tracks came after the run was fitted: songmap refit {} trains anew, and groups "
                    "keep their numbers and names",
                    report.n_not_fitted, report.n_tracks, request.output.string()));
  }
  return report.failures.empty() ? kDone : kDoneWithFailures;
}

}  // namespace

ExitCode run_collection(const run::ExtractRequest& request, bool refit, const CommonSettings& common,
                        Terminal& terminal) {
  {
    const auto lock = terminal.hold(request.output);
    if (!refit && atlas::can_update(request)) {
      try {
        const atlas::UpdateReport report = atlas::update(request, common.context(terminal));
        if (!report.labels_changed) return tell_update(report, request, common, terminal);
        terminal.note("labels have changed since the run was scored: it is made anew");
      } catch (const FormatError& error) {
        terminal.warning(fmt::format("the run is made anew: {}", error.what()));
      }
    }
  }
  return run_everything(request, refit, common, terminal);
}

ExitCode run_everything(run::ExtractRequest request, bool refit, const CommonSettings& common, Terminal& terminal) {
  const run::StageContext context = common.context(terminal);
  auto lock = terminal.hold(request.output);
  const Heritage heritage = heritage_of(run::RunFolder(request.output), refit, terminal);
  request.more_paths = heritage.more_paths;
  request.exclude = heritage.excluded;
  const run::RunFolder folder = run::extract_stage(request, context);
  if (!lock) lock = terminal.hold(folder.path());  // which was not there before
  run::train_stage(folder, request.options, context);
  const run::RunOptions options = run::options_of(folder);
  run::cluster_stage(folder, options, context);
  atlas::keep_group_numbers(folder, heritage.groups, heritage.first_free);
  run::score_stage(folder, options, context);
  run::project_stage(folder, options, context);
  atlas::keep_map_orientation(folder, heritage.map);
  report::make_report(folder, context);
  if (std::filesystem::exists(folder.library())) atlas::State::open(folder.library(), "").forget_placements();
  terminal.data(common.json ? summary_json(folder) : summary_text(folder));
  return outcome(folder, terminal);
}

}  // namespace songmap::cli
