#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>

#include "arguments.h"
#include "atlas_text.h"
#include "commands.h"
#include "songmap/atlas/atlas.h"
#include "songmap/atlas/duplicates.h"
#include "songmap/atlas/edit.h"
#include "songmap/atlas/spoken.h"
#include "songmap/core/error.h"
#include "songmap/core/utf8.h"
#include "songmap/run/run_folder.h"
#include "terminal.h"

namespace songmap::cli {
namespace {

atlas::Atlas load(const std::string& folder) { return atlas::Atlas::load(run::RunFolder::existing(folder)); }

std::string counted(std::size_t n) { return fmt::format("{} {}", n, n == 1 ? "track" : "tracks"); }

/// A decision on one group, in a sentence for the person.
class GroupCommand final : public Command {
 public:
  using Act = std::function<std::string(atlas::Atlas&, std::int32_t)>;
  GroupCommand(std::string name, std::string summary, Act act)
      : name_(std::move(name)), summary_(std::move(summary)), act_(std::move(act)) {}

  [[nodiscard]] std::string name() const override { return name_; }
  [[nodiscard]] std::string summary() const override { return summary_; }

  void declare(Arguments& arguments) override {
    arguments.positional("run", folder_, "Run folder (from songmap run)", true);
    arguments.positional("group", group_, "Its number or its name", true);
  }

  ExitCode run(Terminal& terminal) override {
    const auto lock = terminal.hold(folder_);
    atlas::Atlas atlas = load(folder_);
    terminal.data(act_(atlas, atlas.find_group(group_)) + "\n");
    return kDone;
  }

 private:
  std::string name_;
  std::string summary_;
  Act act_;
  std::string folder_;
  std::string group_;
};

class MergeCommand final : public Command {
 public:
  [[nodiscard]] std::string name() const override { return "merge"; }
  [[nodiscard]] std::string summary() const override { return "Make one group of two"; }

  void declare(Arguments& arguments) override {
    arguments.positional("run", folder_, "Run folder (from songmap run)", true);
    arguments.positional("into", into_, "The group that stays: its number or its name", true);
    arguments.positional("from", from_, "The group whose tracks join it", true);
    arguments.footer("It holds through every later fit; songmap unlock takes it back.");
  }

  ExitCode run(Terminal& terminal) override {
    const auto lock = terminal.hold(folder_);
    atlas::Atlas atlas = load(folder_);
    const std::int32_t into = atlas.find_group(into_);
    const std::size_t n = atlas::merge(atlas, into, atlas.find_group(from_));
    terminal.data(fmt::format("{} joined {}\n", counted(n), atlas.group_title(into)));
    return kDone;
  }

 private:
  std::string folder_;
  std::string into_;
  std::string from_;
};

class SplitCommand final : public Command {
 public:
  [[nodiscard]] std::string name() const override { return "split"; }
  [[nodiscard]] std::string summary() const override { return "Part a group"; }

  void declare(Arguments& arguments) override {
    arguments.positional("run", folder_, "Run folder (from songmap run)", true);
    arguments.positional("group", group_, "Its number or its name", true);
    arguments.option("-n,--number", n_, "Into how many");
    arguments.footer("By k-means in the space in which it was found. The largest part keeps number and name.");
  }

  ExitCode run(Terminal& terminal) override {
    const auto lock = terminal.hold(folder_);
    atlas::Atlas atlas = load(folder_);
    const std::int32_t group = atlas.find_group(group_);
    const std::vector<std::int32_t> fresh = atlas::split(atlas, group, n_);
    const atlas::Atlas now = load(folder_);
    for (const atlas::Group& part : now.groups()) {
      if (part.id == group || std::ranges::find(fresh, part.id) != fresh.end()) {
        terminal.data(fmt::format("{}: {}\n", now.group_title(part.id), counted(part.size)));
      }
    }
    return kDone;
  }

 private:
  std::string folder_;
  std::string group_;
  std::uint64_t n_ = 2;
};

class MoveCommand final : public Command {
 public:
  [[nodiscard]] std::string name() const override { return "move"; }
  [[nodiscard]] std::string summary() const override { return "Put tracks into a group of your choice"; }

  void declare(Arguments& arguments) override {
    arguments.positional("run", folder_, "Run folder (from songmap run)", true);
    arguments.positional("group", group_, "The group: its number or its name", true);
    arguments.positionals("tracks", tracks_, "Tracks: ids, paths, or words of artist and title");
  }

  ExitCode run(Terminal& terminal) override {
    const auto lock = terminal.hold(folder_);
    atlas::Atlas atlas = load(folder_);
    const std::int32_t group = atlas.find_group(group_);
    std::vector<std::size_t> tracks;
    for (const std::string& track : tracks_) tracks.push_back(atlas.find(track));
    atlas::move(atlas, tracks, group);
    terminal.data(fmt::format("{} joined {}\n", counted(tracks.size()), atlas.group_title(group)));
    return kDone;
  }

