#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "songmap/run/manifest.h"
#include "songmap/run/run_folder.h"
#include "songmap/run/spaces.h"
#include "songmap/run/tables.h"

namespace songmap::run {

using Labels = std::vector<std::int32_t>;

/// One clustering as it is scored: its labels with every seed.
struct ScoredMethod {
  MethodRow row;
  std::vector<std::size_t> tracks;  ///< Rows of tracks.csv that it groups, rising.
  std::vector<Labels> labels;       ///< [seeds][tracks]
  double coverage = 1;              ///< Mean over seeds of the share of tracks that are in a cluster.
  bool defined = true;              ///< With every seed.

  /// Labels of some of the tracks (a subset of `tracks`, rising). [seeds][tracks]
  [[nodiscard]] std::vector<Labels> labels_of(const std::vector<std::size_t>& some) const;
};

/// What labels.csv and clusterings.csv of a run hold, in the order of `method_rows`.
[[nodiscard]] std::vector<ScoredMethod> load_scored_methods(const RunFolder& folder, const Manifest& manifest,
                                                            const std::vector<TrackRow>& tracks);

}  // namespace songmap::run
