#include "songmap/cluster/ward.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include "songmap/cluster/neighbor_chain.h"
#include "songmap/core/error.h"
#include "songmap/core/parallel.h"
#include "songmap/core/row_tiles.h"

namespace songmap::cluster {
namespace {

constexpr std::size_t kBlockTiles = 8;
constexpr std::size_t kBlock = kBlockTiles * RowTiles::kRows;  // slots that are looked at together

// The data moved to the origin and into [-1, 1], where single precision has a known absolute error.
struct Frame {
  std::vector<double> origin;
  double scale = 1;

  explicit Frame(MatrixView x) : origin(x.cols()) {
    for (std::size_t i = 0; i < x.rows(); ++i) {
      for (std::size_t j = 0; j < x.cols(); ++j) origin[j] += x(i, j) / static_cast<double>(x.rows());
    }
    double largest = 0;
    for (std::size_t i = 0; i < x.rows(); ++i) {
      for (std::size_t j = 0; j < x.cols(); ++j) largest = std::max(largest, std::abs(x(i, j) - origin[j]));
    }
    if (largest > 0) scale = 1 / largest;
  }
};

// The clusters that are left, side by side, so that a search runs over memory once. Single precision finds the few that
// may be nearest, double precision decides among them: the result is that of double precision alone.
class Clusters {
 public:
  explicit Clusters(MatrixView x)
      : cols_(x.cols()),
        count_(x.rows()),
        frame_(x),
        centroids_(x.values().begin(), x.values().end()),
        tiles_(x),
        sizes_(x.rows(), 1),
        row_(x.rows()),
        slot_(x.rows()),
        point_(x.cols()),
        growths_(chunk_count(x.rows(), kBlock) * kBlock),
        block_least_(chunk_count(x.rows(), kBlock)) {
    std::iota(row_.begin(), row_.end(), std::size_t{0});
    std::iota(slot_.begin(), slot_.end(), std::size_t{0});
    for (std::size_t slot = 0; slot < count_; ++slot) tile_centroid(slot);
  }

  [[nodiscard]] std::size_t any() const { return row_[0]; }

  // The cluster (named by its row) nearest to that of `row`; of equally near ones `preferred` if it is among them.
  [[nodiscard]] std::pair<std::size_t, double> nearest(std::size_t row, std::size_t preferred) {
    const std::size_t own = slot_[row];
    std::size_t best = own;
    double distance = std::numeric_limits<double>::infinity();
    if (preferred != row) {
      best = slot_[preferred];
      distance = growth(own, best);
    }
    const float limit = limit_of_candidates(own);
    for (std::size_t first = 0; first < count_; first += kBlock) {
      if (block_least_[first / kBlock] > limit) continue;
      const std::size_t last = std::min(first + kBlock, count_);
      for (std::size_t other = first; other < last; ++other) {
        if (growths_[other] > limit || other == own) continue;
        const double candidate = growth(own, other);
        if (candidate < distance) {
          distance = candidate;
          best = other;
        }
      }
    }
    return {row_[best], std::sqrt(distance)};
  }

  // The merged cluster bears the name of `a`.
  void merge(std::size_t a, std::size_t b) {
    const std::size_t to = slot_[a];
    const std::size_t from = slot_[b];
    const double total = static_cast<double>(sizes_[to]) + sizes_[from];
    for (std::size_t j = 0; j < cols_; ++j) {
      double& value = centroids_[to * cols_ + j];
      value += (centroids_[from * cols_ + j] - value) * (sizes_[from] / total);
    }
    sizes_[to] = static_cast<float>(total);
    tile_centroid(to);
    --count_;
    if (from == count_) return;
    std::copy_n(centroids_.begin() + static_cast<std::ptrdiff_t>(count_ * cols_), cols_,
                centroids_.begin() + static_cast<std::ptrdiff_t>(from * cols_));
    sizes_[from] = sizes_[count_];
    row_[from] = row_[count_];
    slot_[row_[from]] = from;
    tile_centroid(from);
  }

