#include "songmap/figures/bars.h"

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
constexpr double kGap = 26;
constexpr double kRowHeight = 25;
constexpr double kHeadingHeight = 26;
constexpr double kBarHeight = 14;
constexpr double kNameSize = 12;
constexpr Colour kWhisker = 0x36424f;

/// Where each row's middle lies below the top of its panel, with a heading above each group.
struct Rows {
  std::vector<double> middle;
  std::vector<std::pair<double, std::string>> headings;
  double height = 0;
};

Rows arrange(const BarsOptions& options) {
  Rows rows;
  double y = 6;
  for (std::size_t i = 0; i < options.rows.size(); ++i) {
    if (!options.groups.empty() && (i == 0 || options.groups[i] != options.groups[i - 1])) {
      rows.headings.emplace_back(y + kHeadingHeight / 2, options.groups[i]);
      y += kHeadingHeight;
    }
    rows.middle.push_back(y + kRowHeight / 2);
    y += kRowHeight;
  }
  rows.height = y + 4;
  return rows;
}

/// The axis from 0 (or the lowest value) to the highest, with room for the printed values.
Axis value_axis(const BarPanel& panel, double width) {
  double low = 0;
  double high = panel.reach;
  for (const Bar& bar : panel.bars) {
    for (const double v : {bar.value, bar.low, bar.high, bar.chance}) {
      if (!std::isfinite(v)) continue;
      low = std::min(low, v);
      high = std::max(high, v);
    }
  }
  if (low == high) high = 1;
  const double printed = std::min(0.4, 48 / width);
  const double span = (high - low) / (1 - printed);
  const double room_below = low < 0 ? 0.04 * span : 0;
  Axis axis{low - room_below, low + span, round_ticks(low, high, 4), true};
  return axis;
}

/// With a true minus sign, and none before a rounded zero.
std::string printed(double value, int decimals) {
  std::string text = fmt::format("{:.{}f}", std::abs(value), decimals);
  const bool zero = text.find_first_not_of("0.") == std::string::npos;
  return fmt::format("{}{}", value < 0 && !zero ? "−" : "", text);
}

class Painter {
 public:
  Painter(Canvas& canvas, const Rows& rows, const BarsOptions& options)
      : canvas_(canvas), rows_(rows), options_(options) {}

  void draw(const BarPanel& panel, const Box& box) {
    const Axis axis = value_axis(panel, box.width);
    canvas_.text({box.left, box.top - 30}, shortened(panel.title, box.width / 13.5), {.size = 12.5, .bold = true});
    canvas_.text({box.left, box.top - 13}, shortened(panel.note, box.width / 11), {.size = 11, .colour = kSoftInk});
    const auto to_x = [&](double v) { return box.left + box.width * (v - axis.low) / (axis.high - axis.low); };

    std::vector<std::vector<double>> strong;
    std::vector<std::vector<double>> quiet;
    std::vector<std::vector<double>> whiskers;
    std::vector<std::vector<double>> marks;
    for (std::size_t i = 0; i < panel.bars.size(); ++i) {
      const Bar& bar = panel.bars[i];
      const double y = rows_.height - rows_.middle[i];
      if (!bar.computed) continue;
      if (!std::isfinite(bar.value)) {
        canvas_.text({to_x(0) + 5, box.top + rows_.middle[i]}, "not defined", {.size = 11, .colour = kSoftInk});
      } else {
        auto& bars = options_.emphasised.empty() || options_.emphasised[i] ? strong : quiet;
        bars.push_back({std::min(0.0, bar.value), y - kBarHeight / 2, std::max(0.0, bar.value), y + kBarHeight / 2});
        double end = std::max(bar.value, 0.0);
        if (std::isfinite(bar.low) && std::isfinite(bar.high)) {
          whiskers.push_back({bar.low, y, bar.high - bar.low});
          end = std::max(end, bar.high);
        }
        if (std::isfinite(bar.chance)) end = std::max(end, bar.chance);
        canvas_.text({to_x(end) + 6, box.top + rows_.middle[i]}, printed(bar.value, panel.decimals), {.size = 11});
      }
      if (std::isfinite(bar.chance)) marks.push_back({bar.chance, y - kBarHeight / 2 - 3, kBarHeight + 6});
    }
    std::string elements = "NaN notitle";
    const auto add_bars = [&](const std::vector<std::vector<double>>& bars, Colour colour) {
      if (bars.empty()) return;
      elements += fmt::format(
          ", {} using (($1+$3)/2):(($2+$4)/2):1:3:2:4 with boxxyerror fillstyle solid noborder linecolor rgb '{}'",
          canvas_.data(bars), hex(colour));
    };
    add_bars(quiet, kQuiet);
    add_bars(strong, kAccent);
    if (!whiskers.empty()) {
      elements += fmt::format(", {} using 1:2:3:(0) with vectors nohead linewidth 1.6 linecolor rgb '{}'",
                              canvas_.data(whiskers), hex(kWhisker));
    }
    if (!marks.empty()) {
      elements += fmt::format(", {} using 1:2:(0):3 with vectors nohead linewidth 2.4 linecolor rgb '{}'",
                              canvas_.data(marks), hex(kMark));
    }
    if (axis.low < 0) {
      elements += fmt::format(", {} using 1:2:(0):3 with vectors nohead linewidth 1 linecolor rgb '{}'",
                              canvas_.data({{0, 0, rows_.height}}), hex(kSoftInk));
    }
    canvas_.panel(box, axis, {0, rows_.height, {}, false}, elements, false);
  }

