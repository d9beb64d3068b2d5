#include "songmap/dsp/mfcc.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "songmap/core/error.h"

namespace songmap::dsp {

Matrix power_to_db(MatrixView power, float top_db) {
  require(top_db >= 0, fmt::format("top_db must not be negative, but is {}", top_db));
  Matrix levels(power.rows(), power.cols());
  const auto from = power.values();
  const auto to = levels.values();
  for (std::size_t i = 0; i < from.size(); i += kLanes) {
    const std::size_t count = std::min(kLanes, from.size() - i);
    Lanes chunk = {};
    std::memcpy(&chunk, from.data() + i, count * sizeof(float));
    chunk = decibels(chunk, kPowerFloor);
    std::memcpy(to.data() + i, &chunk, count * sizeof(float));
  }
  if (!to.empty()) {
    const float floor_db = *std::max_element(to.begin(), to.end()) - top_db;
    for (float& level : to) level = std::max(level, floor_db);
  }
  return levels;
}

Matrix dct_matrix(std::size_t n_coefficients, std::size_t n) {
  require(n_coefficients >= 1 && n_coefficients <= n,
          fmt::format("n_coefficients must lie in [1, {}], not be {}", n, n_coefficients));
  Matrix dct(n_coefficients, n);
  const auto length = static_cast<double>(n);
  for (std::size_t c = 0; c < n_coefficients; ++c) {
    const double scale = std::sqrt((c == 0 ? 1 : 2) / length);
    for (std::size_t m = 0; m < n; ++m) {
      const double angle = std::numbers::pi * static_cast<double>(c * (2 * m + 1)) / (2 * length);
      dct(c, m) = static_cast<float>(scale * std::cos(angle));
    }
  }
  return dct;
}

void mfcc(const Matrix& dct, std::span<const Lanes> mel_db, float floor_db, std::span<Lanes> out) {
  const Lanes floor = broadcast(floor_db);
  std::fill(out.begin(), out.end(), Lanes{});
  // Four coefficients at a time: each level is clipped and loaded once for four sums.
  for (std::size_t c = 0; c < dct.rows(); c += 4) {
    Lanes sums[4] = {};
    const float* rows[4];
    for (std::size_t i = 0; i < 4; ++i) rows[i] = dct.row(std::min(c + i, dct.rows() - 1)).data();
    for (std::size_t m = 0; m < dct.cols(); ++m) {
      const Lanes level = max(mel_db[m], floor);
      for (std::size_t i = 0; i < 4; ++i) sums[i] += level * rows[i][m];
    }
    for (std::size_t i = 0; i < 4 && c + i < dct.rows(); ++i) out[c + i] = sums[i];
  }
}

}  // namespace songmap::dsp
