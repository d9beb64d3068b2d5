#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <map>
#include <string>
#include <vector>

/// The tables of a run folder: one struct a row, one load and one save a file. Columns are fixed (README, "What comes
/// out"); an empty cell is a value that is not defined and is NaN here. Loading a file that does not exist gives no
/// rows.
namespace songmap::run {

inline constexpr double kNotDefined = std::numeric_limits<double>::quiet_NaN();

/// tracks.csv: track_id, path, title, artist, album, length_s, then one column a label.
struct TrackRow {
  std::string track_id;
  std::string path;
  std::string title;
  std::string artist;
  std::string album;
  double length_s = kNotDefined;
  std::map<std::string, std::string> labels;  ///< By column name; every row has the same names. Empty: unlabelled.
};

/// failures.csv: track_id, path, stage, reason.
struct FailureRow {
  std::string track_id;
  std::string path;
  std::string stage;
  std::string reason;
};

/// Neighbours that a strength looks at; in smaller collections, all other tracks.
inline constexpr std::size_t kStrengthNeighbours = 15;

/// labels.csv: track_id, path, view, space, method, seed, cluster, strength. The main view, space and method come
/// first.
struct LabelRow {
  std::string track_id;
  std::string path;
  std::string view;
  std::string space;
  std::string method;
  std::uint64_t seed = 0;
  std::int32_t cluster = 0;       ///< -1: noise.
  double strength = kNotDefined;  ///< Share of the 15 nearest tracks in that space with the same cluster.
};

/// map.csv: track_id, view, projection, dimensions, x, y, z.
struct MapRow {
  std::string track_id;
  std::string view;
  std::string projection;  ///< pca | tsne | umap
  int dimensions = 2;
  double x = 0;
  double y = 0;
  double z = kNotDefined;  ///< In three dimensions.
};

/// scores.csv: view, space, method, scored_in, target, metric, value, sd, low, high, chance, p, seeds, n, k.
struct ScoreRow {
  std::string view;
  std::string space;
  std::string method;
  std::string scored_in;  ///< Space whose distances an internal metric uses; empty for agreement with labels;
                          ///< "shuffled-lyrics" for that of random pairings of tracks and lyrics.
  std::string target;     ///< Label column; empty for internal metrics.
  std::string metric;
  double value = kNotDefined;  ///< Mean over seeds.
  double sd = kNotDefined;     ///< Over seeds (divisor n - 1).
  double low = kNotDefined;    ///< 95 % bootstrap interval over tracks.
  double high = kNotDefined;
  double chance = kNotDefined;  ///< Value expected of random labels (silhouette: of structureless data).
  double p = kNotDefined;       ///< Share of random labelings at least as good.
  std::size_t seeds = 0;
  std::size_t n = 0;
  std::size_t k = 0;  ///< Clusters found, noise not counted (of the first seed).
};

/// curves.csv: model, seed, epoch, total, reconstruction, kl, held_out.
struct CurveRow {
  std::string model;
  std::uint64_t seed = 0;
  std::size_t epoch = 0;
  double total = kNotDefined;
  double reconstruction = kNotDefined;
  double kl = kNotDefined;
  double held_out = kNotDefined;
};

/// lyrics.csv: track_id, source, language, n_words, text. Tracks with usable lyrics alone.
struct LyricsRow {
  std::string track_id;
  std::string source;    ///< file | embedded | csv | table
  std::string language;  ///< As a table of lyrics says, else as found in the text; "unknown" when unsure.
  std::size_t n_words = 0;
  std::string text;  ///< Without stamps and section headers.
};

/// clusterings.csv: view, space, method, seed, k, coverage, undefined, parameters.
struct ClusteringRow {
  std::string view;
  std::string space;
  std::string method;
  std::uint64_t seed = 0;
  std::size_t k = 0;       ///< Clusters found, noise not counted.
  double coverage = 1;     ///< Share of the tracks that are in a cluster.
  std::string undefined;   ///< Why the clustering means nothing and has no scores; empty: it is fine.
  std::string parameters;  ///< What the method chose or found: "eps=0.53, min_samples=5".
};

/// candidates.csv: view, k, gap, gap_se, stability, bic, eigengap: the evidence on the number of clusters.
struct CandidateRow {
  std::size_t k = 0;
  double gap = kNotDefined;
  double gap_se = kNotDefined;
  double stability = kNotDefined;
  double bic = kNotDefined;
  double eigengap = kNotDefined;
  std::string view = "audio";
};

/// comparisons.csv: one clustering against another on the tracks that both have: against the main one, a fused one also
/// against its own sound, and a control of the within-track metric against the metric alone.
struct ComparisonRow {
  std::string target;
  std::string metric;
  std::string view;
  std::string space;
  std::string method;
  std::string against_view;
  std::string against_space;
  std::string against_method;
  double difference = kNotDefined;  ///< Of the means over seeds.
  double low = kNotDefined;         ///< 95 % bootstrap interval over tracks.
  double high = kNotDefined;
  double p = kNotDefined;       ///< Two-sided.
  double p_holm = kNotDefined;  ///< Holm (1979) over all with the same target and metric; controls by themselves.
  std::size_t n = 0;
  std::size_t seeds = 0;
};

/// reconstruction.csv: track_id, path, model, error, relative. Of each model the tracks that it understands least
/// first.
struct ReconstructionRow {
  std::string track_id;
  std::string path;
  std::string model;
  double error = kNotDefined;     ///< Mean squared error a value of what the model reads, mean over seeds.
  double relative = kNotDefined;  ///< Over the median of the model's errors.
};

/// held_out.csv: track_id, path, model, error, relative, distance. How the leading model does on tracks that it has not
/// seen (held_out.h), the worst first.
struct HeldOutRow {
  std::string track_id;
  std::string path;
  std::string model;
  double error = kNotDefined;     ///< As ReconstructionRow::error, by one seed.
  double relative = kNotDefined;  ///< Over the median of these errors.
  double distance = kNotDefined;  ///< Mean distance to the 15 nearest tracks that the model has seen, where it groups.
};

/// cross_modal.csv: model, seed, check, side, value, chance. What a joint model tells of one side of tracks that it has
/// not seen from the other (model::held_out_checks, of the first seed); `check` is r2_from_itself | r2_from_other |
/// precision_share | kl | median_rank | reciprocal_rank (of finding this side by the other), `side` audio | lyrics.
struct CrossModalRow {
  std::string model;
  std::uint64_t seed = 0;
  std::string check;
  std::string side;
  double value = kNotDefined;
  double chance = kNotDefined;
};

[[nodiscard]] std::vector<TrackRow> load_tracks(const std::filesystem::path& file);
[[nodiscard]] std::vector<FailureRow> load_failures(const std::filesystem::path& file);
[[nodiscard]] std::vector<LabelRow> load_labels(const std::filesystem::path& file);
/// Of labels.csv the run's own groups alone, which come first: its main view, space and method, first seed. Nothing
/// behind them is read.
[[nodiscard]] std::vector<LabelRow> load_main_labels(const std::filesystem::path& file);
[[nodiscard]] std::vector<MapRow> load_map(const std::filesystem::path& file);
[[nodiscard]] std::vector<ScoreRow> load_scores(const std::filesystem::path& file);
[[nodiscard]] std::vector<ReconstructionRow> load_reconstruction(const std::filesystem::path& file);
[[nodiscard]] std::vector<HeldOutRow> load_held_out(const std::filesystem::path& file);
[[nodiscard]] std::vector<CrossModalRow> load_cross_modal(const std::filesystem::path& file);
[[nodiscard]] std::vector<CurveRow> load_curves(const std::filesystem::path& file);
[[nodiscard]] std::vector<LyricsRow> load_lyrics(const std::filesystem::path& file);
[[nodiscard]] std::vector<ClusteringRow> load_clusterings(const std::filesystem::path& file);
[[nodiscard]] std::vector<CandidateRow> load_candidates(const std::filesystem::path& file);
[[nodiscard]] std::vector<ComparisonRow> load_comparisons(const std::filesystem::path& file);

void save_tracks(const std::filesystem::path& file, const std::vector<TrackRow>& rows);
void save_failures(const std::filesystem::path& file, const std::vector<FailureRow>& rows);
void save_labels(const std::filesystem::path& file, const std::vector<LabelRow>& rows);
void save_map(const std::filesystem::path& file, const std::vector<MapRow>& rows);
void save_scores(const std::filesystem::path& file, const std::vector<ScoreRow>& rows);
void save_reconstruction(const std::filesystem::path& file, const std::vector<ReconstructionRow>& rows);
void save_held_out(const std::filesystem::path& file, const std::vector<HeldOutRow>& rows);
void save_cross_modal(const std::filesystem::path& file, const std::vector<CrossModalRow>& rows);
void save_curves(const std::filesystem::path& file, const std::vector<CurveRow>& rows);
void save_lyrics(const std::filesystem::path& file, const std::vector<LyricsRow>& rows);
void save_clusterings(const std::filesystem::path& file, const std::vector<ClusteringRow>& rows);
void save_candidates(const std::filesystem::path& file, const std::vector<CandidateRow>& rows);
void save_comparisons(const std::filesystem::path& file, const std::vector<ComparisonRow>& rows);

}  // namespace songmap::run
