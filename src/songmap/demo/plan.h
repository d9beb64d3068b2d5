#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "songmap/demo/library.h"

/// What the demo library will hold, before a note is played.
namespace songmap::demo {

enum class LyricsHome { kEmbedded, kTextFile, kLrcFile };

struct PlannedTrack {
  std::size_t style = 0;
  std::size_t index = 0;       ///< In its style.
  std::filesystem::path path;  ///< Relative to the library.
  std::string title, artist, album, genre;
  std::string language;  ///< "en" or "bn"
  std::string lyrics;    ///< Plain lines.
  LyricsHome lyrics_home = LyricsHome::kEmbedded;

  /// Beside the track; empty when the lyrics are embedded.
  [[nodiscard]] std::filesystem::path lyrics_path() const;
};

/// All tracks, style by style. Every style has the same mix of languages, formats and homes of lyrics; every title is
/// used once.
[[nodiscard]] std::vector<PlannedTrack> plan_library(const DemoOptions& options);

/// `lyrics` with a time stamp on each line, evenly over the track.
[[nodiscard]] std::string as_lrc(const std::string& lyrics, double length_s);

}  // namespace songmap::demo
