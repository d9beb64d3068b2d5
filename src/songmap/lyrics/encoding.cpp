#include "songmap/lyrics/encoding.h"

#include <fmt/format.h>
#include <unicode/unistr.h>
#include <unicode/utf16.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "songmap/core/utf8.h"

namespace songmap::lyrics {
namespace {

using namespace std::string_view_literals;

enum class Encoding { kUtf8, kUtf16Little, kUtf16Big, kUtf32 };

struct Layout {
  Encoding encoding = Encoding::kUtf8;
  std::size_t mark = 0;  // bytes of the byte-order mark
};

std::string_view without_zeros_at_the_end(std::string_view bytes) {
  return bytes.substr(0, bytes.find_last_not_of('\0') + 1);
}

/// Blanks, line breaks and Latin letters have a zero byte in UTF-16, all on the same side. A zero on the other side is
/// a character such as U+0900: rare.
Encoding unmarked_encoding(std::string_view bytes) {
  const std::string_view inside = without_zeros_at_the_end(bytes);
  if (bytes.size() % 2 != 0) return Encoding::kUtf8;
  std::size_t zeros[2] = {0, 0};
  for (std::size_t i = 0; i < inside.size(); ++i) zeros[i % 2] += inside[i] == '\0' ? 1U : 0U;
  constexpr std::size_t kRare = 20;        // one zero in so many may be on the wrong side
  constexpr std::size_t kLeastShare = 12;  // at least one character in so many is a blank, a break or a Latin letter
  if ((zeros[0] + zeros[1]) * kLeastShare < inside.size() / 2) return Encoding::kUtf8;
  if (zeros[1] > 0 && zeros[0] * kRare <= zeros[1]) return Encoding::kUtf16Little;
  if (zeros[0] > 0 && zeros[1] * kRare <= zeros[0]) return Encoding::kUtf16Big;
  return Encoding::kUtf8;
}

Layout layout_of(std::string_view bytes) {
  if (bytes.starts_with("\xff\xfe\0\0"sv) || bytes.starts_with("\0\0\xfe\xff"sv)) return {Encoding::kUtf32, 4};
  if (bytes.starts_with("\xff\xfe"sv)) return {Encoding::kUtf16Little, 2};
  if (bytes.starts_with("\xfe\xff"sv)) return {Encoding::kUtf16Big, 2};
  if (bytes.starts_with("\xef\xbb\xbf"sv)) return {Encoding::kUtf8, 3};
  return {unmarked_encoding(bytes), 0};
}

DecodedText refused(std::string problem) { return {{}, false, std::move(problem)}; }

/// `was_cut`: the text went on, so that its last character may be half there.
DecodedText from_utf16(std::string_view bytes, const Layout& layout, bool was_cut) {
  while (bytes.ends_with("\0\0"sv)) bytes.remove_suffix(2);
  if (was_cut && bytes.size() % 2 != 0) bytes.remove_suffix(1);
  if (bytes.size() % 2 != 0) {
    return refused(fmt::format("the text is UTF-16, but its last character is cut in half (byte {})",
                               layout.mark + bytes.size() - 1));
  }
  const bool little = layout.encoding == Encoding::kUtf16Little;
  icu::UnicodeString units;
  for (std::size_t i = 0; i < bytes.size(); i += 2) {
    const auto first = static_cast<unsigned char>(bytes[i]);
    const auto second = static_cast<unsigned char>(bytes[i + 1]);
    units.append(static_cast<char16_t>(little ? second << 8 | first : first << 8 | second));
  }
  if (was_cut && !units.isEmpty() && U16_IS_LEAD(units[units.length() - 1])) units.truncate(units.length() - 1);
  for (std::int32_t i = 0; i < units.length(); ++i) {
    const bool is_pair = U16_IS_LEAD(units[i]) && i + 1 < units.length() && U16_IS_TRAIL(units[i + 1]);
    if (U16_IS_SURROGATE(units[i]) && !is_pair) {
      return refused(fmt::format("the text is UTF-16, but half of a surrogate pair is missing at byte {}",
                                 layout.mark + 2 * static_cast<std::size_t>(i)));
    }
    if (is_pair) ++i;
  }
  DecodedText result;
  units.toUTF8String(result.text);
  return result;
}

/// Whether `bytes` are the beginning of a longer sequence, as the end of a text that was cut can be.
bool is_halved_character(std::string_view bytes) {
  const auto first = static_cast<unsigned char>(bytes[0]);
  if (first < 0xc2 || first > 0xf4) return false;
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  return bytes.size() < length && std::ranges::all_of(bytes.substr(1), [](char c) { return (c & 0xc0) == 0x80; });
}

DecodedText from_utf8(std::string_view bytes, const Layout& layout, bool was_cut) {
  bytes = without_zeros_at_the_end(bytes);
  for (std::size_t i = 0; i < bytes.size();) {
    const std::size_t length = utf8::sequence_length(bytes, i);
    if (length == 0 && was_cut && is_halved_character(bytes.substr(i)))
      return {std::string(bytes.substr(0, i)), {}, {}};
    if (length == 0) {
      return refused(
          fmt::format("byte {} (0x{:02x}) is not UTF-8; save the text as UTF-8, or as UTF-16 with a "
                      "byte-order mark",
                      layout.mark + i, static_cast<unsigned char>(bytes[i])));
    }
    if (bytes[i] == '\0') return refused(fmt::format("byte {} is zero, as in no text", layout.mark + i));
    i += length;
  }
  return {std::string(bytes), false, {}};
}

}  // namespace

DecodedText decode_text(std::string_view bytes, std::size_t max_bytes) {
  const std::string_view kept = bytes.substr(0, max_bytes);
  const bool was_cut = kept.size() < bytes.size();
  const Layout layout = layout_of(kept);
  if (layout.encoding == Encoding::kUtf32) return refused("the text is UTF-32; save it as UTF-8");
  DecodedText result = layout.encoding == Encoding::kUtf8 ? from_utf8(kept.substr(layout.mark), layout, was_cut)
                                                          : from_utf16(kept.substr(layout.mark), layout, was_cut);
  result.truncated = was_cut && result.problem.empty();
  return result;
}

}  // namespace songmap::lyrics
