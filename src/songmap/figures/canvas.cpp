#include "songmap/figures/canvas.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "songmap/core/error.h"
#include "songmap/core/text_file.h"
#include "songmap/figures/gnuplot.h"
#include "songmap/figures/text.h"

namespace songmap::figures {
namespace {

constexpr double kMargin = 28;
constexpr double kTitleSize = 17;
constexpr double kSubtitleSize = 12.5;
constexpr double kSubtitleLine = 18;
constexpr double kUnitWidth = 68;  // Above a colour bar.
constexpr const char* kFont = "DejaVu Sans";
// gnuplot draws squares (5), triangles (9, 11), diamonds (13) and pentagons (15) larger or smaller than discs, each
// terminal in its own way. These factors of the point type t make all look equally large.
constexpr const char* kSvgMarkers = "t == 5 ? .9 : t == 13 ? .84 : t == 15 ? .86 : t == 9 || t == 11 ? .95 : 1";
constexpr const char* kPngMarkers = "t == 5 ? .93 : t == 13 ? 1.1 : t == 15 ? 1.15 : 1";

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

/// gnuplot's SVG made fit for the world: a name for screen readers instead of the program's, font families that exist
/// where DejaVu Sans does not, and bold as an attribute (gnuplot leaves it in the family's name).
std::string polished_svg(std::string svg, const std::string& title, const std::string& description) {
  const std::size_t head = svg.find("<title>Gnuplot</title>");
  const std::size_t tail = svg.find("</desc>");
  if (head != std::string::npos && tail != std::string::npos) {
    svg.replace(head, tail + 7 - head,
                fmt::format("<title>{}</title>\n<desc>{}</desc>", xml_escaped(title), xml_escaped(description)));
  }
  constexpr std::string_view kFamilies = "'DejaVu Sans', Verdana, 'Noto Sans', 'Noto Sans Bengali', sans-serif";
  replace_all(svg, fmt::format("font-family=\"{}:Bold\"", kFont),
              fmt::format("font-family=\"{}\" font-weight=\"bold\"", kFamilies));
  replace_all(svg, fmt::format("font-family=\"{}\"", kFont), fmt::format("font-family=\"{}\"", kFamilies));
  // Panels are numbered by gnuplot and named in tooltips that would pop up over the picture.
  for (std::size_t at = svg.find("<title>gnuplot_plot_"); at != std::string::npos;
       at = svg.find("<title>gnuplot_plot_", at)) {
    svg.erase(at, svg.find("</title>", at) + 8 - at);
  }
  // Browsers smooth a small bitmap when they enlarge it; one value is one even rectangle.
  replace_all(svg, "preserveAspectRatio='none' xlink", "preserveAspectRatio='none' image-rendering='pixelated' xlink");
  return svg;
}

/// `values` as gnuplot draws them: neighbouring columns averaged where there are more than `most`, and a single row or
/// column twice, since it takes no image of less than 2 x 2.
Matrix drawable(MatrixView values, std::size_t most) {
  Matrix result(std::max<std::size_t>(values.rows(), 2), std::clamp<std::size_t>(values.cols(), 2, most));
  const std::size_t n = std::max(values.cols(), result.cols());
  for (std::size_t r = 0; r < result.rows(); ++r) {
    const auto row = values.row(std::min(r, values.rows() - 1));
    for (std::size_t c = 0; c < result.cols(); ++c) {
      const std::size_t first = std::min(c * n / result.cols(), row.size() - 1);
      const std::size_t last = std::clamp((c + 1) * n / result.cols(), first + 1, row.size());
      const double sum = std::accumulate(row.begin() + std::ptrdiff_t(first), row.begin() + std::ptrdiff_t(last), 0.0);
      result(r, c) = static_cast<float>(sum / double(last - first));
    }
  }
  return result;
}

std::string axis_commands(char name, const Axis& axis) {
  std::string ticks;
  for (const Tick& tick : axis.ticks) {
    ticks += fmt::format("{}{} {:.9g}", ticks.empty() ? "" : ", ", gnuplot_string(tick.label), tick.at);
  }
  std::string commands = fmt::format("set {}range [{:.9g}:{:.9g}]\n", name, axis.low, axis.high);
  if (axis.log) commands += fmt::format("set logscale {} 10\n", name);
  if (axis.ticks.empty()) return commands + fmt::format("unset {}tics\n", name);
  commands +=
      fmt::format("set {}tics scale 0 font '{},11' textcolor rgb '{}' ({})\n", name, kFont, hex(kSoftInk), ticks);
  if (axis.grid) commands += fmt::format("set grid {}tics\n", name);
  return commands;
}

}  // namespace

const char* dash_element(Dash dash) {
  switch (dash) {
    case Dash::kDashed:
      return " dashtype (7,4)";
    case Dash::kDotted:
      return " dashtype (2,3)";
    case Dash::kSolid:
      break;
  }
  return "";
}

double Canvas::header_height(double width, std::string_view subtitle) {
  const auto n_lines = in_two_lines(subtitle, (width - 2 * kMargin) / kSubtitleSize).size();
  return 52 + kSubtitleLine * static_cast<double>(n_lines);
}

Canvas::Canvas(double width, double height, std::string_view title, std::string_view subtitle)
    : width_(width), height_(height), title_(one_line_text(title)), description_(one_line_text(subtitle)) {
  require(width > 0 && height > 0, "figures: width and height must be positive");
  text({kMargin, 31}, shortened(title, (width - 2 * kMargin) / kTitleSize / 1.12), {.size = kTitleSize, .bold = true});
  double y = 55;
  for (const std::string& line : in_two_lines(subtitle, (width - 2 * kMargin) / kSubtitleSize)) {
    text({kMargin, y}, line, {.size = kSubtitleSize, .colour = kSoftInk});
    y += kSubtitleLine;
  }
}

std::string Canvas::at(Place place) const {
  return fmt::format("screen {:.6f}, screen {:.6f}", place.x / width_, 1 - place.y / height_);
}

void Canvas::text(Place place, std::string_view text, const TextStyle& style) {
  if (text.empty()) return;
  const char* align = style.align == Align::kLeft ? "left" : style.align == Align::kRight ? "right" : "center";
  const auto put = [&](Place where, Colour colour) {
    over_ += fmt::format("set label {} at {} {} font '{}{},{:g}' textcolor rgb '{}' front\n", gnuplot_string(text),
                         at(where), align, kFont, style.bold ? ":Bold" : "", style.size, hex(colour));
  };
  if (style.halo) {
    for (const double dx : {-1.3, 0.0, 1.3}) {
      for (const double dy : {-1.3, 0.0, 1.3}) {
        if (dx != 0 || dy != 0) put({place.x + dx, place.y + dy}, 0xffffff);
      }
    }
  }
  put(place, style.colour);
}

void Canvas::mark(Place place, const CategoryStyle& style, double size) {
  over_ +=
      fmt::format("set label '' at {} point pointtype {} pointsize {:g}*marker_scale({}) linecolor rgb '{}' front\n",
                  at(place), style.marker, size, style.marker, hex(style.colour));
}

void Canvas::fill(const Box& box, Colour colour) {
  under_ += fmt::format("set object rectangle from {} to {} fillcolor rgb '{}' fillstyle solid noborder behind\n",
                        at({box.left, box.bottom()}), at({box.right(), box.top}), hex(colour));
}

void Canvas::line(Place from, Place to, Colour colour, double width, Dash dash) {
  under_ += fmt::format("set arrow from {} to {} nohead linecolor rgb '{}' linewidth {:g}{} back\n", at(from), at(to),
                        hex(colour), width, dash_element(dash));
}

// Ten digits hold every colour with its alpha: 0xAARRGGBB.
std::string Canvas::data(const std::vector<std::vector<double>>& rows) {
  std::string name = fmt::format("$d{}", ++n_data_);
  data_ += name + " << END\n";
  for (const std::vector<double>& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i > 0) data_ += ' ';
      data_ += std::isfinite(row[i]) ? fmt::format("{:.10g}", row[i]) : "NaN";
    }
    data_ += '\n';
  }
  data_ += "END\n";
  return name;
}

