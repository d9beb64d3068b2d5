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
constexpr double kNameLine = 14;
constexpr double kMostNames = 300;
constexpr double kTitleLine = 16;
constexpr double kPageHeight = 1340;  // As high as A4 with margins where the width fills the page.
constexpr Colour kWhisker = 0x36424f;

/// Where all stands: the names at the left, in two lines where they are long, and for each row its middle below the top
/// of a panel, with a heading above each group.
struct Layout {
  double names = 0;  ///< Width.
  std::vector<std::vector<std::string>> name_lines;
  std::vector<double> middle;
  std::vector<std::pair<double, std::string>> headings;
  double rows_height = 0;
  std::size_t per_line = 1;  ///< Panels side by side.
  double panel_width = 0;
  double titles_height = 0;
  double header = 0;

  [[nodiscard]] double line_height() const { return titles_height + rows_height + 34; }
  [[nodiscard]] double height(std::size_t n_panels) const {
    return header + line_height() * static_cast<double>((n_panels + per_line - 1) / per_line) + 12;
  }
};

std::vector<std::string> title_lines(const BarPanel& panel, double width) {
  return in_two_lines(panel.title, width / 13.5);
}

Layout arrange(const std::vector<BarPanel>& panels, const BarsOptions& options) {
  Layout layout;
  double widest = 0;
  for (const std::string& name : options.rows) widest = std::max(widest, text_width(name));
  layout.names = std::clamp(widest * kNameSize + 14, 60.0, kMostNames);
  double y = 6;
  for (std::size_t i = 0; i < options.rows.size(); ++i) {
    if (!options.groups.empty() && (i == 0 || options.groups[i] != options.groups[i - 1])) {
      layout.headings.emplace_back(y + kHeadingHeight / 2, options.groups[i]);
      y += kHeadingHeight;
    }
    layout.name_lines.push_back(in_two_lines(options.rows[i], (layout.names - 14) / kNameSize + 0.4));
    const double height = kRowHeight + (layout.name_lines.back().size() > 1 ? kNameLine - 5 : 0);
    layout.middle.push_back(y + height / 2);
    y += height;
  }
  layout.rows_height = y + 4;

  const std::size_t most = layout.names > 220 ? 3 : 4;
  const std::size_t n_lines = (panels.size() + most - 1) / most;
  layout.per_line = (panels.size() + n_lines - 1) / n_lines;
  const double gaps = kGap * static_cast<double>(layout.per_line - 1);
  layout.panel_width = (kWidth - 2 * kMargin - layout.names - gaps) / static_cast<double>(layout.per_line);
  const bool long_title = std::ranges::any_of(
      panels, [&](const BarPanel& panel) { return title_lines(panel, layout.panel_width).size() > 1; });
  layout.titles_height = 48 + (long_title ? kTitleLine : 0);
  layout.header = Canvas::header_height(kWidth, options.subtitle) + (options.chance_meaning.empty() ? 0 : 22);
  return layout;
}

/// The highest value that a panel must show.
double highest(const BarPanel& panel) {
  double high = panel.reach;
  for (const Bar& bar : panel.bars) {
    for (const double v : {bar.value, bar.low, bar.high, bar.chance}) {
      if (std::isfinite(v)) high = std::max(high, v);
    }
  }
  return high;
}

