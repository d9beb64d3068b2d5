#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "arguments.h"
#include "atlas_text.h"
#include "collection.h"
#include "commands.h"
#include "settings.h"
#include "songmap/atlas/add.h"
#include "songmap/atlas/atlas.h"
#include "songmap/atlas/duplicates.h"
#include "songmap/atlas/explain.h"
#include "songmap/core/csv.h"
#include "songmap/core/error.h"
#include "songmap/core/utf8.h"
#include "songmap/run/run_folder.h"
#include "terminal.h"

namespace songmap::cli {
namespace {

using Json = nlohmann::ordered_json;

atlas::Atlas load(const std::string& folder) { return atlas::Atlas::load(run::RunFolder::existing(folder)); }

/// Places new tracks in a finished run.
class AddCommand final : public Command {
 public:
  [[nodiscard]] std::string name() const override { return "add"; }
  [[nodiscard]] std::string summary() const override {
    return "Place new tracks on a finished map: nothing that is there moves";
  }

  void declare(Arguments& arguments) override {
    arguments.positional("run", folder_, "Run folder (from songmap run)", true);
    arguments.positionals("paths", paths_, "Audio files, or folders of them");
    arguments.option("--store", store_, "File of computed features; by default in $XDG_CACHE_HOME/songmap");
    arguments.option("--threads", threads_, "Threads; 0: one a core");
    arguments.flag("-q,--quiet", quiet_, "No progress, notes or warnings on stderr");
    arguments.flag("--json", json_, "As one JSON object");
    arguments.footer(
        "Each new track is described like those of the run, encoded by its models, and joins the group of most of the "
        "15 "
        "tracks that are nearest to it; strength is their share. Example:\n  songmap add songmap-out/Music "
        "~/Music/new");
  }

  ExitCode run(Terminal& terminal) override {
    terminal.set_quiet(quiet_);
    run::StageContext context;
    context.execution = terminal.execution(threads_);
    const run::RunFolder folder = run::RunFolder::existing(folder_);
    atlas::AddRequest request;
    request.paths.assign(paths_.begin(), paths_.end());
    request.store = store_;
    const auto lock = terminal.hold(folder_);
    const atlas::AddReport report = atlas::add_tracks(folder, request, context);
    for (const library::Failure& failure : report.failures) terminal.warning(failure.path + ": " + failure.reason);
    terminal.data(json_ ? placed_json(report.placed, report.known, report.failures)
                        : placed_text(report.placed, report.names) +
                              fmt::format("{} placed, {} there already, {} failed\n", report.placed.size(),
                                          report.known.size(), report.failures.size()));
    return report.failures.empty() ? kDone : kDoneWithFailures;
  }

 private:
  std::string folder_;
  std::vector<std::string> paths_;
  std::string store_;
  std::uint64_t threads_ = 0;
  bool quiet_ = false;
  bool json_ = false;
};

/// Tells of tracks that are nearly the same.
class DuplicatesCommand final : public Command {
 public:
  [[nodiscard]] std::string name() const override { return "duplicates"; }
  [[nodiscard]] std::string summary() const override {
    return "Tracks that sound nearly the same: other encodings, cuts, remasters";
  }

  void declare(Arguments& arguments) override {
    arguments.positional("run", folder_, "Run folder (from songmap run)", true);
    arguments.option(
        "--within", within_,
        "How near, in the median distance of a track to its fifth nearest: larger finds more and errs more");
    arguments.option("--threads", threads_, "Threads; 0: one a core");
    arguments.flag("-q,--quiet", quiet_, "No notes on stderr");
    arguments.flag("--json", json_, "As one JSON object");
    arguments.footer("Nothing is merged or left out: songmap exclude RUN --track ID does that.");
  }

  ExitCode run(Terminal& terminal) override {
    terminal.set_quiet(quiet_);
    const std::optional<double> within = parse_number(within_);
    require(within.has_value(), fmt::format("--within {} is not a number", within_));
    const atlas::Atlas atlas = load(folder_);
    const auto sets = atlas::near_duplicates(atlas, {*within}, terminal.execution(threads_));
    std::string text;
    Json list = Json::array();
    for (const atlas::DuplicateSet& set : sets) {
      Json tracks = Json::array();
      text += fmt::format("{} tracks, {:.3f}\n", set.tracks.size(), set.farthest);
      for (const std::size_t t : set.tracks) {
        const atlas::AtlasTrack& track = atlas.tracks()[t];
        text += fmt::format("  {}  {:.1f} s  {}  {}\n", track.track_id, track.length_s,
                            called(track.artist, track.title), utf8::repaired(track.path));
        tracks.push_back({{"track_id", track.track_id},
                          {"path", utf8::repaired(track.path)},
                          {"length_s", std::isfinite(track.length_s) ? Json(track.length_s) : Json(nullptr)}});
      }
      list.push_back({{"distance", set.farthest}, {"tracks", tracks}});
    }
    terminal.data(json_ ? Json{{"sets", list}}.dump(2) + "\n" : text);
    if (sets.empty()) terminal.note("no two tracks sound nearly the same");
    return kDone;
  }

 private:
  std::string folder_;
  std::string within_ = "0.1";
  std::uint64_t threads_ = 0;
  bool quiet_ = false;
  bool json_ = false;
};

/// Gives a group a name that stays.
class RenameCommand final : public Command {
 public:
  [[nodiscard]] std::string name() const override { return "rename"; }
  [[nodiscard]] std::string summary() const override { return "Name a group, or all by what sets them apart"; }

