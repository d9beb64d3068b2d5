#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace songmap {

/// A table of text cells with a header (RFC 4180). Every row has as many cells as there are columns.
struct CsvTable {
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;
  std::vector<std::size_t> lines;  ///< Line of the file on which each row begins, from 1; for messages.

  /// Index of the column of that name, ignoring ASCII case.
  [[nodiscard]] std::optional<std::size_t> find(std::string_view column) const;
};

/// A row of another length than the header.
struct CsvBadRow {
  std::size_t line = 0;
  std::string reason;  ///< "3 cells, but the header has 5 columns"
};

/// Reads a CSV with a header. With `bad_rows`, rows of another length are put there instead of ending the reading.
/// A byte-order mark, CRLF, quoted cells with line breaks, and blank lines are accepted.
/// @throws IoError      the file cannot be read.
/// @throws FormatError  no header, a column named twice, an open quote, a row of another length: names file and line.
[[nodiscard]] CsvTable read_csv(const std::filesystem::path& path, std::vector<CsvBadRow>* bad_rows = nullptr);

/// The beginning of a CSV: the rows before the first one for which `goes_on` is false, and nothing behind it is looked
/// at. `goes_on` gets the table as it is so far, and the cells of the row.
/// @throws IoError, FormatError  as read_csv, of what was looked at.
[[nodiscard]] CsvTable read_csv_head(
    const std::filesystem::path& path,
    const std::function<bool(const CsvTable& before, const std::vector<std::string>& row)>& goes_on);

/// As read_csv, from memory; `name` is what messages call it.
[[nodiscard]] CsvTable parse_csv(std::string_view text, const std::string& name,
                                 std::vector<CsvBadRow>* bad_rows = nullptr);

/// Writes RFC 4180 rows. Cells are quoted where they must be.
class CsvWriter {
 public:
  explicit CsvWriter(std::vector<std::string> columns);
  /// @throws InvalidArgument  not one cell a column.
  void add_row(const std::vector<std::string>& cells);
  [[nodiscard]] const std::string& text() const { return text_; }
  /// Writes under a temporary name and renames. @throws IoError
  void save(const std::filesystem::path& path) const;

 private:
  std::size_t columns_;
  std::string text_;
};

/// Shortest decimal text that reads back as the same number; empty for NaN and infinities ("not defined").
[[nodiscard]] std::string csv_number(double value);
[[nodiscard]] std::string csv_number(float value);

/// The number that the whole of `text` (blanks around it ignored) spells, or nothing.
[[nodiscard]] std::optional<double> parse_number(std::string_view text);

}  // namespace songmap
