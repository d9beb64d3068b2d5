#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "songmap/core/matrix.h"

namespace songmap::figures {

struct ScatterOptions {
  std::string title = {};
  std::string subtitle = {};              ///< What is shown and how far to trust it.
  std::string legend_title = {};          ///< What the colours stand for, e.g. "genre".
  std::vector<std::string> outside = {};  ///< Categories drawn in grey, e.g. "noise".
  bool name_categories = false;           ///< 2-D only: each category's name at the median of its points.
  bool show_axes = false;                 ///< Numbers on the axes: for PCA; t-SNE and UMAP have no unit. 2-D only.
  std::string x_label = {};               ///< With show_axes.
  std::string y_label = {};
};

/// Points coloured by category, one category a row of `points` (which has 2 or 3 columns; 3 are drawn in perspective,
/// farther points smaller and paler). Rows that are not finite are left out. Writes NAME.svg and NAME.png.
/// @throws InvalidArgument  another number of columns, not one category a row, or no finite row.
/// @throws IoError          gnuplot is missing or fails, or a file cannot be written.
void draw_scatter(const std::filesystem::path& without_extension, MatrixView points,
                  std::span<const std::string> categories, const ScatterOptions& options);

}  // namespace songmap::figures
