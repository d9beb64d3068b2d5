#include "songmap/cluster/radius_clusters.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <memory>
#include <mutex>

#include "songmap/cluster/reachability_tree.h"
#include "songmap/core/parallel.h"
#include "songmap/core/row_tiles.h"

namespace songmap::cluster {
namespace {

constexpr std::size_t kRows = RowTiles::kRows;
constexpr std::size_t kTilesAChunk = 8;  // these and a block of points stay in the first-level cache
constexpr std::size_t kBlock = 64;

// What one thread has seen of the graph of near pairs. A pair whose ends are both known as core is joined and
// forgotten; any other is kept until all are seen. Each kept pair has an end with less than `needed` neighbours, so
// that there are fewer than n * needed of them, however dense the graph is.
class PartialGraph {
 public:
  PartialGraph(std::size_t n, std::uint32_t needed) : needed_(needed), neighbors_(n), sets_(n) {}

  void add(std::uint32_t a, std::uint32_t b) {
    if (neighbors_[a] < needed_ || neighbors_[b] < needed_) {
      ++neighbors_[a];
      ++neighbors_[b];
      if (neighbors_[a] < needed_ || neighbors_[b] < needed_) {
        undecided_.emplace_back(a, b);
        return;
      }
    }
    sets_.join(a, b);
  }

  void merge(PartialGraph& other) {
    for (std::uint32_t i = 0; i < neighbors_.size(); ++i) {
      neighbors_[i] += other.neighbors_[i];
      sets_.join(i, other.sets_.find(i));
    }
    undecided_.insert(undecided_.end(), other.undecided_.begin(), other.undecided_.end());
  }

  // Once all pairs are seen.
  [[nodiscard]] std::vector<std::int32_t> labels() {
    std::vector<std::uint8_t> core(neighbors_.size());
    for (std::size_t i = 0; i < core.size(); ++i) core[i] = neighbors_[i] >= needed_ ? 1 : 0;
    std::vector<BorderPair> borders;
    for (const auto& [a, b] : undecided_) {
      if (core[a] != 0 && core[b] != 0) {
        sets_.join(a, b);
      } else if (core[a] != 0) {
        borders.emplace_back(b, a);
      } else if (core[b] != 0) {
        borders.emplace_back(a, b);
      }
    }
    return number_clusters(sets_, core, borders);
  }

 private:
  std::uint32_t needed_;                  // neighbours of a core row, itself not counted
  std::vector<std::uint32_t> neighbors_;  // found so far; of rows known as core only a lower bound
  DisjointSets sets_;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> undecided_;
};

// Adds the near pairs of the rows of tiles [first, last) and the rows after them.
void search_tiles(MatrixView x, const RowTiles& tiles, float limit, std::size_t first, std::size_t last,
                  PartialGraph& graph) {
  float distances[kBlock * kRows];
  for (std::size_t point = first * kRows; point < x.rows(); point += kBlock) {
    const std::size_t count = std::min(kBlock, x.rows() - point);
    for (std::size_t tile = first; tile < last && tile * kRows < point + count; ++tile) {
      squared_distances(tiles, tile, x.row(point).data(), count, distances);
      for (std::size_t p = 0; p < count; ++p) {
        const float* of_point = distances + p * kRows;
        std::uint32_t near = 0;  // a bit a row
#pragma omp simd reduction(| : near)
        for (std::uint32_t r = 0; r < kRows; ++r) near |= (of_point[r] <= limit ? 1U : 0U) << r;
        const std::size_t before = point + p - std::min(point + p, tile * kRows);  // rows of the tile before the point
        if (before < kRows) near &= (1U << before) - 1;
        for (; near != 0; near &= near - 1) {
          const auto row =
              static_cast<std::uint32_t>(tile * kRows) + static_cast<std::uint32_t>(std::countr_zero(near));
          graph.add(row, static_cast<std::uint32_t>(point + p));
        }
      }
    }
  }
}

}  // namespace

std::vector<std::int32_t> number_clusters(DisjointSets& sets, const std::vector<std::uint8_t>& core,
                                          const std::vector<BorderPair>& borders) {
  std::vector<std::int32_t> labels(core.size(), kNoise);
  std::int32_t clusters = 0;
  for (std::uint32_t i = 0; i < core.size(); ++i) {
    if (core[i] == 0) continue;
    const std::uint32_t first = sets.find(i);
    labels[i] = first == i ? clusters++ : labels[first];
  }
  for (const auto& [row, near] : borders) {
    if (labels[row] == kNoise || labels[near] < labels[row]) labels[row] = labels[near];
  }
  return labels;
}

std::vector<std::int32_t> radius_clusters(MatrixView x, double eps, std::size_t min_samples, const Execution& run) {
  const RowTiles tiles(x);
  const float limit = squared_limit(eps);
  const auto needed = static_cast<std::uint32_t>(std::min(min_samples, x.rows() + 1) - 1);
  const std::size_t chunks = chunk_count(tiles.count(), kTilesAChunk);
  const std::size_t workers = std::min(run.thread_count(), chunks);
  std::vector<std::unique_ptr<PartialGraph>> parts(workers);
  std::atomic<std::size_t> next{0};
  std::mutex report_mutex;
  parallel_for(workers, workers, [&](std::size_t worker) {
    parts[worker] = std::make_unique<PartialGraph>(x.rows(), needed);
    for (std::size_t chunk = next++; chunk < chunks; chunk = next++) {
      {
        const std::lock_guard lock(report_mutex);
        run.report({"DBSCAN", static_cast<double>(chunk), static_cast<double>(chunks), "blocks"});
      }
      const std::size_t first = chunk * kTilesAChunk;
      search_tiles(x, tiles, limit, first, std::min(first + kTilesAChunk, tiles.count()), *parts[worker]);
    }
  });
  for (std::size_t worker = 1; worker < workers; ++worker) parts[0]->merge(*parts[worker]);
  return parts[0]->labels();
}

}  // namespace songmap::cluster
