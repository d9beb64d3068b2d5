#pragma once

#include <string>
#include <vector>

#include "songmap/report/figures.h"
#include "songmap/report/findings.h"

/// The bodies of the report's sections, as markup. An empty one means that there is nothing to tell.
namespace songmap::report {

[[nodiscard]] std::string collection_html(const RunData& run);
[[nodiscard]] std::string computed_html(const RunData& run);
[[nodiscard]] std::string scores_html(const RunData& run);
/// Whether the leading model adds anything to what is simpler. Empty where there is no model or nothing beside it.
[[nodiscard]] std::string proof_html(const RunData& run);
/// What sound and words tell of each other by the joint model. Empty where there is none.
[[nodiscard]] std::string sound_and_words_html(const RunData& run);
/// The tracks that each model rebuilds worst, beside the median of all. Empty for the study's presets, whose reports
/// have `worst_reconstructed_html`.
[[nodiscard]] std::string least_understood_html(const RunData& run);
/// Which model leads and by what rule. Empty where there was nothing to choose.
[[nodiscard]] std::string choice_html(const RunData& run);
/// The parts of `scores_html`: every clustering in one table; what a condition rules out; fused spaces beside shuffled
/// lyrics; clusterings compared with each other.
[[nodiscard]] std::string glance_html(const RunData& run);
[[nodiscard]] std::string condition_html(const RunData& run);
[[nodiscard]] std::string control_html(const RunData& run);
[[nodiscard]] std::string comparisons_html(const RunData& run);
/// How many tracks have words, whose they are, and how they were described. Empty without lyrics.
[[nodiscard]] std::string lyrics_html(const RunData& run);
[[nodiscard]] std::string trust_html(const std::vector<Finding>& findings);
[[nodiscard]] std::string files_html(const RunData& run);
[[nodiscard]] std::string glossary_html();
[[nodiscard]] std::string repeat_html(const RunData& run);

}  // namespace songmap::report
