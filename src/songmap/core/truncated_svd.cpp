#include "songmap/core/truncated_svd.h"

#include <fmt/format.h>

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

#include "songmap/core/error.h"
#include "songmap/core/parallel.h"
#include "songmap/core/random.h"

namespace songmap {
namespace {

using Block = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

constexpr std::size_t kOversampling = 16;
constexpr int kPasses = 8;
constexpr std::size_t kRowsAChunk = 64;
constexpr std::size_t kVectorsAChunk = 16;

/// x b: every row is its own sum.
Block times(const SparseRows& x, const Block& b, std::size_t threads) {
  Block result = Block::Zero(static_cast<Eigen::Index>(x.rows()), b.cols());
  parallel_chunks(x.rows(), kRowsAChunk, threads, [&](std::size_t, std::size_t first, std::size_t last) {
    for (std::size_t r = first; r < last; ++r) {
      auto row = result.row(static_cast<Eigen::Index>(r));
      for (std::size_t i = x.row_starts[r]; i < x.row_starts[r + 1]; ++i) {
        row += static_cast<double>(x.values[i]) * b.row(x.columns[i]);
      }
    }
  });
  return result;
}

/// x^T b: rows add up in order; threads share the vectors.
Block transposed_times(const SparseRows& x, const Block& b, std::size_t threads) {
  Block result = Block::Zero(static_cast<Eigen::Index>(x.n_columns), b.cols());
  const auto n_vectors = static_cast<std::size_t>(b.cols());
  parallel_chunks(n_vectors, kVectorsAChunk, threads, [&](std::size_t, std::size_t first, std::size_t last) {
    const auto at = static_cast<Eigen::Index>(first);
    const auto width = static_cast<Eigen::Index>(last - first);
    for (std::size_t r = 0; r < x.rows(); ++r) {
      const auto row = b.row(static_cast<Eigen::Index>(r)).segment(at, width);
      for (std::size_t i = x.row_starts[r]; i < x.row_starts[r + 1]; ++i) {
        result.row(x.columns[i]).segment(at, width) += static_cast<double>(x.values[i]) * row;
      }
    }
  });
  return result;
}

Block orthonormal(const Block& b) {
  const Eigen::HouseholderQR<Eigen::MatrixXd> qr(b);
  return qr.householderQ() * Eigen::MatrixXd::Identity(b.rows(), std::min(b.rows(), b.cols()));
}

/// x without the columns that are empty throughout, and which columns those are that stay.
struct Compact {
  SparseRows x;
  std::vector<std::size_t> columns;
};
Compact compacted(const SparseRows& x) {
  std::vector<std::uint32_t> number(x.n_columns);
  for (const std::uint32_t column : x.columns) number[column] = 1;
  Compact result;
  for (std::size_t column = 0; column < x.n_columns; ++column) {
    if (number[column] == 0) continue;
    number[column] = static_cast<std::uint32_t>(result.columns.size());
    result.columns.push_back(column);
  }
  result.x.n_columns = result.columns.size();
  result.x.row_starts = x.row_starts;
  result.x.values = x.values;
  for (const std::uint32_t column : x.columns) result.x.columns.push_back(number[column]);
  return result;
}

void check(const SparseRows& x, std::size_t k) {
  require(k > 0, "truncated_svd: k must be at least 1");
  require(std::ranges::all_of(x.values, [](float v) { return std::isfinite(v); }),
          "truncated_svd: the matrix holds values that are not finite");
  require(std::ranges::any_of(x.values, [](float v) { return v != 0; }),
          fmt::format("truncated_svd: all values of the matrix ({} x {}) are 0", x.rows(), x.n_columns));
}

}  // namespace

void SparseRows::add_row(std::span<const Entry> entries) {
  for (const Entry& entry : entries) {
    columns.push_back(entry.column);
    values.push_back(entry.value);
  }
  row_starts.push_back(columns.size());
}

TruncatedSvd truncated_svd(const SparseRows& all, std::size_t k, std::uint64_t seed, const Execution& run) {
  check(all, k);
  const auto [x, columns] = compacted(all);
  const std::size_t threads = run.thread_count();
  const std::size_t smaller_side = std::min(x.rows(), x.n_columns);
  const std::size_t n_vectors = std::min(k + kOversampling, smaller_side);

  Random random(seed);
  Block start(static_cast<Eigen::Index>(x.rows()), static_cast<Eigen::Index>(n_vectors));
  for (double& value : start.reshaped()) value = random.normal();
  Block basis = orthonormal(start);
  for (int pass = 0; pass < kPasses; ++pass) {
    run.report({"svd", static_cast<double>(pass), kPasses, "passes"});
    basis = orthonormal(times(x, transposed_times(x, basis, threads), threads));
  }
  // x is nearly basis basis^T x =: basis b^T, and b = (b w / s) s w^T with w the eigenvectors of b^T b.
  const Block b = transposed_times(x, basis, threads);
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(b.transpose() * b);

  TruncatedSvd result;
  const double largest = std::sqrt(std::max(0.0, solver.eigenvalues()[solver.eigenvalues().size() - 1]));
  constexpr double kRankTolerance = 1e-6;
  for (std::size_t c = 0; c < std::min(k, n_vectors); ++c) {
    const double eigenvalue = solver.eigenvalues()[static_cast<Eigen::Index>(n_vectors - 1 - c)];
    const double value = std::sqrt(std::max(0.0, eigenvalue));
    if (value <= kRankTolerance * largest) break;
    result.singular_values.push_back(value);
  }
  const std::size_t kept = result.singular_values.size();
  result.directions = Matrix(all.n_columns, kept);
  const Eigen::MatrixXd vectors = b * solver.eigenvectors().rightCols(static_cast<Eigen::Index>(kept));
  for (std::size_t c = 0; c < kept; ++c) {
    Eigen::VectorXd direction = vectors.col(static_cast<Eigen::Index>(kept - 1 - c)).normalized();
    Eigen::Index peak = 0;
    direction.cwiseAbs().maxCoeff(&peak);
    if (direction[peak] < 0) direction = -direction;
    for (std::size_t j = 0; j < columns.size(); ++j) {
      result.directions(columns[j], c) = static_cast<float>(direction[static_cast<Eigen::Index>(j)]);
    }
  }
  return result;
}

Matrix project(const SparseRows& x, MatrixView directions, const Execution& run) {
  require(directions.rows() == x.n_columns,
          fmt::format("project: {} columns, but the directions have {} rows", x.n_columns, directions.rows()));
  Matrix result(x.rows(), directions.cols());
  parallel_chunks(x.rows(), kRowsAChunk, run.thread_count(), [&](std::size_t, std::size_t first, std::size_t last) {
    std::vector<double> sums(directions.cols());
    for (std::size_t r = first; r < last; ++r) {
      std::ranges::fill(sums, 0.0);
      for (std::size_t i = x.row_starts[r]; i < x.row_starts[r + 1]; ++i) {
        const std::span<const float> direction = directions.row(x.columns[i]);
        for (std::size_t c = 0; c < sums.size(); ++c) sums[c] += static_cast<double>(x.values[i]) * direction[c];
      }
      std::ranges::transform(sums, result.row(r).begin(), [](double sum) { return static_cast<float>(sum); });
    }
  });
  return result;
}

}  // namespace songmap
