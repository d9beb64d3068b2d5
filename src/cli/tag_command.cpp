#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "arguments.h"
#include "commands.h"
#include "songmap/atlas/atlas.h"
#include "songmap/atlas/tagging.h"
#include "songmap/core/error.h"
#include "songmap/core/utf8.h"
#include "songmap/run/run_folder.h"
#include "terminal.h"

namespace songmap::cli {
namespace {

/// Writes groups into the music files, when told to.
class TagCommand final : public Command {
 public:
  [[nodiscard]] std::string name() const override { return "tag"; }
  [[nodiscard]] std::string summary() const override {
    return "Write each track's group, tempo and mood into its file's tags; shows what it would do unless --yes";
  }

  void declare(Arguments& arguments) override {
    arguments.positional("run", folder_, "Run folder (from songmap run)", true);
    arguments.option("--fields", fields_,
                     fmt::format("What, separated by commas: group ({}), tempo ({}), mood ({}: plain words for what is "
                                 "unusual about its sound here)",
                                 atlas::kGroupField, atlas::kTempoField, atlas::kMoodField));
    arguments.flag("--yes", yes_, "Do it; without, nothing is written");
    arguments.flag("-n,--dry-run", dry_run_, "Write nothing, which is so without --yes");
    arguments.flag("--undo", undo_, "Put back what stood there before songmap wrote");
    arguments.option("--store", store_, "File of computed features; by default in $XDG_CACHE_HOME/songmap");
    arguments.option("--threads", threads_, "Threads; 0: one a core");
    arguments.flag("--json", json_, "As one JSON object");
    arguments.footer("No other tag changes, and no audio: tracks stay the same tracks.");
  }

  ExitCode run(Terminal& terminal) override {
    require(!yes_ || !dry_run_, "--yes and --dry-run exclude each other");
    const auto lock = terminal.hold(folder_);
    atlas::Atlas atlas = atlas::Atlas::load(run::RunFolder::existing(folder_));
    const Execution execution = terminal.execution(threads_);
    atlas::TagReport report;
    if (undo_) {
      report = yes_ ? atlas::restore_tags(atlas) : atlas::plan_restore(atlas);
    } else {
      std::vector<library::Failure> failures;
      const atlas::TagValues values = wanted(atlas, execution, failures);
      report = yes_ ? atlas::write_tags(atlas, values, execution) : atlas::plan_tags(atlas, values, execution);
      report.failures.insert(report.failures.begin(), failures.begin(), failures.end());
    }
    for (const library::Failure& failure : report.failures) terminal.warning(failure.path + ": " + failure.reason);
    terminal.data(json_ ? as_json(report) : as_text(report));
    if (!yes_ && !report.changes.empty()) terminal.note("nothing was written: --yes does it");
    return report.failures.empty() ? kDone : kDoneWithFailures;
  }

 private:
  [[nodiscard]] atlas::TagValues wanted(const atlas::Atlas& atlas, const Execution& execution,
                                        std::vector<library::Failure>& failures) const {
    atlas::TagValues values;
    std::istringstream list(fields_);
    for (std::string field; std::getline(list, field, ',');) {
      if (field == "group") {
        atlas::add_groups(atlas, values);
      } else if (field == "mood") {
        atlas::add_moods(atlas, values);
      } else if (field == "tempo") {
        failures = atlas::add_tempos(atlas, store_, values, execution);
      } else {
        throw InvalidArgument(fmt::format("--fields {}: '{}' is none of group, tempo and mood", fields_, field));
      }
    }
    require(!values.empty(), "--fields names nothing to write");
    return values;
  }

  [[nodiscard]] std::string as_text(const atlas::TagReport& report) const {
    std::string text;
    for (const atlas::TagChange& change : report.changes) {
      const auto shown = [](const std::string& value) { return value.empty() ? std::string("nothing") : value; };
      text += fmt::format("{}: {} {} -> {}\n", utf8::repaired(change.file.string()), change.field, shown(change.before),
                          shown(change.after));
    }
    return text + fmt::format("{} tags {}\n", report.changes.size(), yes_ ? "written" : "would be written");
  }

  [[nodiscard]] std::string as_json(const atlas::TagReport& report) const {
    nlohmann::ordered_json changes = nlohmann::ordered_json::array();
    for (const atlas::TagChange& change : report.changes) {
      changes.push_back({{"file", utf8::repaired(change.file.string())},
                         {"field", change.field},
                         {"before", utf8::repaired(change.before)},
                         {"after", utf8::repaired(change.after)}});
    }
    return nlohmann::ordered_json{{"written", yes_}, {"changes", changes}}.dump(2) + "\n";
  }

  std::string folder_;
  std::string fields_ = "group";
  std::string store_;
  std::uint64_t threads_ = 0;
  bool dry_run_ = false;
  bool yes_ = false;
  bool undo_ = false;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> tag_command() { return std::make_unique<TagCommand>(); }

}  // namespace songmap::cli
