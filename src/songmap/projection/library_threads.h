#pragma once

#include <algorithm>
#include <cstddef>

#include "songmap/core/parallel.h"

/// Makes the header-only numerics (knncolle, kmeans, qdtsne, umappp) use core/parallel. To be included before any of
/// their headers, in every unit that includes one: the same template must not be compiled in two ways.
namespace songmap::projection {

/// Calls `work(worker, first, count)` for `workers` consecutive ranges that cover [0, n).
template <class Index, class Work>
void run_library_ranges(int workers, Index n, const Work& work) {
  if (n <= 0) return;
  const auto total = static_cast<std::size_t>(n);
  const std::size_t ranges = std::min(total, static_cast<std::size_t>(std::max(workers, 1)));
  parallel_chunks(total, (total + ranges - 1) / ranges, ranges,
                  [&](std::size_t chunk, std::size_t first, std::size_t last) {
                    work(static_cast<int>(chunk), static_cast<Index>(first), static_cast<Index>(last - first));
                  });
}

}  // namespace songmap::projection

#define KNNCOLLE_CUSTOM_PARALLEL ::songmap::projection::run_library_ranges
#define KMEANS_CUSTOM_PARALLEL ::songmap::projection::run_library_ranges
#define QDTSNE_CUSTOM_PARALLEL ::songmap::projection::run_library_ranges
#define UMAPPP_CUSTOM_PARALLEL ::songmap::projection::run_library_ranges
