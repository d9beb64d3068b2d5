#include "songmap/cluster/kmeans.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "songmap/core/error.h"
#include "songmap/core/options.h"
#include "songmap/core/parallel.h"
#include "songmap/core/random.h"
#include "songmap/core/row_tiles.h"

namespace songmap::cluster {
namespace {

constexpr std::size_t kRows = RowTiles::kRows;
constexpr std::size_t kTilesAChunk = 64;

// What every start reads.
struct Data {
  MatrixView x;
  RowTiles tiles;
  double shift_tolerance;  // on the summed squared shift of all centres
  std::size_t threads;     // inside a start
};

// The nearest centre of each row and the squared distance to it.
struct Assignment {
  std::vector<std::int32_t> labels;
  std::vector<float> distances;

  explicit Assignment(std::size_t rows) : labels(rows, -1), distances(rows) {}
};

void assign(const RowTiles& tiles, const Matrix& centers, std::size_t threads, Assignment& to) {
  parallel_chunks(tiles.count(), kTilesAChunk, threads, [&](std::size_t, std::size_t first, std::size_t last) {
    float distances[kRows];
    std::int32_t labels[kRows];
    for (std::size_t tile = first; tile < last; ++tile) {
      nearest_points(tiles, tile, centers.data(), centers.rows(), distances, labels);
      std::copy_n(distances, tiles.rows_in(tile), to.distances.data() + tile * kRows);
      std::copy_n(labels, tiles.rows_in(tile), to.labels.data() + tile * kRows);
    }
  });
}

// Sums and sizes of the clusters, kept up to date by the rows that change sides: after the first rounds these are few.
class ClusterSums {
 public:
  ClusterSums(std::size_t n_clusters, std::size_t cols) : cols_(cols), sums_(n_clusters * cols), sizes_(n_clusters) {}

  void add(std::span<const float> row, std::int32_t cluster, double sign) {
    double* sum = sums_.data() + static_cast<std::size_t>(cluster) * cols_;
    for (std::size_t j = 0; j < cols_; ++j) sum[j] += sign * row[j];
    sizes_[static_cast<std::size_t>(cluster)] += sign > 0 ? 1 : -1;
  }
  void move(std::span<const float> row, std::int32_t from, std::int32_t to) {
    if (from >= 0) add(row, from, -1);
    add(row, to, 1);
  }
  [[nodiscard]] std::ptrdiff_t size(std::size_t cluster) const { return sizes_[cluster]; }
  [[nodiscard]] double mean(std::size_t cluster, std::size_t col) const {
    return sums_[cluster * cols_ + col] / static_cast<double>(sizes_[cluster]);
  }

 private:
  std::size_t cols_;
  std::vector<double> sums_;
  std::vector<std::ptrdiff_t> sizes_;
};

// Gives each empty cluster the row that is farthest from its centre, out of a cluster that keeps at least one row.
void fill_empty(const Data& data, std::size_t n_clusters, Assignment& assignment, ClusterSums& sums) {
  for (std::size_t c = 0; c < n_clusters; ++c) {
    if (sums.size(c) > 0) continue;
    std::ptrdiff_t farthest = -1;
    for (std::size_t i = 0; i < data.x.rows(); ++i) {
      const auto own = static_cast<std::size_t>(assignment.labels[i]);
      if (sums.size(own) < 2 || assignment.distances[i] <= 0) continue;
      if (farthest < 0 || assignment.distances[i] > assignment.distances[static_cast<std::size_t>(farthest)]) {
        farthest = static_cast<std::ptrdiff_t>(i);
      }
    }
    if (farthest < 0) return;  // every row lies on its centre: fewer distinct rows than clusters
    const auto row = static_cast<std::size_t>(farthest);
    sums.move(data.x.row(row), assignment.labels[row], static_cast<std::int32_t>(c));
    assignment.labels[row] = static_cast<std::int32_t>(c);
    assignment.distances[row] = 0;
  }
}

// Index drawn in proportion to `weights`, whose running sums are `cumulative`.
std::size_t draw(const std::vector<double>& cumulative, Random& random) {
  const double target = random.uniform() * cumulative.back();
  const auto found = std::ranges::upper_bound(cumulative, target);
  return std::min<std::size_t>(static_cast<std::size_t>(found - cumulative.begin()), cumulative.size() - 1);
}

// Squared distances to the chosen centres and each candidate: the candidate that lowers the sum most is taken.
class Seeding {
 public:
  explicit Seeding(const Data& data) : data_(data), nearest_(data.tiles.count() * kRows), cumulative_(data.x.rows()) {
    // Rows that only fill the last tile up count as being on a centre.
    std::fill_n(nearest_.begin(), data.x.rows(), std::numeric_limits<float>::max());
  }

