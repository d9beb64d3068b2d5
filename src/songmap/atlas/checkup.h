#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "songmap/run/run_folder.h"

namespace songmap::atlas {

/// One thing that was looked at in a library.
struct Finding {
  enum class Level { kFine, kAdvice, kBroken };
  Level level = Level::kFine;
  std::string what;    ///< "models"
  std::string text;    ///< What was found.
  std::string advice;  ///< What to do about it; empty: nothing.
};

/// Looks at everything that coming back to a run depends on: its files and whether they are of one run, its models,
/// whether this program describes tracks as the run did, the library's own file, features in the store, missing audio,
/// collapsed models, and how new tracks fit in. Reads, and changes nothing.
/// @param store  of computed features; empty: the default one
[[nodiscard]] std::vector<Finding> check_library(const run::RunFolder& folder, const std::filesystem::path& store = {});

}  // namespace songmap::atlas
