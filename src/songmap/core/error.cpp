#include "songmap/core/error.h"

#include <fmt/format.h>

#include "songmap/core/utf8.h"

namespace songmap {

std::string quoted(const std::filesystem::path& path) {
  constexpr std::size_t kMaxBytes = 300;
  const std::string& raw = path.native();
  std::string text;
  for (std::size_t i = 0; i < raw.size();) {
    const std::size_t length = utf8::sequence_length(raw, i);
    const auto byte = static_cast<unsigned char>(raw[i]);
    if (length == 0 || byte < 0x20 || byte == 0x7f) {
      text += fmt::format("\\x{:02x}", byte);
      ++i;
    } else {
      text.append(raw, i, length);
      i += length;
    }
  }
  if (text.size() > kMaxBytes) {
    const std::string head = utf8::truncated(text, kMaxBytes / 2);
    std::size_t tail = text.size() - kMaxBytes / 2;
    while (tail < text.size() && (static_cast<unsigned char>(text[tail]) & 0xc0) == 0x80) ++tail;
    text = head + "…" + text.substr(tail);
  }
  return "'" + text + "'";
}

}  // namespace songmap
