#include "songmap/features/dataset.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <optional>
#include <set>
#include <string_view>

#include "songmap/core/csv.h"
#include "songmap/core/error.h"
#include "songmap/core/options.h"

namespace songmap::features {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 3> kIdColumns{"track_id", "path", "filename"};
constexpr std::array<std::string_view, 3> kLabelColumns{"label", "genre", "language"};
constexpr std::array<std::string_view, 3> kTagColumns{"title", "artist", "album"};
constexpr std::array<std::string_view, 2> kLengthColumns{"length", "length_s"};
constexpr std::array<std::string_view, 4> kOtherColumns{"split", "lyrics", "lyrics_path", "year"};

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

template <std::size_t N>
bool is_one_of(const std::string& column, const std::array<std::string_view, N>& names) {
  return std::ranges::find(names, lower(column)) != names.end();
}

std::optional<std::size_t> id_column(const CsvTable& table) {
  for (const std::string_view name : kIdColumns) {
    if (const auto at = table.find(name)) return at;
  }
  return std::nullopt;
}

/// A feature column is numeric wherever it is filled, and filled somewhere; bad cells reject rows, not columns, so a
/// column counts as numeric when at least half of its cells are numbers.
std::vector<std::size_t> numeric_columns(const CsvTable& table) {
  std::vector<std::size_t> numeric;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    const std::string& name = table.columns[c];
    if (name.empty() || is_one_of(name, kIdColumns) || is_one_of(name, kLabelColumns) || is_one_of(name, kTagColumns) ||
        is_one_of(name, kLengthColumns) || is_one_of(name, kOtherColumns)) {
      continue;
    }
    const auto numbers =
        std::ranges::count_if(table.rows, [&](const auto& row) { return parse_number(row[c]).has_value(); });
    if (numbers > 0 && 2 * static_cast<std::size_t>(numbers) >= table.rows.size()) numeric.push_back(c);
  }
  return numeric;
}

std::vector<std::size_t> chosen_columns(const CsvTable& table, const std::vector<std::string>& names) {
  std::vector<std::size_t> chosen;
  for (const std::string& name : names) {
    const auto at = table.find(name);
    if (!at) {
      const std::string near = nearest_name(name, table.columns);
      throw InvalidArgument(fmt::format("features.columns: the table has no column '{}'{}", name,
                                        near.empty() ? "" : fmt::format("; did you mean '{}'?", near)));
    }
    if (is_one_of(name, kLabelColumns)) {
      throw InvalidArgument(fmt::format("features.columns: '{}' is a label, and no label reaches a model", name));
    }
    if (is_one_of(name, kLengthColumns)) {
      throw InvalidArgument(fmt::format("features.columns: '{}' cannot be a feature: {}", name, kLengthReason));
    }
    chosen.push_back(*at);
  }
  return chosen;
}

}  // namespace

bool is_feature_table(const fs::path& csv) {
  const CsvTable table = read_csv(csv);
  if (!id_column(table) || numeric_columns(table).empty()) return false;
  const auto path_column = table.find("path");
  if (!path_column) return true;
  return std::ranges::none_of(table.rows, [&](const auto& row) {
    std::error_code ignored;
    return !row[*path_column].empty() && fs::exists(csv.parent_path() / row[*path_column], ignored);
  });
}

FeatureTable load_feature_table(const fs::path& csv, const std::vector<std::string>& columns) {
  const CsvTable table = read_csv(csv);
  const auto id = id_column(table);
  if (!id) {
    throw FormatError(fmt::format("{} has no column track_id, path or filename; its columns are {}", quoted(csv),
                                  fmt::join(table.columns, ", ")));
  }
  const std::vector<std::size_t> used = columns.empty() ? numeric_columns(table) : chosen_columns(table, columns);
  if (used.empty()) throw FormatError(fmt::format("{} has no numeric column to use as a feature", quoted(csv)));

  FeatureTable result;
  for (const std::size_t c : used) result.columns.push_back(table.columns[c]);
  for (const std::string& name : table.columns) {
    if (columns.empty() && is_one_of(name, kLengthColumns)) result.left_out.push_back(name);
  }
  std::vector<float> values;
  std::set<std::string> seen;
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    const std::vector<std::string>& row = table.rows[i];
    std::string reason;
    std::vector<float> numbers;
    for (const std::size_t c : used) {
      const auto number = parse_number(row[c]);
      if (!number || !std::isfinite(static_cast<float>(*number))) {
        reason =
            fmt::format("line {}, column {}: '{}' is not a finite number", table.lines[i], table.columns[c], row[c]);
        break;
      }
      numbers.push_back(static_cast<float>(*number));
    }
    if (reason.empty() && row[*id].empty()) {
      reason = fmt::format("line {}: the column {} is empty", table.lines[i], table.columns[*id]);
    }
    if (reason.empty() && !seen.insert(row[*id]).second) {
      reason = fmt::format("line {}: '{}' stands in the table more than once", table.lines[i], row[*id]);
    }
    if (!reason.empty()) {
      result.rejected.push_back({row[*id], table.lines[i], reason});
      continue;
    }
    result.ids.push_back(row[*id]);
    result.lines.push_back(table.lines[i]);
    values.insert(values.end(), numbers.begin(), numbers.end());
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
      if (is_one_of(table.columns[c], kLabelColumns)) result.labels[lower(table.columns[c])].push_back(row[c]);
      if (is_one_of(table.columns[c], kTagColumns)) result.tags[lower(table.columns[c])].push_back(row[c]);
    }
  }
  result.values = Matrix(result.ids.size(), used.size(), std::move(values));
  return result;
}

}  // namespace songmap::features
