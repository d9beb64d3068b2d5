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
  std::vector<std::size_t> lines;                          ///< Of the file, one a track.
  std::vector<std::string> columns;                        ///< Names of the features.
  Matrix values;                                           ///< [n_tracks, n_columns], finite.
  std::map<std::string, std::vector<std::string>> labels;  ///< `label`, `genre`, `language`: one value a track.
  std::map<std::string, std::vector<std::string>> tags;    ///< `title`, `artist`, `album`: one value a track.
  std::vector<RejectedRow> rejected;
  std::vector<std::string> left_out;  ///< Numeric columns that give the answer away (see `load_feature_table`).
};

/// True when the CSV is a feature table: an id column and numeric columns beside the labels, and no audio behind its
/// paths. @throws IoError, FormatError
[[nodiscard]] bool is_feature_table(const std::filesystem::path& csv);

/// Why `length` and `length_s` are no features: how long an excerpt is tells where a file comes from, not how it sounds
/// (on the published table of Bangla and English tracks, the language).
inline constexpr const char* kLengthReason = "it tells which source a file comes from and not how it sounds";

/// Reads the table. Features are the numeric columns other than labels, tags and the length of the audio
/// (kLengthReason), or just `columns` where that is not empty. A row with a cell that is no finite number, or whose id
/// was seen before, is rejected with its line and the rule; the rest is kept.
/// @throws FormatError      there is no id column or no feature column: names what is there.
/// @throws InvalidArgument  a name in `columns` is not in the table (the nearest is offered), is a label, or is the
///                          length.
[[nodiscard]] FeatureTable load_feature_table(const std::filesystem::path& csv,
                                              const std::vector<std::string>& columns);

}  // namespace songmap::features