  void declare(Arguments& arguments) override {
    arguments.positional("run", folder_, "Run folder (from songmap run)", true);
    arguments.positional("group", group_, "Its number or its name", false);
    arguments.positional("name", new_name_, "Its new name; empty: none", false);
    arguments.flag("--propose", propose_,
                   "Show a name for the group, or for every group that has none, by its reasons");
    arguments.flag("--yes", yes_, "With --propose: give these names");
  }

  ExitCode run(Terminal& terminal) override {
    const auto lock = terminal.hold(folder_);
    atlas::Atlas atlas = load(folder_);
    if (propose_) return propose(atlas, terminal);
    require(!group_.empty(), "which group? Give its number or name and a new name, or --propose");
    const std::int32_t group = atlas.find_group(group_);
    const auto same = [&](const atlas::Group& other) { return other.id != group && other.name == new_name_; };
    if (!new_name_.empty() && std::ranges::any_of(atlas.groups(), same)) {
      throw InvalidArgument(fmt::format("another group is called '{}' already", new_name_));
    }
    atlas.state().rename(group, new_name_);
    terminal.data(load(folder_).group_title(group) + "\n");
    return kDone;
  }

 private:
  ExitCode propose(atlas::Atlas& atlas, Terminal& terminal) {
    require(new_name_.empty(), "--propose finds the name itself: give none");
    std::set<std::string> taken;
    for (const atlas::Group& group : atlas.groups()) taken.insert(group.name);
    for (const atlas::Group& group : atlas.groups()) {
      const bool asked = group_.empty() ? group.name.empty() : group.id == atlas.find_group(group_);
      if (!asked) continue;
      const std::string proposed = atlas::explain_group(atlas, group.id).proposed_name;
      if (proposed.empty()) {
        terminal.data(fmt::format("{}  nothing sets it clearly apart\n", group.id));
        continue;
      }
      std::string unique = proposed;
      for (int n = 2; !taken.insert(unique).second; ++n) unique = fmt::format("{} ({})", proposed, n);
      terminal.data(fmt::format("{}  {}\n", group.id, unique));
      if (yes_) atlas.state().rename(group.id, unique);
    }
    if (!yes_) terminal.note("no name was given: --yes does it");
    return kDone;
  }

  std::string folder_;
  std::string group_;
  std::string new_name_;
  bool propose_ = false;
  bool yes_ = false;
};

/// Trains a finished run anew, with all that was added.
class RefitCommand final : public Command {
 public:
  [[nodiscard]] std::string name() const override { return "refit"; }
  [[nodiscard]] std::string summary() const override {
    return "Train a finished run anew, with all that was added; groups keep their numbers and names";
  }

  void declare(Arguments& arguments) override {
    arguments.positional("run", folder_, "Run folder (from songmap run)", true);
    arguments.option("--store", store_, "File of computed features; by default in $XDG_CACHE_HOME/songmap");
    common_.declare(arguments);
    arguments.footer(
        "With the run's own options, unless --set changes them. Groups are matched to the earlier ones by the tracks "
        "that "
        "they share.");
  }

  ExitCode run(Terminal& terminal) override {
    const run::RunFolder folder = run::RunFolder::existing(folder_);
    const run::Manifest manifest = run::load_manifest(folder.manifest());
    if (!manifest.pretrained.empty()) {
      throw InvalidArgument(
          fmt::format("{} was made with vectors from elsewhere, which only the command that made it knows: run that "
                      "again with --refit",
                      folder_));
    }
    run::ExtractRequest request;
    request.input = manifest.input.path;
    request.output = folder_;
    request.store = store_;
    request.preset = manifest.preset;
    request.protocol = manifest.protocol;
    request.options = run::options_of(folder);
    common_.apply(request.options);
    if (manifest.input.kind == "audio") request.label_from = manifest.label_source;
    for (const auto& [table, hash] : manifest.lyrics.tables) request.lyrics_tables.emplace_back(table);
    request.seed = manifest.seed;
    request.command_line = terminal.command_line();
    request.version = SONGMAP_VERSION;
    return run_everything(request, /*refit=*/true, common_, terminal);
  }

 private:
  std::string folder_;
  std::string store_;
  CommonSettings common_;
};

/// What differs between two libraries.
class DiffCommand final : public Command {
 public:
  [[nodiscard]] std::string name() const override { return "diff"; }
  [[nodiscard]] std::string summary() const override {
    return "What differs between two runs: tracks and their groups";
  }

  void declare(Arguments& arguments) override {
    arguments.positional("before", before_, "Run folder", true);
    arguments.positional("after", after_, "Another one, or a later copy", true);
    arguments.flag("--json", json_, "As one JSON object");
  }

  ExitCode run(Terminal& terminal) override {
    const atlas::Atlas before = load(before_);
    const atlas::Atlas after = load(after_);
    const atlas::AtlasDiff found = atlas::diff(before, after);
    terminal.data(json_ ? diff_json(found) : diff_text(found, before, after));
    return kDone;
  }

 private:
  std::string before_;
  std::string after_;
  bool json_ = false;
};

}  // namespace

std::vector<std::unique_ptr<Command>> atlas_commands() {
  std::vector<std::unique_ptr<Command>> commands;
  commands.push_back(std::make_unique<AddCommand>());
  commands.push_back(std::make_unique<RefitCommand>());
  commands.push_back(std::make_unique<DiffCommand>());
  commands.push_back(std::make_unique<DuplicatesCommand>());
  commands.push_back(std::make_unique<RenameCommand>());
  return commands;
}

}  // namespace songmap::cli
