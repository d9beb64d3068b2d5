#include "songmap/neighbors/knn.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "songmap/core/error.h"
#include "songmap/core/parallel.h"
#include "songmap/neighbors/library_threads.h"
// After library_threads.h:
#include "knncolle_kmknn/knncolle_kmknn.hpp"

namespace songmap::neighbors {

Neighbors nearest_neighbors(MatrixView x, std::size_t k, const Execution& run) {
  require(!x.empty(), "nearest_neighbors: the matrix is empty");
  require(k > 0, "nearest_neighbors: k must be at least 1");
  require(x.rows() <= std::numeric_limits<int>::max(), "nearest_neighbors: too many rows");
  require(all_finite(x), "nearest_neighbors: the matrix holds values that are not finite");

  Neighbors result;
  result.k = std::min(k, x.rows() - 1);
  result.indices.resize(x.rows() * result.k);
  result.distances.resize(x.rows() * result.k);
  if (result.k == 0) return result;

  using Metric = knncolle::EuclideanDistance<float, float>;
  const knncolle_kmknn::KmknnBuilder<int, float, float> builder(std::make_shared<Metric>());
  const auto index =
      builder.build_unique(knncolle::SimpleMatrix<int, float>(x.cols(), static_cast<int>(x.rows()), x.data()));

  constexpr std::size_t kChunk = 256;
  parallel_chunks(x.rows(), kChunk, run.thread_count(), [&](std::size_t, std::size_t first, std::size_t last) {
    const auto searcher = index->initialize();
    std::vector<int> indices;
    std::vector<float> distances;
    for (std::size_t i = first; i < last; ++i) {
      searcher->search(static_cast<int>(i), static_cast<int>(result.k), &indices, &distances);
      for (std::size_t j = 0; j < result.k; ++j) {
        result.indices[i * result.k + j] = static_cast<std::uint32_t>(indices[j]);
        result.distances[i * result.k + j] = distances[j];
      }
    }
  });
  return result;
}

}  // namespace songmap::neighbors
