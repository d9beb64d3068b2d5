#pragma once

#include <string>
#include <string_view>
#include <vector>

/// Text in pictures comes from tags and file names: any bytes, any length.
namespace songmap::figures {

/// `text` on one line and valid: line breaks and control characters become blanks, broken UTF-8 becomes U+FFFD.
[[nodiscard]] std::string one_line_text(std::string_view text);

/// `text` as a gnuplot string that is taken letter by letter: no escapes, no variables, no command substitution.
[[nodiscard]] std::string gnuplot_string(std::string_view text);

/// Estimated width in units of the font size, from DejaVu Sans' letters: within about 10 % for Latin text.
[[nodiscard]] double text_width(std::string_view text);

/// `text`, or as much of its beginning as fits into `width` (units of the font size) with an ellipsis.
[[nodiscard]] std::string shortened(std::string_view text, double width);

/// `text` in lines of at most `width` (units of the font size), broken at blanks; at most two, the rest is cut. None of
/// an empty text.
[[nodiscard]] std::vector<std::string> in_two_lines(std::string_view text, double width);

/// `text` with &, <, > and quotes as entities, and without the control characters that XML forbids.
[[nodiscard]] std::string xml_escaped(std::string_view text);

/// True when `a` comes before `b`, with runs of digits compared as numbers: "2" before "10".
[[nodiscard]] bool natural_less(std::string_view a, std::string_view b);

}  // namespace songmap::figures
