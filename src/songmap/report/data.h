#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "songmap/core/matrix.h"
#include "songmap/run/manifest.h"
#include "songmap/run/run_folder.h"
#include "songmap/run/tables.h"

namespace songmap::report {

using run::CandidateRow;
using run::ClusteringRow;
using run::ComparisonRow;
using run::CurveRow;
using run::FailureRow;
using run::kNotDefined;
using run::LabelRow;
using run::Manifest;
using run::MapRow;
using run::ModelRecord;
using run::ProjectionRecord;
using run::RunFolder;
using run::ScoreRow;
using run::SpaceRecord;
using run::TrackRow;

/// One clustering of the run: a cluster for each row of tracks.csv.
struct Grouping {
  std::string view;
  std::string space;
  std::string method;
  std::uint64_t seed = 0;
  std::vector<std::optional<std::int32_t>> clusters;  ///< None: the track is not part of it (e.g. outside the split).
  std::vector<double> strengths;                      ///< NaN where not defined.

  /// The clusters that occur, ascending, noise last.
  [[nodiscard]] std::vector<std::int32_t> names() const;
};

/// One picture's coordinates: [tracks, dimensions], NaN for tracks that are not on it.
struct MapPoints {
  std::string view;
  std::string projection;
  int dimensions = 2;
  Matrix points;
  std::optional<double> trustworthiness;
};

/// What the files in inspections/ keep of one model, of its first seed. Whatever is missing there is empty here.
struct Inspection {
  std::string model;
  std::vector<double> errors = {};           ///< Mean squared error of each row of tracks.csv; NaN where there is none.
  std::vector<std::size_t> examples = {};    ///< Rows of tracks.csv, from well to badly reconstructed.
  Matrix reconstructions = {};               ///< Rows 2 i and 2 i + 1: original and reconstruction of example i.
  std::vector<std::size_t> dimensions = {};  ///< That are walked along, from 0, by falling KL.
  std::vector<double> kl = {};               ///< Of each of these; NaN where there is none.
  Matrix traversal = {};                     ///< Row kTraversalSteps i + s: step s along dimension i, decoded.
};

/// A finished run folder as pictures and report need it. Whatever files are missing are empty here.
struct RunData {
  RunFolder folder{std::filesystem::path()};
  Manifest manifest;
  std::vector<TrackRow> tracks;
  std::vector<FailureRow> failures;
  std::vector<ScoreRow> scores;           ///< Of the groups as they are.
  std::vector<ScoreRow> shuffled_lyrics;  ///< Of random pairings of tracks and lyrics (run/lyrics_control.h).
  std::vector<CurveRow> curves;
  std::vector<ClusteringRow> clusterings;
  std::vector<CandidateRow> candidates;
  std::vector<ComparisonRow> comparisons;
  /// Of the leading model, where it judged tracks unseen (held_out.csv), these errors; else of the models that were
  /// trained on them.
  std::vector<run::ReconstructionRow> reconstruction;
  std::string judged_unseen;  ///< The model of which these are; empty: none.
  std::vector<run::CrossModalRow> cross_modal;
  std::vector<Grouping> groupings;  ///< In the order of labels.csv: the main one first.
  std::vector<MapPoints> maps;      ///< In the order of map.csv.
  std::vector<std::string>
      label_columns;  ///< Those worth telling about: the manifest's targets, or what looks like it.

  /// Tracks that could not be used; a text of lyrics that could not is no such failure.
  [[nodiscard]] std::size_t n_failed_tracks() const;
  /// The grouping that a view's pictures show: its first; null when there is none.
  [[nodiscard]] const Grouping* main_grouping(std::string_view view) const;
  /// The run's main grouping, or null.
  [[nodiscard]] const Grouping* main_grouping() const { return groupings.empty() ? nullptr : &groupings.front(); }
  /// Views of the groupings and maps, in order.
  [[nodiscard]] std::vector<std::string> views() const;
  /// The record of a space, or null.
  [[nodiscard]] const SpaceRecord* space_record(std::string_view name) const;
  /// The model behind a space (`NAME`, `NAME.decoded`, `NAME.hybrid`), or null.
  [[nodiscard]] const ModelRecord* model_behind(const std::string& space) const;
  /// An option of the run, text without its quotes; empty when the manifest does not have it.
  [[nodiscard]] std::string option(const std::string& name) const;
  /// The label of each track in one column; empty where it has none.
  [[nodiscard]] std::vector<std::string> labels_of(const std::string& column) const;
  /// spaces/NAME.npy if it is there and has one row a track. Tracks without a place in it are rows of NaN.
  [[nodiscard]] std::optional<Matrix> space(const std::string& name) const;
};

/// @throws IoError      the folder does not exist or a file cannot be read.
/// @throws FormatError  a file is there but is not what product files are.
[[nodiscard]] RunData load_run(const RunFolder& folder);

/// The inspection of every model that has one, in the order of the manifest.
/// @throws IoError, FormatError  a file is there but cannot be read.
[[nodiscard]] std::vector<Inspection> load_inspections(const RunData& run);

/// "Title – Artist" where tags are known, else the file's name.
[[nodiscard]] std::string display_name(const TrackRow& track);

/// "noise" for -1, else the number.
[[nodiscard]] std::string cluster_name(std::int32_t cluster);

}  // namespace songmap::report
