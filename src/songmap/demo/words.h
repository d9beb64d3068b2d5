#pragma once

#include <cstddef>
#include <span>
#include <string_view>

/// The words of the demo library: little lyrics written for songmap, five a style and language.
namespace songmap::demo {

inline constexpr std::size_t kLyricsPerCell = 5;

/// Lines end in a line break.
struct Lyric {
  std::string_view title;
  std::string_view verse;    ///< Four lines.
  std::string_view refrain;  ///< Two lines.
};

/// Who plays a style in one language.
struct Band {
  std::string_view album;
  std::string_view artists[2];
};

/// Everything said and sung in one style and language.
struct Songbook {
  Band band;
  Lyric lyrics[kLyricsPerCell];
};

/// One songbook a style, in the order of `styles()`.
[[nodiscard]] std::span<const Songbook> english_songbooks();
[[nodiscard]] std::span<const Songbook> bangla_songbooks();

}  // namespace songmap::demo
