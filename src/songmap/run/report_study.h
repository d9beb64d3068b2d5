#pragma once

#include <string>

#include "songmap/run/report_data.h"

namespace songmap::run {

/// For the presets easy, medium and hard: what is known to be wrong in the study's design that they keep, and the
/// study's own figures beside this run's. Empty for every other preset.
[[nodiscard]] std::string study_html(const RunData& run);

}  // namespace songmap::run
