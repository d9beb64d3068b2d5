#include "songmap/run/preset.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iomanip>
#include <sstream>
#define TOML_EXCEPTIONS 1
#include <toml++/toml.h>

#include "songmap/core/error.h"
#include "songmap/core/text_file.h"
#include "songmap/run/embedded_presets.h"
#include "songmap/run/grouping.h"

namespace songmap::run {
namespace {

std::string spelled(const toml::node& value, bool in_list = false) {
  std::ostringstream text;
  if (const auto* string = value.as_string()) {
    // In a list, quotes keep a comma inside an item.
    in_list ? text << std::quoted(string->get()) : text << string->get();
  } else if (const auto* array = value.as_array()) {
    text << '[';
    bool first = true;
    for (const toml::node& item : *array) {
      text << (first ? "" : ", ") << spelled(item, /*in_list=*/true);
      first = false;
    }
    text << ']';
  } else if (const auto* number = value.as_floating_point()) {
    text << fmt::format("{}", number->get());
  } else {
    value.visit([&](const auto& node) {
      if constexpr (toml::is_integer<decltype(node)>) text << node.get();
      if constexpr (toml::is_boolean<decltype(node)>) text << (node.get() ? "true" : "false");
    });
  }
  return text.str();
}

void apply_table(const toml::table& table, const std::string& prefix, const std::string& source, RunOptions& options) {
  for (const auto& [key, value] : table) {
    const std::string field = prefix + std::string(key.str());
    if (const auto* inner = value.as_table()) {
      apply_table(*inner, field + ".", source, options);
    } else {
      set_option(options, field, spelled(value), fmt::format("{}, line {}", source, value.source().begin.line));
    }
  }
}

/// The file without its table [strict], and that table.
struct Parsed {
  toml::table whole;
  toml::table strict;
  bool has_strict = false;
};

Parsed parsed(std::string_view text, const std::string& source) {
  try {
    Parsed result{toml::parse(text, source), {}, false};
    if (const auto* strict = result.whole["strict"].as_table()) {
      result.strict = *strict;
      result.has_strict = true;
      result.whole.erase("strict");
    }
    return result;
  } catch (const toml::parse_error& error) {
    throw FormatError(fmt::format("{}, line {}: {}", source, error.source().begin.line, error.description()));
  }
}

const EmbeddedPreset* embedded(const std::string& name) {
  const auto all = embedded_presets();
  const auto found = std::ranges::find(all, name, &EmbeddedPreset::name);
  return found == all.end() ? nullptr : &*found;
}

constexpr std::string_view kModels = "models.";

/// Checks and keeps an option of one model: "beta-vae.vae.beta".
void set_model_option(RunOptions& options, std::string_view name, std::string_view value, std::string_view source) {
  const std::size_t dot = name.find('.');
  const std::string model(name.substr(0, dot));
  if (dot == std::string_view::npos || model.empty()) {
    throw InvalidArgument(fmt::format("{}: '{}{}' should read models.NAME.vae.OPTION or models.NAME.train.OPTION",
                                      source, kModels, name));
  }
  OptionSet set;
  model::VaeOptions vae;
  model::TrainOptions train;
  set.section("vae");
  model::describe(set, vae);
  set.section("train");
  model::describe(set, train);
  set.set(name.substr(dot + 1), value, fmt::format("{}, model {}", source, model));
  options.model_options[std::string(name)] = value;
}

}  // namespace

void describe(OptionSet& set, RunOptions& options) {
  set.section("run");
  set.add("models", &options.models, "Names of the models and of their spaces in the files, the main one first.");
  set.add("condition", &options.condition,
          "Label column that a further model, conditional-vae, sees; it is not scored against that column.");
  set.add("ensemble", &options.ensemble,
          "All seeds of a model together, as one space: it stands for the model, and the seeds beside it.");
  set.add("fit_size_to_collection", &options.fit_size_to_collection,
          "Layers, latent size, batch and epochs follow the number of tracks.");

  set.section("features");
  set.add("recipe", options.features.recipe, {"study-vector", "timbre", "log-mel", "log-mel-track"},
          "What describes a track; the spectrograms of log-mel (10 seconds) and log-mel-track (all of it) are for "
          "convolutional models.");
  set.add("scaling", options.features.scaling, {"blocks", "logzc", "z", "rank", "track", "none"},
          "How columns are made comparable. blocks: logzc, then PCA of each block, blocks of equal weight; track: "
          "inside each track, as the study did.");
  set.add("columns", &options.features.columns, "Columns of a feature table; empty: every numeric one.");
  set.add(
      "most_windows", &options.features.most_windows, at_least(0),
      "Windows of 10 seconds that a convolutional model reads of a track (log-mel-track), evenly spread; 0: as many "
      "as cover it, 110 kB each.");
  set.add("log_mel", &options.features.log_mel, "Also compute the log-mel spectrogram of the first 10 seconds.");

  set.add(
      "metric", options.features.metric, {"none", "within-track"},
      "How distances are measured. within-track: what differs between windows of one track is noise, and counts the "
      "less the more of it there is in a direction (recipe timbre).");
  set.add(
      "metric_shrinkage", &options.features.metric_shrinkage, Range{0, 1},
      "Share of a round covariance in that of the windows: larger is more cautious; 0: the one that makes windows of "
      "tracks which were held out most probable.");
  set.add("metric_power", &options.features.metric_power, Range{0, 1},
          "0.5: the noise has unit size in every direction; 0.25: half of the way; 0: no change.");

  set.add("metric_controls", &options.features.metric_controls,
          "Also the same transform from the covariance of all windows, and of windows whose owners were shuffled: what "
          "the metric is worth beyond any whitening is what it exceeds these by.");

  set.add("embedding_weight", &options.features.embedding_weight, Range{0.01, 0.99},
          "Share of --audio-embedding or --audio-model in squared distances, beside the features.");

  set.section("lyrics");
  set.add("vectors", options.lyrics.vectors, {"ngrams", "study", "none"},
          "How words become numbers: TF-IDF of character n-grams and words, or the study's hashed words.");
  set.add("pairing", options.lyrics.pairing, {"track", "cycle"},
          "track: lyrics belong to their track; cycle: the rows of --lyrics-table in turn, as the study did.");
  set.add("dimensions", &options.lyrics.dimensions, at_least(1), "Of a lyrics vector, at most.");
  set.add("fewest", &options.lyrics.fewest, at_least(2),
          "With fewer tracks that have lyrics, there is no view that looks at them.");
  set.add("views", options.lyrics.views, {"two", "study"},
          "two: the language of the words, and sound with what the words say in any language; study: the words alone, "
          "and side by side with each model.");
  set.section("fusion");
  set.add("kind", options.fusion.kind, {"blocks", "study", "none"},
          "blocks: sound and words with equal total variance, then weighted; study: every column standardised.");
  set.add("lyrics_weight", &options.fusion.lyrics_weight, Range{0, 1}, "Share of the words in squared distances.");

  set.section("vae");
  model::describe(set, options.vae);
  set.section("train");
  model::describe(set, options.train);

  set.section("cluster");
  set.add("methods", options.cluster.methods, method_names(),
          "How tracks are grouped: the first gives the run's groups, the others stand beside it.");
  set.add("baselines", options.cluster.baselines, {"pca", "features", "descriptors"},
          "What the models are compared with: PCA of the features, the features, those of them that are not MFCC.");
  set.add("baseline_methods", options.cluster.baseline_methods, method_names(),
          "How the baselines are grouped; empty: as the models.");
  set.add("space", options.cluster.space, {"decoded", "latent"}, "Which side of the model is clustered.");
  set.add("l2", &options.cluster.l2, "Divide each row by its norm before clustering.");
  set.add("n_clusters", &options.cluster.n_clusters,
          "Number of clusters, by the sound and by sound and words; 0: see n_clusters_from.");
  set.add("n_clusters_from", options.cluster.n_clusters_from, {"gap", "labels"},
          "Where the number of clusters comes from when it is not given.");
  set.add("n_languages", &options.cluster.n_languages, at_least(0),
          "Languages that the lyrics are in, the groups of the language view; 0: found.");
  set.add("max_clusters", &options.cluster.max_clusters, at_least(1), "The gap statistic looks at 1 to this many.");

  describe(set, options.clusterings);

  set.section("evaluation");
  set.add("test_fraction", &options.evaluation.test_fraction, Range{0, 0.9},
          "Above 0: train on the rest; cluster and score this part alone.");
  set.add("sample", &options.evaluation.sample, at_least(0),
          "Above 0: so many tracks, drawn at random, stand for the collection.");
  set.add("seeds", &options.evaluation.seeds, Range{1, 1000}, "How many seeds are run.");
  set.add("permutations", &options.evaluation.permutations, at_least(1), "Random labelings behind chance and p.");
  set.add("bootstrap", &options.evaluation.bootstrap, at_least(1), "Random halves of the tracks behind an interval.");
  set.add(
      "held_out_parts", &options.evaluation.held_out_parts, Range{0, 100},
      "Above 1: the leading model is also trained without each of so many parts of the tracks, to judge these unseen "
      "(held_out.csv): what strangers are measured by. Not for models of spectrograms.");
  set.add("shuffles", &options.evaluation.shuffles, at_least(0),
          "Random pairings of tracks and lyrics beside every fused result.");

  set.section("projection");
  set.add("tsne", &options.projection.tsne, "Draw a t-SNE map.");
  set.add("umap", &options.projection.umap, "Draw a UMAP map.");
  set.add("three_dimensions", &options.projection.three_dimensions, "Draw the maps in three dimensions too.");
  set.add("perplexity", &options.projection.perplexity, at_least(1), "Of t-SNE: larger shows more of the whole.");
  set.add("neighbors", &options.projection.neighbors, at_least(2), "Of UMAP: larger shows more of the whole.");
}

std::vector<std::string> preset_names() {
  std::vector<std::string> names;
  for (const EmbeddedPreset& preset : embedded_presets()) names.emplace_back(preset.name);
  return names;
}

const std::vector<std::string>& protocol_names() {
  static const std::vector<std::string> names{"study", "strict"};
  return names;
}

std::string default_protocol(const std::string& preset) {
  const EmbeddedPreset* found = embedded(preset);
  return found != nullptr && parsed(found->text, preset).has_strict ? "study" : "";
}

void apply_preset(const std::string& name, const std::string& protocol, RunOptions& options) {
  const EmbeddedPreset* preset = embedded(name);
  if (preset == nullptr) {
    const std::string near = nearest_name(name, preset_names());
    throw InvalidArgument(fmt::format("there is no preset '{}'{}", name,
                                      near.empty() ? fmt::format("; there are {}", fmt::join(preset_names(), ", "))
                                                   : fmt::format("; did you mean '{}'?", near)));
  }
  const std::string source = name + ".toml";
  const Parsed file = parsed(preset->text, source);
  apply_table(file.whole, "", source, options);
  if (protocol.empty()) return;
  if (std::ranges::find(protocol_names(), protocol) == protocol_names().end()) {
    throw InvalidArgument(
        fmt::format("there is no protocol '{}'; there are {}", protocol, fmt::join(protocol_names(), ", ")));
  }
  if (!file.has_strict) {
    throw InvalidArgument(fmt::format(
        "--protocol chooses between the study's practice and the strict one, and the preset {} is not of the study",
        name));
  }
  if (protocol == "strict") apply_table(file.strict, "", source, options);
}

void apply_config(const std::filesystem::path& file, RunOptions& options) {
  const std::string source = quoted(file);
  try {
    apply_table(toml::parse(read_file(file), source), "", source, options);
  } catch (const toml::parse_error& error) {
    throw FormatError(fmt::format("{}, line {}: {}", source, error.source().begin.line, error.description()));
  }
}

void set_option(RunOptions& options, std::string_view name, std::string_view value, std::string_view source) {
  if (name.starts_with(kModels)) return set_model_option(options, name.substr(kModels.size()), value, source);
  OptionSet set;
  describe(set, options);
  set.set(name, value, source);
}

void assign_option(RunOptions& options, std::string_view assignment, std::string_view source) {
  const std::size_t equals = assignment.find('=');
  if (equals == std::string_view::npos) {
    throw InvalidArgument(fmt::format("{}: '{}' should read name=value", source, assignment));
  }
  std::string_view name = assignment.substr(0, equals);
  while (name.ends_with(' ')) name.remove_suffix(1);
  set_option(options, name, assignment.substr(equals + 1), source);
}

std::map<std::string, std::string> resolved(RunOptions options) {
  OptionSet set;
  describe(set, options);
  std::map<std::string, std::string> values;
  for (const OptionField& field : set.fields()) values[field.name] = field.value();
  for (const auto& [name, value] : options.model_options) values[fmt::format("{}{}", kModels, name)] = value;
  return values;
}

}  // namespace songmap::run
