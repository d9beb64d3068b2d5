#include "songmap/features/embedding.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <fstream>
#include <limits>
#include <optional>
#include <set>
#include <string_view>
#include <unordered_map>

#include "songmap/core/csv.h"
#include "songmap/core/error.h"
#include "songmap/core/npy.h"
#include "songmap/core/text_file.h"
#include "songmap/core/utf8.h"

namespace songmap::features {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 3> kIdColumns{"track_id", "path", "filename"};
/// No label may reach a model, a length tells the source of a file, and the rest is no number of an embedding.
constexpr std::array<std::string_view, 14> kNoValues{"",      "track_id", "path",     "filename", "label",
                                                     "genre", "language", "title",    "artist",   "album",
                                                     "year",  "length",   "length_s", "split"};

std::string shown(const std::string& text) { return utf8::repaired(utf8::truncated(text, 60)); }

std::string shown(std::vector<std::string> items, std::size_t most) {
  const bool many = items.size() > most;
  if (many) items.resize(most);
  for (std::string& item : items) item = fmt::format("'{}'", shown(item));
  return fmt::format("{}{}", fmt::join(items, ", "), many ? ", …" : "");
}

bool is_value_column(const std::string& name) {
  std::string lower = name;
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return std::ranges::find(kNoValues, lower) == kNoValues.end();
}

/// All finite, or all NaN; else the first column that is neither.
std::optional<std::size_t> odd_column(std::span<const float> row) {
  if (std::ranges::all_of(row, [](float value) { return std::isnan(value); })) return std::nullopt;
  for (std::size_t c = 0; c < row.size(); ++c) {
    if (!std::isfinite(row[c])) return c;
  }
  return std::nullopt;
}

EmbeddingTable read_array(const fs::path& file) {
  EmbeddingTable table;
  table.values = read_npy(file);
  if (table.values.empty()) {
    throw FormatError(fmt::format("{}: an array of {} rows and {} columns holds no embedding", quoted(file),
                                  table.values.rows(), table.values.cols()));
  }
  for (std::size_t i = 0; i < table.values.rows(); ++i) {
    if (const auto c = odd_column(table.values.row(i))) {
      throw FormatError(fmt::format(
          "{}: row {}, column {} (from 0) is {}: values must be finite, or a whole row NaN where a track has none",
          quoted(file), i, *c, table.values(i, *c)));
    }
  }
  return table;
}

/// One cell; NaN where it is empty or says so.
float cell_value(const std::string& cell, const std::string& where) {
  if (cell.find_first_not_of(" \t") == std::string::npos) return std::numeric_limits<float>::quiet_NaN();
  const std::optional<double> number = parse_number(cell);
  if (!number) throw FormatError(fmt::format("{}: '{}' is not a number", where, shown(cell)));
  return static_cast<float>(*number);
}

EmbeddingTable read_table(const fs::path& file, std::string_view content) {
  const std::string name = quoted(file);
  const CsvTable csv = parse_csv(content, name);
  std::optional<std::size_t> id;
  for (const std::string_view column : kIdColumns) {
    if (!id) id = csv.find(column);
  }
  if (!id) {
    throw FormatError(
        fmt::format("{} has no column track_id, path or filename that says whose each row is; its columns are {}", name,
                    shown(csv.columns, 8)));
  }
  EmbeddingTable table;
  std::vector<std::size_t> used;
  for (std::size_t c = 0; c < csv.columns.size(); ++c) {
    if (is_value_column(csv.columns[c])) {
      used.push_back(c);
    } else if (c != *id) {
      table.left_out.push_back(csv.columns[c]);
    }
  }
  if (used.empty()) throw FormatError(fmt::format("{} has no column of values beside its ids", name));
  if (csv.rows.empty()) throw FormatError(fmt::format("{} has a header and no rows", name));
  table.values = Matrix(csv.rows.size(), used.size());
  for (std::size_t i = 0; i < csv.rows.size(); ++i) {
    const auto where = [&](std::size_t c) {
      return fmt::format("{}, line {}, column {}", name, csv.lines[i], shown(csv.columns[c]));
    };
    for (std::size_t j = 0; j < used.size(); ++j) {
      table.values(i, j) = cell_value(csv.rows[i][used[j]], where(used[j]));
    }
    if (const auto j = odd_column(table.values.row(i))) {
      throw FormatError(fmt::format("{}: '{}' is not a finite number; only a whole row may be empty", where(used[*j]),
                                    shown(csv.rows[i][used[*j]])));
    }
    if (csv.rows[i][*id].empty()) {
      throw FormatError(fmt::format("{}: empty, so nobody knows whose row this is", where(*id)));
    }
    table.ids.push_back(csv.rows[i][*id]);
  }
  table.lines = csv.lines;
  return table;
}

/// Tracks by everything that may name them.
class TrackIndex {
 public:
  TrackIndex(const fs::path& file, std::span<const EmbeddedTrack> tracks) : file_(file), tracks_(tracks) {
    for (std::size_t i = 0; i < tracks.size(); ++i) {
      by_id_.emplace(tracks[i].track_id, i);
      by_path_.emplace(tracks[i].path, i);
      by_name_[fs::path(tracks[i].path).filename().string()].push_back(i);
    }
  }

