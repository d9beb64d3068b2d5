#include "songmap/report/score_cells.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "songmap/report/html.h"

namespace songmap::report {

std::string aside_html(std::string_view text) { return fmt::format("<span class=\"aside\">{}</span>", escaped(text)); }

std::string score_cell_html(const ScoreRow* row, const std::vector<std::string>& notes) {
  if (row == nullptr) return aside_html("–");
  if (!std::isfinite(row->value)) return aside_html("not defined");
  std::string html = fmt::format("<strong>{}</strong>", spelled_number(row->value));
  if (std::isfinite(row->sd) && row->seeds > 1) html += fmt::format(" ± {}", spelled_number(row->sd));
  for (const std::string& note : notes) html += aside_html(note);
  return html;
}

std::string interval_text(double low, double high) {
  return fmt::format("{} to {}", spelled_number(low), spelled_number(high));
}

std::string signed_number(double value) { return fmt::format("{}{}", value > 0 ? "+" : "", spelled_number(value)); }

figures::Bar bar_of(const ScoreRow* row) {
  figures::Bar bar;
  if (row == nullptr) return {.computed = false};
  bar.value = row->value;
  bar.chance = row->chance;
  if (std::isfinite(row->low) && std::isfinite(row->high)) {
    bar.low = row->low;
    bar.high = row->high;
  } else if (std::isfinite(row->sd) && std::isfinite(row->value)) {
    bar.low = row->value - row->sd;
    bar.high = row->value + row->sd;
  }
  return bar;
}

std::string whiskers_of(const std::vector<const ScoreRow*>& rows) {
  const bool intervals =
      std::ranges::any_of(rows, [](const ScoreRow* row) { return row != nullptr && std::isfinite(row->low); });
  const bool spread = std::ranges::any_of(
      rows, [](const ScoreRow* row) { return row != nullptr && std::isfinite(row->sd) && !std::isfinite(row->low); });
  if (intervals && spread) return "Whiskers: 95 % interval over tracks, or else ± one standard deviation over seeds.";
  if (intervals) return "Whiskers: 95 % interval over tracks.";
  return spread ? "Whiskers: ± one standard deviation over seeds." : "";
}

}  // namespace songmap::report