  // Row of the best candidate; `nearest` is updated with it.
  std::size_t take_best(const std::vector<std::size_t>& candidates) {
    const std::size_t n = candidates.size();
    const Matrix points = take_rows(data_.x, candidates);
    lowered_.resize(n * data_.tiles.count() * kRows);
    const std::size_t chunks = chunk_count(data_.tiles.count(), kTilesAChunk);
    std::vector<double> partial(chunks * n);
    parallel_chunks(data_.tiles.count(), kTilesAChunk, data_.threads,
                    [&](std::size_t chunk, std::size_t first, std::size_t last) {
                      for (std::size_t tile = first; tile < last; ++tile) lower(tile, points, &partial[chunk * n]);
                    });
    std::vector<double> potential(n);
    for (std::size_t i = 0; i < partial.size(); ++i) potential[i % n] += partial[i];
    const auto best = static_cast<std::size_t>(std::ranges::min_element(potential) - potential.begin());
    for (std::size_t tile = 0; tile < data_.tiles.count(); ++tile) {
      std::copy_n(lowered_.data() + (tile * n + best) * kRows, kRows, nearest_.data() + tile * kRows);
    }
    return candidates[best];
  }

  std::size_t draw_candidate(Random& random) { return draw(cumulative_, random); }
  // False when every row lies on a centre.
  bool accumulate() {
    double sum = 0;
    for (std::size_t i = 0; i < cumulative_.size(); ++i) cumulative_[i] = sum += nearest_[i];
    return sum > 0;
  }

 private:
  void lower(std::size_t tile, const Matrix& points, double* potential) {
    float* out = lowered_.data() + tile * points.rows() * kRows;
    squared_distances(data_.tiles, tile, points.data(), points.rows(), out);
    const float* nearest = nearest_.data() + tile * kRows;
    for (std::size_t p = 0; p < points.rows(); ++p, out += kRows) {
      double sum = 0;
#pragma omp simd reduction(+ : sum)
      for (std::size_t r = 0; r < kRows; ++r) {
        out[r] = out[r] < nearest[r] ? out[r] : nearest[r];
        sum += out[r];
      }
      potential[p] += sum;
    }
  }

