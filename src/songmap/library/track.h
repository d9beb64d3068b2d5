#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace songmap::library {

/// One recording of the collection, as found by `scan`: nothing of its audio has been read yet but the tags.
struct Track {
  std::filesystem::path path;  ///< Absolute, as it is opened. Its bytes may be anything a file system allows.
  /// Relative to the scanned root, separated by '/': the track's name in every table. It may be invalid UTF-8 as `path`
  /// may; what writes a table repairs it (core/utf8).
  std::string relative_path;
  std::string title;    ///< From the CSV, else the tag, else the file's name without its extension. UTF-8.
  std::string artist;   ///< From the CSV, else the tag. UTF-8.
  std::string album;    ///< From the CSV, else the tag. UTF-8.
  double length_s = 0;  ///< As the file's header says; 0 when the tag reader does not know the format.
  /// "genre", "language", "label": what is known from outside. For the evaluation alone: nothing that computes
  /// features, trains or clusters may look at it.
  std::map<std::string, std::string> labels;
  bool has_lyrics = false;    ///< Known from the scan without reading them.
  std::string lyrics;         ///< Only with ScanOptions::read_lyrics: the source's text as stored, LRC stamps and all.
  std::string lyrics_source;  ///< "file", "embedded" or "csv"; empty without lyrics.
  std::string split;          ///< The CSV's column ("train", "test", …).
};

/// One item that a long job could not use; the job went on.
struct Failure {
  std::string track_id;  ///< Empty when the audio could not be identified.
  std::string path;      ///< Track::relative_path, or what the CSV said. Repaired UTF-8.
  std::string stage;     ///< scan | identify | decode | features | store | lyrics (the track is fine)
  std::string reason;    ///< One sentence for a person.
};

}  // namespace songmap::library
