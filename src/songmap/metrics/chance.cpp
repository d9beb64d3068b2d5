#include "songmap/metrics/chance.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "songmap/core/error.h"
#include "songmap/core/parallel.h"
#include "songmap/core/random.h"
#include "songmap/metrics/internal.h"

namespace songmap::metrics {
namespace {

constexpr std::size_t kMetrics = kExternalMetrics.size();
// Shuffles that one stream gives, since to seed a stream costs as much as to shuffle hundreds of rows.
constexpr std::size_t kDrawsAStream = 16;
using Scores = std::array<double, kMetrics>;

// The scores of shuffled tables, whose margins are all the same: what depends on these alone is computed once, and n
// log n is looked up.
class ShuffledScores {
 public:
  explicit ShuffledScores(const Contingency& table)
      : table_(table), expected_information_(expected_mutual_info(table)), n_log_n_(table.n + 1) {
    for (std::size_t i = 1; i <= table.n; ++i) {
      n_log_n_[i] = static_cast<double>(i) * std::log(static_cast<double>(i));
    }
    for (const std::size_t size : table.class_sizes) class_sum_ += n_log_n_[size];
    for (const std::size_t size : table.cluster_sizes) cluster_sum_ += n_log_n_[size];
  }

  // From the cells of a table with the same margins.
  [[nodiscard]] Scores operator()(const std::vector<std::size_t>& counts) const {
    double cell_sum = 0;
    double squares = 0;
    const std::size_t k = table_.cluster_sizes.size();
    std::size_t pure = 0;
    for (std::size_t c = 0; c < k; ++c) {
      std::size_t largest = 0;
      for (std::size_t cell = c; cell < counts.size(); cell += k) {
        cell_sum += n_log_n_[counts[cell]];
        squares += static_cast<double>(counts[cell]) * static_cast<double>(counts[cell]);
        largest = std::max(largest, counts[cell]);
      }
      pure += largest;
    }
    const auto n = static_cast<double>(table_.n);
    return scores((cell_sum - class_sum_ - cluster_sum_ + n_log_n_[table_.n]) / n, (squares - n) / 2,
                  static_cast<double>(pure) / n);
  }

  // The exact expectations; `mean_purity` from permutations.
  [[nodiscard]] Scores expected(double mean_purity) const {
    const double expected_pairs =
        pair_sum(table_.class_sizes) * pair_sum(table_.cluster_sizes) / std::max(pair_sum({table_.n}), 1.0);
    return scores(expected_information_, expected_pairs, mean_purity);
  }

 private:
  static double pair_sum(const std::vector<std::size_t>& sizes) {
    double sum = 0;
    for (const std::size_t size : sizes) sum += static_cast<double>(size) * (static_cast<double>(size) - 1) / 2;
    return sum;
  }

  [[nodiscard]] Scores scores(double information, double shared_pairs, double pure) const {
    const auto n = static_cast<double>(table_.n);
    const double log_n = std::log(n);
    const double class_entropy = log_n - class_sum_ / n;
    const double cluster_entropy = log_n - cluster_sum_ / n;
    const bool one_class = table_.class_sizes.size() == 1;
    const bool one_cluster = table_.cluster_sizes.size() == 1;
    const bool trivial = table_.class_sizes.size() == table_.cluster_sizes.size() &&
                         (one_class || table_.class_sizes.size() == table_.n);
    const double mean_entropy = (class_entropy + cluster_entropy) / 2;
    const double class_pairs = pair_sum(table_.class_sizes);
    const double cluster_pairs = pair_sum(table_.cluster_sizes);
    const double expected_pairs = class_pairs * cluster_pairs / std::max(pair_sum({table_.n}), 1.0);
    const double ari =
        trivial ? 1 : (shared_pairs - expected_pairs) / ((class_pairs + cluster_pairs) / 2 - expected_pairs);
    const double nmi = one_class && one_cluster ? 1 : information / mean_entropy;
    const double ami = trivial ? 1
                       : one_class || one_cluster
                           ? 0
                           : (information - expected_information_) / (mean_entropy - expected_information_);
    return {ari,
            nmi,
            ami,
            pure,
            one_class ? 1 : information / class_entropy,
            one_cluster ? 1 : information / cluster_entropy,
            nmi};
  }

