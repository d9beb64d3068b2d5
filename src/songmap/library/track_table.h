#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "songmap/library/track.h"

namespace songmap::library {

/// One usable row of a CSV of tracks. Cells that are absent or blank are empty.
struct TrackRow {
  std::string relative_path;  ///< Normalised: no "." or "..".
  std::string title, artist, album, split;
  std::string lyrics;
  std::filesystem::path lyrics_path;          ///< Absolute.
  std::map<std::string, std::string> labels;  ///< From the columns label, genre and language.
};

struct TrackTable {
  std::vector<TrackRow> rows;     ///< In the file's order.
  std::vector<Failure> failures;  ///< In the file's order; the reason names the line.
};

/// Reads a CSV of tracks, whose folder is the root, by the rules of `scan`.
/// @throws IoError, FormatError
[[nodiscard]] TrackTable read_track_table(const std::filesystem::path& csv);

}  // namespace songmap::library
