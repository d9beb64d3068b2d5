#include "songmap/lyrics/lrc.h"

#include <cstddef>

namespace songmap::lyrics {
namespace {

/// Headings, directions and id tags are short; a verse that somebody put in brackets is not.
constexpr std::size_t kMaxBracketBytes = 200;

/// Digits at the front of `text`, which are taken off it.
std::size_t take_digits(std::string_view& text) {
  std::size_t n = 0;
  while (n < text.size() && text[n] >= '0' && text[n] <= '9') ++n;
  text.remove_prefix(n);
  return n;
}

/// Whether `inside`, without its brackets, is a time: 1-3 digits, ':', 1-2 digits, and possibly a fraction.
bool is_time(std::string_view inside) {
  const std::size_t minutes = take_digits(inside);
  if (minutes < 1 || minutes > 3 || !inside.starts_with(':')) return false;
  inside.remove_prefix(1);
  const std::size_t seconds = take_digits(inside);
  if (seconds < 1 || seconds > 2) return false;
  if (inside.empty()) return true;
  if (inside[0] != '.' && inside[0] != ':' && inside[0] != ',') return false;
  inside.remove_prefix(1);
  const std::size_t fraction = take_digits(inside);
  return inside.empty() && fraction >= 1 && fraction <= 3;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace

SungLine sung_line(std::string_view line) {
  SungLine result;
  std::string kept;
  while (!line.empty()) {
    const std::size_t open = line.find_first_of("[<");
    kept += line.substr(0, open);
    if (open == std::string_view::npos) break;
    line.remove_prefix(open);
    const bool square = line[0] == '[';
    // Looking no further than this keeps a line of nothing but opening brackets linear.
    const std::size_t close = line.substr(0, kMaxBracketBytes).find(square ? ']' : '>');
    const bool closed = close != std::string_view::npos;
    const bool time = closed && is_time(line.substr(1, close - 1));
    if (time || (square && closed)) {
      result.had_stamps |= time;
      result.had_brackets = true;
      line.remove_prefix(close + 1);
    } else {
      kept += line[0];
      line.remove_prefix(1);
    }
  }
  result.text = trimmed(kept);
  return result;
}

}  // namespace songmap::lyrics
