#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "songmap/run/manifest.h"
#include "songmap/run/tables.h"

namespace songmap::run {

/// What a track brought along: the bytes of its lyrics, and where they come from ("file", "embedded", "csv"; empty:
/// none).
struct OwnLyrics {
  std::string bytes;
  std::string source;
};

struct PairedLyrics {
  std::vector<LyricsRow> rows;  ///< In the tracks' order; tracks without usable lyrics have none.
  LyricsRecord record;
  std::vector<FailureRow> failures;   ///< Stage "lyrics": texts that could not be used. The track itself is fine.
  std::vector<std::string> warnings;  ///< Sentences.
  std::vector<std::string> notes;     ///< Sentences.
};

/// Finds the lyrics of every track and cleans them. `pairing`:
///   track  the track's own lyrics, else (also where these cannot be used) those that a table gives it by track_id or
///          path; a table without such a column is left aside with a warning
///   cycle  the rows of all tables in turn, whatever the track (the study's); without a table as `track`
/// `own` is empty or has one entry a track. Languages: as the table says, else as found in the text.
/// @throws IoError, FormatError  a table cannot be read.
[[nodiscard]] PairedLyrics pair_lyrics(const std::vector<TrackRow>& tracks, const std::vector<OwnLyrics>& own,
                                       const std::vector<std::filesystem::path>& tables, const std::string& pairing);

/// How a manifest names tables of lyrics: each one's whole path and the hash of its content. @throws IoError
[[nodiscard]] std::vector<std::pair<std::string, std::string>> named_tables(
    const std::vector<std::filesystem::path>& tables);

/// The label column of the language of the lyrics.
inline constexpr const char* kLyricsLanguage = "lyrics_language";

/// Adds that column where no language was given, the lyrics are in at least two, and those of `fewest` tracks are
/// known.
void add_lyrics_language(const std::vector<LyricsRow>& lyrics, std::size_t fewest, std::vector<TrackRow>& tracks);

}  // namespace songmap::run
