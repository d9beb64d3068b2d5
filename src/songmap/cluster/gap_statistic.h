#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "songmap/core/execution.h"
#include "songmap/core/matrix.h"

namespace songmap::cluster {

struct GapOptions {
  std::size_t max_clusters = 20;  ///< Looked at: 1 … this, and never more than half the rows.
  std::size_t references = 20;    ///< Structureless copies of the data: each column shuffled on its own.
  std::size_t components = 10;    ///< The data is reduced to so many principal components first.
  std::size_t max_rows = 2000;    ///< More rows than this: a random sample of so many decides.
  std::uint64_t seed = 0;
};

struct GapResult {
  std::size_t n_clusters = 1;          ///< 1 when no k has gap(k) > 3 s(k); else the smallest k >= 2 with
                                       ///< gap(k) >= gap(k + 1) - s(k + 1).
  std::vector<double> gap;             ///< Of k = 1, 2, …
  std::vector<double> standard_error;  ///< s(k), with the factor sqrt(1 + 1 / references).
  bool found = true;                   ///< False: no k met the rule, and the largest gap was taken.
};

/// The rows that decide: all of x, or a random max_rows of them in their order.
[[nodiscard]] Matrix sampled_rows(MatrixView x, std::size_t max_rows, std::uint64_t seed);

/// Number of clusters by the gap statistic (Tibshirani, Walther & Hastie 2001) with column permutations as the
/// reference, which makes gap(1) 0: there the original rule would stop wherever two groups alone say nothing, as in
/// most collections of many groups. A result of 1 says that k-means finds no more structure in x than in shuffled
/// columns. Costs (references + 1) * max_clusters runs of k-means.
/// @throws InvalidArgument  x is empty or not finite, or an option is 0.
[[nodiscard]] GapResult gap_statistic(MatrixView x, const GapOptions& options, const Execution& run = {});

}  // namespace songmap::cluster
