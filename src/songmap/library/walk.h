#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "songmap/library/track.h"

namespace songmap::library {

/// What a walk through a folder found. The rules are those of `scan`.
struct WalkResult {
  std::vector<std::string> files;  ///< Audio files relative to the root, sorted by bytes.
  std::vector<Failure> failures;   ///< Sorted by path.
  std::size_t n_skipped = 0;
  std::vector<std::string> links_upward;  ///< Links to a folder that contains the root: not followed.
};

/// @throws IoError  the root cannot be listed.
[[nodiscard]] WalkResult walk(const std::filesystem::path& root);

/// Why `path` cannot be read as a file ("is missing", "is a broken symbolic link", "is not a regular file",
/// "Permission denied"); empty when it can.
[[nodiscard]] std::string unreadable_reason(const std::filesystem::path& path);

}  // namespace songmap::library
