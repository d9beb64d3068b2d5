#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "songmap/figures/bars.h"
#include "songmap/report/data.h"

/// How one score stands in a table and in a picture.
namespace songmap::report {

/// What stands small below a number.
[[nodiscard]] std::string aside_html(std::string_view text);

/// Value ± spread over seeds, and whatever else stands below it. Null: "–".
[[nodiscard]] std::string score_cell_html(const ScoreRow* row, const std::vector<std::string>& notes);

/// "0.31 to 0.42", of a score or a difference.
[[nodiscard]] std::string interval_text(double low, double high);

/// "+0.12", "−0.30".
[[nodiscard]] std::string signed_number(double value);

/// The bar of a score that was computed, with its interval or else its spread; null: an empty place.
[[nodiscard]] figures::Bar bar_of(const ScoreRow* row);

/// What the whiskers of these bars are; empty where there are none. Null rows have none.
[[nodiscard]] std::string whiskers_of(const std::vector<const ScoreRow*>& rows);

}  // namespace songmap::report