 private:
  void framed(std::size_t slot, std::vector<float>& point) const {
    for (std::size_t j = 0; j < cols_; ++j) {
      point[j] = static_cast<float>((centroids_[slot * cols_ + j] - frame_.origin[j]) * frame_.scale);
    }
  }
  void tile_centroid(std::size_t slot) {
    framed(slot, point_);
    tiles_.set_row(slot, point_);
  }

  // Fills `growths_` and `block_least_` for the cluster of a slot, in single precision and up to a common factor, and
  // returns what the growth of the nearest cannot exceed.
  float limit_of_candidates(std::size_t own) {
    framed(own, point_);
    const float size = sizes_[own];
    float least = std::numeric_limits<float>::infinity();
    for (std::size_t first = 0; first < count_; first += kBlock) {
      const std::size_t count = std::min(kBlock, count_ - first);
      float* growths = growths_.data() + first;
      const float* sizes = sizes_.data() + first;
      squared_distances_to(point_.data(), tiles_, first / RowTiles::kRows, chunk_count(count, RowTiles::kRows),
                           growths);
      for (std::size_t i = 0; i < count; ++i) growths[i] *= sizes[i] / (sizes[i] + size);
      if (own - first < count) growths[own - first] = std::numeric_limits<float>::infinity();
      float block = std::numeric_limits<float>::infinity();
#pragma omp simd reduction(min : block)
      for (std::size_t i = 0; i < count; ++i) block = std::min(block, growths[i]);
      block_least_[first / kBlock] = block;
      least = std::min(least, block);
    }
    // The root of a growth is wrong by at most `absolute` (rounding of two coordinates of at most 1 and of their
    // difference, in every column; the factor of the sizes is below 1) and a share of it (the sum).
    constexpr double kUnit = std::numeric_limits<float>::epsilon();
    const double absolute = 4 * kUnit * std::sqrt(static_cast<double>(cols_));
    const double relative = kUnit * static_cast<double>(cols_ + 8);
    const double root = (std::sqrt(static_cast<double>(least)) + 2 * absolute) * (1 + 2 * relative);
    return static_cast<float>(root * root * (1 + kUnit));
  }

  // Twice the growth of the sum of squares when two become one; the same for (b, a), to the last bit.
  [[nodiscard]] double growth(std::size_t a, std::size_t b) const {
    const double* x = centroids_.data() + a * cols_;
    const double* y = centroids_.data() + b * cols_;
    double sum = 0;
#pragma omp simd reduction(+ : sum)
    for (std::size_t j = 0; j < cols_; ++j) sum += (x[j] - y[j]) * (x[j] - y[j]);
    const double size_a = sizes_[a];
    const double size_b = sizes_[b];
    return sum * (2 * (size_a * size_b) / (size_a + size_b));
  }

  std::size_t cols_;
  std::size_t count_;
  Frame frame_;
  std::vector<double> centroids_;  // [slots, cols]
  RowTiles tiles_;                 // the same in the frame
  std::vector<float> sizes_;       // whole numbers: exact to 2^24 rows
  std::vector<std::size_t> row_;   // name of the cluster in a slot
  std::vector<std::size_t> slot_;  // of the cluster of that name
  std::vector<float> point_;
  std::vector<float> growths_;      // [slots], of the latest search
  std::vector<float> block_least_;  // smallest of each block of these
};

}  // namespace

MergeTree ward_tree(MatrixView x, const Execution& run) {
  require(!x.empty(), "ward_tree: the matrix is empty");
  require(all_finite(x), "ward_tree: the matrix holds values that are not finite");
  Clusters clusters(x);
  return merge_by_chain(clusters, x.rows(), "Ward", run);
}

double joining_cost(std::size_t n, std::span<const float> centre_n, std::size_t m, std::span<const float> centre_m) {
  const auto a = static_cast<double>(n);
  const auto b = static_cast<double>(m);
  return a * b / (a + b) * squared_distance(centre_n, centre_m);
}

}  // namespace songmap::cluster
