#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace songmap::library {

/// The rules of one `.songmapignore`, which reads like a .gitignore: a line is a pattern; `#` begins a comment, `!`
/// takes back what an earlier line left out, a trailing `/` matches folders alone, a `/` elsewhere ties the pattern to
/// the folder of the file. `*`, `?` and `[a-z]` stay inside one name, `**` spans folders, `\` takes the next character
/// literally. Names are compared byte by byte, case-sensitively.
class IgnoreRules {
 public:
  IgnoreRules() = default;
  /// The rules in `text`. Every text is a valid list of rules. A byte-order mark and CRLF are accepted.
  static IgnoreRules parse(std::string_view text);

  /// Whether `relative_path` ('/'-separated, relative to the folder of the rules) is left out (true), explicitly kept
  /// (false), or not mentioned. The last matching line decides.
  [[nodiscard]] std::optional<bool> decide(std::string_view relative_path, bool is_folder) const;

  [[nodiscard]] bool empty() const { return rules_.empty(); }

 private:
  struct Rule {
    std::vector<std::string> segments;  ///< "**" stands for any number of folders.
    bool leaves_out = true;
    bool folders_only = false;
  };
  std::vector<Rule> rules_;
};

/// Whether the one name `name` matches the one-name glob `pattern` (`*`, `?`, `[a-z]`, `[!a-z]`, `\x`). Takes at most
/// a multiple of pattern length times name length.
[[nodiscard]] bool glob_matches(std::string_view pattern, std::string_view name);

}  // namespace songmap::library
