#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "songmap/core/execution.h"
#include "songmap/core/matrix.h"

namespace songmap {

/// Matrix of few non-zero values, row by row: `values[i]` stands in column `columns[i]`, for i in
/// [row_starts[r], row_starts[r + 1]) of row r.
struct SparseRows {
  std::size_t n_columns = 0;
  std::vector<std::size_t> row_starts = {0};
  std::vector<std::uint32_t> columns;
  std::vector<float> values;

  struct Entry {
    std::uint32_t column;
    float value;
  };
  [[nodiscard]] std::size_t rows() const { return row_starts.size() - 1; }
  void add_row(std::span<const Entry> entries);
};

/// The leading singular triplets of a matrix, nothing centred.
struct TruncatedSvd {
  Matrix directions;                    ///< [n_columns, k] Right singular vectors. The sign is such that the entry of
                                        ///< largest magnitude is positive.
  std::vector<double> singular_values;  ///< [k], largest first, all above 1e-6 of the first.
};

/// Randomised subspace iteration (Halko, Martinsson & Tropp 2011, algorithm 4.4) with 16 vectors more than asked for
/// and 6 passes; exact where k + 16 reaches the smaller side of x. Directions whose singular values lie close together
/// may be mixtures of each other. At most k triplets, at least one. Time: 13 (k + 16) times the non-zeros; memory: a
/// copy of x, and (rows + columns that are not empty) (k + 16) doubles. The same for any number of threads.
/// @throws InvalidArgument  k is 0, or x has not one value other than 0, or one that is not finite.
[[nodiscard]] TruncatedSvd truncated_svd(const SparseRows& x, std::size_t k, std::uint64_t seed,
                                         const Execution& run = {});

/// `x directions`: [rows, k].
[[nodiscard]] Matrix project(const SparseRows& x, MatrixView directions, const Execution& run = {});

}  // namespace songmap
