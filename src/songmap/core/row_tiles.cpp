#include "songmap/core/row_tiles.h"

#include <algorithm>
#include <limits>

namespace songmap {
namespace {

constexpr std::size_t kRows = RowTiles::kRows;

// One feature of a tile. The compiler splits it into whatever registers the processor has.
typedef float Lanes __attribute__((vector_size(kRows * sizeof(float)), aligned(alignof(float)), may_alias));
typedef std::int32_t Indices
    __attribute__((vector_size(kRows * sizeof(std::int32_t)), aligned(alignof(std::int32_t)), may_alias));

// Distances to N points at once: N independent sums hide the latency of the multiply-add.
template <std::size_t N>
inline void sum_squares(const float* tile, std::size_t cols, const float* points, Lanes* sums) {
  for (std::size_t p = 0; p < N; ++p) sums[p] = Lanes{};
  for (std::size_t j = 0; j < cols; ++j) {
    const Lanes x = *reinterpret_cast<const Lanes*>(tile + j * kRows);
#pragma GCC unroll 8
    for (std::size_t p = 0; p < N; ++p) {
      const Lanes difference = x - points[p * cols + j];
      sums[p] += difference * difference;
    }
  }
}

template <std::size_t N>
void store_distances(const float* tile, std::size_t cols, const float* points, float* out) {
  Lanes sums[N];
  sum_squares<N>(tile, cols, points, sums);
  for (std::size_t p = 0; p < N; ++p) *reinterpret_cast<Lanes*>(out + p * kRows) = sums[p];
}

// Improves on the nearest so far; `first` is the index of the first point.
template <std::size_t N>
void keep_nearest(const float* tile, std::size_t cols, const float* points, std::int32_t first, float* distances,
                  std::int32_t* indices) {
  Lanes sums[N];
  sum_squares<N>(tile, cols, points, sums);
  Lanes best = *reinterpret_cast<Lanes*>(distances);
  Indices index = *reinterpret_cast<Indices*>(indices);
#pragma GCC unroll 8
  for (std::size_t p = 0; p < N; ++p) {
    const Indices nearer = sums[p] < best;
    const Indices candidate = Indices{} + (first + static_cast<std::int32_t>(p));
    best = nearer ? sums[p] : best;
    index = nearer ? candidate : index;
  }
  *reinterpret_cast<Lanes*>(distances) = best;
  *reinterpret_cast<Indices*>(indices) = index;
}

// Distances of one point to the rows of N tiles.
template <std::size_t N>
void distances_to(const float* point, std::size_t cols, const float* tiles, float* out) {
  Lanes sums[N] = {};
  for (std::size_t j = 0; j < cols; ++j) {
    const Lanes x = Lanes{} + point[j];
#pragma GCC unroll 8
    for (std::size_t t = 0; t < N; ++t) {
      const Lanes difference = *reinterpret_cast<const Lanes*>(tiles + (t * cols + j) * kRows) - x;
      sums[t] += difference * difference;
    }
  }
  for (std::size_t t = 0; t < N; ++t) *reinterpret_cast<Lanes*>(out + t * kRows) = sums[t];
}

constexpr std::size_t kMaxPoints = 8;
constexpr decltype(&store_distances<1>) kStore[kMaxPoints] = {
    store_distances<1>, store_distances<2>, store_distances<3>, store_distances<4>,
    store_distances<5>, store_distances<6>, store_distances<7>, store_distances<8>};
constexpr decltype(&keep_nearest<1>) kKeepNearest[kMaxPoints] = {keep_nearest<1>, keep_nearest<2>, keep_nearest<3>,
                                                                 keep_nearest<4>, keep_nearest<5>, keep_nearest<6>,
                                                                 keep_nearest<7>, keep_nearest<8>};

// Calls `work(first, count)` for blocks of at most kMaxPoints and nearly equal size: 20 are 7 + 7 + 6, not 8 + 8 + 4.
template <class Work>
void for_blocks(std::size_t n_points, const Work& work) {
  std::size_t first = 0;
  for (std::size_t blocks = (n_points + kMaxPoints - 1) / kMaxPoints; blocks > 0; --blocks) {
    const std::size_t count = (n_points - first + blocks - 1) / blocks;
    work(first, count);
    first += count;
  }
}

}  // namespace

RowTiles::RowTiles(MatrixView x)
    : values_((x.rows() + kRows - 1) / kRows * kRows * x.cols()), rows_(x.rows()), cols_(x.cols()) {
  for (std::size_t i = 0; i < rows_; ++i) set_row(i, x.row(i));
}

void RowTiles::set_row(std::size_t row, std::span<const float> values) {
  float* column = values_.data() + row / kRows * cols_ * kRows + row % kRows;
  for (const float value : values) {
    *column = value;
    column += kRows;
  }
}

std::size_t RowTiles::rows_in(std::size_t index) const { return std::min(kRows, rows_ - index * kRows); }

void squared_distances(const RowTiles& tiles, std::size_t tile, const float* points, std::size_t n_points, float* out) {
  const std::size_t cols = tiles.cols();
  for_blocks(n_points, [&](std::size_t first, std::size_t count) {
    kStore[count - 1](tiles.tile(tile), cols, points + first * cols, out + first * kRows);
  });
}

void squared_distances_to(const float* point, const RowTiles& tiles, std::size_t tile, std::size_t n_tiles,
                          float* out) {
  constexpr std::size_t kTiles = 4;
  const std::size_t cols = tiles.cols();
  const std::size_t end = tile + n_tiles;
  for (; tile + kTiles <= end; tile += kTiles, out += kTiles * kRows) {
    distances_to<kTiles>(point, cols, tiles.tile(tile), out);
  }
  for (; tile < end; ++tile, out += kRows) distances_to<1>(point, cols, tiles.tile(tile), out);
}

void nearest_points(const RowTiles& tiles, std::size_t tile, const float* points, std::size_t n_points,
                    float* distances, std::int32_t* indices) {
  const std::size_t cols = tiles.cols();
  std::fill_n(distances, kRows, std::numeric_limits<float>::infinity());
  std::fill_n(indices, kRows, 0);
  for_blocks(n_points, [&](std::size_t first, std::size_t count) {
    kKeepNearest[count - 1](tiles.tile(tile), cols, points + first * cols, static_cast<std::int32_t>(first), distances,
                            indices);
  });
}

}  // namespace songmap
