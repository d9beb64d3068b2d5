#pragma once

#include <cstddef>
#include <string>

#include "songmap/core/matrix.h"

namespace songmap::projection {

/// Rows placed in a few dimensions.
struct Projection {
  Matrix points;       ///< [n, dimensions]
  std::string method;  ///< What made it: "tsne", "umap", or "pca" where there were too few rows for these.
  std::string reason;  ///< Why it is "pca" instead of what was asked for; else empty.
};

/// Fewest distinct rows that t-SNE and UMAP are tried on; with fewer they give principal components.
inline constexpr std::size_t kMinDistinctRows = 8;

/// Scores on the first principal components, [n, dimensions]; columns that the data do not span are zero.
/// @throws InvalidArgument  x is empty or not finite, or dimensions is 0.
[[nodiscard]] Projection pca(MatrixView x, std::size_t dimensions);

/// Number of different rows of x, counted up to `limit`.
[[nodiscard]] std::size_t distinct_rows(MatrixView x, std::size_t limit);

/// The first principal components, scaled so that the first has the given standard deviation: a start for t-SNE and
/// UMAP that keeps the large-scale order of the data (Kobak & Linderman 2021).
[[nodiscard]] Matrix pca_start(MatrixView x, std::size_t dimensions, double deviation);

}  // namespace songmap::projection
