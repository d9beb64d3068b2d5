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

constexpr std::size_t kOversampling = 16;
constexpr int kPasses = 6;
constexpr std::size_t kRowsAChunk = 64;
/// Vectors that go through the matrix together: a cache line of floats, which is what makes a pass fast.
constexpr int kLane = 16;

template <class Real>
using Lane = Eigen::Array<Real, kLane, 1>;
/// One vector of each lane's a column; [rows] of lanes lie side by side in memory.
template <class Real>
using Lanes = Eigen::Array<Real, kLane, Eigen::Dynamic>;

/// The matrix column by column, without the empty columns.
struct SparseColumns {
  std::size_t n_rows = 0;
  std::vector<std::size_t> names;  // which columns of the whole these are
  std::vector<std::size_t> starts = {0};
  std::vector<std::uint32_t> rows;  // rising in each column
  std::vector<float> values;
};

SparseColumns by_columns(const SparseRows& x) {
  std::vector<std::size_t> next(x.n_columns);
  for (const std::uint32_t column : x.columns) ++next[column];
  SparseColumns result;
  result.n_rows = x.rows();
  for (std::size_t column = 0; column < x.n_columns; ++column) {
    const std::size_t start = result.starts.back();
    if (next[column] > 0) {
      result.names.push_back(column);
      result.starts.push_back(start + next[column]);
    }
    next[column] = start;
  }
  result.rows.resize(x.values.size());
  result.values.resize(x.values.size());
  for (std::size_t r = 0; r < x.rows(); ++r) {
    for (std::size_t i = x.row_starts[r]; i < x.row_starts[r + 1]; ++i) {
      const std::size_t at = next[x.columns[i]]++;
      result.rows[at] = static_cast<std::uint32_t>(r);
      result.values[at] = x.values[i];
    }
  }
  return result;
}

/// x_c^T q for column c and the vectors of one lane.
template <class Real>
Lane<Real> column_product(const SparseColumns& x, std::size_t c, const Lanes<Real>& q) {
  Lane<Real> sum = Lane<Real>::Zero();
  for (std::size_t i = x.starts[c]; i < x.starts[c + 1]; ++i) sum += static_cast<Real>(x.values[i]) * q.col(x.rows[i]);
  return sum;
}

std::size_t lane_count(const Eigen::MatrixXd& basis) {
  return chunk_count(static_cast<std::size_t>(basis.cols()), kLane);
}

/// Vectors [kLane lane, kLane (lane + 1)) of the basis; zeros beyond the last.
template <class Real>
Lanes<Real> lane_of(const Eigen::MatrixXd& basis, std::size_t lane) {
  const auto first = static_cast<Eigen::Index>(lane) * kLane;
  const Eigen::Index width = std::min<Eigen::Index>(kLane, basis.cols() - first);
  Lanes<Real> result = Lanes<Real>::Zero(kLane, basis.rows());
  result.topRows(width) = basis.middleCols(first, width).transpose().cast<Real>();
  return result;
}

/// x x^T basis, in one walk over the columns for each lane: x^T basis, which is far larger, is never held. Threads
/// share the lanes, so every sum has one order.
Eigen::MatrixXd gram_times(const SparseColumns& x, const Eigen::MatrixXd& basis, std::size_t threads) {
  Eigen::MatrixXd result(basis.rows(), basis.cols());
  parallel_for(lane_count(basis), threads, [&](std::size_t lane) {
    const auto q = lane_of<float>(basis, lane);
    Lanes<float> y = Lanes<float>::Zero(kLane, q.cols());
    for (std::size_t c = 0; c < x.names.size(); ++c) {
      const Lane<float> product = column_product(x, c, q);
      for (std::size_t i = x.starts[c]; i < x.starts[c + 1]; ++i) y.col(x.rows[i]) += x.values[i] * product;
    }
    const auto first = static_cast<Eigen::Index>(lane) * kLane;
    const Eigen::Index width = std::min<Eigen::Index>(kLane, basis.cols() - first);
    result.middleCols(first, width) = y.topRows(width).transpose().matrix().cast<double>();
  });
  return result;
}

/// x^T basis: [columns that are not empty, vectors].
Eigen::MatrixXd transposed_times(const SparseColumns& x, const Eigen::MatrixXd& basis, std::size_t threads) {
  Eigen::MatrixXd result(static_cast<Eigen::Index>(x.names.size()), basis.cols());
  parallel_for(lane_count(basis), threads, [&](std::size_t lane) {
    const auto q = lane_of<double>(basis, lane);
    const auto first = static_cast<Eigen::Index>(lane) * kLane;
    const Eigen::Index width = std::min<Eigen::Index>(kLane, basis.cols() - first);
    for (std::size_t c = 0; c < x.names.size(); ++c) {
      result.row(static_cast<Eigen::Index>(c)).segment(first, width) =
          column_product(x, c, q).head(width).transpose().matrix();
    }
  });
  return result;
}

Eigen::MatrixXd orthonormal(const Eigen::MatrixXd& vectors) {
  const Eigen::HouseholderQR<Eigen::MatrixXd> qr(vectors);
  return qr.householderQ() * Eigen::MatrixXd::Identity(vectors.rows(), std::min(vectors.rows(), vectors.cols()));
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

TruncatedSvd truncated_svd(const SparseRows& x, std::size_t k, std::uint64_t seed, const Execution& run) {
  check(x, k);
  const std::size_t threads = run.thread_count();
  const SparseColumns columns = by_columns(x);
  const std::size_t n_vectors = std::min({k + kOversampling, x.rows(), columns.names.size()});

  Random random(seed);
  Eigen::MatrixXd basis(static_cast<Eigen::Index>(x.rows()), static_cast<Eigen::Index>(n_vectors));
  for (double& value : basis.reshaped()) value = random.normal();
  basis = orthonormal(basis);
  for (int pass = 0; pass < kPasses; ++pass) {
    run.report({"svd", static_cast<double>(pass), kPasses, "passes"});
    basis = orthonormal(gram_times(columns, basis, threads));
  }
  // x is nearly basis basis^T x =: basis b^T, and b = (b w / s) s w^T with w the eigenvectors of b^T b.
  const Eigen::MatrixXd b = transposed_times(columns, basis, threads);
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(b.transpose() * b);

  TruncatedSvd result;
  const auto singular_value = [&](std::size_t c) {  // eigenvalues come in rising order
    return std::sqrt(std::max(0.0, solver.eigenvalues()[static_cast<Eigen::Index>(n_vectors - 1 - c)]));
  };
  constexpr double kRankTolerance = 1e-6;
  for (std::size_t c = 0; c < std::min(k, n_vectors) && singular_value(c) > kRankTolerance * singular_value(0); ++c) {
    result.singular_values.push_back(singular_value(c));
  }
  result.directions = Matrix(x.n_columns, result.singular_values.size());
  for (std::size_t c = 0; c < result.singular_values.size(); ++c) {
    Eigen::VectorXd direction = b * solver.eigenvectors().col(static_cast<Eigen::Index>(n_vectors - 1 - c));
    Eigen::Index peak = 0;
    direction.cwiseAbs().maxCoeff(&peak);
    direction /= std::copysign(direction.norm(), direction[peak]);
    for (std::size_t j = 0; j < columns.names.size(); ++j) {
      result.directions(columns.names[j], c) = static_cast<float>(direction[static_cast<Eigen::Index>(j)]);
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
