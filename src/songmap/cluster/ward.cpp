#include "songmap/cluster/ward.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "songmap/cluster/neighbor_chain.h"
#include "songmap/core/error.h"

namespace songmap::cluster {
namespace {

// The clusters that are left, side by side, so that a search runs over memory once.
class Clusters {
 public:
  explicit Clusters(MatrixView x)
      : cols_(x.cols()),
        count_(x.rows()),
        centroids_(x.values().begin(), x.values().end()),
        sizes_(x.rows(), 1),
        row_(x.rows()),
        slot_(x.rows()) {
    std::iota(row_.begin(), row_.end(), std::size_t{0});
    std::iota(slot_.begin(), slot_.end(), std::size_t{0});
  }

  [[nodiscard]] std::size_t any() const { return row_[0]; }

  // The cluster (named by its row) nearest to that of `row`; of equally near ones `preferred` if it is among them.
  [[nodiscard]] std::pair<std::size_t, double> nearest(std::size_t row, std::size_t preferred) const {
    const std::size_t own = slot_[row];
    std::size_t best = own;
    double distance = std::numeric_limits<double>::infinity();
    if (preferred != row) {
      best = slot_[preferred];
      distance = growth(own, best);
    }
    for (std::size_t other = 0; other < count_; ++other) {
      if (other == own) continue;
      const double candidate = growth(own, other);
      if (candidate < distance) {
        distance = candidate;
        best = other;
      }
    }
    return {row_[best], std::sqrt(distance)};
  }

  // The merged cluster bears the name of `a`.
  void merge(std::size_t a, std::size_t b) {
    const std::size_t to = slot_[a];
    const std::size_t from = slot_[b];
    const double total = sizes_[to] + sizes_[from];
    for (std::size_t j = 0; j < cols_; ++j) {
      double& value = centroids_[to * cols_ + j];
      value += (centroids_[from * cols_ + j] - value) * (sizes_[from] / total);
    }
    sizes_[to] = total;
    --count_;
    std::copy_n(centroids_.begin() + static_cast<std::ptrdiff_t>(count_ * cols_), cols_,
                centroids_.begin() + static_cast<std::ptrdiff_t>(from * cols_));
    sizes_[from] = sizes_[count_];
    row_[from] = row_[count_];
    slot_[row_[from]] = from;
  }

 private:
  // Twice the growth of the sum of squares when two become one.
  [[nodiscard]] double growth(std::size_t a, std::size_t b) const {
    const double* x = centroids_.data() + a * cols_;
    const double* y = centroids_.data() + b * cols_;
    double sum = 0;
#pragma omp simd reduction(+ : sum)
    for (std::size_t j = 0; j < cols_; ++j) sum += (x[j] - y[j]) * (x[j] - y[j]);
    return sum * (2 * (sizes_[a] * sizes_[b]) / (sizes_[a] + sizes_[b]));  // the same for (b, a), to the last bit
  }

  std::size_t cols_;
  std::size_t count_;
  std::vector<double> centroids_;  // [slots, cols]
  std::vector<double> sizes_;
  std::vector<std::size_t> row_;   // name of the cluster in a slot
  std::vector<std::size_t> slot_;  // of the cluster of that name
};

}  // namespace

MergeTree ward_tree(MatrixView x, const Execution& run) {
  require(!x.empty(), "ward_tree: the matrix is empty");
  require(all_finite(x), "ward_tree: the matrix holds values that are not finite");
  Clusters clusters(x);
  return merge_by_chain(clusters, x.rows(), "Ward", run);
}

}  // namespace songmap::cluster
