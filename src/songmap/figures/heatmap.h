#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "songmap/core/matrix.h"

namespace songmap::figures {

struct HeatmapOptions {
  std::string title = {};
  std::string subtitle = {};
  std::string rows_title = {};                 ///< What the rows are, e.g. "genre".
  std::string columns_title = {};              ///< What the columns are, e.g. "cluster".
  std::vector<std::string> row_names = {};     ///< One a row.
  std::vector<std::string> column_names = {};  ///< One a column.
};

/// A table of counts (a contingency table): each cell is shaded by its share of its row, and the count is printed in
/// it where there is room. Writes NAME.svg and NAME.png.
/// @throws InvalidArgument  no cell, names that do not fit, a count that is negative or not finite.
/// @throws IoError
void draw_heatmap(const std::filesystem::path& without_extension, MatrixView counts, const HeatmapOptions& options);

}  // namespace songmap::figures
