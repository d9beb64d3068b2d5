#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Pieces of HTML and ways to spell numbers. Functions named `…_html` return markup; everything else is plain text
/// that must go through `escaped`.
namespace songmap::report {

/// Text made safe for content and for attributes in double quotes.
[[nodiscard]] std::string escaped(std::string_view text);

/// "0.312", with a true minus; "not defined" for what is not finite.
[[nodiscard]] std::string spelled_number(double value, int decimals = 2);
/// "1,234".
[[nodiscard]] std::string spelled_count(std::size_t n);
/// "1 track", "1,234 tracks".
[[nodiscard]] std::string counted(std::size_t n, std::string_view noun);
/// "3 h 12 min", "4 min 5 s", "12 s".
[[nodiscard]] std::string spelled_duration(double seconds);
/// "p = 0.03", "p < 0.001".
[[nodiscard]] std::string spelled_p(double p);
/// "a", "a and b", "a, b and c".
[[nodiscard]] std::string joined(const std::vector<std::string>& items);

/// A column of a table: its heading, and whether it holds numbers (set to the right).
struct HtmlColumn {
  std::string title;
  bool numeric = false;
};

/// A table with a caption for all readers. Cells are markup; the first cell of a row is its heading, and a row of a
/// single cell is the heading of those below it.
[[nodiscard]] std::string table_html(std::string_view caption, const std::vector<HtmlColumn>& columns,
                                     const std::vector<std::vector<std::string>>& rows);

[[nodiscard]] std::string paragraph_html(std::string_view text);

/// Markup behind a line that a reader unfolds; nothing where the body is empty.
[[nodiscard]] std::string folded_html(std::string_view summary, std::string_view body);

/// A section with an anchor and a heading.
[[nodiscard]] std::string section_html(std::string_view id, std::string_view title, std::string_view body);

/// The picture folder/name as an image inside the page, with alternative text and caption: the SVG, or the PNG where
/// the SVG is large and the PNG smaller. Nothing when neither is there.
[[nodiscard]] std::optional<std::string> figure_html(const std::filesystem::path& folder, const std::string& name,
                                                     std::string_view alternative, std::string_view caption);

}  // namespace songmap::report
