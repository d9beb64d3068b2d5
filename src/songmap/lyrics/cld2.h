#pragma once

#include <string>
#include <string_view>

namespace songmap::lyrics {

/// What Compact Language Detector 2 makes of a text.
struct Cld2Guess {
  std::string code;   ///< ISO 639-1; empty when it has no guess, or one without such a code.
  double share = 0;   ///< Of the text in that language, as it believes: 0 … 1.
  bool sure = false;  ///< It calls the guess reliable. Never true of nothing, but true of much that it does not know.
};

/// The first of its guesses. `text` is UTF-8. Takes some milliseconds a megabyte.
[[nodiscard]] Cld2Guess cld2_guess(std::string_view text);

}  // namespace songmap::lyrics
