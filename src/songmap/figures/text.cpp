#include "songmap/figures/text.h"

#include <algorithm>
#include <cctype>

#include "songmap/core/utf8.h"

namespace songmap::figures {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

double letter_width(std::string_view letter) {
  if (letter.size() > 1) return 0.66;
  const char c = letter.front();
  if (std::string_view("ijl.,:;'|!").find(c) != std::string_view::npos) return 0.31;
  if (std::string_view("frt ()[]-/\\I\"").find(c) != std::string_view::npos) return 0.37;
  if (std::string_view("mwMW@%<>=+~#").find(c) != std::string_view::npos) return 0.93;
  if (c >= 'A' && c <= 'Z') return 0.70;
  return 0.62;
}

/// Removes the run of digits that `text` begins with and returns it without leading zeros.
std::string_view take_number(std::string_view& text) {
  std::size_t end = 0;
  while (end < text.size() && is_digit(text[end])) ++end;
  std::string_view digits = text.substr(0, end);
  text.remove_prefix(end);
  while (digits.size() > 1 && digits.front() == '0') digits.remove_prefix(1);
  return digits;
}

}  // namespace

std::string one_line_text(std::string_view text) {
  std::string line = utf8::repaired(text);
  for (char& c : line) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return line;
}

std::string gnuplot_string(std::string_view text) {
  std::string literal = "'";
  for (const char c : one_line_text(text)) {
    if (c == '\'') literal += '\'';
    literal += c;
  }
  return literal + "'";
}

double text_width(std::string_view text) {
  double width = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = std::max<std::size_t>(1, utf8::sequence_length(text, at));
    width += letter_width(text.substr(at, length));
    at += length;
  }
  return width;
}

std::string shortened(std::string_view text, double width) {
  const std::string whole = one_line_text(text);
  if (text_width(whole) <= width) return whole;
  std::string kept;
  double used = 1.0;  // The ellipsis.
  for (std::size_t at = 0; at < whole.size();) {
    const std::string_view letter = std::string_view(whole).substr(at, utf8::sequence_length(whole, at));
    used += letter_width(letter);
    if (used > width) break;
    kept += letter;
    at += letter.size();
  }
  while (!kept.empty() && kept.back() == ' ') kept.pop_back();
  return kept + "…";
}

std::vector<std::string> in_two_lines(std::string_view text, double width) {
  const std::string whole = one_line_text(text);
  if (whole.empty()) return {};
  if (text_width(whole) <= width) return {whole};
  std::size_t cut = std::string::npos;
  for (std::size_t blank = whole.find(' '); blank != std::string::npos; blank = whole.find(' ', blank + 1)) {
    if (text_width(std::string_view(whole).substr(0, blank)) > width) break;
    cut = blank;
  }
  if (cut == std::string::npos) return {shortened(whole, width)};
  return {whole.substr(0, cut), shortened(std::string_view(whole).substr(cut + 1), width)};
}

std::string xml_escaped(std::string_view text) {
  std::string escaped;
  escaped.reserve(text.size());
  for (const char c : utf8::repaired(text)) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default: {
        const auto byte = static_cast<unsigned char>(c);
        const bool forbidden = (byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7f;
        escaped += forbidden ? ' ' : c;
      }
    }
  }
  return escaped;
}

bool natural_less(std::string_view a, std::string_view b) {
  const std::string_view whole_a = a;
  const std::string_view whole_b = b;
  while (!a.empty() && !b.empty()) {
    if (is_digit(a.front()) && is_digit(b.front())) {
      const std::string_view x = take_number(a);
      const std::string_view y = take_number(b);
      if (x.size() != y.size()) return x.size() < y.size();
      if (x != y) return x < y;
    } else {
      if (a.front() != b.front()) {
        return static_cast<unsigned char>(a.front()) < static_cast<unsigned char>(b.front());
      }
      a.remove_prefix(1);
      b.remove_prefix(1);
    }
  }
  if (a.empty() != b.empty()) return a.empty();
  return whole_a < whole_b;
}

}  // namespace songmap::figures
