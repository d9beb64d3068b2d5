#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace songmap::figures {

/// Two clusters becoming one; each is named by any one of its rows.
struct DendrogramMerge {
  std::size_t first = 0;
  std::size_t second = 0;
  double height = 0;
};

struct DendrogramOptions {
  std::string title = {};
  std::string subtitle = {};
  std::string height_label = {};             ///< What the height is, e.g. "Ward distance".
  std::size_t n_groups = 0;                  ///< Cut here; 0: no cut.
  std::size_t n_leaves = 30;                 ///< Branches shown, at least as many as groups: the top of the tree.
  std::vector<std::string> row_names = {};   ///< One a row, shown where a branch is one row alone; or empty.
  std::vector<std::string> categories = {};  ///< One a row, e.g. its genre: a branch tells its most frequent; or empty.
};

/// The top of a hierarchy of merges.size() + 1 rows (merges lowest first), its root at the left, as many branches at
/// the right as asked for, each with the number of its rows. Groups have the colours that the same numbers have on
/// maps, and are numbered, as by a cut, in the order of their first rows.
///
/// How to read it: the farther left two branches meet, the less alike they are. A long way between meetings, just where
/// the dashed line cuts, speaks for that number of groups; meetings that follow each other closely all the way say that
/// the data has no groups of its own, and that any number is a matter of choice.
///
/// Writes NAME.svg and NAME.png.
/// @throws InvalidArgument  no merge, one of rows that are together already or do not exist, a height that is not
/// finite
///                          or negative, more groups than rows, names or categories that are not one a row.
/// @throws IoError
void draw_dendrogram(const std::filesystem::path& without_extension, const std::vector<DendrogramMerge>& merges,
                     const DendrogramOptions& options);

}  // namespace songmap::figures
