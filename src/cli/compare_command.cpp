#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <sstream>

#include "arguments.h"
#include "commands.h"
#include "songmap/core/csv.h"
#include "songmap/core/error.h"
#include "songmap/run/paired_subsets.h"
#include "terminal.h"

namespace songmap::cli {
namespace {

constexpr const char* kHonesty =
    "Two subsets share most of their tracks, and no model was trained anew on them: this tells whether a gain hangs on "
    "a "
    "few tracks, and is no set of independent tests.";

std::vector<std::string> split(const std::string& list) {
  std::vector<std::string> items;
  std::istringstream text(list);
  for (std::string item; std::getline(text, item, ',');) {
    if (!item.empty()) items.push_back(item);
  }
  return items;
}

/// Compares the spaces of a run on random parts of its tracks.
class CompareCommand final : public Command {
 public:
  [[nodiscard]] std::string name() const override { return "compare"; }
  [[nodiscard]] std::string summary() const override {
    return "Compare the spaces of a run by its labels, on random parts of the tracks";
  }

  void declare(Arguments& arguments) override {
    arguments.positional("run", folder_, "Run folder (from songmap run), of tracks with labels", true);
    arguments.option("--against", options_.against, "Space that the others are compared with");
    arguments.option("--spaces", spaces_, "Spaces to compare, separated by commas; by default those of the sound");
    arguments.option("--label", options_.target, "Label column; by default the run's first");
    arguments.option("--metric", metric_, "What is printed: ami, ari or nmi");
    arguments.option("--subsets", subsets_, "How many random subsets");
    arguments.option("--fraction", fraction_, "Share of the tracks in each of them");
    arguments.option("--seed", options_.seed, "Of the subsets and of k-means");
    arguments.option("--threads", threads_, "Threads; 0: one a core. Never changes the result");
    arguments.flag("-q,--quiet", quiet_, "No progress on stderr");
    arguments.flag("--json", json_, "As one JSON object");
    arguments.footer(
        "4-way is the mean over k-means and Ward, each on plain rows and on rows of norm 1; spectral is self-tuned "
        "spectral clustering on rows of norm 1; k is the number of classes in the subset. Writes subsets.csv into the "
        "run folder.\nExample: songmap compare songmap-out/Music --label genre --spaces "
        "within-track,default-vae.ensemble");
  }

  ExitCode run(Terminal& terminal) override {
    terminal.set_quiet(quiet_);
    require(metric_ == "ami" || metric_ == "ari" || metric_ == "nmi",
            fmt::format("--metric {} is not allowed: ami, ari or nmi", metric_));
    const std::optional<double> fraction = parse_number(fraction_);
    require(fraction.has_value(), fmt::format("--fraction {} is not a number", fraction_));
    options_.fraction = *fraction;
    options_.subsets = subsets_;
    options_.spaces = split(spaces_);
    run::StageContext context;
    context.execution = terminal.execution(threads_);
    const run::SubsetComparison found = run::compare_on_subsets(run::RunFolder::existing(folder_), options_, context);
    terminal.data(json_ ? as_json(found) : as_text(found));
    return kDone;
  }

 private:
  /// "AMI"
  [[nodiscard]] std::string shown_metric() const {
    std::string name = metric_;
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return name;
  }

  [[nodiscard]] std::string as_text(const run::SubsetComparison& found) const {
    std::string text =
        fmt::format("{} subsets of {:.0f} % of {} tracks, by '{}' ({} classes), against {}\n\n{:<26}", options_.subsets,
                    100 * options_.fraction, found.n_tracks, found.target, found.n_classes, found.against, "space");
    for (const char* grouping : {"4-way", "spectral"}) {
      text +=
          fmt::format("  {:>14}  {:>16}  {:>5}", fmt::format("{} {}", grouping, shown_metric()), "difference", "wins");
    }
    text += "\n";
    std::string space;
    for (const run::PairedRow& row : found.rows) {
      if (row.metric != metric_) continue;
      if (row.space != space) text += fmt::format("{}{:<26}", space.empty() ? "" : "\n", row.space);
      space = row.space;
      text += row.space == found.against ? fmt::format("  {:>14.3f}  {:>16}  {:>5}", row.value, "", "")
                                         : fmt::format("  {:>14.3f}  {:>16}  {:>5}", row.value,
                                                       fmt::format("{:+.3f} ± {:.3f}", row.difference, row.sd),
                                                       fmt::format("{}/{}", row.wins, options_.subsets));
    }
    return text + "\n\n" + kHonesty + "\n";
  }

  [[nodiscard]] std::string as_json(const run::SubsetComparison& found) const {
    using Json = nlohmann::ordered_json;
    Json rows = Json::array();
    for (const run::PairedRow& row : found.rows) {
      rows.push_back({{"space", row.space},
                      {"grouping", row.grouping},
                      {"metric", row.metric},
                      {"value", row.value},
                      {"difference", row.difference},
                      {"sd", row.sd},
                      {"wins", row.wins},
                      {"ties", row.ties}});
    }
    return Json{{"label", found.target},
                {"against", found.against},
                {"n_tracks", found.n_tracks},
                {"n_classes", found.n_classes},
                {"subsets", options_.subsets},
                {"fraction", options_.fraction},
                {"note", kHonesty},
                {"rows", rows}}
               .dump(2) +
           "\n";
  }

  std::string folder_;
  std::string spaces_;
  std::string metric_ = "ami";
  std::string fraction_ = "0.9";
  std::uint64_t subsets_ = 10;
  std::uint64_t threads_ = 0;
  bool quiet_ = false;
  bool json_ = false;
  run::SubsetOptions options_;
};

}  // namespace

std::unique_ptr<Command> compare_command() { return std::make_unique<CompareCommand>(); }

}  // namespace songmap::cli