  /// @throws FormatError  the id is the file name of several tracks.
  [[nodiscard]] std::optional<std::size_t> find(const std::string& id, std::size_t line) const {
    if (const auto found = by_id_.find(id); found != by_id_.end()) return found->second;
    const std::string path = fs::path(id).lexically_normal().generic_string();
    if (const auto found = by_path_.find(path); found != by_path_.end()) return found->second;
    const auto found = by_name_.find(id);
    if (found == by_name_.end()) return std::nullopt;
    if (found->second.size() > 1) {
      throw FormatError(fmt::format(
          "{}, line {}: '{}' is the file name of {} tracks ({}, {} …): give a column path or track_id instead",
          quoted(file_), line, shown(id), found->second.size(), tracks_[found->second[0]].path,
          tracks_[found->second[1]].path));
    }
    return found->second.front();
  }

 private:
  const fs::path& file_;
  std::span<const EmbeddedTrack> tracks_;
  std::unordered_map<std::string, std::size_t> by_id_;
  std::unordered_map<std::string, std::size_t> by_path_;
  std::unordered_map<std::string, std::vector<std::size_t>> by_name_;
};

constexpr std::size_t kNoRow = std::numeric_limits<std::size_t>::max();

/// The row of each track, kNoRow where it has none.
std::vector<std::size_t> rows_by_id(const fs::path& file, const EmbeddingTable& table,
                                    std::span<const EmbeddedTrack> tracks, std::vector<std::string>& unknown_ids) {
  const TrackIndex index(file, tracks);
  std::vector<std::size_t> row_of(tracks.size(), kNoRow);
  for (std::size_t row = 0; row < table.ids.size(); ++row) {
    const auto track = index.find(table.ids[row], table.lines[row]);
    if (!track) {
      unknown_ids.push_back(table.ids[row]);
      continue;
    }
    if (row_of[*track] != kNoRow) {
      throw FormatError(fmt::format("{}, line {}: '{}' is the track of line {} again: one row a track", quoted(file),
                                    table.lines[row], shown(table.ids[row]), table.lines[row_of[*track]]));
    }
    row_of[*track] = row;
  }
  if (unknown_ids.size() == table.ids.size() && !tracks.empty()) {
    throw FormatError(fmt::format(
        "{}: none of its {} ids ({}) is a track's here: an id is a track's track_id, its path in the collection or its "
        "file name, as tracks.csv has them (the first track's: '{}', '{}')",
        quoted(file), table.ids.size(), shown(unknown_ids, 3), tracks.front().track_id, tracks.front().path));
  }
  return row_of;
}

std::vector<std::size_t> rows_by_place(const fs::path& file, const EmbeddingTable& table,
                                       std::span<const EmbeddedTrack> tracks, std::size_t n_listed) {
  std::vector<std::size_t> row_of(tracks.size());
  if (table.values.rows() == n_listed) {
    for (std::size_t i = 0; i < tracks.size(); ++i) {
      require(tracks[i].place < n_listed, fmt::format("place = {} of {}: it counts from 0", tracks[i].place, n_listed));
      row_of[i] = tracks[i].place;
    }
  } else if (table.values.rows() == tracks.size()) {
    for (std::size_t i = 0; i < tracks.size(); ++i) row_of[i] = i;
  } else {
    const std::string usable =
        tracks.size() == n_listed ? "" : fmt::format(" ({} of them could be described)", tracks.size());
    throw FormatError(fmt::format(
        "{} has {} rows, but the collection has {} tracks{}: one row a track, in the order of the collection (songmap "
        "scan lists it); or give a CSV with a column track_id, path or filename",
        quoted(file), table.values.rows(), n_listed, usable));
  }
  return row_of;
}

}  // namespace

EmbeddingTable read_embedding(const fs::path& file) {
  const std::string content = read_file(file);
  if (content.empty()) throw FormatError(fmt::format("{} is empty: it holds no embedding", quoted(file)));
  constexpr std::string_view kArrayMagic("\x93NUMPY", 6);
  if (content.starts_with(kArrayMagic) || file.extension() == ".npy") return read_array(file);
  if (content.starts_with("PK\x03\x04") || content.find('\0') != std::string::npos) {
    throw FormatError(
        fmt::format("{} is neither an NPY array nor a CSV: numpy.save writes the one, and the other has a column "
                    "track_id, path or filename and a column a value (a TorchScript model goes to --audio-model)",
                    quoted(file)));
  }
  return read_table(file, content);
}

MatchedEmbedding match_embedding(const fs::path& file, const EmbeddingTable& table,
                                 std::span<const EmbeddedTrack> tracks, std::size_t n_listed) {
  MatchedEmbedding matched;
  const std::vector<std::size_t> row_of = table.ids.empty() ? rows_by_place(file, table, tracks, n_listed)
                                                            : rows_by_id(file, table, tracks, matched.unknown_ids);
  matched.rows = Matrix(tracks.size(), table.values.cols());
  for (std::size_t i = 0; i < tracks.size(); ++i) {
    if (row_of[i] == kNoRow) {
      std::ranges::fill(matched.rows.row(i), std::numeric_limits<float>::quiet_NaN());
    } else {
      std::ranges::copy(table.values.row(row_of[i]), matched.rows.row(i).begin());
      if (!std::isnan(matched.rows(i, 0))) ++matched.n_tracks;
    }
  }
  if (matched.n_tracks == 0 && !tracks.empty()) {
    throw FormatError(fmt::format("{} has no values for any of the {} tracks", quoted(file), tracks.size()));
  }
  return matched;
}

}  // namespace songmap::features
