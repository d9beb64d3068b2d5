#pragma once

#include <string>
#include <string_view>

/// The bytes that a text has in UTF-16.
namespace songmap::lyrics::testing {

inline std::string little_endian(std::u16string_view text) {
  std::string bytes;
  for (const char16_t unit : text) {
    bytes += static_cast<char>(unit & 0xff);
    bytes += static_cast<char>(unit >> 8);
  }
  return bytes;
}

inline std::string big_endian(std::u16string_view text) {
  std::string bytes;
  for (const char16_t unit : text) {
    bytes += static_cast<char>(unit >> 8);
    bytes += static_cast<char>(unit & 0xff);
  }
  return bytes;
}

}  // namespace songmap::lyrics::testing
