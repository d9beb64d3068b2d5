#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "songmap/core/execution.h"
#include "songmap/core/matrix.h"
#include "songmap/metrics/bootstrap.h"
#include "songmap/metrics/external.h"

/// What a score is worth: its value when there is nothing to find.
namespace songmap::metrics {

/// A score under chance.
struct Chance {
  double expected = 0;  ///< Mean score of labels that mean nothing.
  double p = 1;         ///< (1 + permutations that score at least as high) / (1 + permutations).
};

struct ChanceOptions {
  int permutations = 999;  ///< At least 1; the smallest possible p is 1 / (1 + permutations).
  std::uint64_t seed = 0;
};

/// Of each of kExternalMetrics, in that order.
using ExternalChances = std::array<Chance, kExternalMetrics.size()>;

/// The scores when the class labels are shuffled among the labelled rows: class and cluster sizes stay. The expectation
/// is exact where it is known (ari and ami: 0, or 1 where every labelling scores 1; nmi, homogeneity, completeness,
/// v_measure from the expected mutual information) and else the mean over permutations. nullopt when no row is
/// labelled. O(permutations n).
/// @throws InvalidArgument  the two differ in length, a cluster label is below -1, or an option is out of range.
[[nodiscard]] std::optional<ExternalChances> external_chance(std::span<const std::int32_t> classes,
                                                             std::span<const std::int32_t> clusters,
                                                             const ChanceOptions& options = {},
                                                             const Execution& run = {});

/// The `external_chance` of each of many labelings of the same rows, from the same permutations: far faster than one by
/// one.
[[nodiscard]] std::optional<std::vector<ExternalChances>> external_chances(
    std::span<const std::int32_t> classes, std::span<const std::vector<std::int32_t>> labelings,
    const ChanceOptions& options = {}, const Execution& run = {});

/// Labels of the rows of x in `n_clusters` clusters, for a seed.
using Clusterer = std::function<std::vector<std::int32_t>(MatrixView x, std::size_t n_clusters, std::uint64_t seed)>;

/// The silhouette that `cluster` reaches on structureless data of the same size: mean over `repetitions` draws of
/// standard normal noise [n, d]. In few dimensions it is high (.4 at n 40, d 2, k 10): a real silhouette means what it
/// exceeds this by. nullopt where the silhouette is not defined.
[[nodiscard]] std::optional<double> silhouette_null(std::size_t n, std::size_t d, std::size_t n_clusters,
                                                    const Clusterer& cluster, std::uint64_t seed, int repetitions = 5,
                                                    const Execution& run = {});

/// The same on normal noise that has the covariance of the data, given by its eigenvalues (`covariance_eigenvalues`).
/// A space of 64 dimensions of which one carries the variance, as of a collapsed model, is clustered like one of a
/// single dimension: noise of equal variances would promise .01 where nothing but the shape of the space gives .58. Of
/// the two nulls this is the one to judge by; the other says what the number of dimensions alone would give. Lengths
/// are those of the data, so that a clusterer with a radius may keep it. Any rotation of the noise is as good, so that
/// this holds for clusterers that do not look at the axes.
/// @throws InvalidArgument  no eigenvalue, or one that is negative or not finite.
[[nodiscard]] std::optional<double> silhouette_null(std::size_t n, std::span<const double> eigenvalues,
                                                    std::size_t n_clusters, const Clusterer& cluster,
                                                    std::uint64_t seed, int repetitions = 5, const Execution& run = {});

}  // namespace songmap::metrics
