#include "songmap/run/preset.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <sstream>
#define TOML_EXCEPTIONS 1
#include <toml++/toml.h>

#include "songmap/cluster/method.h"
#include "songmap/core/error.h"
#include "songmap/core/text_file.h"
#include "songmap/run/embedded_presets.h"

namespace songmap::run {
namespace {

std::string spelled(const toml::node& value) {
  std::ostringstream text;
  if (const auto* string = value.as_string()) {
    text << string->get();
  } else if (const auto* array = value.as_array()) {
    text << '[';
    bool first = true;
    for (const toml::node& item : *array) {
      text << (first ? "" : ", ") << spelled(item);
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

void apply_table(const toml::table& table, const std::string& prefix, const std::string& name, OptionSet& set) {
  for (const auto& [key, value] : table) {
    const std::string field = prefix + std::string(key.str());
    if (const auto* inner = value.as_table()) {
      apply_table(*inner, field + ".", name, set);
    } else {
      set.set(field, spelled(value), fmt::format("{}, line {}", name, value.source().begin.line));
    }
  }
}

void apply_toml(std::string_view text, const std::string& name, RunOptions& options) {
  OptionSet set;
  describe(set, options);
  try {
    apply_table(toml::parse(text, name), "", name, set);
  } catch (const toml::parse_error& error) {
    throw FormatError(fmt::format("{}, line {}: {}", name, error.source().begin.line, error.description()));
  }
}

}  // namespace

void describe(OptionSet& set, RunOptions& options) {
  set.section("run");
  set.add("model_name", &options.model_name, "Name of the model's spaces in the files.");
  set.add("fit_size_to_collection", &options.fit_size_to_collection,
          "Layers, latent size, batch and epochs follow the number of tracks.");

  set.section("features");
  set.add("recipe", options.features.recipe, {"study-vector", "timbre"}, "What describes a track.");
  set.add("scaling", options.features.scaling, {"blocks", "logzc", "z", "rank", "track", "none"},
          "How columns are made comparable. blocks: logzc, then PCA of each block, blocks of equal weight; track: "
          "inside each track, as the study did.");
  set.add("columns", &options.features.columns, "Columns of a feature table; empty: every numeric one.");
  set.add("log_mel", &options.features.log_mel, "Also compute the log-mel spectrogram of the first 10 seconds.");

  set.section("vae");
  model::describe(set, options.vae);
  set.section("train");
  model::describe(set, options.train);

  set.section("cluster");
  set.add("methods", options.cluster.methods, cluster::method_names(),
          "How tracks are grouped: the first gives the run's groups, the others stand beside it.");
  set.add("space", options.cluster.space, {"decoded", "latent"}, "Which side of the model is clustered.");
  set.add("l2", &options.cluster.l2, "Divide each row by its norm before clustering.");
  set.add("n_clusters", &options.cluster.n_clusters, "Number of clusters; 0: see n_clusters_from.");
  set.add("n_clusters_from", options.cluster.n_clusters_from, {"gap", "labels"},
          "Where the number of clusters comes from when it is not given.");
  set.add("max_clusters", &options.cluster.max_clusters, at_least(1), "The gap statistic looks at 1 to this many.");

  set.section("evaluation");
  set.add("test_fraction", &options.evaluation.test_fraction, Range{0, 0.9},
          "Above 0: train on the rest; cluster and score this part alone.");
  set.add("seeds", &options.evaluation.seeds, Range{1, 1000}, "How many seeds are run.");
  set.add("permutations", &options.evaluation.permutations, at_least(1), "Random labelings behind chance and p.");
  set.add("bootstrap", &options.evaluation.bootstrap, at_least(1), "Random halves of the tracks behind an interval.");

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

void apply_preset(const std::string& name, RunOptions& options) {
  for (const EmbeddedPreset& preset : embedded_presets()) {
    if (preset.name == name) return apply_toml(preset.text, name + ".toml", options);
  }
  const std::string near = nearest_name(name, preset_names());
  throw InvalidArgument(fmt::format("there is no preset '{}'{}", name,
                                    near.empty() ? fmt::format("; there are {}", fmt::join(preset_names(), ", "))
                                                 : fmt::format("; did you mean '{}'?", near)));
}

void apply_config(const std::filesystem::path& file, RunOptions& options) {
  apply_toml(read_file(file), quoted(file), options);
}

}  // namespace songmap::run
