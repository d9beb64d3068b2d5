#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "songmap/core/matrix.h"
#include "songmap/figures/axis.h"
#include "songmap/figures/colour_scale.h"
#include "songmap/figures/palette.h"

/// The drawing surface of this room: the only place that writes gnuplot commands for text, panels and files.
namespace songmap::figures {

/// A place on the picture, in pixels from the upper left corner.
struct Place {
  double x = 0;
  double y = 0;
};

struct Box {
  double left = 0;
  double top = 0;
  double width = 0;
  double height = 0;
  [[nodiscard]] double right() const { return left + width; }
  [[nodiscard]] double bottom() const { return top + height; }
};

enum class Align { kLeft, kCentre, kRight };

enum class Dash { kSolid, kDashed, kDotted };

/// The end of a gnuplot element that draws its lines so: " dashtype (7,4)", or nothing.
[[nodiscard]] const char* dash_element(Dash dash);

struct TextStyle {
  double size = 12;  ///< Pixels.
  Colour colour = kInk;
  bool bold = false;
  Align align = Align::kLeft;
  bool halo = false;  ///< A white edge, for text over points.
};

/// A picture under way: texts, marks and panels in the order they were added, then `save`.
class Canvas {
 public:
  /// `title` and `subtitle` stand at the upper left; what does not fit is cut with an ellipsis, a long subtitle goes
  /// on in a second line. `content_top` is the height from which the rest of the picture may start.
  Canvas(double width, double height, std::string_view title, std::string_view subtitle);

  /// Height that title and subtitle of a picture of this width take.
  [[nodiscard]] static double header_height(double width, std::string_view subtitle);

  /// The baseline-centred text: `at.y` is the middle of the line.
  void text(Place at, std::string_view text, const TextStyle& style);
  /// A point outside of any panel, for legends. Plot elements scale their own points by `marker_scale(type)`.
  void mark(Place at, const CategoryStyle& style, double size = 1.0);
  /// A filled rectangle, drawn under everything else.
  void fill(const Box& box, Colour colour);
  /// A straight line under texts and marks.
  void line(Place from, Place to, Colour colour, double width = 1.0, Dash dash = Dash::kSolid);

  /// Lines of numbers as a gnuplot data block; returns its name. NaN is written as such (a gap).
  std::string data(const std::vector<std::vector<double>>& rows);

  /// Adds a panel with axes, drawn by gnuplot's plot elements (`$data using 1:2 with lines …`), comma-separated.
  void panel(const Box& box, const Axis& x, const Axis& y, std::string_view plot_elements, bool frame = true);

  /// A panel filled with values, a pixel each: row 0 at the bottom, column 0 at the left. NaN leaves a hole;
  /// of more columns than the PNG has dots, neighbours are averaged. A bitmap in the SVG as well, so that it stays
  /// small.
  void image(const Box& box, MatrixView all, const ColourScale& scale, const Axis& x, const Axis& y);

  /// An upright bar with the colours of `scale`, its numbers at its right and `unit` above it: 68
  /// pixels wide with them.
  void colour_bar(const Box& box, const ColourScale& scale, std::string_view unit);

  /// Draws NAME.svg and NAME.png (twice the pixels). @throws IoError
  void save(const std::filesystem::path& without_extension) const;

 private:
  [[nodiscard]] std::string at(Place place) const;
  void begin_panel(const Box& box, const Axis& x, const Axis& y, bool frame);
  [[nodiscard]] std::string script(std::string_view terminal, std::string_view marker_scale) const;

  double width_;
  double height_;
  std::string title_;
  std::string description_;
  std::string data_;
  std::string panels_;
  std::string under_;  ///< Rectangles and lines.
  std::string over_;   ///< Texts and marks.
  std::size_t n_data_ = 0;
};

}  // namespace songmap::figures
