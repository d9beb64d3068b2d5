#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "songmap/atlas/atlas.h"
#include "songmap/core/execution.h"
#include "songmap/library/track.h"

namespace songmap::atlas {

/// The fields of a file's tags that songmap can write: the title of its group, its beats a minute, and words for what
/// is unusual about its sound in this collection.
inline constexpr const char* kGroupField = "SONGMAP_GROUP";
inline constexpr const char* kTempoField = "BPM";
inline constexpr const char* kMoodField = "MOOD";

/// What files are to hold: field to value by index of Atlas::tracks(). An empty value removes the field.
using TagValues = std::map<std::size_t, std::map<std::string, std::string>>;

/// "3 · late-night piano"; nothing for a track in no group.
void add_groups(const Atlas& atlas, TagValues& values);
/// "bright, calm": at most three sides of the sound in which it is a deviation or more from the mean of all tracks;
/// nothing for one that is unusual in none.
void add_moods(const Atlas& atlas, TagValues& values);
/// "128". Computed from the files once, and kept in the store (empty: the default one). A track that has no beat, and
/// one that fails, keep what they have.
/// @returns the failures. @throws IoError, Cancelled
[[nodiscard]] std::vector<library::Failure> add_tempos(const Atlas& atlas, const std::filesystem::path& store,
                                                       TagValues& values, const Execution& run = {});

/// A file whose tags differ from what they should be.
struct TagChange {
  std::filesystem::path file;
  std::string field;
  std::string before;  ///< Empty: the field is not there.
  std::string after;   ///< Empty: it is to be removed.
};

struct TagReport {
  std::vector<TagChange> changes;
  std::vector<library::Failure> failures;  ///< Files whose tags cannot be reached; the others are done.
};

/// What `write_tags` would do.
[[nodiscard]] TagReport plan_tags(const Atlas& atlas, const TagValues& values, const Execution& run = {});
/// Does it. What stood there before the first writing is kept in the library. No other tag and no audio changes.
[[nodiscard]] TagReport write_tags(Atlas& atlas, const TagValues& values, const Execution& run = {});

/// What `restore_tags` would do, and doing it: every file gets back what stood there before songmap wrote to it.
[[nodiscard]] TagReport plan_restore(const Atlas& atlas);
[[nodiscard]] TagReport restore_tags(Atlas& atlas);

}  // namespace songmap::atlas
