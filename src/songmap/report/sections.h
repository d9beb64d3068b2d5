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
/// Methods compared on the same tracks, fused results beside shuffled lyrics, and groupings that mean nothing.
[[nodiscard]] std::string comparisons_html(const RunData& run);
[[nodiscard]] std::string lyrics_html(const RunData& run);
[[nodiscard]] std::string trust_html(const std::vector<Finding>& findings);
[[nodiscard]] std::string files_html(const RunData& run);
[[nodiscard]] std::string glossary_html();
[[nodiscard]] std::string repeat_html(const RunData& run);

}  // namespace songmap::report
