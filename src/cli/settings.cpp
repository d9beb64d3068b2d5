#include "settings.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "arguments.h"
#include "songmap/core/csv.h"
#include "songmap/core/error.h"
#include "songmap/core/options.h"
#include "songmap/run/grouping.h"
#include "terminal.h"

namespace songmap::cli {

namespace fs = std::filesystem;

namespace {

/// A size that was chosen by hand stands, where the others follow the number of tracks.
void keep_chosen_size(const std::string& assignment, run::RunOptions& options) {
  constexpr std::array<std::string_view, 4> kFitted{"vae.n_latent", "vae.hidden", "train.batch", "train.epochs"};
  const std::size_t equals = assignment.find('=');
  const std::string name = assignment.substr(0, equals);
  if (!options.fit_size_to_collection || std::ranges::find(kFitted, name) == kFitted.end()) return;
  for (const std::string& model : options.models) {
    run::set_option(options, fmt::format("models.{}.{}", model, name), assignment.substr(equals + 1), "--set");
  }
}

}  // namespace

void CommonSettings::declare(Arguments& arguments) {
  arguments.option("--config", config, "TOML file of options, over the preset's");
  arguments.options("--set", assignments,
                    "One option, as section.name=value; repeatable (songmap doctor --options lists them)");
  arguments.option("--threads", threads, "Threads; 0: one a core. Never changes what is computed by our own code");
  arguments.flag("-q,--quiet", quiet, "No progress, notes or warnings on stderr");
  arguments.flag("--json", json, "Machine-readable result on stdout");
}

void CommonSettings::apply(run::RunOptions& options) const {
  if (!config.empty()) run::apply_config(config, options);
  for (const std::string& assignment : assignments) {
    run::assign_option(options, assignment, "--set");
    keep_chosen_size(assignment, options);
  }
}

run::StageContext CommonSettings::context(Terminal& terminal) const {
  terminal.set_quiet(quiet);
  run::StageContext context;
  context.execution = terminal.execution(threads);
  context.note = [&terminal](const std::string& sentence) { terminal.note(sentence); };
  context.warn = [&terminal](const std::string& sentence) { terminal.warning(sentence); };
  return context;
}

void InputSettings::declare(Arguments& arguments, bool with_output) {
  arguments.positional("input", input, "Folder of music, CSV of tracks (column path), or CSV of features", true);
  if (with_output) {
    arguments.option("-o,--output", output, "Run folder; songmap-out/<name of the input> by default");
    arguments.option("--store", store, "File of computed features; by default in $XDG_CACHE_HOME/songmap");
    arguments.option("--features", columns, "Columns of a feature table to use, separated by commas");
    arguments.options("--lyrics-table", lyrics_tables,
                      "CSV of lyrics (columns lyrics and language, or the language in its name), joined by track_id or "
                      "path; repeatable");
    arguments.option("--audio-embedding", audio_embedding,
                     "Vectors of the tracks from elsewhere: an NPY array with a row a track, in the order of songmap "
                     "scan, or a CSV with a column track_id, path or filename and a column a value. Results that saw "
                     "them are marked \"pretrained elsewhere\"");
    arguments.option(
        "--audio-model", audio_model,
        "TorchScript module from samples [batch, n_samples] to vectors [batch, d], heard in windows of a "
        "track and averaged; results that saw it are marked likewise. Give it only what you trust: it runs");
    arguments.option("--audio-model-rate", audio_model_rate,
                     "Samples a second that the model reads; by default what the module says (songmap_rate_hz)");
    arguments.option("--audio-model-window", audio_model_window,
                     "Seconds that the model reads at once; by default what the module says (songmap_window_s)");
    arguments.option("--lyrics-embedding", lyrics_embedding, "The same for the tracks' lyrics");
    arguments.flag("--retry-failed", retry_failed, "Try files again that failed before and have not changed");
  }
  arguments.option("--label-from", label_from,
                   "Where labels come from, for the scores alone: auto (a CSV's own columns; none for a folder), none, "
                   "csv, genre (the tag), folder (its name), prefix (file name up to the first dot)");
}

model::ScriptOptions InputSettings::audio_model_options() const {
  model::ScriptOptions options;
  require(audio_model_rate < 1'000'000, fmt::format("--audio-model-rate {}: at most 384000 Hz", audio_model_rate));
  options.rate_hz = static_cast<int>(audio_model_rate);
  if (!audio_model_window.empty()) {
    const std::optional<double> window_s = parse_number(audio_model_window);
    if (!window_s || !(*window_s > 0)) {
      throw InvalidArgument(
          fmt::format("--audio-model-window {} is not allowed: a number of seconds above 0", audio_model_window));
    }
    options.window_s = *window_s;
  }
  return options;
}

fs::path InputSettings::output_folder() const {
  if (!output.empty()) return output;
  const fs::path path = fs::absolute(input).lexically_normal();
  const fs::path name = path.has_filename() ? path.filename() : path.parent_path().filename();
  return fs::path("songmap-out") / (fs::is_directory(path) ? name : name.stem());
}

void GroupingSettings::declare(Arguments& arguments) {
  arguments.option("-k,--clusters", clusters,
                   "Number of clusters, or auto: the gap statistic decides. By default the preset says which");
  arguments.option(
      "--method", methods,
      fmt::format("Clusterings, separated by commas, the main one first: {}", fmt::join(run::method_names(), ", ")));
}

void GroupingSettings::apply(run::RunOptions& options) const {
  if (clusters == "auto") {
    run::set_option(options, "cluster.n_clusters", "0", "--clusters");
    run::set_option(options, "cluster.n_clusters_from", "gap", "--clusters");
  } else if (!clusters.empty()) {
    const bool is_count = clusters.find_first_not_of("0123456789") == std::string::npos &&
                          clusters.find_first_not_of('0') != std::string::npos;
    if (!is_count) {
      throw InvalidArgument(
          fmt::format("--clusters {} is not allowed: a whole number of at least 1, or auto", clusters));
    }
    run::set_option(options, "cluster.n_clusters", clusters, "--clusters");
  }
  if (!methods.empty()) run::set_option(options, "cluster.methods", methods, "--method");
}

void PresetSettings::declare(Arguments& arguments) {
  arguments.option("-p,--preset", preset, fmt::format("One of {}", fmt::join(run::preset_names(), ", ")));
  arguments.option("--protocol", protocol,
                   "Of the study's presets: study (its own choices, faults included) or strict (the same models by the "
                   "right practice)");
  arguments.option("--seed", seed, "First seed; same seed, machine and threads: same numbers");
  arguments.option("--seeds", seeds, "How many seeds are run");
  grouping.declare(arguments);
  arguments.option("--condition", condition,
                   "Label column (language, for instance) that a further model, conditional-vae, sees; that model is "
                   "not scored against it");
  arguments.option("--device", device, "Where models train: cpu, cuda, auto");
}

run::RunOptions PresetSettings::resolve(const CommonSettings& common) const {
  run::RunOptions options;
  run::apply_preset(preset, protocol, options);
  common.apply(options);
  grouping.apply(options);
  const auto set = [&](const char* name, const std::string& value, const char* source) {
    if (!value.empty()) run::set_option(options, name, value, source);
  };
  if (seeds > 0) set("evaluation.seeds", fmt::format("{}", seeds), "--seeds");
  set("run.condition", condition, "--condition");
  set("train.device", device, "--device");
  return options;
}

std::string options_help() {
  run::RunOptions options;
  run::apply_preset("default", "", options);
  OptionSet set;
  run::describe(set, options);
  std::string text;
  for (const OptionField& field : set.fields()) {
    text += fmt::format("{} = {}\n    {} ({})\n", field.name, field.value(), field.help, field.allowed());
  }
  return text;
}

}  // namespace songmap::cli
