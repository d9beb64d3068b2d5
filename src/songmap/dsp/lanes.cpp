#include "songmap/dsp/lanes.h"

#include <cmath>

namespace songmap::dsp {
namespace {

using Quad [[gnu::vector_size(16)]] = float;

}  // namespace

void square_roots(const Lanes* in, std::size_t n, Lanes* out) {
  // Vectors have no square root of their own in the language, loops over their elements (which may alias them) do.
  const auto* from = reinterpret_cast<const float*>(in);
  auto* to = reinterpret_cast<float*>(out);
  for (std::size_t i = 0; i < n * kLanes; ++i) to[i] = std::sqrt(from[i]);
}

void rows_to_lanes(const float* rows, std::size_t stride, std::size_t n, Lanes* out) {
  // 4 x 4 blocks: their shuffles are one instruction on every x86-64.
  for (std::size_t j = 0; j < n; j += 4) {
    for (std::size_t i = 0; i < kLanes; i += 4) {
      Quad r[4];
      for (std::size_t k = 0; k < 4; ++k) std::memcpy(&r[k], rows + (i + k) * stride + j, sizeof(Quad));
      const Quad low_02 = __builtin_shufflevector(r[0], r[2], 0, 4, 1, 5);
      const Quad low_13 = __builtin_shufflevector(r[1], r[3], 0, 4, 1, 5);
      const Quad high_02 = __builtin_shufflevector(r[0], r[2], 2, 6, 3, 7);
      const Quad high_13 = __builtin_shufflevector(r[1], r[3], 2, 6, 3, 7);
      const Quad columns[4] = {
          __builtin_shufflevector(low_02, low_13, 0, 4, 1, 5), __builtin_shufflevector(low_02, low_13, 2, 6, 3, 7),
          __builtin_shufflevector(high_02, high_13, 0, 4, 1, 5), __builtin_shufflevector(high_02, high_13, 2, 6, 3, 7)};
      for (std::size_t k = 0; k < 4; ++k) {
        std::memcpy(reinterpret_cast<char*>(out + j + k) + i * sizeof(float), &columns[k], sizeof(Quad));
      }
    }
  }
}

void lanes_to_rows(const Lanes* in, std::size_t n, std::size_t n_rows, float* rows, std::size_t stride) {
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t i = 0; i < n_rows; ++i) rows[i * stride + j] = in[j][i];
  }
}

}  // namespace songmap::dsp
