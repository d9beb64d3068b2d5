#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>

#include "arguments.h"
#include "commands.h"
#include "settings.h"
#include "songmap/atlas/checkup.h"
#include "songmap/audio/decode.h"
#include "songmap/core/error.h"
#include "songmap/features/dataset.h"
#include "songmap/figures/gnuplot.h"
#include "songmap/library/scan.h"
#include "songmap/library/store.h"
#include "songmap/model/train.h"
#include "songmap/run/run_folder.h"
#include "terminal.h"

namespace songmap::cli {
namespace {

namespace fs = std::filesystem;

class DoctorCommand final : public Command {
 public:
  [[nodiscard]] std::string name() const override { return "doctor"; }
  [[nodiscard]] std::string summary() const override {
    return "Check what is installed, a collection of music, or a finished run";
  }

  void declare(Arguments& arguments) override {
    arguments.positional("input", input_,
                         "Run folder to check; or folder of music, CSV of tracks, or CSV of features to look at",
                         false);
    arguments.option("--store", store_, "Of a run: file of computed features; by default in $XDG_CACHE_HOME/songmap");
    arguments.flag("--options", options_, "List every option that --set and --config know");
    arguments.option("--label-from", label_from_, "As in songmap run");
  }

  ExitCode run(Terminal& terminal) override {
    if (options_) {
      terminal.data(options_help());
      return kDone;
    }
    bool healthy = true;
    const auto check = [&](const char* what, const std::function<std::string()>& look) {
      try {
        terminal.data(fmt::format("ok       {:<10} {}\n", what, look()));
      } catch (const Error& error) {
        healthy = false;
        terminal.data(fmt::format("missing  {:<10} {}\n", what, error.what()));
      }
    };
    check("decoder", [] { return audio::decoder_description(); });
    check("models", [] { return model::backend_description(); });
    check("figures", [] {
      const std::optional<fs::path> gnuplot = figures::find_gnuplot();
      if (!gnuplot) throw IoError("gnuplot is not in PATH: runs work, but have no figures");
      return gnuplot->string();
    });
    check("store", [] {
      const fs::path file = library::default_store_path();
      if (!fs::exists(file)) return fmt::format("{} (made on first use)", file.string());
      return fmt::format("{}, {:.1f} MB", file.string(), static_cast<double>(fs::file_size(file)) / 1e6);
    });
    if (fs::exists(run::RunFolder(input_).manifest())) {
      terminal.data("\n");
      for (const atlas::Finding& finding : atlas::check_library(run::RunFolder(input_), store_)) {
        healthy = healthy && finding.level != atlas::Finding::Level::kBroken;
        terminal.data(told(finding));
      }
    } else if (!input_.empty()) {
      terminal.data("\n" + look_at(input_));
    }
    return healthy ? kDone : kFailed;
  }

 private:
  static std::string told(const atlas::Finding& finding) {
    constexpr std::array<const char*, 3> kMarks{"ok", "advice", "broken"};
    return fmt::format("{:<8} {:<10} {}{}\n", kMarks[static_cast<std::size_t>(finding.level)], finding.what,
                       finding.text, finding.advice.empty() ? "" : ": " + finding.advice);
  }

  [[nodiscard]] std::string look_at(const fs::path& input) const {
    if (fs::is_regular_file(input) && features::is_feature_table(input)) {
      const features::FeatureTable table = features::load_feature_table(input, {});
      return fmt::format("{}: a feature table of {} tracks and {} columns; {} rows cannot be used\n", input.string(),
                         table.ids.size(), table.columns.size(), table.rejected.size());
    }
    library::ScanOptions options;
    if (!label_from_.empty()) options.label_from = label_from_;
    const library::ScanResult found = library::scan(input, options);
    std::map<std::string, std::size_t> formats;
    std::map<std::string, std::map<std::string, std::size_t>> labels;
    double length_s = 0;
    std::size_t with_lyrics = 0;
    for (const library::Track& track : found.tracks) {
      ++formats[track.path.extension().string()];
      length_s += track.length_s;
      with_lyrics += track.has_lyrics ? 1 : 0;
      for (const auto& [name, value] : track.labels) ++labels[name][value];
    }
    std::string text = fmt::format(
        "{}: {} tracks, {} by their headers; {} with lyrics; {} cannot be read; {} skipped\n", input.string(),
        found.tracks.size(), spoken_duration(length_s), with_lyrics, found.failures.size(), found.n_skipped);
    for (const auto& [format, count] : formats) text += fmt::format("  {:>6} {}\n", count, format);
    for (const auto& [name, values] : labels) {
      text += fmt::format("  label {}: {} classes\n", name, values.size() - values.count(""));
    }
    for (const library::Failure& failure : found.failures) {
      text += fmt::format("  cannot be read: {}: {}\n", failure.path, failure.reason);
    }
    for (const std::string& hint : found.hints) text += "  " + hint + "\n";
    return text;
  }

  std::string input_;
  std::string label_from_;
  std::string store_;
  bool options_ = false;
};

}  // namespace

std::unique_ptr<Command> doctor_command() { return std::make_unique<DoctorCommand>(); }

}  // namespace songmap::cli
