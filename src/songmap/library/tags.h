#pragma once

#include <filesystem>
#include <string>

namespace songmap::library {

/// What a file says about itself. All text is valid UTF-8 (repaired where the file's is not); empty when not given.
struct Tags {
  std::string title;
  std::string artist;
  std::string album;
  std::string genre;    ///< The first, where a file names several.
  double length_s = 0;  ///< From the header; 0 when unknown. Not written by write_tags.
  /// Embedded lyrics: ID3 USLT, SYLT (its lines) or TXXX; Vorbis LYRICS, UNSYNCEDLYRICS or SYNCEDLYRICS; MP4 ©lyr; APE
  /// and ASF lyrics. Plain ones before synchronised ones. LRC stamps inside are left in place.
  std::string lyrics;
};

/// Reads the tags of an audio file. A format without tags, or a file that is damaged or missing, gives empty tags:
/// whether the audio is any good shows when it is decoded.
[[nodiscard]] Tags read_tags(const std::filesystem::path& path);

/// Writes title, artist, album, genre and lyrics; an empty one removes the tag. The audio stays as it is.
/// @throws IoError  the file cannot be changed, or its format carries no tags that are known here.
void write_tags(const std::filesystem::path& path, const Tags& tags);

/// One field of a file's tags by its name (of MP3 a TXXX frame, of MP4 a free-form atom): empty when it is not there.
/// @throws IoError  the file cannot be opened, or its format has no tags.
[[nodiscard]] std::string read_field(const std::filesystem::path& path, const std::string& name);
/// Sets that field and leaves all others as they are; an empty value removes it. @throws IoError  as above.
void write_field(const std::filesystem::path& path, const std::string& name, const std::string& value);

}  // namespace songmap::library
