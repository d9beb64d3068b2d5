#pragma once

#include <filesystem>
#include <limits>
#include <string>
#include <vector>

namespace songmap::figures {

/// One line over x; `low` and `high`, where given, are the edges of a band around it. NaN makes a gap.
struct Curve {
  std::string name = {};  ///< Same name, same colour in all panels. Where all are empty there is no legend.
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
  double marked_x = std::numeric_limits<double>::quiet_NaN();  ///< An upright dashed line in all panels, …
  std::string mark = {};                                       ///< … and what it stands for, e.g. "chosen: 8 groups".
};

/// Lines over a common quantity, in panels side by side, each with its own y axis (which leaves out the first tenth of
/// the way where that would flatten the rest, and is logarithmic where values differ by more than a factor of 50; the
/// note then says so). Few values are shown as dots on their line.
///
/// How to read it: a line that has become flat has finished learning, a band as wide as the distance between two lines
/// means that the seeds differ as much as the models. Of models with different beta compare reconstruction and KL, not
/// the total, which each weighs in its own way; a KL near 0 is a latent space that carries nothing.
///
/// Writes NAME.svg and NAME.png.
/// @throws InvalidArgument  no panel, or a curve whose columns differ in length.
/// @throws IoError
void draw_curves(const std::filesystem::path& without_extension, const std::vector<CurvePanel>& panels,
                 const CurvesOptions& options);

}  // namespace songmap::figures