 private:
  std::string folder_;
  std::string group_;
  std::vector<std::string> tracks_;
};

/// Leaves tracks out, or takes them in again.
class ExcludeCommand final : public Command {
 public:
  [[nodiscard]] std::string name() const override { return "exclude"; }
  [[nodiscard]] std::string summary() const override {
    return "Leave tracks out: spoken word, long mixes, duplicates, what you do not want to hear";
  }

  void declare(Arguments& arguments) override {
    arguments.positional("run", folder_, "Run folder (from songmap run)", true);
    arguments.options("--track", tracks_, "A track: its id, path, or words of artist and title; repeatable");
    arguments.option("--group", group_, "All tracks of a group: its number or its name");
    arguments.option("--longer-than", minutes_, "All tracks of more than so many minutes");
    arguments.flag("--duplicates", duplicates_, "Of tracks that sound nearly the same, all but the longest");
    arguments.flag("--spoken", spoken_, "Tracks whose genre tag, title, album or folder says spoken word");
    arguments.flag("-n,--dry-run", dry_run_, "Only list them");
    arguments.flag("--undo", undo_, "Take all excluded tracks in again");
    arguments.footer("They are listed nowhere, do not vote on new tracks, and the next refit is made without them.");
  }

  ExitCode run(Terminal& terminal) override {
    const auto lock = terminal.hold(folder_);
    atlas::Atlas atlas = load(folder_);
    if (undo_) {
      const std::set<std::string> excluded = atlas.state().excluded();
      atlas.state().include(excluded);
      terminal.data(counted(excluded.size()) + " taken in again\n");
      return kDone;
    }
    require(!tracks_.empty() || !group_.empty() || minutes_ > 0 || duplicates_ || spoken_,
            "nothing says what to exclude: --track, --group, --longer-than, --duplicates or --spoken");
    const std::set<std::size_t> chosen = chosen_of(atlas, terminal);
    require(chosen.size() < atlas.tracks().size(), "that would exclude every track");
    std::set<std::string> track_ids;
    for (const std::size_t t : chosen) {
      const atlas::AtlasTrack& track = atlas.tracks()[t];
      track_ids.insert(track.track_id);
      if (dry_run_) {
        terminal.data(
            fmt::format("{}  {}  {}\n", track.track_id, called(track.artist, track.title), utf8::repaired(track.path)));
      }
    }
    if (!dry_run_) atlas.state().exclude(track_ids);
    terminal.data(counted(chosen.size()) + (dry_run_ ? " would be excluded\n" : " excluded\n"));
    return kDone;
  }

 private:
  [[nodiscard]] std::set<std::size_t> chosen_of(const atlas::Atlas& atlas, Terminal& terminal) const {
    std::set<std::size_t> chosen;
    for (const std::string& track : tracks_) chosen.insert(atlas.find(track));
    const bool by_group = !group_.empty();
    const std::int32_t group = by_group ? atlas.find_group(group_) : 0;
    for (std::size_t i = 0; i < atlas.tracks().size(); ++i) {
      const atlas::AtlasTrack& track = atlas.tracks()[i];
      const bool too_long = minutes_ > 0 && track.length_s > 60 * static_cast<double>(minutes_);
      if (too_long || (by_group && track.cluster == group) || (spoken_ && atlas::is_spoken(atlas, track))) {
        chosen.insert(i);
      }
    }
    if (duplicates_) {
      for (const atlas::DuplicateSet& set : atlas::near_duplicates(atlas, {}, terminal.execution(0))) {
        chosen.insert(set.tracks.begin() + 1, set.tracks.end());  // the longest comes first
      }
    }
    return chosen;
  }

  std::string folder_;
  std::vector<std::string> tracks_;
  std::string group_;
  std::uint64_t minutes_ = 0;
  bool duplicates_ = false;
  bool spoken_ = false;
  bool dry_run_ = false;
  bool undo_ = false;
};

}  // namespace

std::vector<std::unique_ptr<Command>> edit_commands() {
  std::vector<std::unique_ptr<Command>> commands;
  commands.push_back(std::make_unique<MergeCommand>());
  commands.push_back(std::make_unique<SplitCommand>());
  commands.push_back(std::make_unique<MoveCommand>());
  commands.push_back(std::make_unique<GroupCommand>(
      "lock", "Keep the tracks of a group together through every later fit",
      [](atlas::Atlas& atlas, std::int32_t group) {
        return fmt::format("{} locked in {}", counted(atlas::lock(atlas, group)), atlas.group_title(group));
      }));
  commands.push_back(std::make_unique<GroupCommand>(
      "unlock", "Let the fit decide again on the tracks of a group", [](atlas::Atlas& atlas, std::int32_t group) {
        return fmt::format("{} of {} free again", counted(atlas::unlock(atlas, group)), atlas.group_title(group));
      }));
  commands.push_back(std::make_unique<ExcludeCommand>());
  return commands;
}

}  // namespace songmap::cli
