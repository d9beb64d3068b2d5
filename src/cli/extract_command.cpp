#include "arguments.h"
#include "collection.h"
#include "commands.h"
#include "summary.h"
#include "terminal.h"

namespace songmap::cli {
namespace {

class ExtractCommand final : public Command {
 public:
  [[nodiscard]] std::string name() const override { return "extract"; }
  [[nodiscard]] std::string summary() const override { return "Decode and describe every track, once"; }

  void declare(Arguments& arguments) override {
    input_.declare(arguments, /*with_output=*/true);
    preset_.declare(arguments);
    common_.declare(arguments);
    arguments.footer("Writes tracks.csv, failures.csv, spaces/raw.npy. Then: songmap train RUN");
  }

  ExitCode run(Terminal& terminal) override {
    const run::ExtractRequest request = extract_request(input_, preset_, common_, terminal);
    const auto lock = terminal.hold(request.output);
    const run::RunFolder folder = run::extract_stage(request, common_.context(terminal));
    if (common_.json) terminal.data(summary_json(folder));
    return outcome(folder, terminal);
  }

 private:
  InputSettings input_;
  PresetSettings preset_;
  CommonSettings common_;
};

}  // namespace

std::unique_ptr<Command> extract_command() { return std::make_unique<ExtractCommand>(); }

}  // namespace songmap::cli
