#include <functional>

#include "arguments.h"
#include "commands.h"
#include "settings.h"
#include "songmap/report/report.h"
#include "songmap/run/run_folder.h"
#include "songmap/run/stages.h"
#include "summary.h"
#include "terminal.h"

namespace songmap::cli {
namespace {

using Stage = std::function<void(const run::RunFolder&, const run::RunOptions&, const run::StageContext&)>;

/// A command that runs one stage on an existing run folder, with the run's own options unless --set changes them.
class StageCommand final : public Command {
 public:
  StageCommand(std::string name, std::string summary, std::string later, Stage stage, bool groups)
      : name_(std::move(name)),
        summary_(std::move(summary)),
        later_(std::move(later)),
        stage_(std::move(stage)),
        groups_(groups) {}

  [[nodiscard]] std::string name() const override { return name_; }
  [[nodiscard]] std::string summary() const override { return summary_; }

  void declare(Arguments& arguments) override {
    arguments.positional("run", folder_, "Run folder (from songmap run or songmap extract)", true);
    if (groups_) grouping_.declare(arguments);
    common_.declare(arguments);
    arguments.footer(later_);
  }

  ExitCode run(Terminal& terminal) override {
    const run::RunFolder folder = run::RunFolder::existing(folder_);
    const auto lock = terminal.hold(folder_);
    run::RunOptions options = run::options_of(folder);
    common_.apply(options);
    grouping_.apply(options);
    stage_(folder, options, common_.context(terminal));
    if (common_.json) terminal.data(summary_json(folder));
    return kDone;
  }

 private:
  std::string name_;
  std::string summary_;
  std::string later_;
  Stage stage_;
  bool groups_;  ///< It takes --clusters and --method.
  std::string folder_;
  GroupingSettings grouping_;
  CommonSettings common_;
};

}  // namespace

std::vector<std::unique_ptr<Command>> stage_commands() {
  std::vector<std::unique_ptr<Command>> commands;
  const auto add = [&](const char* name, const char* summary, const char* later, Stage stage, bool groups = false) {
    commands.push_back(std::make_unique<StageCommand>(name, summary, later, std::move(stage), groups));
  };
  add("train", "Scale the features, fit PCA and train the model of every seed",
      "Writes spaces/, models/ and curves.csv. Then: songmap cluster RUN", run::train_stage);
  add("cluster", "Group the tracks in the model's space and in the baselines'",
      "Writes labels.csv. Example: songmap cluster RUN --clusters 8 --method hdbscan,ward. Then: songmap score RUN",
      run::cluster_stage, /*groups=*/true);
  add("score", "Score every clustering, with spread, interval and chance",
      "Writes scores.csv and results/. Then: songmap project RUN", run::score_stage);
  add("project", "Lay the main space out in two and three dimensions", "Writes map.csv. Then: songmap report RUN",
      run::project_stage);
  add("report", "Draw the figures and write report.html", "Writes figures/ and report.html from the run's files alone.",
      [](const run::RunFolder& folder, const run::RunOptions&, const run::StageContext& context) {
        report::make_report(folder, context);
      });
  return commands;
}

}  // namespace songmap::cli
