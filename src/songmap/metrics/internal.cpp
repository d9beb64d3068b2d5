#include "songmap/metrics/internal.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "songmap/core/error.h"
#include "songmap/core/parallel.h"
#include "songmap/core/row_tiles.h"

namespace songmap::metrics {
namespace {

constexpr std::size_t kRows = RowTiles::kRows;

// The rows that are not noise, cluster after cluster, and where each cluster begins.
struct Grouped {
  std::vector<std::size_t> rows;    // of x
  std::vector<std::size_t> begins;  // [n_clusters + 1]

  [[nodiscard]] std::size_t n_clusters() const { return begins.size() - 1; }
  [[nodiscard]] std::size_t size(std::size_t c) const { return begins[c + 1] - begins[c]; }
  [[nodiscard]] bool defined() const { return n_clusters() >= 2 && n_clusters() < rows.size(); }
};

Grouped group(MatrixView x, std::span<const std::int32_t> labels, const char* caller) {
  require(x.rows() == labels.size(), fmt::format("{}: {} rows but {} labels", caller, x.rows(), labels.size()));
  require(all_finite(x), fmt::format("{}: the matrix holds values that are not finite", caller));
  Grouped grouped;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    require(labels[i] >= kNoise, fmt::format("{}: label {} of row {} is below -1", caller, labels[i], i));
    if (labels[i] != kNoise) grouped.rows.push_back(i);
  }
  std::ranges::stable_sort(grouped.rows, {}, [&](std::size_t row) { return labels[row]; });
  for (std::size_t i = 0; i < grouped.rows.size(); ++i) {
    if (i == 0 || labels[grouped.rows[i]] != labels[grouped.rows[i - 1]]) grouped.begins.push_back(i);
  }
  grouped.begins.push_back(grouped.rows.size());
  return grouped;
}

// Sums of the distances from the rows of a tile to all rows of one cluster: to[r]. Summed in float over short runs,
// in double over these.
void sum_distances(const RowTiles& tiles, std::size_t tile, const Matrix& x, std::size_t first, std::size_t last,
                   double* to) {
  constexpr std::size_t kRun = 64;
  float distances[kRun * kRows];
  std::fill_n(to, kRows, 0.0);
  for (std::size_t begin = first; begin < last; begin += kRun) {
    const std::size_t count = std::min(kRun, last - begin);
    squared_distances(tiles, tile, x.data() + begin * x.cols(), count, distances);
    float sums[kRows] = {};
    for (std::size_t p = 0; p < count; ++p) {
#pragma omp simd
      for (std::size_t r = 0; r < kRows; ++r) sums[r] += std::sqrt(distances[p * kRows + r]);
    }
    for (std::size_t r = 0; r < kRows; ++r) to[r] += sums[r];
  }
}

// Centroids in double, [n_clusters][cols].
std::vector<std::vector<double>> centroids(MatrixView x, const Grouped& grouped) {
  std::vector<std::vector<double>> means(grouped.n_clusters(), std::vector<double>(x.cols()));
  for (std::size_t c = 0; c < means.size(); ++c) {
    for (std::size_t i = grouped.begins[c]; i < grouped.begins[c + 1]; ++i) {
      for (std::size_t j = 0; j < x.cols(); ++j) means[c][j] += x(grouped.rows[i], j);
    }
    for (double& value : means[c]) value /= static_cast<double>(grouped.size(c));
  }
  return means;
}

template <class A, class B>
double squared_difference(const A& a, const B& b) {
  double sum = 0;
  for (std::size_t j = 0; j < a.size(); ++j) sum += (a[j] - b[j]) * (a[j] - b[j]);
  return sum;
}

}  // namespace

