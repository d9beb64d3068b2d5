#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <thread>

#include "arguments.h"
#include "commands.h"
#include "songmap/atlas/atlas.h"
#include "songmap/atlas/export.h"
#include "songmap/atlas/playlist.h"
#include "songmap/core/error.h"
#include "songmap/run/run_folder.h"
#include "terminal.h"

namespace songmap::cli {
namespace {

namespace fs = std::filesystem;

/// What tells that a library is another one than it was: its own file, or the groups of a new fit.
class Watch {
 public:
  explicit Watch(const run::RunFolder& folder)
      : folder_(folder), state_(atlas::State::open(folder.library(), "")), data_(state_.version_of_data()) {
    labels_ = time_of_labels();
  }

  /// Whether it has changed since it was last asked.
  bool changed() {
    const std::int64_t data = state_.version_of_data();
    const std::optional<fs::file_time_type> labels = time_of_labels();
    const bool is_another = data != data_ || labels != labels_;
    data_ = data;
    labels_ = labels;
    return is_another;
  }

 private:
  /// None while a fit is being made.
  [[nodiscard]] std::optional<fs::file_time_type> time_of_labels() const {
    std::error_code error;
    const fs::file_time_type time = fs::last_write_time(folder_.labels(), error);
    return error ? std::nullopt : std::optional(time);
  }

  run::RunFolder folder_;
  atlas::State state_;
  std::int64_t data_;
  std::optional<fs::file_time_type> labels_;
};

/// What commands share that write files from a library, once or whenever it changes.
class ExportingCommand : public Command {
 public:
  ExitCode run(Terminal& terminal) final {
    const run::RunFolder folder = run::RunFolder::existing(folder_);
    const atlas::PathStyle style = absolute_ ? atlas::PathStyle::kAbsolute : atlas::PathStyle::kRelative;
    if (!watch_) {
      write(atlas::Atlas::load(folder), style, terminal);
      return kDone;
    }
    // Begun before the first export: what changes in between is exported again.
    Watch watch(folder);
    write(atlas::Atlas::load(folder), style, terminal);
    terminal.note("watching the library: Ctrl-C ends it");
    constexpr std::chrono::milliseconds kPause{500};
    bool due = false;
    while (!terminal.interrupted()) {
      std::this_thread::sleep_for(kPause);
      due = watch.changed() || due;
      if (!due) continue;
      try {
        write(atlas::Atlas::load(folder), style, terminal);
        due = false;
      } catch (const IoError&) {
        // A fit is being made: until it is complete there is nothing to export.
      } catch (const FormatError&) {
      }
    }
    return kDone;
  }

 protected:
  void declare_common(Arguments& arguments) {
    arguments.flag("--absolute", absolute_, "Whole paths; by default relative to where they are written");
    arguments.flag("--watch", watch_, "Stay, and write again whenever the library changes, until Ctrl-C");
  }
  virtual void write(const atlas::Atlas& atlas, atlas::PathStyle style, Terminal& terminal) = 0;

  std::string folder_;
  std::string output_;

 private:
  bool absolute_ = false;
  bool watch_ = false;
};

/// Writes a playlist a group.
class PlaylistsCommand final : public ExportingCommand {
 public:
  [[nodiscard]] std::string name() const override { return "playlists"; }
  [[nodiscard]] std::string summary() const override { return "Write an M3U8 playlist of every group"; }

  void declare(Arguments& arguments) override {
    arguments.positional("run", folder_, "Run folder (from songmap run)", true);
    arguments.option("-o,--output", output_, "Folder for the playlists; by default playlists/ in the run folder");
    declare_common(arguments);
  }

 protected:
  void write(const atlas::Atlas& atlas, atlas::PathStyle style, Terminal& terminal) override {
    const fs::path to = output_.empty() ? atlas.folder().path() / "playlists" : fs::path(output_);
    for (const fs::path& file : atlas::save_group_playlists(atlas, to, style)) terminal.data(file.string() + "\n");
  }
};

/// Writes the library as one file.
class ExportCommand final : public ExportingCommand {
 public:
  [[nodiscard]] std::string name() const override { return "export"; }
  [[nodiscard]] std::string summary() const override {
    return "Write the whole library, added tracks and decisions included, as CSV, JSON, NPY or a playlist";
  }

  void declare(Arguments& arguments) override {
    arguments.positional("run", folder_, "Run folder (from songmap run)", true);
    arguments.positional("file", output_, "What to write: .csv, .json, .npy (with a .csv of names), .m3u8 or .xspf",
                         true);
    declare_common(arguments);
  }

 protected:
  void write(const atlas::Atlas& atlas, atlas::PathStyle style, Terminal& terminal) override {
    atlas::save_library(atlas, output_, style);
    terminal.data(output_ + "\n");
  }
};

}  // namespace

std::vector<std::unique_ptr<Command>> export_commands() {
  std::vector<std::unique_ptr<Command>> commands;
  commands.push_back(std::make_unique<PlaylistsCommand>());
  commands.push_back(std::make_unique<ExportCommand>());
  return commands;
}

}  // namespace songmap::cli
