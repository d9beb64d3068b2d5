#include "arguments.h"
#include "commands.h"
#include "songmap/run/run_folder.h"
#include "summary.h"
#include "terminal.h"

namespace songmap::cli {
namespace {

/// Prints what a run found.
class ShowCommand final : public Command {
 public:
  [[nodiscard]] std::string name() const override { return "show"; }
  [[nodiscard]] std::string summary() const override { return "Print what a run found: groups, scores, warnings"; }

  void declare(Arguments& arguments) override {
    arguments.positional("run", folder_, "Run folder", true);
    arguments.flag("--json", json_, "As one JSON object");
  }

  ExitCode run(Terminal& terminal) override {
    const run::RunFolder folder = run::RunFolder::existing(folder_);
    terminal.data(json_ ? summary_json(folder) : summary_text(folder));
    return kDone;
  }

 private:
  std::string folder_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> show_command() { return std::make_unique<ShowCommand>(); }

}  // namespace songmap::cli
