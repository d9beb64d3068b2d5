#include "songmap/core/matrix.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "songmap/core/error.h"

namespace songmap {

Matrix::Matrix(std::size_t rows, std::size_t cols, std::vector<float> values)
    : values_(std::move(values)), rows_(rows), cols_(cols) {
  require(values_.size() == rows * cols,
          fmt::format("matrix: {} values given for {} x {} entries", values_.size(), rows, cols));
}

Matrix::Matrix(MatrixView view)
    : values_(view.values().begin(), view.values().end()), rows_(view.rows()), cols_(view.cols()) {}

Matrix take_rows(MatrixView x, std::span<const std::size_t> indices) {
  Matrix result(indices.size(), x.cols());
  for (std::size_t i = 0; i < indices.size(); ++i) {
    require(indices[i] < x.rows(), fmt::format("take_rows: index {} of {} rows", indices[i], x.rows()));
    std::ranges::copy(x.row(indices[i]), result.row(i).begin());
  }
  return result;
}

Matrix take_cols(MatrixView x, std::size_t first, std::size_t count) {
  require(first + count <= x.cols(), fmt::format("take_cols: {} + {} of {} columns", first, count, x.cols()));
  Matrix result(x.rows(), count);
  for (std::size_t i = 0; i < x.rows(); ++i) {
    std::ranges::copy(x.row(i).subspan(first, count), result.row(i).begin());
  }
  return result;
}

Matrix hstack(std::span<const MatrixView> blocks) {
  if (blocks.empty()) return {};
  std::size_t cols = 0;
  for (const MatrixView& block : blocks) {
    require(block.rows() == blocks[0].rows(),
            fmt::format("hstack: blocks of {} and {} rows", blocks[0].rows(), block.rows()));
    cols += block.cols();
  }
  Matrix result(blocks[0].rows(), cols);
  for (std::size_t i = 0; i < result.rows(); ++i) {
    auto out = result.row(i).begin();
    for (const MatrixView& block : blocks) out = std::ranges::copy(block.row(i), out).out;
  }
  return result;
}

Matrix vstack(std::span<const MatrixView> blocks) {
  std::vector<float> values;
  std::size_t rows = 0;
  std::size_t cols = 0;
  for (const MatrixView& block : blocks) {
    if (block.rows() == 0) continue;
    require(rows == 0 || block.cols() == cols, "vstack: blocks have different numbers of columns");
    cols = block.cols();
    rows += block.rows();
    values.insert(values.end(), block.values().begin(), block.values().end());
  }
  return {rows, cols, std::move(values)};
}

Matrix l2_normalised(MatrixView x) {
  Matrix result(x);
  for (std::size_t i = 0; i < x.rows(); ++i) {
    double sum = 0;
    for (const float value : x.row(i)) sum += double(value) * value;
    if (sum <= 0) continue;
    const auto scale = static_cast<float>(1 / std::sqrt(sum));
    for (float& value : result.row(i)) value *= scale;
  }
  return result;
}

bool all_finite(MatrixView x) {
  return std::ranges::all_of(x.values(), [](float value) { return std::isfinite(value); });
}

double squared_distance(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
#pragma omp simd reduction(+ : sum)
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double difference = double(a[i]) - double(b[i]);
    sum += difference * difference;
  }
  return sum;
}

}  // namespace songmap