std::optional<std::vector<float>> silhouette_samples(MatrixView x, std::span<const std::int32_t> labels,
                                                     const Execution& run) {
  const Grouped grouped = group(x, labels, "silhouette");
  if (!grouped.defined()) return std::nullopt;
  const Matrix sorted = take_rows(x, grouped.rows);
  const RowTiles tiles(sorted);
  const std::size_t k = grouped.n_clusters();
  std::vector<float> result(x.rows(), std::numeric_limits<float>::quiet_NaN());

  parallel_for(tiles.count(), run.thread_count(), [&](std::size_t tile) {
    std::vector<double> sums(k * kRows);
    for (std::size_t c = 0; c < k; ++c) {
      sum_distances(tiles, tile, sorted, grouped.begins[c], grouped.begins[c + 1], &sums[c * kRows]);
    }
    for (std::size_t r = 0; r < tiles.rows_in(tile); ++r) {
      const std::size_t row = tile * kRows + r;
      const auto own =
          static_cast<std::size_t>(std::ranges::upper_bound(grouped.begins, row) - grouped.begins.begin()) - 1;
      double nearest = std::numeric_limits<double>::infinity();
      for (std::size_t c = 0; c < k; ++c) {
        if (c != own) nearest = std::min(nearest, sums[c * kRows + r] / static_cast<double>(grouped.size(c)));
      }
      double score = 0;
      if (grouped.size(own) > 1) {
        const double inside = sums[own * kRows + r] / static_cast<double>(grouped.size(own) - 1);
        const double larger = std::max(inside, nearest);
        score = larger > 0 ? (nearest - inside) / larger : 0;
      }
      result[grouped.rows[row]] = static_cast<float>(score);
    }
  });
  return result;
}

std::optional<double> silhouette(MatrixView x, std::span<const std::int32_t> labels, const Execution& run) {
  const auto samples = silhouette_samples(x, labels, run);
  if (!samples) return std::nullopt;
  double sum = 0;
  std::size_t count = 0;
  for (const float sample : *samples) {
    if (std::isnan(sample)) continue;
    sum += sample;
    ++count;
  }
  return sum / static_cast<double>(count);
}

std::optional<double> calinski_harabasz(MatrixView x, std::span<const std::int32_t> labels) {
  const Grouped grouped = group(x, labels, "calinski_harabasz");
  if (!grouped.defined()) return std::nullopt;
  const auto means = centroids(x, grouped);
  const auto n = static_cast<double>(grouped.rows.size());
  const auto k = static_cast<double>(means.size());
  std::vector<double> mean(x.cols());
  for (std::size_t c = 0; c < means.size(); ++c) {
    for (std::size_t j = 0; j < x.cols(); ++j) mean[j] += means[c][j] * static_cast<double>(grouped.size(c)) / n;
  }
  double between = 0;
  double within = 0;
  for (std::size_t c = 0; c < means.size(); ++c) {
    between += static_cast<double>(grouped.size(c)) * squared_difference(means[c], mean);
    for (std::size_t i = grouped.begins[c]; i < grouped.begins[c + 1]; ++i) {
      within += squared_difference(x.row(grouped.rows[i]), means[c]);
    }
  }
  return within == 0 ? 1.0 : between * (n - k) / (within * (k - 1));
}

std::optional<double> davies_bouldin(MatrixView x, std::span<const std::int32_t> labels) {
  const Grouped grouped = group(x, labels, "davies_bouldin");
  if (!grouped.defined()) return std::nullopt;
  const auto means = centroids(x, grouped);
  std::vector<double> spread(means.size());
  for (std::size_t c = 0; c < means.size(); ++c) {
    for (std::size_t i = grouped.begins[c]; i < grouped.begins[c + 1]; ++i) {
      spread[c] += std::sqrt(squared_difference(x.row(grouped.rows[i]), means[c]));
    }
    spread[c] /= static_cast<double>(grouped.size(c));
  }
  double sum = 0;
  for (std::size_t a = 0; a < means.size(); ++a) {
    double worst = 0;
    for (std::size_t b = 0; b < means.size(); ++b) {
      const double apart = std::sqrt(squared_difference(means[a], means[b]));
      // Centroids on one spot are left out, as in scikit-learn.
      if (b != a && apart > 0) worst = std::max(worst, (spread[a] + spread[b]) / apart);
    }
    sum += worst;
  }
  return sum / static_cast<double>(means.size());
}

}  // namespace songmap::metrics
