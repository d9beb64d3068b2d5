#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "songmap/core/execution.h"
#include "songmap/report/data.h"

namespace songmap::report {

/// What a picture is about; the report orders them by it.
enum class FigureTopic { kMap, kProof, kScores, kGroups, kModel };

/// A picture that a run's files allow.
struct PlannedFigure {
  std::string name;  ///< File name in figures/ without extension.
  FigureTopic topic = FigureTopic::kMap;
  std::string fold = {};  ///< The line behind which a report may fold it away; empty: always shown.
  std::string title;
  std::string caption;  ///< How to read it.
  std::function<void(const std::filesystem::path& without_extension)> draw;
};

/// The pictures of a run: latent space for each projection, coloured by each label and by cluster; scores beside
/// chance; group sizes and label-by-cluster tables; what speaks for the number of groups; hierarchy and distances of
/// neighbours; training curves; reconstructions and latent traversals. `run` must outlive the result.
[[nodiscard]] std::vector<PlannedFigure> plan_figures(const RunData& run);

/// Draws all planned pictures into figures/ of the run folder, as SVG and PNG, and returns their paths. Without gnuplot
/// (see figures::available) there are none; the caller says so.
/// @throws IoError, FormatError  a file of the run or gnuplot fails.
/// @throws Cancelled
std::vector<std::filesystem::path> draw_figures(const RunFolder& folder, const Execution& run = {});

}  // namespace songmap::report
