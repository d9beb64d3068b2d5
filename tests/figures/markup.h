#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "songmap/core/utf8.h"

namespace songmap::testing {

/// Number of times that `part` occurs.
inline std::size_t occurrences(std::string_view text, std::string_view part) {
  std::size_t n = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + part.size())) ++n;
  return n;
}

/// Reads SVG or HTML as strictly as XML, with HTML's few elements that have no end tag: enough to notice when data
/// breaks out of its place.
class MarkupReader {
 public:
  explicit MarkupReader(std::string_view markup) : rest_(markup) {}

  /// What is wrong, or empty.
  std::string fault() {
    if (!utf8::is_valid(rest_)) return "not UTF-8";
    for (const char c : rest_) {
      if (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t' && c != '\r') return "control character";
    }
    while (fault_.empty() && !rest_.empty()) {
      if (rest_.front() == '<') {
        read_tag();
      } else {
        read_text(rest_.substr(0, rest_.find('<')));
      }
    }
    if (fault_.empty() && !open_.empty()) fault_ = "never closed: " + open_.back();
    return fault_;
  }

 private:
  void read_text(std::string_view text) {
    check_entities(text);
    rest_.remove_prefix(text.size());
  }

  void check_entities(std::string_view text) {
    for (std::size_t at = text.find('&'); at != std::string_view::npos; at = text.find('&', at + 1)) {
      const std::size_t end = text.find(';', at);
      if (end == std::string_view::npos || end - at > 8) fault_ = "bare & in: " + std::string(text.substr(at, 30));
    }
  }

  void skip(std::string_view ending) {
    const std::size_t at = rest_.find(ending);
    if (at == std::string_view::npos) {
      fault_ = "no " + std::string(ending);
      rest_ = {};
    } else {
      rest_.remove_prefix(at + ending.size());
    }
  }

  void read_tag() {
    if (rest_.starts_with("<?")) return skip("?>");
    if (rest_.starts_with("<!--")) return skip("-->");
    if (rest_.starts_with("<!")) return skip(">");
    const bool closing = rest_.starts_with("</");
    rest_.remove_prefix(closing ? 2 : 1);
    const std::string name(rest_.substr(0, rest_.find_first_of(" \t\r\n/>")));
    if (name.empty()) fault_ = "bare < before: " + std::string(rest_.substr(0, 30));
    rest_.remove_prefix(name.size());
    const bool alone = read_attributes();
    if (!fault_.empty()) return;
    if (closing) {
      if (open_.empty() || open_.back() != name) {
        fault_ = "</" + name + "> closes " + (open_.empty() ? "nothing" : open_.back());
      } else {
        open_.pop_back();
      }
    } else if (!alone && name != "meta" && name != "img" && name != "br") {
      open_.push_back(name);
      if (name == "style") skip_to("</style>");
    }
  }

  void skip_to(std::string_view next) {
    const std::size_t at = rest_.find(next);
    rest_.remove_prefix(at == std::string_view::npos ? rest_.size() : at);
  }

  /// Up to and including '>'; true for an element that closes itself.
  bool read_attributes() {
    while (fault_.empty() && !rest_.empty()) {
      const char c = rest_.front();
      if (c == '>') {
        rest_.remove_prefix(1);
        return false;
      }
      if (rest_.starts_with("/>")) {
        rest_.remove_prefix(2);
        return true;
      }
      if (c == '"' || c == '\'') {
        const std::size_t end = rest_.find(c, 1);
        if (end == std::string_view::npos) break;
        const std::string_view value = rest_.substr(1, end - 1);
        check_entities(value);
        if (value.find('<') != std::string_view::npos) fault_ = "< in an attribute";
        rest_.remove_prefix(end + 1);
      } else if (c == '<') {
        fault_ = "< inside a tag";
      } else {
        rest_.remove_prefix(1);
      }
    }
    if (fault_.empty()) fault_ = "a tag without an end";
    return false;
  }

  std::string_view rest_;
  std::vector<std::string> open_;
  std::string fault_;
};

/// What is wrong with the markup, or empty.
inline std::string markup_fault(std::string_view markup) { return MarkupReader(markup).fault(); }

}  // namespace songmap::testing
