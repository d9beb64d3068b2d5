#include "songmap/cluster/density_validity.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <vector>

#include "songmap/cluster/reachability_tree.h"
#include "songmap/core/error.h"
#include "songmap/core/parallel.h"
#include "songmap/core/row_tiles.h"

namespace songmap::cluster {
namespace {

constexpr std::size_t kRows = RowTiles::kRows;
constexpr float kInfinity = std::numeric_limits<float>::infinity();

// For each lane r: sum over points of (nearest[r] / distances[p, r])^dimensions from squared distances. Every ratio is
// in [0, 1], and powers too small for a float are nothing beside that of the nearest, 1.
void add_powers(const float* distances, std::size_t n_points, const float* nearest, std::size_t dimensions,
                double* sums) {
  for (std::size_t p = 0; p < n_points; ++p, distances += kRows) {
    float power[kRows];
    float base[kRows];
#pragma omp simd
    for (std::size_t r = 0; r < kRows; ++r) {
      base[r] = distances[r] > 0 ? nearest[r] / distances[r] : 0;  // squared
      power[r] = 1;
    }
    if (dimensions % 2 == 1) {
#pragma omp simd
      for (std::size_t r = 0; r < kRows; ++r) power[r] = std::sqrt(base[r]);
    }
    for (std::size_t left = dimensions / 2; left > 0; left /= 2) {
      if (left % 2 == 1) {
#pragma omp simd
        for (std::size_t r = 0; r < kRows; ++r) power[r] *= base[r];
      }
#pragma omp simd
      for (std::size_t r = 0; r < kRows; ++r) base[r] *= base[r];
    }
#pragma omp simd
    for (std::size_t r = 0; r < kRows; ++r) sums[r] += power[r];
  }
}

// Core distance of each row among the others of its cluster.
std::vector<float> core_distances(MatrixView members, std::size_t threads) {
  const RowTiles tiles(members);
  const std::size_t n = members.rows();
  const auto dimensions = static_cast<double>(members.cols());
  std::vector<float> result(n);
  parallel_for(tiles.count(), threads, [&](std::size_t tile) {
    std::vector<float> distances(n * kRows);
    squared_distances(tiles, tile, members.data(), n, distances.data());
    for (std::size_t r = 0; r < tiles.rows_in(tile); ++r) distances[(tile * kRows + r) * kRows + r] = kInfinity;
    float nearest[kRows];
    std::fill_n(nearest, kRows, kInfinity);
    for (std::size_t p = 0; p < n; ++p) {
#pragma omp simd
      for (std::size_t r = 0; r < kRows; ++r) {
        const float distance = distances[p * kRows + r];
        nearest[r] = distance < nearest[r] ? distance : nearest[r];
      }
    }
    double sums[kRows] = {};
    add_powers(distances.data(), n, nearest, members.cols(), sums);
    for (std::size_t r = 0; r < tiles.rows_in(tile); ++r) {
      const double mean = sums[r] / static_cast<double>(n - 1);
      const double nearest_distance = std::sqrt(nearest[r]);
      result[tile * kRows + r] =
          nearest_distance > 0 ? static_cast<float>(nearest_distance * std::pow(mean, -1 / dimensions)) : 0.0F;
    }
  });
  return result;
}

// What is inside the tree of one cluster.
struct Inside {
  double sparseness = 0;          // longest edge
  std::vector<std::size_t> rows;  // of the tree
};

Inside inside_of(const std::vector<TreeEdge>& edges) {
  std::vector<std::size_t> degree(edges.size() + 1);
  for (const TreeEdge& edge : edges) {
    ++degree[edge.from];
    ++degree[edge.to];
  }
  const auto is_inside = [&](std::uint32_t row) { return degree[row] > 1; };
  Inside result;
  bool any = false;
  double longest = 0;
  for (const TreeEdge& edge : edges) {
    longest = std::max<double>(longest, edge.distance);
    if (!is_inside(edge.from) || !is_inside(edge.to)) continue;
    any = true;
    result.sparseness = std::max<double>(result.sparseness, edge.distance);
  }
  if (!any) result.sparseness = longest;
  for (std::uint32_t row = 0; row < degree.size(); ++row) {
    if (is_inside(row) || edges.size() == 1) result.rows.push_back(row);
  }
  return result;
}

// The insides of all clusters, one after the other.
struct Insides {
  std::vector<std::size_t> rows;  // of x
  std::vector<float> core;        // squared
  std::vector<std::uint32_t> cluster;
};

// For each cluster the squared mutual reachability distance from its inside to the nearest inside of another.
std::vector<float> separations(MatrixView x, const Insides& insides, std::size_t clusters, const Execution& run) {
  const Matrix rows = take_rows(x, insides.rows);
  const RowTiles tiles(rows);
  const std::size_t n = rows.rows();
  std::vector<float> nearest(n, kInfinity);
  constexpr std::size_t kBlock = 64;
  constexpr std::size_t kTilesAChunk = 8;
  parallel_chunks(tiles.count(), kTilesAChunk, run.thread_count(),
                  [&](std::size_t, std::size_t first_tile, std::size_t last_tile) {
                    float distances[kBlock * kRows];
                    for (std::size_t point = 0; point < n; point += kBlock) {
                      const std::size_t count = std::min(kBlock, n - point);
                      for (std::size_t tile = first_tile; tile < last_tile; ++tile) {
                        const std::size_t first = tile * kRows;
                        const std::size_t size = tiles.rows_in(tile);
                        // Rows and points lie cluster by cluster: blocks inside one have nothing to say.
                        if (insides.cluster[first] == insides.cluster[point + count - 1] &&
                            insides.cluster[first + size - 1] == insides.cluster[point]) {
                          continue;
                        }
                        squared_distances(tiles, tile, rows.row(point).data(), count, distances);
                        for (std::size_t p = 0; p < count; ++p) {
                          const float core = insides.core[point + p];
                          for (std::size_t r = 0; r < size; ++r) {
                            if (insides.cluster[first + r] == insides.cluster[point + p]) continue;
                            const float reach = std::max({distances[p * kRows + r], core, insides.core[first + r]});
                            nearest[first + r] = std::min(nearest[first + r], reach);
                          }
                        }
                      }
                    }
                  });
  std::vector<float> result(clusters, kInfinity);
  for (std::size_t i = 0; i < n; ++i) {
    float& own = result[insides.cluster[i]];
    own = std::min(own, nearest[i]);
  }
  return result;
}

}  // namespace

double density_validity(MatrixView x, std::span<const std::int32_t> labels, const Execution& run) {
  require(!x.empty(), "density_validity: the matrix is empty");
  require(labels.size() == x.rows(), fmt::format("density_validity: {} labels for {} rows", labels.size(), x.rows()));
  require(all_finite(x), "density_validity: the matrix holds values that are not finite");
  std::map<std::int32_t, std::vector<std::size_t>> members;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] >= 0) members[labels[i]].push_back(i);
  }
  std::erase_if(members, [](const auto& cluster) { return cluster.second.size() < 2; });
  if (members.size() < 2) return std::numeric_limits<double>::quiet_NaN();

  Insides insides;
  std::vector<double> sparseness;
  std::vector<std::size_t> sizes;
  for (const auto& [label, rows] : members) {
    const Matrix own = take_rows(x, rows);
    std::vector<float> core = core_distances(own, run.thread_count());
    // The tree prefers first rows: from the densest on.
    std::vector<std::size_t> order(rows.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, {}, [&](std::size_t row) { return core[row]; });
    std::ranges::sort(core);
    const Inside inside = inside_of(reachability_tree(take_rows(own, order), core, run));
    for (const std::size_t row : inside.rows) {
      insides.rows.push_back(rows[order[row]]);
      insides.core.push_back(squared_limit(core[row]));
      insides.cluster.push_back(static_cast<std::uint32_t>(sizes.size()));
    }
    sparseness.push_back(inside.sparseness);
    sizes.push_back(rows.size());
  }
  const std::vector<float> separation = separations(x, insides, sizes.size(), run);
  double sum = 0;
  for (std::size_t c = 0; c < sizes.size(); ++c) {
    const double apart = std::sqrt(separation[c]);
    const double larger = std::max(apart, sparseness[c]);
    // Two clusters that lie on the same point are neither dense nor apart.
    if (larger > 0) sum += static_cast<double>(sizes[c]) * (apart - sparseness[c]) / larger;
  }
  return sum / static_cast<double>(x.rows());
}

}  // namespace songmap::cluster
