#include "songmap/core/truncated_svd.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "songmap/core/error.h"
#include "songmap/core/hash.h"
#include "songmap/core/random.h"

namespace songmap {
namespace {

SparseRows random_rows(std::size_t rows, std::size_t columns, double filled, std::uint64_t seed) {
  Random random(seed);
  SparseRows x;
  x.n_columns = columns;
  for (std::size_t r = 0; r < rows; ++r) {
    std::vector<SparseRows::Entry> entries;
    for (std::uint32_t c = 0; c < columns; ++c) {
      if (random.uniform() < filled) entries.push_back({c, static_cast<float>(random.normal())});
    }
    x.add_row(entries);
  }
  return x;
}

Matrix dense(const SparseRows& x) {
  Matrix result(x.rows(), x.n_columns);
  for (std::size_t r = 0; r < x.rows(); ++r) {
    for (std::size_t i = x.row_starts[r]; i < x.row_starts[r + 1]; ++i) result(r, x.columns[i]) = x.values[i];
  }
  return result;
}

double dot(const Matrix& a, std::size_t col_a, const Matrix& b, std::size_t col_b) {
  double sum = 0;
  for (std::size_t r = 0; r < a.rows(); ++r) sum += static_cast<double>(a(r, col_a)) * b(r, col_b);
  return sum;
}

TEST(TruncatedSvd, WorkedByHand) {
  // Orthogonal rows of lengths 5, 2 and 1, one column empty.
  SparseRows x;
  x.n_columns = 4;
  x.add_row(std::vector<SparseRows::Entry>{{2, 2}});
  x.add_row(std::vector<SparseRows::Entry>{{0, -3}, {3, -4}});
  x.add_row(std::vector<SparseRows::Entry>{{0, 0.8F}, {3, -0.6F}});
  const TruncatedSvd svd = truncated_svd(x, 2, 1);
  ASSERT_EQ(svd.singular_values.size(), 2U);
  EXPECT_NEAR(svd.singular_values[0], 5, 1e-6);
  EXPECT_NEAR(svd.singular_values[1], 2, 1e-6);
  ASSERT_EQ(svd.directions.rows(), 4U);
  const float first[] = {0.6F, 0, 0, 0.8F};
  const float second[] = {0, 0, 1, 0};
  for (std::size_t j = 0; j < 4; ++j) {
    EXPECT_NEAR(svd.directions(j, 0), first[j], 1e-6);
    EXPECT_NEAR(svd.directions(j, 1), second[j], 1e-6);
  }
  const Matrix scores = project(x, svd.directions);
  EXPECT_NEAR(scores(1, 0), -5, 1e-5);
  EXPECT_NEAR(scores(0, 1), 2, 1e-5);
  EXPECT_NEAR(scores(2, 0), 0, 1e-5);
}

TEST(TruncatedSvd, TripletsSatisfyTheirEquations) {
  const SparseRows x = random_rows(150, 200, 0.05, 3);
  const TruncatedSvd svd = truncated_svd(x, 5, 0);
  const Matrix scores = project(x, svd.directions);
  for (std::size_t a = 0; a < 5; ++a) {
    for (std::size_t b = 0; b < 5; ++b) EXPECT_NEAR(dot(svd.directions, a, svd.directions, b), a == b ? 1 : 0, 1e-5);
  }
  // The columns of x v are orthogonal with lengths s, and x^T x v = s^2 v.
  const Matrix full = dense(x);
  for (std::size_t c = 0; c < 5; ++c) {
    const double s = svd.singular_values[c];
    EXPECT_NEAR(std::sqrt(dot(scores, c, scores, c)), s, 1e-3 * s);
    double residual = 0;
    for (std::size_t j = 0; j < x.n_columns; ++j) {
      const double error = dot(full, j, scores, c) - s * s * svd.directions(j, c);
      residual += error * error;
    }
    EXPECT_LT(std::sqrt(residual), 0.05 * s * s) << c;
  }
}

TEST(TruncatedSvd, FindsALowRankMatrixWhole) {
  // Rank 3: rows are sums of three patterns.
  const Matrix patterns = dense(random_rows(3, 400, 0.2, 5));
  Random random(6);
  SparseRows x;
  x.n_columns = 400;
  for (int r = 0; r < 300; ++r) {
    const double a = random.normal();
    const double b = random.normal();
    const double c = random.normal();
    std::vector<SparseRows::Entry> entries;
    for (std::uint32_t j = 0; j < 400; ++j) {
      const auto value = static_cast<float>(a * patterns(0, j) + b * patterns(1, j) + c * patterns(2, j));
      if (value != 0) entries.push_back({j, value});
    }
    x.add_row(entries);
  }
  const TruncatedSvd svd = truncated_svd(x, 10, 0);
  ASSERT_EQ(svd.singular_values.size(), 3U) << "what is only rounding is no direction";
  double energy = 0;
  for (const float value : x.values) energy += static_cast<double>(value) * value;
  double found = 0;
  for (const double value : svd.singular_values) found += value * value;
  EXPECT_NEAR(found, energy, 1e-6 * energy);
}

TEST(TruncatedSvd, SameForAnyNumberOfThreads) {
  const SparseRows x = random_rows(300, 500, 0.02, 9);
  const TruncatedSvd one = truncated_svd(x, 20, 4, {1, {}});
  const TruncatedSvd three = truncated_svd(x, 20, 4, {3, {}});
  EXPECT_EQ(one.directions, three.directions);
  EXPECT_EQ(one.singular_values, three.singular_values);
  EXPECT_EQ(project(x, one.directions, {1, {}}), project(x, one.directions, {3, {}}));
}

TEST(TruncatedSvd, OneRowAndRefusals) {
  SparseRows one;
  one.n_columns = 3;
  one.add_row(std::vector<SparseRows::Entry>{{1, -4}});
  const TruncatedSvd svd = truncated_svd(one, 5, 0);
  ASSERT_EQ(svd.singular_values.size(), 1U);
  EXPECT_NEAR(svd.singular_values[0], 4, 1e-9);
  EXPECT_EQ(svd.directions(1, 0), 1);

  SparseRows empty;
  empty.n_columns = 3;
  EXPECT_THROW(static_cast<void>(truncated_svd(empty, 1, 0)), InvalidArgument);
  empty.add_row({});
  EXPECT_THROW(static_cast<void>(truncated_svd(empty, 1, 0)), InvalidArgument);
  EXPECT_THROW(static_cast<void>(truncated_svd(one, 0, 0)), InvalidArgument);
  one.values[0] = NAN;
  EXPECT_THROW(static_cast<void>(truncated_svd(one, 1, 0)), InvalidArgument);
  EXPECT_THROW(static_cast<void>(project(one, Matrix(2, 1))), InvalidArgument);
}

TEST(Hash64, IsTheSameEverywhere) {
  // XXH3-64 as its specification and the xxhash program give it.
  EXPECT_EQ(hash64(""), 0x2d06800538d394c2U);
  EXPECT_EQ(hash64("love"), hash64("love", 0));
  EXPECT_NE(hash64("love"), hash64("love", 1));
}

}  // namespace
}  // namespace songmap
