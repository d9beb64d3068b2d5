#include <fmt/format.h>

#include "arguments.h"
#include "collection.h"
#include "commands.h"
#include "terminal.h"

namespace songmap::cli {
namespace {

class RunCommand final : public Command {
 public:
  [[nodiscard]] std::string name() const override { return "run"; }
  [[nodiscard]] std::string summary() const override {
    return "From a collection to groups, scores, maps and a report";
  }

  void declare(Arguments& arguments) override {
    input_.declare(arguments, /*with_output=*/true);
    preset_.declare(arguments);
    common_.declare(arguments);
    arguments.flag(
        "--refit", refit_,
        "Train anew where the folder holds a finished run of the same music and options; otherwise only what "
        "is new is done");
    arguments.flag("--dry-run", dry_run_, "Show the resolved options and stop");
    arguments.footer(
        "Examples:\n  songmap run ~/Music\n  songmap run ~/Music --clusters 12 --label-from genre\n"
        "  songmap run tracks.csv --preset hard --lyrics-table bangla.csv\n  songmap run tracks.csv --preset hard "
        "--protocol strict\n  songmap run features.csv --set features.scaling=z");
  }

  ExitCode run(Terminal& terminal) override {
    const run::ExtractRequest request = extract_request(input_, preset_, common_, terminal);
    if (dry_run_) {
      std::string text = fmt::format("# would write to {}\n", request.output.string());
      for (const auto& [name, value] : run::resolved(request.options)) text += fmt::format("{} = {}\n", name, value);
      terminal.data(text);
      return kDone;
    }
    return run_collection(request, refit_, common_, terminal);
  }

 private:
  InputSettings input_;
  PresetSettings preset_;
  CommonSettings common_;
  bool refit_ = false;
  bool dry_run_ = false;
};

}  // namespace

std::unique_ptr<Command> run_command() { return std::make_unique<RunCommand>(); }

}  // namespace songmap::cli