void Canvas::begin_panel(const Box& box, const Axis& x, const Axis& y, bool frame) {
  panels_ += "reset\nunset key\nset style fill solid noborder\n";
  panels_ += fmt::format("set lmargin at screen {:.6f}\nset rmargin at screen {:.6f}\n", box.left / width_,
                         box.right() / width_);
  panels_ += fmt::format("set tmargin at screen {:.6f}\nset bmargin at screen {:.6f}\n", 1 - box.top / height_,
                         1 - box.bottom() / height_);
  panels_ += fmt::format("set border {} back linecolor rgb '{}' linewidth 1\n", frame ? 15 : 0, hex(kGridLine));
  panels_ += axis_commands('x', x) + axis_commands('y', y);
  panels_ += fmt::format("set grid back linetype 1 linewidth 1 linecolor rgb '{}'\n", hex(kGridLine));
  if (!x.grid) panels_ += "set grid noxtics\n";
  if (!y.grid) panels_ += "set grid noytics\n";
}

void Canvas::panel(const Box& box, const Axis& x, const Axis& y, std::string_view plot_elements, bool frame) {
  begin_panel(box, x, y, frame);
  panels_ += fmt::format("plot {}\n", plot_elements);
}

void Canvas::image(const Box& box, MatrixView all, const ColourScale& scale, const Axis& x, const Axis& y) {
  require(!all.empty() && scale.high > scale.low, "figures: an image must have values and a scale");
  const Matrix values = drawable(all, static_cast<std::size_t>(std::ceil(2 * box.width)));
  const std::string name = fmt::format("$d{}", ++n_data_);
  data_ += name + " << END\n";
  for (std::size_t r = 0; r < values.rows(); ++r) {
    for (const float value : values.row(r)) {
      // Four digits are more than the eye tells apart, and keep the script small.
      data_ += std::isfinite(value) ? fmt::format("{:.4g} ", std::clamp<double>(value, scale.low, scale.high)) : "NaN ";
    }
    data_ += '\n';
  }
  data_ += "END\n";

  begin_panel(box, x, y, true);
  constexpr int kStops = 64;
  std::string stops;
  for (int i = 0; i <= kStops; ++i) {
    stops += fmt::format("{}{} '{}'", i == 0 ? "" : ", ", i, hex(scale.colour(double(i) / kStops)));
  }
  const double column = (x.high - x.low) / static_cast<double>(values.cols());
  const double row = (y.high - y.low) / static_cast<double>(values.rows());
  panels_ += fmt::format("unset colorbox\nset palette defined ({})\nset cbrange [{:.9g}:{:.9g}]\n", stops, scale.low,
                         scale.high);
  panels_ += fmt::format("plot {} matrix using ({:.9g}+{:.9g}*($1+.5)):({:.9g}+{:.9g}*($2+.5)):3 with image\n", name,
                         x.low, column, y.low, row);
}

