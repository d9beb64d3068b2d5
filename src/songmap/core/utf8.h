#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// The few things about UTF-8 that code outside the lyrics needs: file names and tags may hold any bytes.
namespace songmap::utf8 {

/// Bytes of the well-formed sequence that starts at `at` (1-4), or 0 when there is none (RFC 3629).
[[nodiscard]] std::size_t sequence_length(std::string_view text, std::size_t at);

[[nodiscard]] bool is_valid(std::string_view text);

/// `text` with every byte that is not part of a well-formed sequence replaced by U+FFFD.
[[nodiscard]] std::string repaired(std::string_view text);

/// The longest prefix of whole characters that has at most `max_bytes` bytes.
[[nodiscard]] std::string truncated(std::string_view text, std::size_t max_bytes);

}  // namespace songmap::utf8
