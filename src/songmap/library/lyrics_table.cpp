#include "songmap/library/lyrics_table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "songmap/core/csv.h"
#include "songmap/core/error.h"
#include "songmap/core/text_file.h"
#include "songmap/core/utf8.h"
#include "songmap/lyrics/encoding.h"
#include "songmap/lyrics/language.h"

namespace songmap::library {
namespace fs = std::filesystem;
namespace {

constexpr const char* kBlanks = " \t\r\n";

std::string trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

/// The CSV's text: spreadsheets save UTF-16 too. Other bytes stay as they are, so that one bad cell costs one song.
std::string csv_text(const fs::path& path) {
  std::string bytes = read_file(path);
  if (!bytes.starts_with("\xff\xfe") && !bytes.starts_with("\xfe\xff")) return bytes;
  lyrics::DecodedText decoded = lyrics::decode_text(bytes, bytes.size());
  if (!decoded.problem.empty()) throw FormatError(fmt::format("{}: {}", quoted(path), decoded.problem));
  return std::move(decoded.text);
}

std::string code_or_text(const std::string& language) {
  const std::string code = lyrics::language_code(language);
  return code.empty() ? utf8::repaired(language) : code;
}

class TableReader {
 public:
  explicit TableReader(const fs::path& path)
      : table_(parse_csv(csv_text(path), quoted(path), &bad_rows_)), default_language_(language_in_file_name(path)) {
    const auto lyrics = table_.find("lyrics");
    if (!lyrics) {
      std::vector<std::string> names;
      for (const std::string& column : table_.columns) names.push_back(utf8::repaired(utf8::truncated(column, 40)));
      throw FormatError(fmt::format("{}: no column 'lyrics'; its columns, separated by commas, are: {}", quoted(path),
                                    fmt::join(names, ", ")));
    }
    lyrics_ = *lyrics;
    language_ = table_.find("language");
    for (const char* name : {"track_id", "path"}) {
      id_ = table_.find(name);
      if (!id_) continue;
      result_.id_column = name;
      result_.joined_by_track = true;
      break;
    }
  }

  LyricsTable read() {
    for (const CsvBadRow& bad : bad_rows_) fail(bad.line, "", bad.reason);
    for (std::size_t row = 0; row < table_.rows.size(); ++row) take_row(table_.rows[row], table_.lines[row]);
    std::ranges::stable_sort(failures_, {}, &std::pair<std::size_t, Failure>::first);
    for (auto& [line, failure] : failures_) result_.failures.push_back(std::move(failure));
    return std::move(result_);
  }

 private:
  void fail(std::size_t line, const std::string& id, const std::string& reason) {
    const bool by_path = result_.id_column == "path";
    failures_.push_back({line,
                         {by_path ? std::string() : utf8::repaired(id), by_path ? utf8::repaired(id) : std::string(),
                          "lyrics", fmt::format("line {}: {}", line, reason)}});
  }

  void take_row(std::vector<std::string>& cells, std::size_t line) {
    LyricsTableRow row;
    if (id_) {
      row.id = trimmed(cells[*id_]);
      if (row.id.empty()) return fail(line, "", fmt::format("the {} is empty", result_.id_column));
      if (result_.id_column == "path") row.id = fs::path(row.id).lexically_normal().generic_string();
      const auto [first, is_new] = line_of_.emplace(row.id, line);
      if (!is_new) {
        return fail(line, row.id, fmt::format("the {} is listed before, in line {}", result_.id_column, first->second));
      }
    }
    if (cells[lyrics_].find_first_not_of(kBlanks) == std::string::npos) {
      ++result_.n_blank;
      return;
    }
    row.lyrics = std::move(cells[lyrics_]);
    const std::string language = language_ ? trimmed(cells[*language_]) : std::string();
    row.language = language.empty() ? default_language_ : code_or_text(language);
    row.line = line;
    result_.rows.push_back(std::move(row));
  }

  std::vector<CsvBadRow> bad_rows_;
  CsvTable table_;
  std::string default_language_;
  std::size_t lyrics_ = 0;
  std::optional<std::size_t> language_;
  std::optional<std::size_t> id_;
  std::unordered_map<std::string, std::size_t> line_of_;
  std::vector<std::pair<std::size_t, Failure>> failures_;
  LyricsTable result_;
};

std::vector<std::string> name_parts(const fs::path& path) {
  std::vector<std::string> parts(1);
  const fs::path stem = path.stem();
  for (const char c : stem.native()) {
    if (std::string_view("_-. ()[]+,").find(c) == std::string_view::npos) {
      parts.back() += c;
    } else if (!parts.back().empty()) {
      parts.emplace_back();
    }
  }
  if (parts.back().empty()) parts.pop_back();
  return parts;
}

}  // namespace

LyricsTable read_lyrics_table(const fs::path& path) { return TableReader(path).read(); }

std::string language_in_file_name(const fs::path& path) {
  const std::vector<std::string> parts = name_parts(path);
  // Shorter parts are as often other words ("my", "de", "no", "the").
  constexpr std::size_t kShortestName = 4;
  for (const std::string& part : parts) {
    if (part.size() < kShortestName) continue;
    // "latin" is a kind of music far more often than a language.
    if (std::string code = lyrics::language_code(part); !code.empty() && code != "la") return code;
  }
  return !parts.empty() && parts.back().size() == 2 ? lyrics::language_code(parts.back()) : std::string();
}

}  // namespace songmap::library
