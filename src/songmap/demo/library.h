#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>

#include "songmap/core/execution.h"
#include "songmap/core/matrix.h"

/// A small library of music that songmap makes itself: six styles, words in English and in Bangla. Language, file
/// format and the way lyrics are kept say nothing about the style.
namespace songmap::demo {

/// Checked on entry to `make_library`.
struct DemoOptions {
  std::size_t tracks_per_style = 10;  ///< 2 … 50; every second one is sung in Bangla.
  double length_s = 15;               ///< Mean length of a track, 4 … 600; each differs by up to a fifth.
  std::uint64_t seed = 0;
};

/// One track before it is encoded.
struct DemoTrack {
  Matrix samples;  ///< [frames, 2], in [-1, 1].
  int rate_hz = 0;
};

/// The sound of track `index` of `style`: a function of its arguments alone. Takes some .1 s for 15 s of music.
/// @throws InvalidArgument  an option, style or index is out of range.
[[nodiscard]] DemoTrack make_track(std::size_t style, std::size_t index, const DemoOptions& options);

/// Writes the library into `folder`, which is made: tracks as ARTIST/TITLE in MP3, FLAC, Vorbis, AAC, Opus and WAV with
/// tags, lyrics embedded or beside them as .txt or .lrc, and tracks.csv (path, title, artist, album, genre, language,
/// lyrics_path). The same options give the same sound, whatever the threads. Where this very library lies there
/// already, nothing is done; where another one of ours does, it is replaced.
/// @throws InvalidArgument  an option is out of range, or the folder holds other files: none of those is touched.
/// @throws IoError          the folder cannot be written, or FFmpeg lacks an encoder.
void make_library(const std::filesystem::path& folder, const DemoOptions& options = {}, const Execution& run = {});

}  // namespace songmap::demo
