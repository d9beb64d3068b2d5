#include "songmap/figures/scatter.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "songmap/core/error.h"
#include "songmap/core/random.h"
#include "songmap/figures/canvas.h"
#include "songmap/figures/text.h"

namespace songmap::figures {
namespace {

constexpr double kWidth = 940;
constexpr double kHeight = 640;
constexpr double kMargin = 28;
constexpr double kLegendLine = 21;

/// A point as it is drawn: place in the panel's units, and how near the viewer it is (1 near, 0 far; 1 in 2-D).
struct Dot {
  double x = 0;
  double y = 0;
  double nearness = 1;
  std::size_t style = 0;
};

/// Points fade and shrink as there are more of them: 1.15 for 100, .85 for 1,000, .35 for 20,000.
double point_size(std::size_t n) { return std::clamp(1.75 - 0.3 * std::log10(std::max<double>(n, 1.0)), 0.3, 1.25); }

/// gnuplot's colour with alpha: 0xAARRGGBB, where 0 is opaque.
double with_transparency(Colour colour, double transparency) {
  return static_cast<double>(static_cast<std::uint32_t>(std::lround(255 * transparency)) << 24 | colour);
}

std::vector<std::size_t> finite_rows(MatrixView points) {
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < points.rows(); ++i) {
    if (std::ranges::all_of(points.row(i), [](float v) { return std::isfinite(v); })) rows.push_back(i);
  }
  return rows;
}

/// A view from above and the side: turned about the vertical axis, then tipped, then in perspective.
class Camera {
 public:
  explicit Camera(MatrixView points, std::span<const std::size_t> rows) {
    for (std::size_t c = 0; c < 3; ++c) {
      double low = points(rows.front(), c);
      double high = low;
      for (const std::size_t i : rows) {
        low = std::min<double>(low, points(i, c));
        high = std::max<double>(high, points(i, c));
      }
      centre_[c] = (low + high) / 2;
      scale_ = std::max(scale_, (high - low) / 2);
    }
    if (scale_ == 0) scale_ = 1;
  }

  [[nodiscard]] std::array<double, 3> to_cube(MatrixView points, std::size_t row) const {
    std::array<double, 3> at{};
    for (std::size_t c = 0; c < 3; ++c) at[c] = (points(row, c) - centre_[c]) / scale_;
    return at;
  }

  /// A point of the cube [-1, 1]^3 on the picture, with its nearness.
  [[nodiscard]] static Dot seen(const std::array<double, 3>& p) {
    constexpr double kTurn = 0.58;
    constexpr double kTip = 0.36;
    constexpr double kDistance = 5.2;
    const double x = p[0] * std::cos(kTurn) - p[1] * std::sin(kTurn);
    const double away = p[0] * std::sin(kTurn) + p[1] * std::cos(kTurn);
    const double up = p[2] * std::cos(kTip) + away * std::sin(kTip);
    const double depth = away * std::cos(kTip) - p[2] * std::sin(kTip);
    const double zoom = kDistance / (kDistance + depth);
    return {x * zoom, up * zoom, std::clamp(0.5 - depth / 3.2, 0.0, 1.0), 0};
  }

