#include "songmap/figures/curves.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "songmap/core/error.h"
#include "songmap/figures/canvas.h"
#include "songmap/figures/text.h"

namespace songmap::figures {
namespace {

constexpr double kWidth = 940;
constexpr double kMargin = 28;
constexpr double kPanelHeight = 230;
constexpr double kAxisWidth = 44;
constexpr double kLegendLine = 33;
constexpr double kLegendHeight = 20;
constexpr double kLogFrom = 50;
constexpr std::size_t kMostDots = 24;

/// Colour is never the only sign; three in turn, out of step with the ten colours.
Dash nth_dash(std::size_t i) { return std::array{Dash::kSolid, Dash::kDashed, Dash::kDotted}[i % 3]; }

void check(const std::vector<CurvePanel>& panels) {
  require(!panels.empty(), "draw_curves: there must be at least one panel");
  for (const CurvePanel& panel : panels) {
    for (const Curve& curve : panel.curves) {
      const std::size_t n = curve.x.size();
      const bool band_fits = curve.low.size() == curve.high.size() && (curve.low.empty() || curve.low.size() == n);
      require(curve.y.size() == n && band_fits,
              fmt::format("draw_curves: the columns of '{}' differ in length", curve.name));
    }
  }
}

std::vector<std::string> names_of(const std::vector<CurvePanel>& panels) {
  std::vector<std::string> names;
  for (const CurvePanel& panel : panels) {
    for (const Curve& curve : panel.curves) {
      if (std::ranges::find(names, curve.name) == names.end()) names.push_back(curve.name);
    }
  }
  return names;
}

struct Limits {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();
  void add(double v) {
    if (!std::isfinite(v)) return;
    low = std::min(low, v);
    high = std::max(high, v);
  }
  [[nodiscard]] double span() const { return high - low; }
  [[nodiscard]] bool empty() const { return high < low; }
};

struct YAxis {
  Axis axis;
  bool cut = false;  ///< The beginning lies outside.
};

/// The y axis: of all values, without the first tenth of x where that takes up more than three quarters of it. Where
/// what is left still differs by more than a factor of kLogFrom, and no line touches 0: of all, logarithmic.
YAxis y_axis(const CurvePanel& panel, double x_low, double x_high) {
  Limits all;
  Limits later;
  Limits lines;
  for (const Curve& curve : panel.curves) {
    for (std::size_t i = 0; i < curve.x.size(); ++i) {
      const bool late = curve.x[i] >= x_low + 0.1 * (x_high - x_low);
      lines.add(curve.y[i]);
      for (const auto* column : {&curve.y, &curve.low, &curve.high}) {
        if (column->empty()) continue;
        all.add((*column)[i]);
        if (late) later.add((*column)[i]);
      }
    }
  }
  if (all.empty()) return {{0, 1, {}, true}, false};
  const bool cut = !later.empty() && later.span() < 0.25 * all.span() && later.span() > 0;
  const Limits shown = cut ? later : all;
  // A band that reaches to 0 runs out of a logarithmic panel; a line must not.
  if (lines.low > 0 && shown.high > kLogFrom * (shown.low > 0 ? shown.low : lines.low)) {
    const double low = all.low > 0 ? all.low : lines.low;
    const double air = std::pow(all.high / low, 0.05);
    Axis axis{low / air, all.high * air, {}, true, true};
    axis.ticks = log_ticks(axis.low, axis.high, 5);
    return {axis, false};
  }
  const double air = shown.span() > 0 ? 0.07 * shown.span() : std::max(1.0, std::abs(shown.high)) * 0.1;
  Axis axis{shown.low - air, shown.high + air, {}, true};
  axis.ticks = round_ticks(axis.low, axis.high, 5);
  return {axis, cut};
}

/// What `panel.note` says, and what its axis needs to have said.
std::string note_of(const CurvePanel& panel, const YAxis& y) {
  std::string note = panel.note;
  const auto add = [&](const char* more) { note += (note.empty() ? "" : "; ") + std::string(more); };
  if (y.axis.log) add("logarithmic");
  if (y.cut) add("start not shown");
  return note;
}

struct LegendEntry {
  Place place;
  std::string name;
};

/// Where the names of the lines stand, side by side as far as they fit, below each other then, from y = 0 down.
std::vector<LegendEntry> legend_of(const std::vector<std::string>& names) {
  std::vector<LegendEntry> entries;
  Place place{kMargin, 0};
  for (const std::string& name : names) {
    const std::string shown = shortened(name, (kWidth - 2 * kMargin - kLegendLine) / 12);
    const double width = kLegendLine + 12 * text_width(shown) + 22;
    if (place.x > kMargin && place.x + width > kWidth - kMargin) place = {kMargin, place.y + kLegendHeight};
    entries.push_back({place, shown});
    place.x += width;
  }
  return entries;
}

std::string elements_of(Canvas& canvas, const CurvePanel& panel, const Axis& y, const std::vector<std::string>& names,
                        double marked_x) {
  const double opacity = panel.curves.size() > 2 ? 0.11 : 0.18;
  std::string bands = "NaN notitle";
  std::string lines;
  for (const Curve& curve : panel.curves) {
    const auto index = static_cast<std::size_t>(std::ranges::find(names, curve.name) - names.begin());
    const std::string colour = hex(nth_style(index).colour);
    std::vector<std::vector<double>> rows;
    for (std::size_t i = 0; i < curve.x.size(); ++i) {
      rows.push_back({curve.x[i], curve.y[i]});
      if (curve.low.empty()) continue;
      // What lies below a logarithmic axis would tear the band.
      const double low = y.log ? std::max(curve.low[i], y.low) : curve.low[i];
      rows.back().insert(rows.back().end(), {low, curve.high[i]});
    }
    if (rows.empty()) continue;
    const std::string data = canvas.data(rows);
    if (!curve.low.empty()) {
      bands +=
          fmt::format(", {} using 1:3:4 with filledcurves fillstyle transparent solid {} noborder linecolor rgb '{}'",
                      data, opacity, colour);
    }
    if (rows.size() > 1) {
      lines += fmt::format(", {} using 1:2 with lines linewidth 2 linecolor rgb '{}'{}", data, colour,
                           dash_element(nth_dash(index)));
    }
    if (rows.size() <= kMostDots) {
      lines += fmt::format(", {} using 1:2 with points pointtype 7 pointsize 0.6 linecolor rgb '{}'", data, colour);
    }
  }
  if (std::isfinite(marked_x)) {
    lines += fmt::format(", {} using 1:2:(0):3 with vectors nohead linewidth 1.4 linecolor rgb '{}'{}",
                         canvas.data({{marked_x, y.low, y.high - y.low}}), hex(kInk), dash_element(Dash::kDashed));
  }
  return bands + lines;
}

}  // namespace

void draw_curves(const std::filesystem::path& without_extension, const std::vector<CurvePanel>& panels,
                 const CurvesOptions& options) {
  check(panels);
  const std::vector<std::string> names = names_of(panels);
  Limits x;
  for (const CurvePanel& panel : panels) {
    for (const Curve& curve : panel.curves) std::ranges::for_each(curve.x, [&](double v) { x.add(v); });
  }
  x.add(options.marked_x);
  if (x.empty() || x.span() == 0) x = {x.empty() ? 0 : x.low - 1, x.empty() ? 1 : x.low + 1};

  const std::size_t n_lines = (panels.size() + 2) / 3;
  const std::size_t per_line = (panels.size() + n_lines - 1) / n_lines;
  std::vector<std::string> entries = names == std::vector<std::string>{""} ? std::vector<std::string>{} : names;
  const std::size_t n_curves = entries.size();
  if (!options.mark.empty()) entries.push_back(options.mark);
  const std::vector<LegendEntry> legend = legend_of(entries);
  const double legend_top = Canvas::header_height(kWidth, options.subtitle) + 14;
  const double header = legend_top + (legend.empty() ? -14 : legend.back().place.y) + 12;
  const double line_height = 46 + kPanelHeight + 52;
  const double width = (kWidth - 2 * kMargin) / static_cast<double>(per_line) - kAxisWidth - 10;

  Canvas canvas(kWidth, header + line_height * static_cast<double>(n_lines), options.title, options.subtitle);
  for (std::size_t i = 0; i < legend.size(); ++i) {
    const Place at{legend[i].place.x, legend_top + legend[i].place.y};
    const bool is_curve = i < n_curves;
    canvas.line(at, {at.x + 26, at.y}, is_curve ? nth_style(i).colour : kInk, is_curve ? 2.4 : 1.4,
                is_curve ? nth_dash(i) : Dash::kDashed);
    canvas.text({at.x + kLegendLine, at.y}, legend[i].name, {.size = 12, .colour = kInk});
  }
  for (std::size_t p = 0; p < panels.size(); ++p) {
    const double left = kMargin + kAxisWidth + (width + kAxisWidth + 15) * static_cast<double>(p % per_line);
    const double top = header + 46 + line_height * static_cast<double>(p / per_line);
    const Box box{left, top, width, kPanelHeight};
    canvas.text({left, top - 29}, shortened(panels[p].title, width / 13.5), {.size = 12.5, .bold = true});
    const YAxis y = y_axis(panels[p], x.low, x.high);
    canvas.text({left, top - 12}, shortened(note_of(panels[p], y), width / 11), {.size = 11, .colour = kSoftInk});
    canvas.text({left + width / 2, box.bottom() + 35}, options.x_label,
                {.size = 11.5, .colour = kSoftInk, .align = Align::kCentre});
    canvas.panel(box, {x.low, x.high, round_ticks(x.low, x.high, 5), false}, y.axis,
                 elements_of(canvas, panels[p], y.axis, names, options.marked_x), false);
  }
  canvas.save(without_extension);
}

}  // namespace songmap::figures
