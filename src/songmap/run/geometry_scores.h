#pragma once

#include <optional>
#include <string>
#include <vector>

#include "songmap/run/scored_methods.h"
#include "songmap/run/stages.h"

namespace songmap::run {

/// Scores by geometry alone: silhouette (with its interval, and as `chance` that of structureless data with the same
/// spectrum), silhouette_noise (that of noise of the same n, d and k), calinski_harabasz, davies_bouldin; in each
/// method's own space and in the common one. Beside them coverage, and stability (mean ARI between seeds).
[[nodiscard]] std::vector<ScoreRow> geometry_scores(const RunFolder& folder, const Manifest& manifest,
                                                    const std::vector<ScoredMethod>& methods, const RunOptions& options,
                                                    const StageContext& context);

/// A row of scores.csv about this method, its value still not defined.
[[nodiscard]] ScoreRow blank_score(const ScoredMethod& method, std::string metric);

/// Mean and standard deviation over seeds into the row. Not defined unless every seed has a value.
void set_over_seeds(ScoreRow& row, const std::vector<std::optional<double>>& values);

}  // namespace songmap::run
