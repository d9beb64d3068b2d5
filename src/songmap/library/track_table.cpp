#include "songmap/library/track_table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <unordered_map>

#include "songmap/core/csv.h"
#include "songmap/core/error.h"
#include "songmap/core/utf8.h"
#include "songmap/library/walk.h"

namespace songmap::library {
namespace fs = std::filesystem;
namespace {

constexpr std::array kLabelColumns = {"label", "genre", "language"};

std::string trimmed(const std::string& text) {
  constexpr const char* kBlanks = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

/// The rule that a listed path breaks; empty when it may be opened.
std::string broken_path_rule(const std::string& cell, const fs::path& normal) {
  if (cell.empty()) return "the path is empty";
  if (cell.find('\0') != std::string::npos) return "the path contains a zero byte";
  if (normal.is_absolute()) return "the path is absolute; paths are relative to the CSV's folder";
  if (normal.begin() != normal.end() && *normal.begin() == "..") return "the path leaves the CSV's folder";
  return {};
}

/// "is missing", "is unreadable: permission denied"
std::string as_predicate(const std::string& reason) {
  return reason.starts_with("is ") ? reason : "is unreadable: " + reason;
}

class TableReader {
 public:
  explicit TableReader(const fs::path& csv) : root_(csv.parent_path()), table_(read_csv(csv, &bad_rows_)) {
    if (!table_.find("path")) {
      std::vector<std::string> names;
      for (const std::string& column : table_.columns) names.push_back(utf8::repaired(utf8::truncated(column, 40)));
      constexpr std::size_t kShown = 12;
      const bool many = names.size() > kShown;
      if (many) names.resize(kShown);
      throw FormatError(fmt::format("{}: no column 'path'; its columns, separated by commas, are: {}{}", quoted(csv),
                                    fmt::join(names, ", "), many ? ", …" : ""));
    }
  }

  TrackTable read() {
    for (const CsvBadRow& bad : bad_rows_) fail(bad.line, "", bad.reason);
    for (row_ = 0; row_ < table_.rows.size(); ++row_) take_row();
    std::ranges::stable_sort(failures_, {}, &std::pair<std::size_t, Failure>::first);
    TrackTable result{std::move(rows_), {}};
    for (auto& [line, failure] : failures_) result.failures.push_back(std::move(failure));
    return result;
  }

 private:
  std::string cell(const char* column) const {
    const auto index = table_.find(column);
    return index ? table_.rows[row_][*index] : std::string();
  }
  std::string text(const char* column) const { return utf8::repaired(trimmed(cell(column))); }

  void fail(std::size_t line, const std::string& path, const std::string& reason, const char* stage = "scan") {
    failures_.push_back({line, {"", utf8::repaired(path), stage, fmt::format("line {}: {}", line, reason)}});
  }

  void take_row() {
    const std::size_t line = table_.lines[row_];
    const std::string listed = cell("path");
    const fs::path normal = fs::path(listed).lexically_normal();
    if (const std::string rule = broken_path_rule(listed, normal); !rule.empty()) return fail(line, listed, rule);
    const auto [first, is_new] = line_of_.emplace(normal.native(), line);
    if (!is_new) return fail(line, listed, fmt::format("the path is listed before, in line {}", first->second));
    if (const std::string reason = unreadable_reason(root_ / normal); !reason.empty()) {
      return fail(line, listed, fmt::format("the file {}", as_predicate(reason)));
    }
    TrackRow row{normal.native(), text("title"), text("artist"), text("album"), text("split"), cell("lyrics"), {}, {}};
    if (const std::string lyrics_path = cell("lyrics_path"); !lyrics_path.empty()) {
      const fs::path normal_lyrics = fs::path(lyrics_path).lexically_normal();
      const std::string rule = broken_path_rule(lyrics_path, normal_lyrics);
      const std::string unreadable = rule.empty() ? unreadable_reason(root_ / normal_lyrics) : std::string();
      // The track itself is good: it stays, without these lyrics.
      if (rule.empty() && unreadable.empty()) {
        row.lyrics_path = root_ / normal_lyrics;
      } else {
        fail(line, listed,
             fmt::format("lyrics_path '{}'{}; the track is kept without them", utf8::repaired(lyrics_path),
                         rule.empty() ? " " + as_predicate(unreadable) : ": " + rule),
             "lyrics");
      }
    }
    for (const char* column : kLabelColumns) {
      if (std::string label = text(column); !label.empty()) row.labels[column] = std::move(label);
    }
    rows_.push_back(std::move(row));
  }

  fs::path root_;
  std::vector<CsvBadRow> bad_rows_;
  CsvTable table_;
  std::size_t row_ = 0;
  std::unordered_map<std::string, std::size_t> line_of_;
  std::vector<TrackRow> rows_;
  std::vector<std::pair<std::size_t, Failure>> failures_;
};

}  // namespace

TrackTable read_track_table(const fs::path& csv) { return TableReader(csv).read(); }

}  // namespace songmap::library