/// The axis from 0 (or the lowest value) to the highest, with room for the printed values.
Axis value_axis(const BarPanel& panel, double width) {
  double low = 0;
  double high = highest(panel);
  for (const Bar& bar : panel.bars) {
    for (const double v : {bar.value, bar.low, bar.high, bar.chance}) {
      if (std::isfinite(v)) low = std::min(low, v);
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
  Painter(Canvas& canvas, const Layout& layout, const BarsOptions& options)
      : canvas_(canvas), layout_(layout), options_(options) {}

  void draw(const BarPanel& panel, const Box& box) {
    const Axis axis = value_axis(panel, box.width);
    const std::vector<std::string> title = title_lines(panel, box.width);
    for (std::size_t i = 0; i < title.size(); ++i) {
      const double up = 30 + kTitleLine * static_cast<double>(title.size() - 1 - i);
      canvas_.text({box.left, box.top - up}, title[i], {.size = 12.5, .bold = true});
    }
    canvas_.text({box.left, box.top - 13}, shortened(panel.note, box.width / 11), {.size = 11, .colour = kSoftInk});
    const auto to_x = [&](double v) { return box.left + box.width * (v - axis.low) / (axis.high - axis.low); };

    std::vector<std::vector<double>> strong;
    std::vector<std::vector<double>> quiet;
    std::vector<std::vector<double>> whiskers;
    std::vector<std::vector<double>> marks;
    for (std::size_t i = 0; i < panel.bars.size(); ++i) {
      const Bar& bar = panel.bars[i];
      const double y = layout_.rows_height - layout_.middle[i];
      if (!bar.computed) continue;
      if (!std::isfinite(bar.value)) {
        canvas_.text({to_x(0) + 5, box.top + layout_.middle[i]}, "not defined", {.size = 11, .colour = kSoftInk});
      } else {
        auto& bars = options_.emphasised.empty() || options_.emphasised[i] ? strong : quiet;
        bars.push_back({std::min(0.0, bar.value), y - kBarHeight / 2, std::max(0.0, bar.value), y + kBarHeight / 2});
        double end = std::max(bar.value, 0.0);
        if (std::isfinite(bar.low) && std::isfinite(bar.high)) {
          whiskers.push_back({bar.low, y, bar.high - bar.low});
          end = std::max(end, bar.high);
        }
        if (std::isfinite(bar.chance)) end = std::max(end, bar.chance);
        canvas_.text({to_x(end) + 6, box.top + layout_.middle[i]}, printed(bar.value, panel.decimals), {.size = 11});
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
      // On a white edge, to be seen on dark bars too.
      elements += fmt::format(
          ", {0} using 1:2:3:(0) with vectors nohead linewidth 3.6 linecolor rgb '#ffffff'"
          ", {0} using 1:2:3:(0) with vectors nohead linewidth 1.6 linecolor rgb '{1}'",
          canvas_.data(whiskers), hex(kWhisker));
    }
    if (!marks.empty()) {
      elements += fmt::format(", {} using 1:2:(0):3 with vectors nohead linewidth 2.4 linecolor rgb '{}'",
                              canvas_.data(marks), hex(kMark));
    }
    if (axis.low < 0) {
      elements += fmt::format(", {} using 1:2:(0):3 with vectors nohead linewidth 1 linecolor rgb '{}'",
                              canvas_.data({{0, 0, layout_.rows_height}}), hex(kSoftInk));
    }
    canvas_.panel(box, axis, {0, layout_.rows_height, {}, false}, elements, false);
  }

  static constexpr Colour kMark = 0xe07b00;

 private:
  Canvas& canvas_;
  const Layout& layout_;
  const BarsOptions& options_;
};

void write_names(Canvas& canvas, const Layout& layout, double top) {
  for (std::size_t i = 0; i < layout.middle.size(); ++i) {
    const std::vector<std::string>& lines = layout.name_lines[i];
    for (std::size_t l = 0; l < lines.size(); ++l) {
      const double down = kNameLine * (static_cast<double>(l) - static_cast<double>(lines.size() - 1) / 2);
      canvas.text({kMargin + layout.names - 10, top + layout.middle[i] + down}, lines[l],
                  {.size = kNameSize, .align = Align::kRight});
    }
  }
  for (const auto& [y, name] : layout.headings) {
    canvas.text({kMargin, top + y}, shortened(name, (kWidth - 2 * kMargin) / 12),
                {.size = 11.5, .colour = kSoftInk, .bold = true, .halo = true});
  }
}

/// Elements [begin, end) of `all`, or none of none.
template <class T>
std::vector<T> part(const std::vector<T>& all, std::size_t begin, std::size_t end) {
  if (all.empty()) return {};
  return {all.begin() + static_cast<std::ptrdiff_t>(begin), all.begin() + static_cast<std::ptrdiff_t>(end)};
}

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
  const Layout layout = arrange(panels, options);
  Canvas canvas(kWidth, layout.height(panels.size()), options.title, options.subtitle);
  if (!options.chance_meaning.empty()) {
    const double y = layout.header - 12;
    canvas.line({kMargin + 5, y - 8}, {kMargin + 5, y + 8}, Painter::kMark, 2.4);
    canvas.text({kMargin + 14, y}, options.chance_meaning, {.size = 11.5, .colour = kSoftInk});
  }
  Painter painter(canvas, layout, options);
  for (std::size_t p = 0; p < panels.size(); ++p) {
    const double top =
        layout.header + layout.titles_height + layout.line_height() * static_cast<double>(p / layout.per_line);
    const std::size_t column = p % layout.per_line;
    if (column == 0) write_names(canvas, layout, top);
    const double left = kMargin + layout.names + (layout.panel_width + kGap) * static_cast<double>(column);
    painter.draw(panels[p], {left, top, layout.panel_width, layout.rows_height});
  }
  canvas.save(without_extension);
}

std::vector<BarsPage> bars_pages(const std::vector<BarPanel>& panels, const BarsOptions& options) {
  check(panels, options);
  const Layout layout = arrange(panels, options);
  // As many lines of panels as fit, or else one, with its rows on several pages.
  std::size_t n_panels = panels.size();
  while (n_panels > layout.per_line && layout.height(n_panels) > kPageHeight) {
    n_panels -= (n_panels - 1) % layout.per_line + 1;
  }
  const double rows_share = layout.rows_height / (kPageHeight - layout.height(n_panels) + layout.rows_height);
  const auto n_parts = static_cast<std::size_t>(std::ceil(std::max(1.0, rows_share)));
  const std::size_t n_rows = (options.rows.size() + n_parts - 1) / n_parts;

  std::vector<BarsPage> pages;
  for (std::size_t p = 0; p < panels.size(); p += n_panels) {
    for (std::size_t r = 0; r < options.rows.size(); r += n_rows) {
      const std::size_t end = std::min(r + n_rows, options.rows.size());
      BarsPage page{.panels = {}, .options = options};
      page.options.rows = part(options.rows, r, end);
      page.options.emphasised = part(options.emphasised, r, end);
      page.options.groups = part(options.groups, r, end);
      for (std::size_t i = p; i < std::min(p + n_panels, panels.size()); ++i) {
        page.panels.push_back(panels[i]);
        page.panels.back().bars = part(panels[i].bars, r, end);
        // The same scale on all pages.
        page.panels.back().reach = std::max(panels[i].reach, highest(panels[i]));
      }
      pages.push_back(std::move(page));
    }
  }
  return pages;
}

}  // namespace songmap::figures
