#pragma once

#include <string>
#include <string_view>

namespace songmap::lyrics {

/// A line of lyrics without what is not sung.
struct SungLine {
  std::string text;           ///< Blanks at both ends left out.
  bool had_stamps = false;    ///< It carried a time stamp.
  bool had_brackets = false;  ///< Something in square brackets was left out: a stamp, an id tag, a heading.
};

/// `line`, which is UTF-8 without line breaks, without LRC time stamps ([mm:ss], [mm:ss.xx], [mm:ss.xxx], [mm:ss:xx],
/// the same in angle brackets) and without anything else in square brackets ([ar:Name], [offset:+120], [Chorus], [x2]),
/// wherever on the line. An opening bracket that the line does not close stays, as does what is longer than a heading.
[[nodiscard]] SungLine sung_line(std::string_view line);

}  // namespace songmap::lyrics
