#include "songmap/figures/curves.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "songmap/core/error.h"
#include "songmap/figures/canvas.h"
#include "songmap/figures/text.h"

namespace songmap::figures {
namespace {

constexpr double kWidth = 940;
constexpr double kMargin = 28;
constexpr double kPanelHeight = 230;
constexpr double kAxisWidth = 44;

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

/// The y axis: of all values, unless the first tenth of x takes up more than three quarters of it.
YAxis y_axis(const CurvePanel& panel, double x_low, double x_high) {
  Limits all;
  Limits later;
  for (const Curve& curve : panel.curves) {
    for (std::size_t i = 0; i < curve.x.size(); ++i) {
      const bool late = curve.x[i] >= x_low + 0.1 * (x_high - x_low);
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
  const double air = shown.span() > 0 ? 0.07 * shown.span() : std::max(1.0, std::abs(shown.high)) * 0.1;
  Axis axis{shown.low - air, shown.high + air, {}, true};
  axis.ticks = round_ticks(axis.low, axis.high, 5);
  return {axis, cut};
}

std::string elements_of(Canvas& canvas, const CurvePanel& panel, const std::vector<std::string>& names) {
  std::string bands = "NaN notitle";
  std::string lines;
  for (const Curve& curve : panel.curves) {
    const auto index = static_cast<std::size_t>(std::ranges::find(names, curve.name) - names.begin());
    const std::string colour = hex(nth_style(index).colour);
    std::vector<std::vector<double>> rows;
    for (std::size_t i = 0; i < curve.x.size(); ++i) {
      rows.push_back({curve.x[i], curve.y[i]});
      if (!curve.low.empty()) rows.back().insert(rows.back().end(), {curve.low[i], curve.high[i]});
    }
    if (rows.empty()) continue;
    const std::string data = canvas.data(rows);
    if (!curve.low.empty()) {
      bands +=
          fmt::format(", {} using 1:3:4 with filledcurves fillstyle transparent solid 0.18 noborder linecolor rgb '{}'",
                      data, colour);
    }
    lines += rows.size() == 1
                 ? fmt::format(", {} using 1:2 with points pointtype 7 pointsize 0.6 linecolor rgb '{}'", data, colour)
                 : fmt::format(", {} using 1:2 with lines linewidth 2 linecolor rgb '{}'{}", data, colour,
                               index % 2 == 1 ? " dashtype (7,4)" : "");
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
  if (x.empty() || x.span() == 0) x = {x.empty() ? 0 : x.low - 1, x.empty() ? 1 : x.low + 1};

  const std::size_t per_line = std::min<std::size_t>(panels.size(), 3);
  const std::size_t n_lines = (panels.size() + per_line - 1) / per_line;
  const double header = Canvas::header_height(kWidth, options.subtitle) + 26;
  const double line_height = 46 + kPanelHeight + 52;
  const double width = (kWidth - 2 * kMargin) / static_cast<double>(per_line) - kAxisWidth - 10;

  Canvas canvas(kWidth, header + line_height * static_cast<double>(n_lines), options.title, options.subtitle);
  double legend_x = kMargin;
  for (std::size_t i = 0; i < names.size() && legend_x < kWidth - 120; ++i) {
    canvas.line({legend_x, header - 12}, {legend_x + 24, header - 12}, nth_style(i).colour, 2.4, i % 2 == 1);
    canvas.text({legend_x + 31, header - 12}, names[i], {.size = 12, .colour = kInk});
    legend_x += 31 + 12 * text_width(names[i]) + 22;
  }
  for (std::size_t p = 0; p < panels.size(); ++p) {
    const double left = kMargin + kAxisWidth + (width + kAxisWidth + 15) * static_cast<double>(p % per_line);
    const double top = header + 46 + line_height * static_cast<double>(p / per_line);
    const Box box{left, top, width, kPanelHeight};
    canvas.text({left, top - 29}, shortened(panels[p].title, width / 13.5), {.size = 12.5, .bold = true});
    const YAxis y = y_axis(panels[p], x.low, x.high);
    const std::string note =
        panels[p].note + (y.cut ? panels[p].note.empty() ? "start not shown" : "; start not shown" : "");
    canvas.text({left, top - 12}, shortened(note, width / 11), {.size = 11, .colour = kSoftInk});
    canvas.text({left + width / 2, box.bottom() + 35}, options.x_label,
                {.size = 11.5, .colour = kSoftInk, .align = Align::kCentre});
    canvas.panel(box, {x.low, x.high, round_ticks(x.low, x.high, 5), false}, y.axis,
                 elements_of(canvas, panels[p], names), false);
  }
  canvas.save(without_extension);
}

}  // namespace songmap::figures
