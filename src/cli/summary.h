#pragma once

#include <string>

#include "songmap/run/run_folder.h"

namespace songmap::cli {

/// A run in a screenful of text: tracks, groups with their exemplars, scores, warnings, files.
[[nodiscard]] std::string summary_text(const run::RunFolder& folder);

/// The same as one JSON object.
[[nodiscard]] std::string summary_json(const run::RunFolder& folder);

}  // namespace songmap::cli
