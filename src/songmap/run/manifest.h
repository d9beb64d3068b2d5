#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "songmap/core/options.h"

namespace songmap::run {

/// What the run read.
struct InputRecord {
  std::string path;
  std::string kind;  ///< audio | table
  std::size_t n_tracks = 0;
  std::size_t n_failures = 0;          ///< Tracks that could not be used.
  std::size_t n_lyrics_failures = 0;   ///< Texts of lyrics that could not be used.
  double audio_s = 0;                  ///< Seconds of audio described.
  std::vector<std::string> excerpted;  ///< Paths of tracks described by excerpts (longer than 15 minutes).
  std::vector<std::string> damaged;    ///< "path: what was wrong" of tracks that were read in spite of damage.
};

/// What became of the words.
struct LyricsRecord {
  std::size_t n_tracks = 0;                      ///< Tracks with usable lyrics.
  std::string pairing;                           ///< track | cycle; empty: there are no lyrics.
  std::string vectors;                           ///< ngrams | study; empty: no lyrics space was made.
  std::map<std::string, std::size_t> languages;  ///< Tracks by the language of their lyrics.
  /// Tracks by the groups that their spelling makes, the largest first; empty: nobody looked, or there are no lyrics.
  std::vector<std::size_t> pseudo_languages;
  std::vector<std::pair<std::string, std::string>> tables;  ///< Paths of --lyrics-table, and hashes of what they held.
};

/// Vectors of tracks that were made outside of songmap.
struct PretrainedRecord {
  std::string modality;  ///< audio | lyrics
  std::string source;    ///< The file of vectors, or of the model that made them.
  std::string input;     ///< What a model was fed: "16000 Hz, windows of 3 s"; empty for a file of vectors.
  std::size_t n_columns = 0;
  std::size_t n_tracks = 0;  ///< Tracks that have one.
};

/// A space that is clustered: one matrix in spaces/. A track without a place in it is a row of NaN.
struct SpaceRecord {
  std::string name;
  std::string view;   ///< audio | language | content; of the study: audio | lyrics | hybrid
  std::string kind;   ///< model | ensemble | metric | control | pca | features | embedding | lyrics | language | fusion
  std::string model;  ///< Behind it; empty: none.
  std::string title;  ///< As the study's tables call it: "Beta-VAE", "PCA baseline" …
  bool seeded = false;  ///< One matrix a seed.
  std::size_t n_columns = 0;
  std::size_t n_audio_columns = 0;   ///< Of a fusion: the first so many are sound, the rest words.
  std::vector<std::string> methods;  ///< Clusterings that are made in it.
  bool pretrained = false;           ///< It saw an input that was pretrained elsewhere.
};

/// What training gave, one entry a seed.
struct ModelRecord {
  std::string name;
  std::string kind;       ///< vae | autoencoder | conv-vae | conditional-vae | window-vae | joint-vae
  std::string input;      ///< Space that it reads: features | within-track | windows | spectrogram.
  std::string condition;  ///< Label column that it sees; empty: none.
  double beta = 1;
  std::size_t n_inputs = 0;
  std::size_t n_latent = 0;
  std::vector<std::uint64_t> seeds;
  std::vector<double> active_units;
  std::vector<double> predicted_active;
  std::vector<double> sigma;
  std::vector<bool> collapsed;
  std::vector<double> kl_per_dimension;  ///< Of the first seed.
};

/// How the leading model was chosen, without labels.
struct ChoiceRecord {
  std::string model;   ///< Empty: there was nothing to choose.
  std::string reason;  ///< One sentence.
  double median_length_s = 0;
  double median_windows = 0;
  double within_share = 0;  ///< Of the windows' variance, in the space that the models read.
};

struct ProjectionRecord {
  std::string view;
  std::string space;
  std::string projection;
  int dimensions = 2;
  double trustworthiness = std::numeric_limits<double>::quiet_NaN();  ///< NaN: not defined.
};

/// manifest.json: how this run came about, complete enough to repeat it.
struct Manifest {
  std::string version;
  std::string command;
  std::string preset;
  std::string protocol;  ///< study | strict; empty: the preset is not of the study.
  std::string created;   ///< UTC, ISO 8601.
  std::uint64_t seed = 0;
  std::vector<std::uint64_t> seeds;
  std::size_t threads = 0;
  std::string machine;
  InputRecord input;
  std::map<std::string, std::string> options;  ///< Resolved; values as TOML spells them.
  std::map<std::string, std::string> recipes;  ///< Name and key of each recipe that was computed.
  std::vector<std::string> columns;            ///< Of the unscaled features.
  std::string label_source;
  std::vector<std::string> targets;  ///< Label columns that are scored.
  std::string condition;             ///< Label column that conditional models see; empty: none.
  LyricsRecord lyrics;
  std::vector<PretrainedRecord> pretrained;
  std::vector<SpaceRecord> spaces;  ///< That are clustered, the main one first.
  std::string main_space;
  std::string main_method;
  std::vector<std::string> methods;  ///< Every clustering, the main one first.
  std::size_t n_clusters = 0;
  std::string n_clusters_source;  ///< given | labels | gap statistic | none found (by it)
  /// What a view has of its own instead (see n_clusters_of); the source may also be "pseudo-languages".
  std::map<std::string, std::size_t> view_clusters;
  std::map<std::string, std::string> view_clusters_source;
  std::vector<std::size_t> evaluated_rows;  ///< Rows of tracks.csv that are clustered and scored; empty: all.
  std::vector<ModelRecord> models;
  ChoiceRecord choice;
  std::vector<ProjectionRecord> projections;
  std::map<std::string, std::vector<std::string>> warnings;  ///< Sentences, by the stage that found them.
  std::map<std::string, std::vector<std::string>> notes;     ///< Sentences that explain rather than warn.
  std::map<std::string, double> stage_seconds;
};

/// The number of clusters of the spaces of a view: its own, or else the run's.
[[nodiscard]] std::size_t n_clusters_of(const Manifest& manifest, const std::string& view);
[[nodiscard]] const std::string& n_clusters_source_of(const Manifest& manifest, const std::string& view);

/// Reads a manifest. Keys that are missing keep their defaults: the run may be interrupted, or of another version.
/// @throws IoError      it cannot be read.
/// @throws FormatError  it is not JSON, or a key holds another type than expected.
[[nodiscard]] Manifest load_manifest(const std::filesystem::path& file);
void save_manifest(const std::filesystem::path& file, const Manifest& manifest);

}  // namespace songmap::run
