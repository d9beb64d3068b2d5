#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "songmap/atlas/atlas.h"
#include "songmap/core/execution.h"
#include "songmap/library/track.h"

namespace songmap::atlas {

/// The field of a file's tags that holds the group of its track.
inline constexpr const char* kGroupField = "SONGMAP_GROUP";

/// A file whose tags differ from what they should be.
struct TagChange {
  std::filesystem::path file;
  std::string before;  ///< Empty: the field is not there.
  std::string after;   ///< Empty: it is to be removed.
};

struct TagReport {
  std::vector<TagChange> changes;
  std::vector<library::Failure> failures;  ///< Files whose tags cannot be reached; the others are done.
};

/// What `write_groups` would do: each track's file is to hold the title of its group ("3 · late-night piano").
[[nodiscard]] TagReport plan_groups(const Atlas& atlas, const Execution& run = {});
/// Does it. What stood there before the first writing is kept in the library. No other tag and no audio changes.
[[nodiscard]] TagReport write_groups(Atlas& atlas, const Execution& run = {});

/// What `restore_tags` would do, and doing it: every file gets back what stood there before songmap wrote to it.
[[nodiscard]] TagReport plan_restore(Atlas& atlas);
[[nodiscard]] TagReport restore_tags(Atlas& atlas);

}  // namespace songmap::atlas
