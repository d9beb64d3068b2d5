#include <fmt/format.h>

#include <filesystem>

#include "arguments.h"
#include "collection.h"
#include "commands.h"
#include "songmap/demo/library.h"
#include "songmap/demo/styles.h"
#include "terminal.h"

namespace songmap::cli {
namespace {

namespace fs = std::filesystem;

class DemoCommand final : public Command {
 public:
  [[nodiscard]] std::string name() const override { return "demo"; }
  [[nodiscard]] std::string summary() const override {
    return "Make a small library of music and run the whole job on it";
  }

  void declare(Arguments& arguments) override {
    arguments.option("-o,--output", output_, "Folder for the music and the run; songmap-out/demo by default");
    preset_.declare(arguments);
    common_.declare(arguments);
  }

  ExitCode run(Terminal& terminal) override {
    const fs::path folder = output_.empty() ? fs::path("songmap-out") / "demo" : fs::path(output_);
    const run::StageContext context = common_.context(terminal);
    const demo::DemoOptions demo;
    terminal.note(fmt::format("making the demo library in {}", (folder / "music").string()));
    demo::make_library(folder / "music", demo, context.execution);

    InputSettings input;
    input.input = (folder / "music" / "tracks.csv").string();
    input.output = (folder / "run").string();
    PresetSettings preset = preset_;
    // The demo plants its styles, so their number is known: this is the one thing it tells the clustering.
    if (preset.grouping.clusters.empty() && preset.preset == "default") {
      preset.grouping.clusters = fmt::format("{}", demo::styles().size());
    }
    return run_everything(extract_request(input, preset, common_, terminal), /*refit=*/false, common_, terminal);
  }

 private:
  std::string output_;
  PresetSettings preset_;
  CommonSettings common_;
};

}  // namespace

std::unique_ptr<Command> demo_command() { return std::make_unique<DemoCommand>(); }

}  // namespace songmap::cli
