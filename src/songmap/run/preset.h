#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "songmap/core/options.h"
#include "songmap/model/options.h"
#include "songmap/run/grouping.h"

namespace songmap::run {

/// What the models are fed.
struct FeatureOptions {
  std::string recipe = "timbre";     ///< study-vector | timbre | log-mel | log-mel-track
  std::string scaling = "blocks";    ///< blocks | logzc | z | rank | track | none
  std::vector<std::string> columns;  ///< Of a ready table; empty: every numeric column.
  std::size_t most_windows = 8;      ///< Of a track's spectrogram, evenly spread; 0: as many as cover it.
  bool log_mel = false;              ///< Also compute the log-mel spectrogram of the medium tier.
  /// within-track  what differs between windows of one track is noise: distances are measured in its covariance
  /// none          every direction of the scaled features counts alike
  std::string metric = "none";
  double metric_shrinkage = 0.1;  ///< Share of a round covariance in that of the windows; 0: held_out_shrinkage.
  double embedding_weight = 0.5;  ///< Share of a user's own embedding in squared distances, beside the features.
  bool metric_controls = false;   ///< Also the same transform without knowledge of the tracks (metric_controls.h).
  double metric_power = 0.25;     ///< 0.5: whitened entirely; 0.25: half of the way.
};

/// What becomes of the words.
struct LyricsOptions {
  std::string vectors = "ngrams";  ///< ngrams | study | none
  std::string pairing = "track";   ///< track | cycle: how a table of lyrics meets the tracks (cycle: the study's).
  std::size_t dimensions = 64;     ///< Of a lyrics vector, at most.
  std::size_t fewest = 20;         ///< With fewer tracks that have lyrics, there is no view that looks at them.
  /// two    the language of the words, and sound with what the words say whatever their language
  /// study  the words alone, and each model's side by side with them (views lyrics and hybrid)
  std::string views = "two";
};

/// How sound and words become one space.
struct FusionOptions {
  /// blocks  each block divided by the square root of its total variance, then weighted
  /// study   every column standardised, side by side: the wider block decides
  /// none    no hybrid view
  std::string kind = "blocks";
  double lyrics_weight = 0.5;  ///< Share of the words in squared distances; blocks only.
};

/// Which tracks are clustered and scored.
struct EvaluationOptions {
  double test_fraction = 0;        ///< Above 0: train on the rest, cluster and score this part alone (the study).
  std::size_t sample = 0;          ///< Above 0: so many tracks, drawn at random, stand for the collection.
  std::size_t seeds = 5;           ///< Models, clusterings and scores are repeated for so many seeds.
  std::size_t permutations = 999;  ///< Random labelings behind every chance value and p.
  std::size_t bootstrap = 1000;    ///< Random halves of the tracks behind every interval.
  std::size_t held_out_parts = 0;  ///< Above 1: the leading model judges each track unseen, in so many parts.
  std::size_t shuffles = 19;       ///< Random pairings of tracks and lyrics beside every fused result.
};

struct ClusterOptions {
  std::vector<std::string> methods = {"k-means"};            ///< See method_names; the first gives the run's groups.
  std::vector<std::string> baselines = {"pca", "features"};  ///< pca | features | descriptors
  std::vector<std::string> baseline_methods;                 ///< Empty: as `methods`.
  std::string space = "decoded";        ///< decoded | latent: which side of the model is clustered.
  bool l2 = true;                       ///< Rows divided by their norm before clustering.
  std::string n_clusters_from = "gap";  ///< gap | labels: where k comes from when it is not given.
  std::size_t n_clusters = 0;           ///< 0: not given.
  std::size_t n_languages = 0;          ///< Languages of the words, groups of the language view; 0: found.
  std::size_t max_clusters = 20;        ///< The gap statistic looks at 1 … this.
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
  /// Names of the models, the main one first. Spaces: `NAME` is the latent mean, `NAME.decoded` the decoded one,
  /// `NAME.hybrid` one of them fused with the lyrics.
  std::vector<std::string> models = {"vae"};
  /// Label column that the model "conditional-vae" sees, which is then trained beside the others; empty: none.
  std::string condition;
  FeatureOptions features;
  LyricsOptions lyrics;
  FusionOptions fusion;
  model::VaeOptions vae;        ///< Of every model, but for what `model_options` says otherwise.
  model::TrainOptions train;    ///< Likewise.
  GroupingOptions clusterings;  ///< How each clustering works: kmeans.*, spectral.*, deep.* …
  /// What one model has of its own, as text: "beta-vae.vae.beta" = "4". Checked when it is set.
  std::map<std::string, std::string> model_options;
  /// The decoded means of all seeds as one more space of each model, which then stands for it.
  bool ensemble = false;
  bool fit_size_to_collection = true;  ///< Latent size, layers, batch and epochs from the number of tracks.
  ClusterOptions cluster;
  EvaluationOptions evaluation;
  ProjectionOptions projection;
};

/// Every option but those of single models (`model_options`).
void describe(OptionSet& set, RunOptions& options);

/// Sets one option by name from text: those of `describe`, and "models.NAME.vae.beta" or "models.NAME.train.epochs".
/// `source` names where it came from in messages.
/// @throws InvalidArgument  unknown name (the nearest known one is offered), wrong type, out of range.
void set_option(RunOptions& options, std::string_view name, std::string_view value, std::string_view source);
/// `set_option` with "name=value".
void assign_option(RunOptions& options, std::string_view assignment, std::string_view source);

/// Every option with its present value, as TOML spells it: what `set_option` reads again.
[[nodiscard]] std::map<std::string, std::string> resolved(RunOptions options);

/// Names of the presets that come with songmap, and of the protocols that a preset of the study may follow: `study`
/// keeps the study's choices, `strict` runs the same models by the right practice (the preset's table [strict]).
[[nodiscard]] std::vector<std::string> preset_names();
[[nodiscard]] const std::vector<std::string>& protocol_names();

/// Reads a preset by name, or a TOML file by path, over the present values of `options`.
/// @throws InvalidArgument  no such preset; an unknown key or a value out of range, with file and line; a protocol that
///                          there is not, or one given for a preset that has none.
/// @throws FormatError      not TOML.
void apply_preset(const std::string& name, const std::string& protocol, RunOptions& options);
void apply_config(const std::filesystem::path& file, RunOptions& options);

/// The protocol that the preset follows when none is given: `study` for the study's, else empty.
[[nodiscard]] std::string default_protocol(const std::string& preset);

}  // namespace songmap::run
