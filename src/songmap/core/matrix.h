#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace songmap {

/// Cluster label of a row that belongs to no cluster.
inline constexpr std::int32_t kNoise = -1;

class Matrix;

/// Read-only row-major `[rows, cols]` view of floats that somebody else owns. Rows are observations.
class MatrixView {
 public:
  MatrixView() = default;
  MatrixView(const float* data, std::size_t rows, std::size_t cols) : data_(data), rows_(rows), cols_(cols) {}
  MatrixView(const Matrix& matrix);  // NOLINT(google-explicit-constructor): a matrix is viewed wherever one is read

  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] std::size_t cols() const { return cols_; }
  [[nodiscard]] bool empty() const { return rows_ == 0 || cols_ == 0; }
  [[nodiscard]] const float* data() const { return data_; }
  [[nodiscard]] float operator()(std::size_t row, std::size_t col) const { return data_[row * cols_ + col]; }
  [[nodiscard]] std::span<const float> row(std::size_t index) const { return {data_ + index * cols_, cols_}; }
  [[nodiscard]] std::span<const float> values() const { return {data_, rows_ * cols_}; }

 private:
  const float* data_ = nullptr;
  std::size_t rows_ = 0;
  std::size_t cols_ = 0;
};

/// Owning row-major `[rows, cols]` matrix of floats, zero-filled.
class Matrix {
 public:
  Matrix() = default;
  Matrix(std::size_t rows, std::size_t cols) : values_(rows * cols), rows_(rows), cols_(cols) {}
  Matrix(std::size_t rows, std::size_t cols, std::vector<float> values);
  explicit Matrix(MatrixView view);

  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] std::size_t cols() const { return cols_; }
  [[nodiscard]] bool empty() const { return values_.empty(); }
  [[nodiscard]] float* data() { return values_.data(); }
  [[nodiscard]] const float* data() const { return values_.data(); }
  [[nodiscard]] float& operator()(std::size_t row, std::size_t col) { return values_[row * cols_ + col]; }
  [[nodiscard]] float operator()(std::size_t row, std::size_t col) const { return values_[row * cols_ + col]; }
  [[nodiscard]] std::span<float> row(std::size_t index) { return {data() + index * cols_, cols_}; }
  [[nodiscard]] std::span<const float> row(std::size_t index) const { return {data() + index * cols_, cols_}; }
  [[nodiscard]] std::span<float> values() { return values_; }
  [[nodiscard]] std::span<const float> values() const { return values_; }
  [[nodiscard]] bool operator==(const Matrix&) const = default;

 private:
  std::vector<float> values_;
  std::size_t rows_ = 0;
  std::size_t cols_ = 0;
};

inline MatrixView::MatrixView(const Matrix& matrix)
    : data_(matrix.data()), rows_(matrix.rows()), cols_(matrix.cols()) {}

/// The given rows of `x`, in the given order. @throws InvalidArgument an index is not below `x.rows()`.
[[nodiscard]] Matrix take_rows(MatrixView x, std::span<const std::size_t> indices);

/// The columns `[first, first + count)` of `x`.
[[nodiscard]] Matrix take_cols(MatrixView x, std::size_t first, std::size_t count);

/// Blocks of equal row count, side by side.
[[nodiscard]] Matrix hstack(std::span<const MatrixView> blocks);

/// Blocks of equal column count, one below the other; one without rows adds nothing.
[[nodiscard]] Matrix vstack(std::span<const MatrixView> blocks);

/// Each row divided by its Euclidean norm; a row of zeros stays as it is.
[[nodiscard]] Matrix l2_normalised(MatrixView x);

[[nodiscard]] bool all_finite(MatrixView x);

/// Squared Euclidean distance, summed in double.
[[nodiscard]] double squared_distance(std::span<const float> a, std::span<const float> b);

}  // namespace songmap
