#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace songmap::figures {

/// One line over x; `low` and `high`, where given, are the edges of a band around it. NaN makes a gap.
struct Curve {
  std::string name = {};  ///< Same name, same colour in all panels.
  std::vector<double> x = {};
  std::vector<double> y = {};
  std::vector<double> low = {};
  std::vector<double> high = {};
};

struct CurvePanel {
  std::string title = {};
  std::string note = {};
  std::vector<Curve> curves = {};
};

struct CurvesOptions {
  std::string title = {};
  std::string subtitle = {};
  std::string x_label = {};
};

/// Lines over a common quantity, in panels side by side, each with its own y axis (which leaves out the first tenth of
/// the way where that would flatten the rest). Writes NAME.svg and NAME.png.
/// @throws InvalidArgument  no panel, or a curve whose columns differ in length.
/// @throws IoError
void draw_curves(const std::filesystem::path& without_extension, const std::vector<CurvePanel>& panels,
                 const CurvesOptions& options);

}  // namespace songmap::figures
