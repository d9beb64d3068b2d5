#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "arguments.h"
#include "commands.h"
#include "songmap/atlas/atlas.h"
#include "songmap/atlas/tagging.h"
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
    return "Write each track's group into its file's tags; shows what it would do unless --yes";
  }

  void declare(Arguments& arguments) override {
    arguments.positional("run", folder_, "Run folder (from songmap run)", true);
    arguments.flag("--yes", yes_, "Do it; without, nothing is written");
    arguments.flag("--undo", undo_, "Put back what stood there before songmap wrote");
    arguments.flag("--json", json_, "As one JSON object");
    arguments.footer(fmt::format("The field is {}. No other tag changes, and no audio: tracks stay the same tracks.",
                                 atlas::kGroupField));
  }

  ExitCode run(Terminal& terminal) override {
    const auto lock = terminal.hold(folder_);
    atlas::Atlas atlas = atlas::Atlas::load(run::RunFolder::existing(folder_));
    const Execution execution = terminal.execution(0);
    const atlas::TagReport report =
        undo_ ? (yes_ ? atlas::restore_tags(atlas) : atlas::plan_restore(atlas))
              : (yes_ ? atlas::write_groups(atlas, execution) : atlas::plan_groups(atlas, execution));
    for (const library::Failure& failure : report.failures) terminal.warning(failure.path + ": " + failure.reason);
    terminal.data(json_ ? as_json(report) : as_text(report));
    if (!yes_ && !report.changes.empty()) terminal.note("nothing was written: --yes does it");
    return report.failures.empty() ? kDone : kDoneWithFailures;
  }

 private:
  [[nodiscard]] std::string as_text(const atlas::TagReport& report) const {
    std::string text;
    for (const atlas::TagChange& change : report.changes) {
      const auto shown = [](const std::string& value) { return value.empty() ? std::string("nothing") : value; };
      text += fmt::format("{}: {} -> {}\n", utf8::repaired(change.file.string()), shown(change.before),
                          shown(change.after));
    }
    return text + fmt::format("{} files {}\n", report.changes.size(), yes_ ? "written" : "would be written");
  }

  [[nodiscard]] std::string as_json(const atlas::TagReport& report) const {
    nlohmann::ordered_json changes = nlohmann::ordered_json::array();
    for (const atlas::TagChange& change : report.changes) {
      changes.push_back({{"file", utf8::repaired(change.file.string())},
                         {"before", utf8::repaired(change.before)},
                         {"after", utf8::repaired(change.after)}});
    }
    return nlohmann::ordered_json{{"written", yes_}, {"changes", changes}}.dump(2) + "\n";
  }

  std::string folder_;
  bool yes_ = false;
  bool undo_ = false;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> tag_command() { return std::make_unique<TagCommand>(); }

}  // namespace songmap::cli
