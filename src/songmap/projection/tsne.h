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

/// Options of t-SNE. Checked on entry to `tsne`.
struct TsneOptions {
  std::size_t dimensions = 2;  ///< 2 or 3.
  double perplexity =
      30;                 ///< Neighbours that count, at least 1: more show larger structure. Lowered to (rows - 1) / 3.
  int iterations = 1000;  ///< At least 250, of which the first 250 exaggerate the attraction 12 times.
  std::uint64_t seed = 0;  ///< Breaks ties of rows that fall on one spot; the start is PCA and needs no chance.
};
void describe(OptionSet& set, TsneOptions& options);

/// t-SNE (van der Maaten & Hinton 2008) with Barnes-Hut forces (van der Maaten 2014) on the exact neighbours, started
/// from the first principal components at standard deviation 1e-4. Fewer than kMinDistinctRows different rows: PCA.
/// O(iterations n log n).
/// @throws InvalidArgument  x is empty or not finite, or an option is out of range.
/// @throws Cancelled        the progress function said so.
[[nodiscard]] Projection tsne(MatrixView x, const TsneOptions& options = {}, const Execution& run = {});

}  // namespace songmap::projection
