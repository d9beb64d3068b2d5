#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "songmap/core/matrix.h"

namespace songmap::features {

/// One line of a feature table that could not be used.
struct RejectedRow {
  std::string id;
  std::size_t line = 0;
  std::string reason;
};

/// A ready table of features: a CSV without audio.
struct FeatureTable {
  std::vector<std::string> ids;                            ///< From `track_id`, `path` or `filename`; unique.
  std::vector<std::string> columns;                        ///< Names of the features.
  Matrix values;                                           ///< [n_tracks, n_columns], finite.
  std::map<std::string, std::vector<std::string>> labels;  ///< `label`, `genre`, `language`: one value a track.
  std::map<std::string, std::vector<std::string>> tags;    ///< `title`, `artist`, `album`: one value a track.
  std::vector<RejectedRow> rejected;
};

/// True when the CSV is a feature table: an id column and numeric columns beside the labels, and no audio behind its
/// paths. @throws IoError, FormatError
[[nodiscard]] bool is_feature_table(const std::filesystem::path& csv);

/// Reads the table. Features are the numeric columns other than labels, tags and `length` (which on published tables
/// tells the source apart), or just `columns` where that is not empty. A row with a cell that is no finite number, or
/// whose id was seen before, is rejected with its line and the rule; the rest is kept.
/// @throws FormatError      there is no id column or no feature column: names what is there.
/// @throws InvalidArgument  a name in `columns` is not in the table (the nearest is offered).
[[nodiscard]] FeatureTable load_feature_table(const std::filesystem::path& csv,
                                              const std::vector<std::string>& columns);

}  // namespace songmap::features
