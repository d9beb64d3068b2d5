#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "songmap/core/execution.h"
#include "songmap/core/options.h"
#include "songmap/library/track.h"

namespace songmap::library {

/// How a collection is read.
struct ScanOptions {
  /// Where Track::labels come from, for the evaluation alone; labels are never guessed.
  ///   auto    the CSV's columns `label`, `genre` and `language`; nothing for a folder
  ///   none    nothing
  ///   csv     as auto, but a folder is an error
  ///   genre   the genre tag, as "genre"
  ///   folder  the name of the folder that holds the file, as "label" (nothing for files in the root)
  ///   prefix  the file's name up to the first dot, as "label" (GTZAN's blues.00000.wav)
  std::string label_from = "auto";
  /// Fills Track::lyrics, from the first that has usable ones: a file beside the track (same name, .lrc or .txt),
  /// embedded lyrics, the CSV (`lyrics_path`, `lyrics`). What is passed over, as its encoding is not known or it has no
  /// words, is a failure; the track stays.
  bool read_lyrics = false;
};
void describe(OptionSet& set, ScanOptions& options);

struct ScanResult {
  std::filesystem::path root;      ///< Absolute: the folder, or the CSV's.
  std::vector<Track> tracks;       ///< Of a folder: sorted by the bytes of relative_path. Of a CSV: in its order.
  std::vector<Failure> failures;   ///< Stage "scan": what is named like audio, or listed, and cannot be had.
  std::vector<std::string> hints;  ///< Sentences for the user, e.g. that the folders' names look like labels.
  /// Of a folder: audio files (by name) and folders left out as hidden, ignored, or reached before by another name.
  std::size_t n_skipped = 0;
};

/// The tracks of a folder or of a CSV, with their tags.
///
/// A folder is read recursively. Audio is what has an audio file's extension (see is_audio_name). Hidden names and what
/// a `.songmapignore` leaves out are skipped. Symbolic links are followed, also out of the root; but no file and no
/// folder is taken twice (by device and inode, so hard links count once too; the path without links is preferred), and
/// a link to a folder above the root is not followed. What is named like audio but is no readable regular file is a
/// failure, as is a folder that cannot be listed.
///
/// A CSV has a column `path`, relative to its own folder, and optionally `label`, `genre`, `language`, `artist`,
/// `album`, `title`, `lyrics`, `lyrics_path` and `split`; other columns are left alone. Its cells win over tags. A row
/// that cannot be used (missing file, path outside the folder, path listed before, wrong number of cells) is a failure
/// that names the line.
///
/// @throws IoError          there is no such folder or file, or not one track in it.
/// @throws FormatError      the CSV has no column `path`, or is no CSV.
/// @throws InvalidArgument  label_from is none of the above, or does not fit; a file that is not a CSV.
/// @throws Cancelled
[[nodiscard]] ScanResult scan(const std::filesystem::path& folder_or_csv, const ScanOptions& options = {},
                              const Execution& run = {});

/// The audio files at `paths` (folders are walked as `scan` does) as tracks of a collection whose root is `root`: what
/// lies inside is named relative to it, what does not by its whole path. A file that is named twice is taken once. A
/// path that cannot be read, or is no audio by its name, is a failure.
/// @throws InvalidArgument  label_from does not fit. @throws Cancelled
[[nodiscard]] ScanResult scan_paths(const std::vector<std::filesystem::path>& paths, const std::filesystem::path& root,
                                    const ScanOptions& options = {}, const Execution& run = {});

/// Whether a file of this name is taken for audio: by its extension, ignoring case.
[[nodiscard]] bool is_audio_name(std::string_view file_name);

}  // namespace songmap::library