  static constexpr Colour kMark = 0xe07b00;

 private:
  Canvas& canvas_;
  const Rows& rows_;
  const BarsOptions& options_;
};

void check(const std::vector<BarPanel>& panels, const BarsOptions& options) {
  const std::size_t n = options.rows.size();
  require(n > 0 && !panels.empty(), "draw_bars: there must be at least one row and one panel");
  const auto fits = [n](std::size_t size) { return size == 0 || size == n; };
  require(fits(options.emphasised.size()) && fits(options.groups.size()),
          "draw_bars: emphasised and groups must be empty or have one entry a row");
  for (const BarPanel& panel : panels) {
    require(panel.bars.size() == n,
            fmt::format("draw_bars: panel '{}' has {} bars for {} rows", panel.title, panel.bars.size(), n));
  }
}

}  // namespace

void draw_bars(const std::filesystem::path& without_extension, const std::vector<BarPanel>& panels,
               const BarsOptions& options) {
  check(panels, options);
  const Rows rows = arrange(options);
  double widest = 0;
  for (const std::string& name : options.rows) widest = std::max(widest, text_width(name));
  const double names = std::clamp(widest * kNameSize + 14, 60.0, 300.0);

  const std::size_t most = names > 220 ? 3 : 4;
  const std::size_t n_lines = (panels.size() + most - 1) / most;
  const std::size_t per_line = (panels.size() + n_lines - 1) / n_lines;
  const double header = Canvas::header_height(kWidth, options.subtitle) + (options.chance_meaning.empty() ? 0 : 22);
  const double line_height = 48 + rows.height + 34;
  const double all = kWidth - 2 * kMargin - names - kGap * static_cast<double>(per_line - 1);
  const double width = all / static_cast<double>(per_line);

  Canvas canvas(kWidth, header + line_height * static_cast<double>(n_lines) + 12, options.title, options.subtitle);
  if (!options.chance_meaning.empty()) {
    const double y = header - 12;
    canvas.line({kMargin + 5, y - 8}, {kMargin + 5, y + 8}, Painter::kMark, 2.4);
    canvas.text({kMargin + 14, y}, options.chance_meaning, {.size = 11.5, .colour = kSoftInk});
  }
  Painter painter(canvas, rows, options);
  for (std::size_t p = 0; p < panels.size(); ++p) {
    const double top = header + 48 + line_height * static_cast<double>(p / per_line);
    const std::size_t column = p % per_line;
    if (column == 0) {
      for (std::size_t i = 0; i < options.rows.size(); ++i) {
        canvas.text({kMargin + names - 10, top + rows.middle[i]},
                    shortened(options.rows[i], (names - 14) / kNameSize + 0.4),
                    {.size = kNameSize, .align = Align::kRight});
      }
      for (const auto& [y, name] : rows.headings) {
        canvas.text({kMargin, top + y}, shortened(name, (kWidth - 2 * kMargin) / 12),
                    {.size = 11.5, .colour = kSoftInk, .bold = true, .halo = true});
      }
    }
    painter.draw(panels[p], {kMargin + names + (width + kGap) * static_cast<double>(column), top, width, rows.height});
  }
  canvas.save(without_extension);
}

}  // namespace songmap::figures
