#include "songmap/library/ignore.h"

#include <algorithm>

namespace songmap::library {
namespace {

std::vector<std::string> split_path(std::string_view path) {
  std::vector<std::string> segments;
  while (!path.empty()) {
    const std::size_t slash = std::min(path.find('/'), path.size());
    if (slash > 0) segments.emplace_back(path.substr(0, slash));
    path.remove_prefix(std::min(slash + 1, path.size()));
  }
  return segments;
}

/// Trailing blanks do not count unless a backslash protects them.
std::string_view without_trailing_blanks(std::string_view line) {
  while (!line.empty() && (line.back() == ' ' || line.back() == '\t' || line.back() == '\r')) {
    const std::string_view before = line.substr(0, line.size() - 1);
    const std::size_t backslashes = before.size() - (before.find_last_not_of('\\') + 1);  // npos + 1 is 0
    if (line.back() != '\r' && backslashes % 2 == 1) break;
    line.remove_suffix(1);
  }
  return line;
}

/// Matches one character against the bracket expression that begins at `at`; moves `at` behind it. Nothing when the
/// bracket is never closed, which makes it an ordinary character.
std::optional<bool> bracket_matches(std::string_view pattern, std::size_t& at, unsigned char c) {
  std::size_t i = at + 1;
  const bool negated = i < pattern.size() && (pattern[i] == '!' || pattern[i] == '^');
  if (negated) ++i;
  bool matched = false;
  for (bool first = true; i < pattern.size(); first = false) {
    if (pattern[i] == ']' && !first) {
      at = i + 1;
      return matched != negated;
    }
    const auto take = [&] {
      if (pattern[i] == '\\' && i + 1 < pattern.size()) ++i;
      return static_cast<unsigned char>(pattern[i++]);
    };
    const unsigned char low = take();
    unsigned char high = low;
    if (i + 1 < pattern.size() && pattern[i] == '-' && pattern[i + 1] != ']') {
      ++i;
      high = take();
    }
    matched = matched || (low <= c && c <= high);
  }
  return std::nullopt;
}

/// Matches one character of `name` against the pattern's element at `at`; moves `at` behind the element.
bool element_matches(std::string_view pattern, std::size_t& at, char c) {
  if (pattern[at] == '?') {
    ++at;
    return true;
  }
  if (pattern[at] == '[') {
    if (const std::optional<bool> matched = bracket_matches(pattern, at, static_cast<unsigned char>(c))) {
      return *matched;
    }
  } else if (pattern[at] == '\\' && at + 1 < pattern.size()) {
    ++at;
  }
  return pattern[at++] == c;
}

/// Path segments against pattern segments, where "**" takes any number. The same return-to-the-last-star scheme as
/// within a name, so that the time stays bounded by the product of the lengths.
bool segments_match(const std::vector<std::string>& pattern, const std::vector<std::string>& path) {
  std::size_t p = 0;
  std::size_t s = 0;
  std::optional<std::size_t> star;
  std::size_t star_path = 0;
  while (s < path.size()) {
    if (p < pattern.size() && pattern[p] == "**") {
      // A trailing "/**" wants something inside the folder; the leading ones may match nothing.
      star = p++;
      star_path = s;
      if (p == pattern.size()) return true;
    } else if (p < pattern.size() && glob_matches(pattern[p], path[s])) {
      ++p;
      ++s;
    } else if (star) {
      p = *star + 1;
      s = ++star_path;
    } else {
      return false;
    }
  }
  return p == pattern.size();
}

}  // namespace

bool glob_matches(std::string_view pattern, std::string_view name) {
  std::size_t p = 0;
  std::size_t n = 0;
  std::optional<std::size_t> star;
  std::size_t star_name = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_name = n;
      continue;
    }
    if (p < pattern.size() && element_matches(pattern, p, name[n])) {
      ++n;
      continue;
    }
    if (!star) return false;
    p = *star + 1;
    n = ++star_name;
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

IgnoreRules IgnoreRules::parse(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  IgnoreRules result;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = without_trailing_blanks(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.front() == '#') continue;
    Rule rule;
    if (line.front() == '!') {
      rule.leaves_out = false;
      line.remove_prefix(1);
    }
    if (line.ends_with('/')) {
      rule.folders_only = true;
      line.remove_suffix(1);
    }
    const bool anchored = line.find('/') != std::string_view::npos;
    rule.segments = split_path(line);
    if (rule.segments.empty()) continue;
    if (!anchored) rule.segments.insert(rule.segments.begin(), "**");
    result.rules_.push_back(std::move(rule));
  }
  return result;
}

std::optional<bool> IgnoreRules::decide(std::string_view relative_path, bool is_folder) const {
  const std::vector<std::string> path = split_path(relative_path);
  for (auto rule = rules_.rbegin(); rule != rules_.rend(); ++rule) {
    if (rule->folders_only && !is_folder) continue;
    if (segments_match(rule->segments, path)) return rule->leaves_out;
  }
  return std::nullopt;
}

}  // namespace songmap::library
