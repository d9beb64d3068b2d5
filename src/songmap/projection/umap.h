#pragma once

#include <cstddef>
#include <cstdint>

#include "songmap/core/execution.h"
#include "songmap/core/matrix.h"
#include "songmap/projection/projection.h"

namespace songmap {
class OptionSet;
}

namespace songmap::projection {

/// Options of UMAP. Checked on entry to `umap`.
struct UmapOptions {
  std::size_t dimensions = 2;  ///< 1 … 64: 2 and 3 for pictures, about 8 to cluster in.
  std::size_t neighbors = 15;  ///< At least 2: more show larger structure. Lowered to rows - 1.
  double min_dist = 0.1;       ///< 0 … 1: how tightly points may be packed.
  int epochs = 0;              ///< 0: 500 up to 10,000 rows, fewer above (at least 200).
  std::uint64_t seed = 0;
};
void describe(OptionSet& set, UmapOptions& options);

/// UMAP (McInnes, Healy & Melville 2018) on the exact neighbours. It starts from the eigenvectors of the neighbour
/// graph, or from the principal components where the graph falls apart into pieces. Fewer than kMinDistinctRows
/// different rows: PCA. O(epochs n neighbors).
/// @throws InvalidArgument  x is empty or not finite, or an option is out of range.
/// @throws Cancelled        the progress function said so.
[[nodiscard]] Projection umap(MatrixView x, const UmapOptions& options = {}, const Execution& run = {});

}  // namespace songmap::projection
