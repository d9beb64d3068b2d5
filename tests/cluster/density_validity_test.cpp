#include "songmap/cluster/density_validity.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "songmap/core/error.h"
#include "tests/reference/numerics_reference.h"

namespace songmap::cluster {
namespace {

using Labels = std::vector<std::int32_t>;

Labels planted(std::size_t n, std::size_t k) {
  Labels labels;
  for (std::size_t i = 0; i < n; ++i) labels.push_back(static_cast<std::int32_t>(i % k));
  return labels;
}

// The definitions of the paper in double, with whole matrices. `x` stands for any number of clusters and noise.
double by_definition(MatrixView x, const Labels& labels) {
  const std::size_t n = x.rows();
  std::map<std::int32_t, std::vector<std::size_t>> clusters;
  for (std::size_t i = 0; i < n; ++i) {
    if (labels[i] >= 0) clusters[labels[i]].push_back(i);
  }
  const auto distance = [&](std::size_t i, std::size_t j) { return std::sqrt(squared_distance(x.row(i), x.row(j))); };
  std::vector<double> core(n);
  const auto dimensions = static_cast<double>(x.cols());
  for (const auto& [label, rows] : clusters) {
    for (const std::size_t i : rows) {
      double sum = 0;
      for (const std::size_t j : rows) {
        if (j != i) sum += std::pow(1 / distance(i, j), dimensions);
      }
      core[i] = std::pow(sum / static_cast<double>(rows.size() - 1), -1 / dimensions);
    }
  }
  const auto reach = [&](std::size_t i, std::size_t j) { return std::max({distance(i, j), core[i], core[j]}); };
  std::map<std::int32_t, double> sparseness;
  std::map<std::int32_t, std::vector<std::size_t>> inside;
  for (const auto& [label, rows] : clusters) {
    struct Edge {
      std::size_t from, to;
      double length;
    };
    std::vector<Edge> edges;
    std::map<std::size_t, int> degree;
    // Of equally long edges the one to the densest row, from the densest row.
    std::vector<std::size_t> densest = rows;
    std::ranges::stable_sort(densest, {}, [&](std::size_t row) { return core[row]; });
    std::vector<std::size_t> tree{densest[0]};
    while (tree.size() < rows.size()) {
      Edge best{0, 0, std::numeric_limits<double>::infinity()};
      for (const std::size_t to : densest) {
        if (std::ranges::find(tree, to) != tree.end()) continue;
        for (const std::size_t from : densest) {
          if (std::ranges::find(tree, from) == tree.end()) continue;
          if (reach(from, to) < best.length) best = {from, to, reach(from, to)};
        }
      }
      edges.push_back(best);
      ++degree[best.from];
      ++degree[best.to];
      tree.push_back(best.to);
    }
    double longest = 0;
    double longest_inside = -1;
    for (const Edge& edge : edges) {
      longest = std::max(longest, edge.length);
      if (degree[edge.from] > 1 && degree[edge.to] > 1) longest_inside = std::max(longest_inside, edge.length);
    }
    sparseness[label] = longest_inside < 0 ? longest : longest_inside;
    for (const std::size_t row : rows) {
      if (degree[row] > 1 || rows.size() == 2) inside[label].push_back(row);
    }
  }
  double result = 0;
  for (const auto& [label, rows] : clusters) {
    double separation = std::numeric_limits<double>::infinity();
    for (const auto& [other, others] : inside) {
      if (other == label) continue;
      for (const std::size_t i : inside[label]) {
        for (const std::size_t j : others) separation = std::min(separation, reach(i, j));
      }
    }
    result += static_cast<double>(rows.size()) / static_cast<double>(n) * (separation - sparseness[label]) /
              std::max(separation, sparseness[label]);
  }
  return result;
}

// Two groups of three on a line: core distances are harmonic means in one dimension.
TEST(DensityValidity, ByHandOnALine) {
  const Matrix x(6, 1, {0, 1, 2, 10, 11, 12});
  // Inner rows 1 and 11: core distance 1; outer rows 0 and 2: 1 / ((1 + 1/2) / 2) = 4/3. Both edges of a tree are 4/3
  // long, none is inside, so the whole tree counts; the inner rows are 10 apart.
  EXPECT_NEAR(density_validity(x, Labels{0, 0, 0, 1, 1, 1}), (10 - 4.0 / 3) / 10, 1e-6);
  // A row of noise takes its share.
  const Matrix y(7, 1, {0, 1, 2, 10, 11, 12, 100});
  EXPECT_NEAR(density_validity(y, Labels{0, 0, 0, 1, 1, 1, kNoise}), 6.0 / 7 * (10 - 4.0 / 3) / 10, 1e-6);
  // So does a cluster of one.
  EXPECT_NEAR(density_validity(y, Labels{0, 0, 0, 1, 1, 1, 2}), 6.0 / 7 * (10 - 4.0 / 3) / 10, 1e-6);
  // Pairs: the tree is one edge, and both rows count as inside.
  EXPECT_NEAR(density_validity(Matrix(4, 1, {0, 1, 5, 7}), Labels{3, 3, 8, 8}), (.75 + .5) / 2, 1e-6);
}

TEST(DensityValidity, EqualsTheDefinition) {
  for (const std::size_t cols : {1, 2, 3, 8, 33}) {
    const Matrix x = testing::blobs(120, 3, cols, 4, cols);
    Labels labels = planted(120, 3);
    EXPECT_NEAR(density_validity(x, labels), by_definition(x, labels), 1e-4) << cols;
    for (std::size_t i = 0; i < labels.size(); i += 7) labels[i] = kNoise;
    EXPECT_NEAR(density_validity(x, labels), by_definition(x, labels), 1e-4) << cols;
    Random random(cols);
    for (std::int32_t& label : labels) label = static_cast<std::int32_t>(random.below(5));
    EXPECT_NEAR(density_validity(x, labels), by_definition(x, labels), 1e-4) << cols;
  }
}

TEST(DensityValidity, GroupsThatAreApartAreValidAndRandomOnesAreNot) {
  const Matrix x = testing::blobs(200, 4, 5, 12, 1);
  EXPECT_GT(density_validity(x, planted(200, 4)), .6);
  EXPECT_LT(density_validity(x, planted(200, 3)), 0);
}

TEST(DensityValidity, DoesNotChangeWithTheUnitOrThePlace) {
  const Matrix x = testing::blobs(150, 3, 40, 6, 2);
  const double expected = density_validity(x, planted(150, 3));
  for (const float unit : {1e-6F, 1e-3F, 1e3F, 1e8F}) {
    Matrix scaled = x;
    for (float& value : scaled.values()) value *= unit;
    EXPECT_NEAR(density_validity(scaled, planted(150, 3)), expected, 1e-4) << unit;
  }
  Matrix moved = x;
  for (float& value : moved.values()) value += 100;
  EXPECT_NEAR(density_validity(moved, planted(150, 3)), expected, 1e-3);
}

TEST(DensityValidity, DoesNotDependOnTheOrderOfRowsOrTheNamesOfClusters) {
  const Matrix x = testing::blobs(150, 3, 3, 4, 5);
  const double expected = density_validity(x, planted(150, 3));
  Random random(1);
  for (int trial = 0; trial < 5; ++trial) {
    const std::vector<std::size_t> order = random.permutation(150);
    Labels labels;
    for (const std::size_t row : order) labels.push_back(7 - static_cast<std::int32_t>(row % 3));
    EXPECT_NEAR(density_validity(take_rows(x, order), labels), expected, 1e-6);
  }
}

TEST(DensityValidity, EqualRowsAreDense) {
  Matrix x(8, 2);
  for (std::size_t i = 4; i < 8; ++i) x(i, 0) = 3;
  EXPECT_EQ(density_validity(x, Labels{0, 0, 0, 0, 1, 1, 1, 1}), 1);
  EXPECT_EQ(density_validity(Matrix(8, 2), Labels{0, 0, 0, 0, 1, 1, 1, 1}), 0);
  EXPECT_EQ(density_validity(x, Labels{0, 0, 1, 1, 0, 0, 1, 1}), -1);
}

TEST(DensityValidity, IsNotDefinedForOneCluster) {
  const Matrix x = testing::normal_matrix(6, 2, 1);
  EXPECT_TRUE(std::isnan(density_validity(x, Labels(6, 0))));
  EXPECT_TRUE(std::isnan(density_validity(x, Labels(6, kNoise))));
  EXPECT_TRUE(std::isnan(density_validity(x, planted(6, 6))));
  EXPECT_FALSE(std::isnan(density_validity(x, planted(6, 2))));
}

TEST(DensityValidity, AnyNumberOfThreadsGivesTheSame) {
  const Matrix x = testing::blobs(900, 6, 7, 5, 3);
  const Labels labels = planted(900, 6);
  EXPECT_EQ(density_validity(x, labels, {.threads = 1, .progress = {}}),
            density_validity(x, labels, {.threads = 3, .progress = {}}));
}

TEST(DensityValidity, RejectsWhatItCannotDo) {
  EXPECT_THROW(static_cast<void>(density_validity(Matrix(), Labels{})), InvalidArgument);
  EXPECT_THROW(static_cast<void>(density_validity(Matrix(3, 1), Labels{0, 1})), InvalidArgument);
  EXPECT_THROW(static_cast<void>(density_validity(Matrix(1, 1, {std::nanf("")}), Labels{0})), InvalidArgument);
}

}  // namespace
}  // namespace songmap::cluster
