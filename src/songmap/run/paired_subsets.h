#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "songmap/run/manifest.h"
#include "songmap/run/run_folder.h"
#include "songmap/run/stages.h"

/// Which space groups tracks best, asked again on random parts of the collection: the same tracks, the same clusterers,
/// the same seeds for each space.
namespace songmap::run {

struct SubsetOptions {
  std::vector<std::string> spaces;  ///< Empty: those of the sound that stand for themselves (default_spaces).
  std::string against = "features";
  std::string target;  ///< Label column; empty: the run's first.
  std::size_t subsets = 10;
  double fraction = 0.9;  ///< Of the tracks in each subset.
  std::uint64_t seed = 0;
};

/// subsets.csv: subset, space, grouping, metric, value, n, k. One score of one space on one subset.
struct SubsetRow {
  std::size_t subset = 0;
  std::string space;
  /// 4-way: the mean of k-means and Ward, each on plain rows and on rows divided by their norm. spectral: self-tuned
  /// spectral clustering of rows divided by their norm.
  std::string grouping;
  std::string metric;  ///< ami | ari | nmi
  double value = 0;
  std::size_t n = 0;  ///< Tracks of the subset.
  std::size_t k = 0;  ///< Clusters that were asked for: classes in the subset.
};

/// One space against the other over all subsets.
struct PairedRow {
  std::string space;
  std::string grouping;
  std::string metric;
  double value = 0;       ///< Mean over subsets.
  double difference = 0;  ///< Mean over subsets of the difference to the other space on the same subset.
  double sd = 0;          ///< Of these differences (divisor n - 1).
  std::size_t wins = 0;   ///< Subsets on which it is above.
  std::size_t ties = 0;
};

struct SubsetComparison {
  std::string target;
  std::string against;
  std::size_t n_tracks = 0;  ///< With a label and a place in every space.
  std::size_t n_classes = 0;
  std::vector<SubsetRow> subsets;
  std::vector<PairedRow> rows;  ///< Spaces in the order asked for, the one compared with first.
};

/// The spaces of the sound of a run that stand for themselves: the baselines, the noise metric, and of each model all
/// seeds together, or its first seed.
[[nodiscard]] std::vector<std::string> default_spaces(const Manifest& manifest);

/// Groups every subset in every space and writes subsets.csv. Models are not trained anew, and two subsets of nine
/// tenths share eight: it tells whether a gain hangs on a few tracks, and is no set of independent tests.
/// @throws InvalidArgument  no labels, no such label or space (the nearest is offered), a model that saw the label, an
///                          option out of range, or fewer than 10 tracks to compare on.
/// @throws Cancelled, IoError
[[nodiscard]] SubsetComparison compare_on_subsets(const RunFolder& folder, const SubsetOptions& options,
                                                  const StageContext& context);

}  // namespace songmap::run
