#include "songmap/figures/heatmap.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "songmap/core/error.h"
#include "songmap/figures/canvas.h"
#include "songmap/figures/text.h"

namespace songmap::figures {
namespace {

constexpr double kMargin = 28;
constexpr double kMinWidth = 560;
constexpr double kMaxWidth = 940;
constexpr double kTotals = 52;

void write_scale(Canvas& canvas, Place place) {
  constexpr int kSteps = 24;
  for (int i = 0; i < kSteps; ++i) {
    canvas.fill({place.x + 30 + i * 5.0, place.y - 6, 5.2, 12}, sequential((i + 0.5) / kSteps));
  }
  canvas.text({place.x, place.y}, "0 %", {.size = 11, .colour = kSoftInk});
  canvas.text({place.x + 30 + kSteps * 5.0 + 8, place.y}, "100 % of the row", {.size = 11, .colour = kSoftInk});
}

}  // namespace

void draw_heatmap(const std::filesystem::path& without_extension, MatrixView counts, const HeatmapOptions& options) {
  require(!counts.empty(), "draw_heatmap: there must be at least one row and one column");
  require(options.row_names.size() == counts.rows() && options.column_names.size() == counts.cols(),
          "draw_heatmap: there must be one name a row and one a column");
  require(std::ranges::all_of(counts.values(), [](float v) { return std::isfinite(v) && v >= 0; }),
          "draw_heatmap: counts must be finite and not negative");

  double widest = text_width(options.rows_title);
  for (const std::string& name : options.row_names) widest = std::max(widest, text_width(name));
  const double names = std::clamp(12 * widest + 16, 60.0, 260.0);
  const double room = kMaxWidth - 2 * kMargin - names - kTotals;
  const double cell_width = std::clamp(room / static_cast<double>(counts.cols()), 6.0, 64.0);
  const double cell_height = counts.rows() <= 24 ? 30 : 20;
  const Box box{kMargin + names, 0, cell_width * static_cast<double>(counts.cols()),
                cell_height * static_cast<double>(counts.rows())};
  const double width = std::max(kMinWidth, box.right() + kTotals + kMargin);
  const double top = Canvas::header_height(width, options.subtitle) + 48;

  Canvas canvas(width, top + box.height + 50, options.title, options.subtitle);
  canvas.text({box.left, top - 36}, options.columns_title, {.size = 11.5, .colour = kSoftInk, .bold = true});
  canvas.text({box.left - 12, top - 14}, options.rows_title,
              {.size = 11.5, .colour = kSoftInk, .bold = true, .align = Align::kRight});
  canvas.text({box.right() + kTotals - 6, top - 14}, "all", {.size = 11.5, .colour = kSoftInk, .align = Align::kRight});
  const std::size_t name_every = static_cast<std::size_t>(std::ceil(22 / cell_width));
  for (std::size_t c = 0; c < counts.cols(); c += name_every) {
    canvas.text({box.left + cell_width * (static_cast<double>(c) + 0.5), top - 14},
                shortened(options.column_names[c], cell_width * static_cast<double>(name_every) / 12),
                {.size = 12, .align = Align::kCentre});
  }
  for (std::size_t r = 0; r < counts.rows(); ++r) {
    const double y = top + cell_height * (static_cast<double>(r) + 0.5);
    const auto row = counts.row(r);
    const double total = std::accumulate(row.begin(), row.end(), 0.0);
    canvas.text({box.left - 12, y}, shortened(options.row_names[r], (names - 14) / 12 + 0.3),
                {.size = 12, .align = Align::kRight});
    canvas.text({box.right() + kTotals - 6, y}, fmt::format("{:g}", total),
                {.size = 11, .colour = kSoftInk, .align = Align::kRight});
    for (std::size_t c = 0; c < counts.cols(); ++c) {
      const Colour colour = sequential(total > 0 ? row[c] / total : 0);
      const double x = box.left + cell_width * static_cast<double>(c);
      canvas.fill({x + 1, y - cell_height / 2 + 1, cell_width - 2, cell_height - 2}, colour);
      const std::string printed = fmt::format("{:g}", row[c]);
      const bool fits = 12 * text_width(printed) < cell_width - 2;
      if (row[c] > 0 && fits) {
        canvas.text({x + cell_width / 2, y}, printed, {.size = 12, .colour = ink_on(colour), .align = Align::kCentre});
      }
    }
  }
  write_scale(canvas, {box.left, top + box.height + 25});
  canvas.save(without_extension);
}

}  // namespace songmap::figures
