#pragma once

#include <vector>

#include "songmap/run/scored_methods.h"
#include "songmap/run/stages.h"

namespace songmap::run {

/// Agreement with the label columns, and what it is worth.
struct LabelScores {
  std::vector<ScoreRow> scores;            ///< Each metric with its interval, its value under chance, and p.
  std::vector<ComparisonRow> comparisons;  ///< Every method against the main one; every hybrid one against its sound.
};

/// Scores every method against every target. A model that sees a label column is not scored against it. Intervals and
/// comparisons of the methods that group the same tracks come from the same random halves of these.
[[nodiscard]] LabelScores label_scores(const Manifest& manifest, const std::vector<TrackRow>& tracks,
                                       const std::vector<ScoredMethod>& methods, const RunOptions& options,
                                       const StageContext& context);

/// The classes of some tracks in one label column, as numbers.
[[nodiscard]] Labels classes_of(const std::vector<TrackRow>& tracks, const std::vector<std::size_t>& rows,
                                const std::string& target);

/// False where the method's model saw the column.
[[nodiscard]] bool may_be_scored(const Manifest& manifest, const ScoredMethod& method, const std::string& target);

}  // namespace songmap::run