  const Contingency& table_;
  double expected_information_;
  std::vector<double> n_log_n_;
  double class_sum_ = 0;
  double cluster_sum_ = 0;
};

}  // namespace

std::optional<std::array<Chance, kMetrics>> external_chance(std::span<const std::int32_t> classes,
                                                            std::span<const std::int32_t> clusters,
                                                            const ChanceOptions& options, const Execution& run) {
  require(options.permutations >= 1,
          fmt::format("external_chance: permutations is {}, but must be at least 1", options.permutations));
  const Contingency table = contingency(classes, clusters);
  if (table.n == 0) return std::nullopt;

  // Any order of the rows will do, since it is shuffled: cluster after cluster, class after class.
  std::vector<std::uint32_t> row_class;
  std::vector<std::uint32_t> row_cluster;
  for (std::size_t c = 0; c < table.class_sizes.size(); ++c) {
    row_class.insert(row_class.end(), table.class_sizes[c], static_cast<std::uint32_t>(c));
  }
  for (std::size_t c = 0; c < table.cluster_sizes.size(); ++c) {
    row_cluster.insert(row_cluster.end(), table.cluster_sizes[c], static_cast<std::uint32_t>(c));
  }

  const ShuffledScores score(table);
  const Scores observed = score(table.counts);
  const auto permutations = static_cast<std::size_t>(options.permutations);
  std::vector<Scores> shuffled(permutations);
  parallel_chunks(permutations, kDrawsAStream, run.thread_count(),
                  [&](std::size_t chunk, std::size_t first, std::size_t last) {
                    Random random(options.seed, chunk);
                    std::vector<std::uint32_t> order = row_class;
                    std::vector<std::size_t> counts(table.counts.size());
                    for (std::size_t p = first; p < last; ++p) {
                      random.shuffle(std::span(order));
                      std::ranges::fill(counts, std::size_t{0});
                      for (std::size_t i = 0; i < order.size(); ++i) {
                        ++counts[order[i] * table.cluster_sizes.size() + row_cluster[i]];
                      }
                      shuffled[p] = score(counts);
                    }
                  });

  constexpr std::size_t kPurity = 3;
  static_assert(kExternalMetrics[kPurity].name == "purity");
  double mean_purity = 0;
  for (const Scores& scores : shuffled) mean_purity += scores[kPurity];
  mean_purity /= static_cast<double>(permutations);
  const Scores expected = score.expected(mean_purity);
  std::array<Chance, kMetrics> result;
  for (std::size_t m = 0; m < kMetrics; ++m) {
    // The same table may be summed in another order: equal up to rounding counts as reached.
    const double reached = observed[m] - 1e-12;
    const auto count = std::ranges::count_if(shuffled, [&](const Scores& scores) { return scores[m] >= reached; });
    result[m] = {expected[m], static_cast<double>(1 + count) / static_cast<double>(1 + permutations)};
  }
  return result;
}

std::optional<double> silhouette_null(std::size_t n, std::span<const double> eigenvalues, std::size_t n_clusters,
                                      const Clusterer& cluster, std::uint64_t seed, int repetitions,
                                      const Execution& run) {
  require(!eigenvalues.empty(), "silhouette_null: there must be at least one dimension");
  require(repetitions >= 1, "silhouette_null: repetitions must be at least 1");
  std::vector<double> scale;
  for (const double value : eigenvalues) {
    require(std::isfinite(value) && value >= 0, fmt::format("silhouette_null: an eigenvalue is {}", value));
    scale.push_back(std::sqrt(value));
  }
  if (n_clusters < 2 || n_clusters >= n) return std::nullopt;
  double sum = 0;
  for (int repetition = 0; repetition < repetitions; ++repetition) {
    Random random(seed, static_cast<std::uint64_t>(repetition));
    Matrix noise(n, scale.size());
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < scale.size(); ++j) noise(i, j) = static_cast<float>(scale[j] * random.normal());
    }
    const auto score = silhouette(noise, cluster(noise, n_clusters, random.bits()), run);
    if (!score) return std::nullopt;
    sum += *score;
  }
  return sum / repetitions;
}

std::optional<double> silhouette_null(std::size_t n, std::size_t d, std::size_t n_clusters, const Clusterer& cluster,
                                      std::uint64_t seed, int repetitions, const Execution& run) {
  return silhouette_null(n, std::vector<double>(d, 1.0), n_clusters, cluster, seed, repetitions, run);
}

}  // namespace songmap::metrics
