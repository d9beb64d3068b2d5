#include "songmap/core/row_tiles.h"

#include <algorithm>

namespace songmap {
namespace {

constexpr std::size_t kRows = RowTiles::kRows;

// One feature of a tile. The compiler splits it into whatever registers the processor has.
typedef float Lanes __attribute__((vector_size(kRows * sizeof(float)), aligned(alignof(float)), may_alias));

// Distances to N points at once: N independent sums hide the latency of the multiply-add.
template <std::size_t N>
void distances_to(const float* tile, std::size_t cols, const float* points, float* out) {
  Lanes sums[N] = {};
  for (std::size_t j = 0; j < cols; ++j) {
    const Lanes x = *reinterpret_cast<const Lanes*>(tile + j * kRows);
#pragma GCC unroll 8
    for (std::size_t p = 0; p < N; ++p) {
      const Lanes difference = x - points[p * cols + j];
      sums[p] += difference * difference;
    }
  }
  for (std::size_t p = 0; p < N; ++p) *reinterpret_cast<Lanes*>(out + p * kRows) = sums[p];
}

using Kernel = void (*)(const float*, std::size_t, const float*, float*);
constexpr std::size_t kMaxPoints = 8;
constexpr Kernel kKernels[kMaxPoints] = {distances_to<1>, distances_to<2>, distances_to<3>, distances_to<4>,
                                         distances_to<5>, distances_to<6>, distances_to<7>, distances_to<8>};

}  // namespace

RowTiles::RowTiles(MatrixView x)
    : values_((x.rows() + kRows - 1) / kRows * kRows * x.cols()), rows_(x.rows()), cols_(x.cols()) {
  for (std::size_t i = 0; i < rows_; ++i) {
    float* column = values_.data() + i / kRows * cols_ * kRows + i % kRows;
    for (const float value : x.row(i)) {
      *column = value;
      column += kRows;
    }
  }
}

std::size_t RowTiles::rows_in(std::size_t index) const { return std::min(kRows, rows_ - index * kRows); }

void squared_distances(const RowTiles& tiles, std::size_t tile, const float* points, std::size_t n_points, float* out) {
  // Blocks of nearly equal size: 20 points are 7 + 7 + 6, not 8 + 8 + 4.
  std::size_t blocks = (n_points + kMaxPoints - 1) / kMaxPoints;
  const float* const data = tiles.tile(tile);
  for (; blocks > 0; --blocks) {
    const std::size_t size = (n_points + blocks - 1) / blocks;
    kKernels[size - 1](data, tiles.cols(), points, out);
    points += size * tiles.cols();
    out += size * kRows;
    n_points -= size;
  }
}

}  // namespace songmap
