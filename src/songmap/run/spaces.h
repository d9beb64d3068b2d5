#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "songmap/core/matrix.h"
#include "songmap/run/manifest.h"
#include "songmap/run/run_folder.h"

namespace songmap::run {

/// Views of a collection (SpaceRecord::view).
inline constexpr const char* kAudioView = "audio";
inline constexpr const char* kLanguageView = "language";  ///< Of the words.
inline constexpr const char* kContentView = "content";    ///< Sound, and what the words say whatever their language.
inline constexpr const char* kLyricsView = "lyrics";      ///< The study's: words alone.
inline constexpr const char* kHybridView = "hybrid";      ///< The study's: sound and words as they are.

/// Whether a view looks at sound and words together.
[[nodiscard]] bool is_fused(const std::string& view);

/// One way of grouping the tracks that the tables report: a space and what is done in it.
struct MethodRow {
  std::string view;
  std::string space;    ///< Main space first, then the baselines.
  std::string method;   ///< k-means
  bool seeded = false;  ///< The space itself differs from seed to seed.
};

/// The rows that this run has, the main one first.
[[nodiscard]] std::vector<MethodRow> method_rows(const Manifest& manifest);

/// A space as it is clustered and scored.
struct ClusteredSpace {
  Matrix x;                       ///< One row a track, divided by its norm where the options say so.
  std::vector<std::size_t> rows;  ///< Of tracks.csv: the evaluated ones that have a place in this space.
};
[[nodiscard]] ClusteredSpace clustered_space(const RunFolder& folder, const Manifest& manifest, bool l2,
                                             const std::string& space, std::size_t seed_index);

/// The space that all methods are scored in beside their own: the features, or their principal components where the
/// features are spectrograms.
[[nodiscard]] std::string common_space(const Manifest& manifest);

/// The evaluated rows: `evaluated_rows`, or every one.
[[nodiscard]] std::vector<std::size_t> evaluated_rows(const Manifest& manifest, std::size_t n_tracks);

/// The record of a space. @throws InvalidArgument there is none.
[[nodiscard]] const SpaceRecord& space_record(const Manifest& manifest, const std::string& name);

}  // namespace songmap::run
