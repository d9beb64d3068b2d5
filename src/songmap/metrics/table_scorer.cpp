#include "songmap/metrics/table_scorer.h"

#include <algorithm>
#include <cmath>

namespace songmap::metrics {
namespace {

double pairs(std::size_t n) { return static_cast<double>(n) * (static_cast<double>(n) - 1) / 2; }

// The scores, from an information and a number of shared pairs that may be observed or expected.
ExternalScores assemble(std::size_t rows, const TableScorer::Margin& classes, const TableScorer::Margin& clusters,
                        double information, double expected_information, double shared_pairs, double purity) {
  const auto n = static_cast<double>(rows);
  const double log_n = std::log(n);
  const double class_entropy = log_n - classes.n_log_n / n;
  const double cluster_entropy = log_n - clusters.n_log_n / n;
  const double mean_entropy = (class_entropy + cluster_entropy) / 2;
  const double expected_pairs = classes.pairs * clusters.pairs / std::max(pairs(rows), 1.0);
  const bool one_class = classes.groups == 1;
  const bool one_cluster = clusters.groups == 1;
  const bool trivial = classes.groups == clusters.groups && (one_class || classes.groups == rows);
  const double ari =
      trivial ? 1 : (shared_pairs - expected_pairs) / ((classes.pairs + clusters.pairs) / 2 - expected_pairs);
  const double nmi = one_class && one_cluster ? 1 : information / mean_entropy;
  const double ami = trivial ? 1
                     : one_class || one_cluster
                         ? 0
                         : (information - expected_information) / (mean_entropy - expected_information);
  const double homogeneity = one_class ? 1 : information / class_entropy;
  const double completeness = one_cluster ? 1 : information / cluster_entropy;
  return {ari, nmi, ami, purity, homogeneity, completeness, nmi};
}

}  // namespace

TableScorer::TableScorer(std::size_t max_rows) : n_log_n_(max_rows + 1) {
  for (std::size_t i = 1; i <= max_rows; ++i) {
    n_log_n_[i] = static_cast<double>(i) * std::log(static_cast<double>(i));
  }
}

void TableScorer::set_margin(std::span<const std::uint32_t> group_sizes, Margin& margin) const {
  margin.n_log_n = 0;
  margin.pairs = 0;
  margin.sizes.clear();
  for (const std::size_t size : group_sizes) {
    if (size == 0) continue;
    margin.n_log_n += n_log_n_[size];
    margin.pairs += metrics::pairs(size);
    margin.sizes.emplace_back(size, 1);
  }
  margin.groups = margin.sizes.size();
  std::ranges::sort(margin.sizes);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < margin.sizes.size(); ++i) {
    if (kept > 0 && margin.sizes[kept - 1].first == margin.sizes[i].first) {
      ++margin.sizes[kept - 1].second;
    } else {
      margin.sizes[kept++] = margin.sizes[i];
    }
  }
  margin.sizes.resize(kept);
}

// Mean of k ln k, where k of n rows are in a group of a rows and in one of b rows that was drawn at random. The
// hypergeometric probabilities are walked from the commonest k outwards, relative to it, until they no longer count:
// no factorials, and some ten standard deviations instead of all k.
double TableScorer::mean_shared_log(std::size_t n, std::size_t a, std::size_t b) const {
  constexpr double kNegligible = 1e-18;
  const std::size_t lowest = a + b > n ? a + b - n : 0;
  const std::size_t highest = std::min(a, b);
  const auto commonest = std::clamp(
      static_cast<std::size_t>(static_cast<double>(a + 1) * static_cast<double>(b + 1) / static_cast<double>(n + 2)),
      lowest, highest);
  // Ratio of the probabilities of k and k - 1.
  const auto step = [&](std::size_t k) {
    return static_cast<double>(a - k + 1) * static_cast<double>(b - k + 1) /
           (static_cast<double>(k) * static_cast<double>(n + k - a - b));
  };
  double weight = 1;
  double sum = n_log_n_[commonest];
  double probability = 1;
  for (std::size_t k = commonest + 1; k <= highest && probability > kNegligible; ++k) {
    probability *= step(k);
    weight += probability;
    sum += probability * n_log_n_[k];
  }
  probability = 1;
  for (std::size_t k = commonest; k > lowest && probability > kNegligible; --k) {
    probability /= step(k);
    weight += probability;
    sum += probability * n_log_n_[k - 1];
  }
  return sum / weight;
}

double TableScorer::remembered_shared_log(std::size_t n, std::size_t a, std::size_t b) {
  constexpr int kSlotBits = 16;
  constexpr int kSizeBits = 21;
  if (n >> kSizeBits != 0) return mean_shared_log(n, a, b);
  if (known_.empty()) known_.resize(std::size_t{1} << kSlotBits);
  const std::uint64_t key = n << (2 * kSizeBits) | std::max(a, b) << kSizeBits | std::min(a, b);
  Known& known = known_[key * 0x9E3779B97F4A7C15 >> (64 - kSlotBits)];  // Fibonacci hashing
  if (known.key != key) known = {key, mean_shared_log(n, a, b)};
  return known.value;
}

// The expectation of (cells - classes - clusters + whole) / n, each a sum of i ln i, of which only the cells vary.
double TableScorer::expected_information(std::size_t n, const Margin& classes, const Margin& clusters) {
  double cells = 0;
  for (const auto& [a, as] : classes.sizes) {
    double sum = 0;
    for (const auto& [b, bs] : clusters.sizes) sum += static_cast<double>(bs) * remembered_shared_log(n, a, b);
    cells += static_cast<double>(as) * sum;
  }
  return (cells - classes.n_log_n - clusters.n_log_n + n_log_n_[n]) / static_cast<double>(n);
}

ExternalScores TableScorer::scores(std::size_t n, const Margin& classes, const Margin& clusters,
                                   double expected_information, std::span<const std::uint32_t> counts,
                                   std::size_t n_classes) const {
  double cells = 0;
  std::uint64_t squares = 0;
  std::size_t pure = 0;
  for (std::size_t first = 0; first < counts.size(); first += n_classes) {
    std::uint32_t largest = 0;
    for (const std::uint32_t count : counts.subspan(first, n_classes)) {
      cells += n_log_n_[count];
      squares += static_cast<std::uint64_t>(count) * count;
      largest = std::max(largest, count);
    }
    pure += largest;
  }
  const auto rows = static_cast<double>(n);
  const double information = (cells - classes.n_log_n - clusters.n_log_n + n_log_n_[n]) / rows;
  return assemble(n, classes, clusters, information, expected_information, (static_cast<double>(squares) - rows) / 2,
                  static_cast<double>(pure) / rows);
}

ExternalScores TableScorer::expected_scores(std::size_t n, const Margin& classes, const Margin& clusters,
                                            double expected_information, double expected_purity) const {
  const double expected_pairs = classes.pairs * clusters.pairs / std::max(pairs(n), 1.0);
  return assemble(n, classes, clusters, expected_information, expected_information, expected_pairs, expected_purity);
}

}  // namespace songmap::metrics
