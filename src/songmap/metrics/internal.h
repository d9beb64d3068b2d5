#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "songmap/core/execution.h"
#include "songmap/core/matrix.h"

/// Scores of a clustering by geometry alone. Rows labelled `kNoise` are left out: report the coverage beside the score.
/// A score is "not defined" (nullopt) unless the rows that are left make at least 2 clusters and fewer clusters than
/// rows. All throw InvalidArgument when labels and rows differ in number, a label is below -1, or x is not finite.
namespace songmap::metrics {

/// Silhouette of each row: (b - a) / max(a, b), where a is the mean distance to the other rows of its cluster and b the
/// smallest mean distance to another cluster (Rousseeuw 1987); in [-1, 1], 0 for a row alone in its cluster, NaN for
/// noise. O(n^2 d) time, O(n (d + k)) memory.
[[nodiscard]] std::optional<std::vector<float>> silhouette_samples(MatrixView x, std::span<const std::int32_t> labels,
                                                                   const Execution& run = {});

/// Mean of `silhouette_samples` over the rows that are not noise.
[[nodiscard]] std::optional<double> silhouette(MatrixView x, std::span<const std::int32_t> labels,
                                               const Execution& run = {});

/// Ratio of the dispersion between clusters to that within, each by its degrees of freedom (Calinski & Harabasz 1974):
/// larger is better. 1 when there is no dispersion within.
[[nodiscard]] std::optional<double> calinski_harabasz(MatrixView x, std::span<const std::int32_t> labels);

/// Mean over clusters of the worst (spread + other's spread) / distance of centroids (Davies & Bouldin 1979): smaller
/// is better, at least 0.
[[nodiscard]] std::optional<double> davies_bouldin(MatrixView x, std::span<const std::int32_t> labels);

}  // namespace songmap::metrics
