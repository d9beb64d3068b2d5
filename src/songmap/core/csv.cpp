#include "songmap/core/csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>

#include "songmap/core/error.h"
#include "songmap/core/text_file.h"

namespace songmap {
namespace {

bool same_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

/// Cuts CSV text into records. Keeps the line on which each record began.
class CsvParser {
 public:
  CsvParser(std::string_view text, const std::string& name) : text_(text), name_(name) {
    if (text_.starts_with("\xef\xbb\xbf")) text_.remove_prefix(3);
  }

  /// The next record, skipping blank lines; false at the end.
  bool next(std::vector<std::string>& cells, std::size_t& line) {
    while (at_ < text_.size() && (text_[at_] == '\n' || text_[at_] == '\r')) end_line();
    if (at_ >= text_.size()) return false;
    line = line_;
    cells.clear();
    while (true) {
      cells.push_back(cell());
      if (at_ >= text_.size()) return true;
      if (text_[at_] == ',') {
        ++at_;
        continue;
      }
      end_line();
      return true;
    }
  }

 private:
  std::string cell() {
    if (at_ < text_.size() && text_[at_] == '"') return quoted_cell();
    const std::size_t end = std::min(text_.find_first_of(",\r\n", at_), text_.size());
    const std::string result(text_.substr(at_, end - at_));
    at_ = end;
    return result;
  }

  std::string quoted_cell() {
    const std::size_t opened_on = line_;
    std::string result;
    for (++at_; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c != '"') {
        if (c == '\n') ++line_;
        result += c;
      } else if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
        result += '"';
        ++at_;
      } else {
        ++at_;
        if (at_ < text_.size() && text_[at_] != ',' && text_[at_] != '\r' && text_[at_] != '\n') {
          throw FormatError(
              fmt::format("{}, line {}: text follows a closing quote; a quote inside a quoted cell is "
                          "written twice",
                          name_, line_));
        }
        return result;
      }
    }
    throw FormatError(fmt::format("{}, line {}: a quoted cell is never closed", name_, opened_on));
  }

  void end_line() {
    if (text_[at_] == '\r') ++at_;
    if (at_ < text_.size() && text_[at_] == '\n') ++at_;
    ++line_;
  }

  std::string_view text_;
  const std::string& name_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
};

void append_cell(std::string& out, std::string_view cell) {
  const bool blank_ends = !cell.empty() && (cell.front() == ' ' || cell.back() == ' ');
  if (cell.find_first_of(",\"\r\n") == std::string_view::npos && !blank_ends) {
    out += cell;
    return;
  }
  out += '"';
  for (const char c : cell) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

void append_row(std::string& out, const std::vector<std::string>& cells) {
  // A single empty cell would read back as a blank line.
  if (cells.size() == 1 && cells[0].empty()) out += "\"\"";
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) out += ',';
    append_cell(out, cells[i]);
  }
  out += "\r\n";
}

template <class Number>
std::string shortest(Number value) {
  if (!std::isfinite(value)) return {};
  char buffer[64];
  const auto result = std::to_chars(buffer, buffer + sizeof(buffer), value);
  return {buffer, result.ptr};
}

}  // namespace

std::optional<std::size_t> CsvTable::find(std::string_view column) const {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (same_ignoring_case(columns[i], column)) return i;
  }
  return std::nullopt;
}

namespace {

using GoesOn = std::function<bool(const CsvTable& before, const std::vector<std::string>& row)>;

/// An empty `goes_on` reads all.
CsvTable parsed(std::string_view text, const std::string& name, std::vector<CsvBadRow>* bad_rows,
                const GoesOn& goes_on) {
  CsvParser parser(text, name);
  CsvTable table;
  std::size_t line = 0;
  if (!parser.next(table.columns, line)) throw FormatError(name + ": empty; a CSV begins with a line of column names");
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    if (table.find(table.columns[i]) != i) {
      throw FormatError(fmt::format("{}, line {}: two columns are named '{}'", name, line, table.columns[i]));
    }
  }
  std::vector<std::string> cells;
  while (parser.next(cells, line)) {
    if (cells.size() != table.columns.size()) {
      const std::string reason =
          fmt::format("{} cells, but the header has {} columns", cells.size(), table.columns.size());
      if (bad_rows == nullptr) throw FormatError(fmt::format("{}, line {}: {}", name, line, reason));
      bad_rows->push_back({line, reason});
      continue;
    }
    if (goes_on && !goes_on(table, cells)) break;
    table.rows.push_back(std::move(cells));
    table.lines.push_back(line);
  }
  return table;
}

}  // namespace

CsvTable parse_csv(std::string_view text, const std::string& name, std::vector<CsvBadRow>* bad_rows) {
  return parsed(text, name, bad_rows, {});
}

CsvTable read_csv_head(const std::filesystem::path& path, const GoesOn& goes_on) {
  return parsed(read_file(path), quoted(path), nullptr, goes_on);
}

CsvTable read_csv(const std::filesystem::path& path, std::vector<CsvBadRow>* bad_rows) {
  return parse_csv(read_file(path), quoted(path), bad_rows);
}

CsvWriter::CsvWriter(std::vector<std::string> columns) : columns_(columns.size()) { append_row(text_, columns); }

void CsvWriter::add_row(const std::vector<std::string>& cells) {
  require(cells.size() == columns_, fmt::format("csv: {} cells for {} columns", cells.size(), columns_));
  append_row(text_, cells);
}

void CsvWriter::save(const std::filesystem::path& path) const { write_file(path, text_); }

std::string csv_number(double value) { return shortest(value); }
std::string csv_number(float value) { return shortest(value); }

std::optional<double> parse_number(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return std::nullopt;
  text = text.substr(first, text.find_last_not_of(" \t") - first + 1);
  if (text.front() == '+') text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace songmap
