#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "songmap/core/execution.h"
#include "songmap/core/matrix.h"

namespace songmap {
class OptionSet;
}

namespace songmap::cluster {

/// Options of spectral clustering. Checked on entry to `fit_spectral`.
struct SpectralOptions {
  std::size_t n_clusters = 8;      ///< 1 … rows of x.
  std::size_t neighbors = 15;      ///< Of the graph, at least 1. Lowered to max(5, rows / 12).
  std::size_t scale_neighbor = 7;  ///< The distance to this neighbour is a row's own scale. Lowered to neighbors.
  int n_init = 10;                 ///< Starts of k-means on the eigenvectors.
  std::uint64_t seed = 0;
};
/// All but the number of clusters and the seed: those are the run\'s.
void describe(OptionSet& set, SpectralOptions& options);

struct SpectralResult {
  std::vector<std::int32_t> labels;  ///< One a row, in [0, n_clusters).
  Matrix embedding;                  ///< [n, n_clusters] eigenvectors, each row divided by its norm.
  std::vector<double> eigenvalues;   ///< [n_clusters] of the normalised graph, largest first, at most 1.
  bool converged = false;            ///< False when the eigenvectors were not found to 1e-6: not an error.
};

/// Self-tuning spectral clustering (Zelnik-Manor & Perona 2004; Ng, Jordan & Weiss 2001) on the graph of nearest
/// neighbours: weights exp(-d^2 / (s_i s_j)) with each row's own scale s, symmetrised by the maximum; the leading
/// eigenvectors of D^-1/2 W D^-1/2; k-means on their normalised rows. The graph is sparse: O(n (neighbors +
/// n_clusters)) memory beside the search for neighbours.
/// @throws InvalidArgument  x is empty or not finite, or an option is out of range.
[[nodiscard]] SpectralResult fit_spectral(MatrixView x, const SpectralOptions& options, const Execution& run = {});

/// The `count` largest eigenvalues of the same graph (fewer where x has fewer rows), largest first: a gap after the
/// k-th speaks for k clusters (von Luxburg 2007). Only the graph and the seed of the options are used.
/// @throws InvalidArgument  x is empty or not finite, count is 0, or an option is out of range.
[[nodiscard]] std::vector<double> graph_eigenvalues(MatrixView x, std::size_t count, const SpectralOptions& options,
                                                    const Execution& run = {});

}  // namespace songmap::cluster
