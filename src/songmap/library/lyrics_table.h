#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "songmap/library/track.h"

namespace songmap::library {

/// The lyrics of one song of a table.
struct LyricsTableRow {
  std::string id;        ///< The cell of LyricsTable::id_column; empty in a table without one.
  std::string language;  ///< ISO 639-1 where it is recognised, else what the cell says; empty when not given.
  std::string lyrics;    ///< As stored, LRC stamps and all.
  std::size_t line = 0;  ///< Of the file, where the row begins; the header is line 1.
};

struct LyricsTable {
  std::vector<LyricsTableRow> rows;  ///< In the file's order, those with lyrics.
  bool joined_by_track = false;      ///< It says which track each row belongs to.
  std::string id_column;             ///< "track_id", else "path", else empty.
  std::size_t n_blank = 0;           ///< Rows without lyrics, which are left out.
  std::vector<Failure> failures;     ///< Stage "lyrics"; the reason names the line. In the file's order.
};

/// Reads a table of lyrics: a CSV with a column `lyrics`; a column `language`, else the language in the file's name
/// (bangla_public_domain.csv, en.csv, songs_fr.csv); and a column `track_id` or `path` when the rows belong to tracks.
/// A row of another length than the header, without an id, or with an id that an earlier row has is a failure.
///
/// The text may be UTF-8, or UTF-16 with a byte-order mark.
/// @throws IoError      the file cannot be read.
/// @throws FormatError  it is no CSV, or has no column `lyrics`.
[[nodiscard]] LyricsTable read_lyrics_table(const std::filesystem::path& path);

/// The ISO 639-1 code of the language that a file's name names, or "": a language's name as one of its parts
/// (bangla_public_domain.csv), or a code as its last part or the whole (en.csv, songs_fr.csv).
[[nodiscard]] std::string language_in_file_name(const std::filesystem::path& path);

}  // namespace songmap::library
