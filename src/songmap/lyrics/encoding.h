#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace songmap::lyrics {

/// Bytes brought to UTF-8.
struct DecodedText {
  std::string text;        ///< Well-formed UTF-8 without a byte-order mark; empty with a problem.
  bool truncated = false;  ///< The bytes after the limit were left out.
  std::string problem;     ///< One sentence that names the first byte that broke the rule, or empty.
};

/// UTF-8 or UTF-16 text, by its byte-order mark, else UTF-16 by its zero bytes (text in UTF-8 has none), else UTF-8.
/// Zeros at the end, which pad fixed-length fields, are ignored. At most `max_bytes` bytes are looked at.
[[nodiscard]] DecodedText decode_text(std::string_view bytes, std::size_t max_bytes);

}  // namespace songmap::lyrics