void Canvas::colour_bar(const Box& box, const ColourScale& scale, std::string_view unit) {
  Matrix steps(128, 1);
  for (std::size_t i = 0; i < steps.rows(); ++i) {
    const double share = (static_cast<double>(i) + 0.5) / static_cast<double>(steps.rows());
    steps(i, 0) = static_cast<float>(scale.low + share * (scale.high - scale.low));
  }
  image(box, steps, scale, {0, 1, {}, false}, {scale.low, scale.high, {}, false});
  for (const Tick& tick : round_ticks(scale.low, scale.high, box.height < 100 ? 3 : 5)) {
    const double y = box.bottom() - box.height * (tick.at - scale.low) / (scale.high - scale.low);
    text({box.right() + 5, y}, tick.label, {.size = 11, .colour = kSoftInk});
  }
  text({box.left, box.top - 13}, shortened(unit, kUnitWidth / 11), {.size = 11, .colour = kSoftInk});
}

std::string Canvas::script(std::string_view terminal, std::string_view marker_scale) const {
  // Rectangles and lines come first and texts last, each on an empty panel of the whole picture.
  const std::string whole_picture =
      "reset\nunset key\nunset border\nunset tics\nset lmargin at screen 0\nset rmargin at screen 1\n"
      "set tmargin at screen 1\nset bmargin at screen 0\nset xrange [0:1]\nset yrange [0:1]\n";
  std::string script = fmt::format("set encoding utf8\nset terminal {}\nmarker_scale(t) = {}\n{}set multiplot\n",
                                   terminal, marker_scale, data_);
  if (!under_.empty()) script += whole_picture + under_ + "plot NaN\n";
  script += panels_ + whole_picture + over_ + "plot NaN\nunset multiplot\nunset output\n";
  return script;
}

void Canvas::save(const std::filesystem::path& without_extension) const {
  const auto with = [&](const char* extension) {
    std::filesystem::path path = without_extension;
    path += extension;  // Not replace_extension: names may hold dots ("beta-vae.decoded").
    return path;
  };
  const std::string svg = script(
      fmt::format("svg size {:g},{:g} dynamic noenhanced font '{},12' background rgb 'white'", width_, height_, kFont),
      kSvgMarkers);
  const std::string png =
      script(fmt::format("pngcairo size {:g},{:g} noenhanced font '{},12' fontscale 1.5 linewidth 2 "
                         "pointscale 2.2 background rgb 'white'",
                         2 * width_, 2 * height_, kFont),
             kPngMarkers);
  // To start gnuplot costs as much as to draw most pictures: one process draws both, one after the other.
  const std::string both = run_gnuplot(svg + "reset session\n" + png);
  const std::size_t png_at = both.find("\x89PNG\r\n\x1a\n");
  if (png_at == 0 || png_at == std::string::npos) throw IoError("gnuplot drew one picture where two were asked for");
  write_file(with(".svg"), polished_svg(both.substr(0, png_at), title_, description_));
  write_file(with(".png"), std::string_view(both).substr(png_at));
}

}  // namespace songmap::figures
