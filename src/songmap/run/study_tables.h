#pragma once

#include <vector>

#include "songmap/run/manifest.h"
#include "songmap/run/run_folder.h"
#include "songmap/run/tables.h"

namespace songmap::run {

/// File in results/ that holds the easy tier.
inline constexpr const char* kEasyResults = "easy_task_results.csv";

/// results/easy_task_results.csv in the study's columns: Method, Silhouette_Score, Calinski_Harabasz,
/// Adjusted_Rand_Index. Means over seeds, each method in its own space; agreement with the first label column.
void save_easy_results(const RunFolder& folder, const Manifest& manifest, const std::vector<ScoreRow>& scores);

}  // namespace songmap::run