  const Data& data_;
  std::vector<float> nearest_;
  std::vector<float> lowered_;  // [tiles, candidates, kRows]
  std::vector<double> cumulative_;
};

Matrix seed_centers(const Data& data, std::size_t n_clusters, Random& random) {
  const std::size_t trials = 2 + static_cast<std::size_t>(std::log(static_cast<double>(n_clusters)));
  Seeding seeding(data);
  std::vector<std::size_t> chosen{seeding.take_best({random.below(data.x.rows())})};
  while (chosen.size() < n_clusters) {
    std::vector<std::size_t> candidates;
    const bool spread = seeding.accumulate();
    while (candidates.size() < (spread ? trials : 1)) {
      candidates.push_back(spread ? seeding.draw_candidate(random) : random.below(data.x.rows()));
    }
    chosen.push_back(seeding.take_best(candidates));
  }
  return take_rows(data.x, chosen);
}

KMeansModel run_start(const Data& data, const KMeansOptions& options, std::size_t start) {
  Random random(options.seed, start);
  KMeansModel model;
  model.centers = seed_centers(data, options.n_clusters, random);
  Assignment assignment(data.x.rows());
  ClusterSums sums(options.n_clusters, data.x.cols());
  std::vector<std::int32_t> before(data.x.rows(), -1);

  while (model.iterations < options.max_iterations && !model.converged) {
    ++model.iterations;
    assign(data.tiles, model.centers, data.threads, assignment);
    bool changed = false;
    for (std::size_t i = 0; i < before.size(); ++i) {
      if (assignment.labels[i] == before[i]) continue;
      sums.move(data.x.row(i), before[i], assignment.labels[i]);
      changed = true;
    }
    if (!changed) {
      model.converged = true;
      break;
    }
    fill_empty(data, options.n_clusters, assignment, sums);
    double shift = 0;
    for (std::size_t c = 0; c < options.n_clusters; ++c) {
      if (sums.size(c) == 0) continue;
      for (std::size_t j = 0; j < data.x.cols(); ++j) {
        const auto value = static_cast<float>(sums.mean(c, j));
        const double difference = static_cast<double>(value) - model.centers(c, j);
        shift += difference * difference;
        model.centers(c, j) = value;
      }
    }
    before = assignment.labels;
    model.converged = shift <= data.shift_tolerance;
  }
  assign(data.tiles, model.centers, data.threads, assignment);  // labels and inertia of the centres that are returned
  model.labels = std::move(assignment.labels);
  for (const float distance : assignment.distances) model.inertia += distance;
  return model;
}

double mean_variance(MatrixView x) {
  std::vector<double> sum(x.cols());
  std::vector<double> squares(x.cols());
  for (std::size_t i = 0; i < x.rows(); ++i) {
    for (std::size_t j = 0; j < x.cols(); ++j) sum[j] += x(i, j);
  }
  for (std::size_t i = 0; i < x.rows(); ++i) {
    for (std::size_t j = 0; j < x.cols(); ++j) {
      const double deviation = x(i, j) - sum[j] / static_cast<double>(x.rows());
      squares[j] += deviation * deviation;
    }
  }
  return std::accumulate(squares.begin(), squares.end(), 0.0) / static_cast<double>(x.rows() * x.cols());
}

void check(MatrixView x, const KMeansOptions& options) {
  require(!x.empty(), "fit_kmeans: the matrix is empty");
  require(options.n_clusters >= 1 && options.n_clusters <= x.rows(),
          fmt::format("fit_kmeans: n_clusters is {}, but must be 1 to the number of rows, {}", options.n_clusters,
                      x.rows()));
  require(options.n_init >= 1, fmt::format("fit_kmeans: n_init is {}, but must be at least 1", options.n_init));
  require(options.max_iterations >= 1,
          fmt::format("fit_kmeans: max_iterations is {}, but must be at least 1", options.max_iterations));
  require(options.tolerance >= 0,
          fmt::format("fit_kmeans: tolerance is {}, but must not be negative", options.tolerance));
  require(all_finite(x), "fit_kmeans: the matrix holds values that are not finite");
}

}  // namespace

void describe(OptionSet& set, KMeansOptions& options) {
  set.add("n_init", &options.n_init, at_least(1), "independent starts; the lowest inertia wins");
  set.add("max_iterations", &options.max_iterations, at_least(1), "rounds of a start");
  set.add("tolerance", &options.tolerance, at_least(0), "a start ends when its centres move less than this");
}

KMeansModel fit_kmeans(MatrixView x, const KMeansOptions& options, const Execution& run) {
  check(x, options);
  const auto starts = static_cast<std::size_t>(options.n_init);
  const std::size_t threads = run.thread_count();
  const std::size_t side_by_side = std::min(starts, threads);
  const Data data{x, RowTiles(x), options.tolerance * mean_variance(x), threads / side_by_side};
  std::vector<KMeansModel> models(starts);
  parallel_for(starts, side_by_side, [&](std::size_t start) { models[start] = run_start(data, options, start); });
  const auto best = std::ranges::min_element(models, {}, &KMeansModel::inertia);
  return std::move(*best);
}

std::vector<std::int32_t> predict(const KMeansModel& model, MatrixView x, const Execution& run) {
  require(x.cols() == model.centers.cols(),
          fmt::format("k-means predict: {} columns, but it was fitted on {}", x.cols(), model.centers.cols()));
  require(all_finite(x), "k-means predict: the matrix holds values that are not finite");
  Assignment assignment(x.rows());
  assign(RowTiles(x), model.centers, run.thread_count(), assignment);
  return std::move(assignment.labels);
}

}  // namespace songmap::cluster
