#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "songmap/core/options.h"
#include "songmap/model/options.h"

namespace songmap::run {

/// What the model is fed.
struct FeatureOptions {
  std::string recipe = "timbre";     ///< study-vector | timbre
  std::string scaling = "blocks";    ///< blocks | logzc | z | rank | track | none
  std::vector<std::string> columns;  ///< Of a ready table; empty: every numeric column.
  bool log_mel = false;              ///< Also compute the log-mel spectrogram of the medium tier.
};

/// Which tracks are clustered and scored.
struct EvaluationOptions {
  double test_fraction = 0;        ///< Above 0: train on the rest, cluster and score this part alone (the study).
  std::size_t seeds = 5;           ///< Models, clusterings and scores are repeated for so many seeds.
  std::size_t permutations = 999;  ///< Random labelings behind every chance value and p.
  std::size_t bootstrap = 1000;    ///< Random halves of the tracks behind every interval.
};

struct ClusterOptions {
  std::vector<std::string> methods = {"k-means"};  ///< See cluster::method_names; the first gives the run's groups.
  std::string space = "decoded";                   ///< decoded | latent: which side of the model is clustered.
  bool l2 = true;                                  ///< Rows divided by their norm before clustering.
  std::string n_clusters_from = "gap";             ///< gap | labels: where k comes from when it is not given.
  std::size_t n_clusters = 0;                      ///< 0: not given.
  std::size_t max_clusters = 20;                   ///< The gap statistic looks at 1 … this.
};

struct ProjectionOptions {
  bool tsne = true;
  bool umap = true;
  bool three_dimensions = true;
  std::size_t perplexity = 30;
  std::size_t neighbors = 15;
};

/// Everything that decides what a run computes. Read from a preset, changed by --set, written to the manifest.
struct RunOptions {
  std::string model_name = "vae";  ///< Of its spaces: `NAME` is the latent mean, `NAME.decoded` the decoded one.
  FeatureOptions features;
  model::VaeOptions vae;
  model::TrainOptions train;
  bool fit_size_to_collection = true;  ///< Latent size, layers, batch and epochs from the number of tracks.
  ClusterOptions cluster;
  EvaluationOptions evaluation;
  ProjectionOptions projection;
};

void describe(OptionSet& set, RunOptions& options);

/// Names of the presets that come with songmap.
[[nodiscard]] std::vector<std::string> preset_names();

/// Reads a preset by name, or a TOML file by path, over the present values of `options`.
/// @throws InvalidArgument  no such preset; an unknown key or a value out of range, with file and line.
/// @throws FormatError      not TOML.
void apply_preset(const std::string& name, RunOptions& options);
void apply_config(const std::filesystem::path& file, RunOptions& options);

}  // namespace songmap::run
