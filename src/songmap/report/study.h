#pragma once

#include <string>

#include "songmap/report/data.h"

namespace songmap::report {

/// For the presets easy, medium and hard: what is known to be wrong in the study's design, and which of it this run
/// keeps; this run's rows beside the study's published figures, with what explains each difference. Empty for every
/// other preset.
[[nodiscard]] std::string study_html(const RunData& run);

/// The second half of it: the table and the reasons.
[[nodiscard]] std::string study_table_html(const RunData& run);

/// True where the words of a run were dealt out in turn rather than taken from the tracks themselves.
[[nodiscard]] inline bool lyrics_were_cycled(const RunData& run) { return run.manifest.lyrics.pairing == "cycle"; }

}  // namespace songmap::report
