#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "songmap/metrics/bootstrap.h"
#include "songmap/metrics/external.h"

/// Scores of many labelings of the same rows against the same classes.
namespace songmap::metrics {

/// The labels that one method gave: one labeling a seed.
using Labelings = std::vector<std::vector<std::int32_t>>;

/// For `score_halves`: each of kExternalMetrics for each method, mean over its labelings, at
/// `method * kExternalMetrics.size() + metric`. Not defined for rows without a class, and for a method without
/// labelings. What is slow when scores are taken one by one (numbering labels, logarithms, the expected information)
/// is done once or looked up, so that thousands of halves of dozens of methods take seconds. Keeps copies of the
/// labels.
/// @throws InvalidArgument  a labeling differs from `classes` in length, or a label is below -1.
[[nodiscard]] RowStatistics mean_external_scores(std::span<const std::int32_t> classes,
                                                 std::span<const Labelings> methods);

}  // namespace songmap::metrics
