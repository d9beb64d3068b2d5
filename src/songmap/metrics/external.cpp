#include "songmap/metrics/external.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

#include "songmap/metrics/group_numbers.h"

namespace songmap::metrics {
namespace {

double pairs(std::size_t n) { return static_cast<double>(n) * (static_cast<double>(n) - 1) / 2; }

double pairs(const std::vector<std::size_t>& sizes) {
  return std::accumulate(sizes.begin(), sizes.end(), 0.0, [](double sum, std::size_t n) { return sum + pairs(n); });
}

double entropy(const std::vector<std::size_t>& sizes, std::size_t n) {
  double sum = 0;
  for (const std::size_t size : sizes) {
    const double share = static_cast<double>(size) / static_cast<double>(n);
    if (size > 0) sum -= share * std::log(share);
  }
  return std::max(sum, 0.0);
}

// All rows in one class and one cluster, or each alone on both sides: the partitions are equal without any information.
bool equal_and_trivial(const Contingency& t) {
  const std::size_t classes = t.class_sizes.size();
  return classes == t.cluster_sizes.size() && (classes == 1 || classes == t.n);
}

}  // namespace

Codes encode(std::span<const std::string> labels) {
  std::map<std::string_view, std::int32_t> numbers;
  for (const std::string& label : labels) {
    if (!label.empty()) numbers.emplace(label, 0);
  }
  Codes result;
  for (auto& [name, number] : numbers) {
    number = static_cast<std::int32_t>(result.names.size());
    result.names.emplace_back(name);
  }
  for (const std::string& label : labels) result.codes.push_back(label.empty() ? kUnlabelled : numbers.at(label));
  return result;
}

Contingency contingency(std::span<const std::int32_t> classes, std::span<const std::int32_t> clusters) {
  check_clusters(clusters, classes.size(), "contingency");
  std::vector<std::int32_t> labelled_classes;
  std::vector<std::int32_t> labelled_clusters;
  for (std::size_t i = 0; i < classes.size(); ++i) {
    if (classes[i] < 0) continue;
    labelled_classes.push_back(classes[i]);
    labelled_clusters.push_back(clusters[i]);
  }
  const GroupNumbers row = number_groups(labelled_classes, Negative::kNoLabel);
  const GroupNumbers column = number_groups(labelled_clusters, Negative::kGroup);
  Contingency table{labelled_classes.size(), {}, {}, {}};
  table.counts.resize(row.n_groups * column.n_groups);
  table.class_sizes.resize(row.n_groups);
  table.cluster_sizes.resize(column.n_groups);
  for (std::size_t i = 0; i < table.n; ++i) {
    const auto c = static_cast<std::size_t>(row.numbers[i]);
    const auto k = static_cast<std::size_t>(column.numbers[i]);
    ++table.counts[c * column.n_groups + k];
    ++table.class_sizes[c];
    ++table.cluster_sizes[k];
  }
  return table;
}

double mutual_info(const Contingency& table) {
  const auto n = static_cast<double>(table.n);
  const std::size_t k = table.cluster_sizes.size();
  double sum = 0;
  for (std::size_t cell = 0; cell < table.counts.size(); ++cell) {
    if (table.counts[cell] == 0) continue;
    const auto both = static_cast<double>(table.counts[cell]);
    const double product =
        static_cast<double>(table.class_sizes[cell / k]) * static_cast<double>(table.cluster_sizes[cell % k]);
    sum += both / n * std::log(n * both / product);
  }
  return std::max(sum, 0.0);
}

double expected_mutual_info(const Contingency& table) {
  const std::size_t n = table.n;
  std::vector<double> log_factorial(n + 1);
  for (std::size_t i = 1; i <= n; ++i) log_factorial[i] = log_factorial[i - 1] + std::log(static_cast<double>(i));
  double sum = 0;
  for (const std::size_t a : table.class_sizes) {
    for (const std::size_t b : table.cluster_sizes) {
      const double margins =
          log_factorial[a] + log_factorial[b] + log_factorial[n - a] + log_factorial[n - b] - log_factorial[n];
      const double log_product = std::log(static_cast<double>(a)) + std::log(static_cast<double>(b));
      const std::size_t lowest = std::max<std::size_t>(1, a + b > n ? a + b - n : 0);
      for (std::size_t both = lowest; both <= std::min(a, b); ++both) {
        // Hypergeometric probability of `both` shared rows.
        const double log_probability = margins - log_factorial[both] - log_factorial[a - both] -
                                       log_factorial[b - both] - log_factorial[n - a - b + both];
        const double information = std::log(static_cast<double>(n)) + std::log(static_cast<double>(both)) - log_product;
        sum += static_cast<double>(both) / static_cast<double>(n) * information * std::exp(log_probability);
      }
    }
  }
  return sum;
}

std::optional<double> adjusted_rand_index(const Contingency& table) {
  if (table.n == 0) return std::nullopt;
  if (equal_and_trivial(table)) return 1.0;
  const double both = pairs(table.counts);
  const double classes = pairs(table.class_sizes);
  const double clusters = pairs(table.cluster_sizes);
  const double expected = classes * clusters / pairs(table.n);
  return (both - expected) / ((classes + clusters) / 2 - expected);
}

std::optional<double> normalized_mutual_info(const Contingency& table) {
  if (table.n == 0) return std::nullopt;
  if (table.class_sizes.size() == 1 && table.cluster_sizes.size() == 1) return 1.0;
  const double mean = (entropy(table.class_sizes, table.n) + entropy(table.cluster_sizes, table.n)) / 2;
  return std::min(mutual_info(table) / mean, 1.0);
}

std::optional<double> adjusted_mutual_info(const Contingency& table) {
  if (table.n == 0) return std::nullopt;
  if (equal_and_trivial(table)) return 1.0;
  if (table.class_sizes.size() == 1 || table.cluster_sizes.size() == 1) return 0.0;
  const double mean = (entropy(table.class_sizes, table.n) + entropy(table.cluster_sizes, table.n)) / 2;
  const double expected = expected_mutual_info(table);
  // Rounding must not turn a vanishing range round.
  const double range =
      std::copysign(std::max(std::abs(mean - expected), std::numeric_limits<double>::epsilon()), mean - expected);
  return (mutual_info(table) - expected) / range;
}

std::optional<double> purity(const Contingency& table) {
  if (table.n == 0) return std::nullopt;
  const std::size_t k = table.cluster_sizes.size();
  std::vector<std::size_t> largest(k);
  for (std::size_t cell = 0; cell < table.counts.size(); ++cell) {
    largest[cell % k] = std::max(largest[cell % k], table.counts[cell]);
  }
  return static_cast<double>(std::accumulate(largest.begin(), largest.end(), std::size_t{0})) /
         static_cast<double>(table.n);
}

std::optional<double> homogeneity(const Contingency& table) {
  if (table.n == 0) return std::nullopt;
  if (table.class_sizes.size() == 1) return 1.0;
  return std::min(mutual_info(table) / entropy(table.class_sizes, table.n), 1.0);
}

std::optional<double> completeness(const Contingency& table) {
  if (table.n == 0) return std::nullopt;
  if (table.cluster_sizes.size() == 1) return 1.0;
  return std::min(mutual_info(table) / entropy(table.cluster_sizes, table.n), 1.0);
}

std::optional<double> v_measure(const Contingency& table) {
  if (table.n == 0) return std::nullopt;
  const double h = *homogeneity(table);
  const double c = *completeness(table);
  return h + c == 0 ? 0.0 : 2 * h * c / (h + c);
}

std::optional<double> majority_share(const Contingency& table) {
  if (table.n == 0) return std::nullopt;
  return static_cast<double>(std::ranges::max(table.class_sizes)) / static_cast<double>(table.n);
}

}  // namespace songmap::metrics
