#include "songmap/projection/projection.h"

#include <gtest/gtest.h>

#include <limits>

#include "songmap/core/error.h"
#include "songmap/neighbors/knn.h"
#include "songmap/projection/tsne.h"
#include "songmap/projection/umap.h"
#include "tests/reference/numerics_reference.h"

namespace songmap::projection {
namespace {

// Share of rows whose nearest point in the picture is of the same planted group (row i of group i % k).
double same_group(MatrixView points, std::size_t k) {
  const auto near = neighbors::nearest_neighbors(points, 1);
  double same = 0;
  for (std::size_t i = 0; i < points.rows(); ++i) same += near.of(i)[0] % k == i % k ? 1 : 0;
  return same / static_cast<double>(points.rows());
}

TsneOptions quick_tsne(std::size_t dimensions) {
  TsneOptions options;
  options.dimensions = dimensions;
  options.iterations = 400;
  return options;
}

UmapOptions quick_umap(std::size_t dimensions) {
  UmapOptions options;
  options.dimensions = dimensions;
  options.epochs = 150;
  return options;
}

TEST(Pca, FillsUpWithZeros) {
  const Matrix x(3, 1, {0, 1, 2});
  const Projection result = pca(x, 3);
  ASSERT_EQ(result.points.cols(), 3U);
  EXPECT_NEAR(std::abs(result.points(0, 0) - result.points(2, 0)), 2, 1e-6);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(result.points(i, 2), 0);
  EXPECT_EQ(pca(Matrix(1, 4), 2).points, Matrix(1, 2));
}

TEST(Projections, KeepPlantedGroupsTogether) {
  const Matrix x = testing::blobs(240, 6, 12, 12, 1);
  for (const std::size_t dimensions : {2, 3}) {
    const Projection t = tsne(x, quick_tsne(dimensions));
    EXPECT_EQ(t.method, "tsne");
    ASSERT_EQ(t.points.cols(), dimensions);
    EXPECT_GT(same_group(t.points, 6), .99);
    const Projection u = umap(x, quick_umap(dimensions));
    EXPECT_EQ(u.method, "umap");
    ASSERT_EQ(u.points.cols(), dimensions);
    EXPECT_GT(same_group(u.points, 6), .99);
  }
  EXPECT_GT(same_group(umap(x, quick_umap(8)).points, 6), .99);
}

TEST(Projections, AnyNumberOfThreadsGivesTheSame) {
  const Matrix x = testing::normal_matrix(300, 10, 2);
  const Execution one{.threads = 1, .progress = {}};
  const Execution three{.threads = 3, .progress = {}};
  EXPECT_EQ(tsne(x, quick_tsne(2), one).points, tsne(x, quick_tsne(2), three).points);
  EXPECT_EQ(tsne(x, quick_tsne(3), one).points, tsne(x, quick_tsne(3), three).points);
  EXPECT_EQ(umap(x, quick_umap(2), one).points, umap(x, quick_umap(2), three).points);
}

TEST(Projections, SeedsDiffer) {
  const Matrix x = testing::normal_matrix(100, 10, 3);
  UmapOptions u = quick_umap(2);
  TsneOptions t = quick_tsne(2);
  const Matrix first_umap = umap(x, u).points;
  const Matrix first_tsne = tsne(x, t).points;
  u.seed = t.seed = 1;
  EXPECT_NE(first_umap, umap(x, u).points);
  EXPECT_NE(first_tsne, tsne(x, t).points);
}

// Every small size, equal rows, and few different rows among many: finite points and a method that says what was done.
TEST(Projections, FewRowsAndEqualRowsNeverFail) {
  for (std::size_t n = 1; n <= 20; ++n) {
    const Matrix x = testing::normal_matrix(n, 5, n);
    const Projection t = tsne(x, quick_tsne(3));
    const Projection u = umap(x, quick_umap(3));
    EXPECT_TRUE(all_finite(t.points) && all_finite(u.points)) << n;
    EXPECT_EQ(t.method, n < kMinDistinctRows ? "pca" : "tsne");
    EXPECT_EQ(u.method, n < kMinDistinctRows ? "pca" : "umap");
    EXPECT_EQ(t.reason.empty(), n >= kMinDistinctRows);
  }
  const Matrix equal(30, 4);
  EXPECT_EQ(tsne(equal, quick_tsne(2)).method, "pca");
  EXPECT_EQ(umap(equal, quick_umap(2)).points, Matrix(30, 2));
  Matrix copies(90, 4);
  const Matrix distinct = testing::normal_matrix(9, 4, 4);
  for (std::size_t i = 0; i < 90; ++i) std::ranges::copy(distinct.row(i % 9), copies.row(i).begin());
  EXPECT_TRUE(all_finite(tsne(copies, quick_tsne(2)).points));
  EXPECT_TRUE(all_finite(umap(copies, quick_umap(2)).points));
}

TEST(Projections, CanBeCancelled) {
  const Matrix x = testing::normal_matrix(50, 4, 5);
  Execution run;
  int calls = 0;
  run.progress = [&](const Progress& at) {
    EXPECT_GT(at.total, 0);
    return ++calls < 3;
  };
  EXPECT_THROW(static_cast<void>(tsne(x, quick_tsne(2), run)), Cancelled);
  calls = 0;
  EXPECT_THROW(static_cast<void>(umap(x, quick_umap(2), run)), Cancelled);
}

TEST(Projections, RejectWhatTheyCannotDo) {
  Matrix x(20, 3);
  TsneOptions t;
  t.dimensions = 4;
  EXPECT_THROW(static_cast<void>(tsne(x, t)), InvalidArgument);
  UmapOptions u;
  u.dimensions = 0;
  EXPECT_THROW(static_cast<void>(umap(x, u)), InvalidArgument);
  EXPECT_THROW(static_cast<void>(umap(Matrix())), InvalidArgument);
  x(1, 1) = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THROW(static_cast<void>(tsne(x)), InvalidArgument);
  EXPECT_THROW(static_cast<void>(umap(x)), InvalidArgument);
}

}  // namespace
}  // namespace songmap::projection
