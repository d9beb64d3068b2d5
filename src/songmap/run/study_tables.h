#pragma once

#include <string>
#include <vector>

#include "songmap/run/manifest.h"
#include "songmap/run/run_folder.h"
#include "songmap/run/spaces.h"
#include "songmap/run/tables.h"

/// The study's own tables: its rows, its names, its columns.
namespace songmap::run {

/// A tier of the study.
struct StudyTier {
  std::string preset;                ///< easy | medium | hard
  std::string file;                  ///< In results/.
  std::vector<std::string> columns;  ///< After "Method".
};

/// The tier that a run belongs to by its preset, or null.
[[nodiscard]] const StudyTier* study_tier(const Manifest& manifest);

/// What the study's table of a tier calls a method: "VAE + K-Means", "Hybrid DBSCAN (audio+lyrics)",
/// "Beta-VAE Hybrid (audio+lyrics) + Agglomerative" …
[[nodiscard]] std::string study_name(const StudyTier& tier, const Manifest& manifest, const MethodRow& method);

/// Writes the table of the run's tier, if it has one: means over seeds, each method in its own space, agreement with
/// the first label column. What is not defined is an empty cell.
void save_study_results(const RunFolder& folder, const Manifest& manifest, const std::vector<ScoreRow>& scores);

}  // namespace songmap::run
