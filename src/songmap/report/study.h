#pragma once

#include <string>

#include "songmap/report/data.h"

namespace songmap::report {

/// For the presets easy, medium and hard: what is known to be wrong in the study's design that they keep, and the
/// study's own figures beside this run's. Empty for every other preset.
[[nodiscard]] std::string study_html(const RunData& run);

}  // namespace songmap::report