 private:
  std::array<double, 3> centre_{};
  double scale_ = 0;
};

/// The floor's grid and the edges of the two walls behind the points, as line segments with gaps between them.
std::vector<std::vector<double>> room_lines() {
  std::vector<std::vector<double>> lines;
  const auto segment = [&](std::array<double, 3> a, std::array<double, 3> b) {
    const Dot p = Camera::seen(a);
    const Dot q = Camera::seen(b);
    lines.push_back({p.x, p.y, q.x - p.x, q.y - p.y});
  };
  for (int i = 0; i <= 8; ++i) {
    const double t = -1 + i * 0.25;
    segment({t, -1, -1}, {t, 1, -1});
    segment({-1, t, -1}, {1, t, -1});
  }
  segment({-1, 1, -1}, {-1, 1, 1});
  segment({1, 1, -1}, {1, 1, 1});
  segment({1, -1, -1}, {1, -1, 1});
  segment({-1, 1, 1}, {1, 1, 1});
  segment({1, 1, 1}, {1, -1, 1});
  return lines;
}

struct Extent {
  double low_x, high_x, low_y, high_y;
};

/// The range of the dots with some air, widened so that both axes have the same unit on `box`.
Extent equal_extent(std::span<const Dot> dots, const Box& box) {
  const auto [min_x, max_x] = std::ranges::minmax(dots, {}, &Dot::x);
  const auto [min_y, max_y] = std::ranges::minmax(dots, {}, &Dot::y);
  const double span_x = std::max(max_x.x - min_x.x, 1e-6);
  const double span_y = std::max(max_y.y - min_y.y, 1e-6);
  const double unit = 1.08 * std::max(span_x / box.width, span_y / box.height);
  const double middle_x = (min_x.x + max_x.x) / 2;
  const double middle_y = (min_y.y + max_y.y) / 2;
  return {middle_x - unit * box.width / 2, middle_x + unit * box.width / 2, middle_y - unit * box.height / 2,
          middle_y + unit * box.height / 2};
}

/// Dots as rows of x, y, marker, size, colour; each has a white edge under it while there are few enough to see it.
std::vector<std::vector<double>> dot_rows(std::span<const Dot> dots, const CategoryStyles& styles) {
  const double size = point_size(dots.size());
  const bool edges = dots.size() <= 2500;
  const double transparency = dots.size() <= 2500 ? 0.08 : dots.size() <= 10000 ? 0.3 : 0.45;
  std::vector<std::vector<double>> rows;
  rows.reserve(dots.size() * (edges ? 2 : 1));
  for (const Dot& dot : dots) {
    const CategoryStyle& style = styles.styles[dot.style];
    const double own = size * (0.62 + 0.38 * dot.nearness) * (style.outside ? 0.8 : 1.0);
    if (edges && !style.outside) {
      rows.push_back({dot.x, dot.y, double(style.marker), own * 1.28, with_transparency(0xffffff, 0.1)});
    }
    const Colour colour = blended(style.colour, 0xffffff, 0.42 * (1 - dot.nearness));
    rows.push_back({dot.x, dot.y, double(style.marker), own, with_transparency(colour, transparency)});
  }
  return rows;
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

void write_names(Canvas& canvas, std::span<const Dot> dots, const CategoryStyles& styles, const Extent& extent,
                 const Box& box) {
  for (std::size_t s = 0; s < styles.styles.size(); ++s) {
    if (styles.styles[s].outside) continue;
    std::vector<double> xs;
    std::vector<double> ys;
    for (const Dot& dot : dots) {
      if (dot.style != s) continue;
      xs.push_back(dot.x);
      ys.push_back(dot.y);
    }
    if (xs.empty()) continue;
    const Place place{box.left + box.width * (median(xs) - extent.low_x) / (extent.high_x - extent.low_x),
                      box.bottom() - box.height * (median(ys) - extent.low_y) / (extent.high_y - extent.low_y)};
    canvas.text(place, shortened(styles.styles[s].name, 14),
                {.size = 13, .colour = kInk, .bold = true, .align = Align::kCentre, .halo = true});
  }
}

/// Width that the legend's names and counts need, within limits.
double legend_width(const CategoryStyles& styles, std::string_view title) {
  double widest = text_width(title);
  for (const CategoryStyle& style : styles.styles) {
    widest = std::max(widest, text_width(style.name) + text_width(fmt::format("  {}", style.count)) + 2.5);
  }
  return std::clamp(12.5 * widest + 12, 110.0, 270.0);
}

void write_legend(Canvas& canvas, const CategoryStyles& styles, std::string_view title, const Box& box) {
  double y = box.top + 10;
  if (!title.empty()) {
    canvas.text({box.left, y}, shortened(title, box.width / 12.5), {.size = 12, .colour = kSoftInk, .bold = true});
    y += kLegendLine + 3;
  }
  for (const CategoryStyle& style : styles.styles) {
    const std::string count = fmt::format("{}", style.count);
    canvas.mark({box.left + 7, y}, style, 1.15);
    canvas.text({box.left + 22, y}, shortened(style.name, (box.width - 34) / 12.5 - text_width(count)), {.size = 12.5});
    canvas.text({box.right(), y}, count, {.size = 11.5, .colour = kSoftInk, .align = Align::kRight});
    y += kLegendLine;
  }
}

}  // namespace

void draw_scatter(const std::filesystem::path& without_extension, MatrixView points,
                  std::span<const std::string> categories, const ScatterOptions& options) {
  require(points.cols() == 2 || points.cols() == 3,
          fmt::format("draw_scatter: points must have 2 or 3 columns, not {}", points.cols()));
  require(categories.size() == points.rows(),
          fmt::format("draw_scatter: {} categories for {} points", categories.size(), points.rows()));
  const std::vector<std::size_t> rows = finite_rows(points);
  require(!rows.empty(), "draw_scatter: there is no point with finite coordinates");

  std::vector<std::string> shown;
  for (const std::size_t i : rows) shown.push_back(categories[i]);
  const CategoryStyles styles = style_categories(shown, options.outside);

  const bool deep = points.cols() == 3;
  std::vector<Dot> dots(rows.size());
  if (deep) {
    const Camera camera(points, rows);
    for (std::size_t i = 0; i < rows.size(); ++i) dots[i] = Camera::seen(camera.to_cube(points, rows[i]));
  } else {
    for (std::size_t i = 0; i < rows.size(); ++i) dots[i] = {points(rows[i], 0), points(rows[i], 1), 1, 0};
  }
  for (std::size_t i = 0; i < rows.size(); ++i) dots[i].style = styles.style_of_row[i];
  // Far before near in 3-D; in 2-D a fixed shuffle, so that no category lies on top of all others.
  Random(7).shuffle(std::span(dots));
  if (deep) std::ranges::stable_sort(dots, {}, &Dot::nearness);

  const double legend = legend_width(styles, options.legend_title);
  const bool axes = options.show_axes && !deep;
  const double top = Canvas::header_height(kWidth, options.subtitle) + (axes ? 22 : 8);
  const double legend_height = kLegendLine * static_cast<double>(styles.styles.size() + 2);
  const double height = std::max(kHeight, top + legend_height + kMargin);
  const double left = kMargin + (axes ? 34 : 0);
  const Box box{left, top, kWidth - kMargin - legend - 24 - left, height - top - kMargin - (axes ? 34 : 0)};

  std::vector<Dot> framed = dots;
  const std::vector<std::vector<double>> room = deep ? room_lines() : std::vector<std::vector<double>>{};
  for (const std::vector<double>& line : room) {
    framed.push_back({line[0], line[1], 1, 0});
    framed.push_back({line[0] + line[2], line[1] + line[3], 1, 0});
  }
  const Extent extent = equal_extent(framed, box);

  Canvas canvas(kWidth, height, options.title, options.subtitle);
  Axis x{extent.low_x, extent.high_x, {}, false};
  Axis y{extent.low_y, extent.high_y, {}, false};
  if (axes) {
    x.ticks = round_ticks(x.low, x.high, 7);
    y.ticks = round_ticks(y.low, y.high, 6);
    x.grid = y.grid = true;
    canvas.text({box.left + box.width / 2, box.bottom() + 36}, options.x_label,
                {.colour = kSoftInk, .align = Align::kCentre});
    canvas.text({box.left, box.top - 11}, options.y_label, {.colour = kSoftInk});
  }
  std::string elements;
  if (deep) {
    elements = fmt::format("{} using 1:2:3:4 with vectors nohead linewidth 1 linecolor rgb '{}', ", canvas.data(room),
                           hex(kGridLine));
  }
  elements += fmt::format(
      "{} using 1:2:($4*marker_scale($3)):3:5 with points pointsize variable pointtype variable linecolor rgb variable",
      canvas.data(dot_rows(dots, styles)));
  canvas.panel(box, x, y, elements, !deep);
  if (options.name_categories && !deep) write_names(canvas, dots, styles, extent, box);
  write_legend(canvas, styles, options.legend_title, {kWidth - kMargin - legend, top, legend, legend_height});
  canvas.save(without_extension);
}

}  // namespace songmap::figures
