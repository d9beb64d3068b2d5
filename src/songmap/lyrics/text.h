#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace songmap::lyrics {

/// Bytes of one song's lyrics that are looked at. What goes beyond is left out, which bounds the work and the memory
/// that one file can cost; the longest songs have a tenth of it.
inline constexpr std::size_t kMaxLyricsTextBytes = std::size_t{256} << 10;

/// The sung words of a song.
struct LyricsText {
  /// UTF-8, in Unicode's composed form (NFC). Lines end in '\n', blank lines stand alone, and neither begins nor ends
  /// the text. Time stamps, id tags and what stands in square brackets on one line (section headings such as [Chorus],
  /// directions such as [x2]) are left out.
  std::string text;
  bool had_stamps = false;  ///< At least one LRC time stamp was left out.
  bool truncated = false;   ///< There were more than kMaxLyricsTextBytes bytes.
  std::string problem;      ///< One sentence when there are no words to use, and then `text` is empty; else empty.
};

/// The words in the bytes of a lyrics file, tag or table cell: plain text or LRC (all stamps: [mm:ss], [mm:ss.xx],
/// [mm:ss.xxx], several on a line, <mm:ss.xx> inside lines; id tags and [offset:]), in UTF-8 or UTF-16, with or without
/// a byte-order mark.
///
/// Other encodings are not guessed at, as a wrong guess gives words that nobody sang: bytes that are not UTF-8 are a
/// problem that names the first of them. UTF-16 without a mark is recognised by its zero bytes.
[[nodiscard]] LyricsText clean_lyrics(std::string_view bytes);

}  // namespace songmap::lyrics
