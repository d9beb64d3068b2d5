#pragma once

#include <filesystem>
#include <limits>
#include <string>
#include <vector>

namespace songmap::figures {

/// One bar; NaN where something is not defined, which is printed unless the value was never computed.
struct Bar {
  double value = std::numeric_limits<double>::quiet_NaN();
  double low = std::numeric_limits<double>::quiet_NaN();     ///< Error bar from here …
  double high = std::numeric_limits<double>::quiet_NaN();    ///< … to here.
  double chance = std::numeric_limits<double>::quiet_NaN();  ///< What chance gives: a mark across the bar.
  bool computed = true;                                      ///< False: the place stays empty.
};

/// One quantity for all rows of the figure.
struct BarPanel {
  std::string title = {};
  std::string note = {};       ///< Below the title, e.g. "higher is better".
  std::vector<Bar> bars = {};  ///< One a row.
  int decimals = 2;            ///< Of the printed values.
  double reach = 0;            ///< The axis goes at least so far, so that values near 0 look like it.
};

struct BarsOptions {
  std::string title = {};
  std::string subtitle = {};
  std::vector<std::string> rows = {};    ///< Names of the rows, from the top.
  std::vector<bool> emphasised = {};     ///< Rows in the strong colour; empty: all.
  std::vector<std::string> groups = {};  ///< Group of each row, consecutive; a heading where it changes. Empty: none.
  std::string chance_meaning = {};       ///< Legend of the chance marks; empty: no legend.
};

/// Horizontal bars: one row a method, one panel a quantity, each with its own axis, at most four side by side. Values
/// are printed; what is not defined says so. Long names take two lines.
///
/// How to read it: compare bars within a panel only. Two methods whose whiskers overlap widely cannot be told apart by
/// this data, and of a bar only the part beyond the chance mark means something.
///
/// Writes NAME.svg and NAME.png.
/// @throws InvalidArgument  no row, no panel, or a panel (groups, emphasised) of another length than the rows.
/// @throws IoError
void draw_bars(const std::filesystem::path& without_extension, const std::vector<BarPanel>& panels,
               const BarsOptions& options);

/// What `draw_bars` takes for one picture.
struct BarsPage {
  std::vector<BarPanel> panels = {};
  BarsOptions options = {};
};

/// The same bars on as many pictures as it takes for none to be higher than a printed page: first the panels are
/// distributed, then, where one line of them is still too high, the rows. Scales reach equally far on all.
/// @throws InvalidArgument  as `draw_bars`.
[[nodiscard]] std::vector<BarsPage> bars_pages(const std::vector<BarPanel>& panels, const BarsOptions& options);

}  // namespace songmap::figures
