#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Agreement of a clustering with given labels, from the table of both. As in scikit-learn, noise counts as one cluster
/// of its own: report the coverage beside the score. Without a labelled row, no score is defined (nullopt).
namespace songmap::metrics {

/// Code of a row without a label.
inline constexpr std::int32_t kUnlabelled = -1;

/// Labels as small numbers.
struct Codes {
  std::vector<std::int32_t> codes;  ///< One a row: index into names, or kUnlabelled.
  std::vector<std::string> names;   ///< Distinct labels in byte order.
};
/// Numbers for labels; an empty string is no label.
[[nodiscard]] Codes encode(std::span<const std::string> labels);

/// How often each class fell into each cluster. Classes and clusters that do not occur are left out.
struct Contingency {
  std::size_t n = 0;                       ///< Rows counted.
  std::vector<std::size_t> counts;         ///< [n_classes, n_clusters]
  std::vector<std::size_t> class_sizes;    ///< [n_classes], each at least 1, by rising code.
  std::vector<std::size_t> cluster_sizes;  ///< [n_clusters], each at least 1, by rising label.
};
/// Counts rows by their class code and cluster label. Rows with a negative class code are left out.
/// @throws InvalidArgument  the two differ in length, or a cluster label is below -1.
[[nodiscard]] Contingency contingency(std::span<const std::int32_t> classes, std::span<const std::int32_t> clusters);

/// Rand index corrected for chance (Hubert & Arabie 1985): 1 equal, 0 expected of random labels, may be negative.
[[nodiscard]] std::optional<double> adjusted_rand_index(const Contingency& table);
/// Mutual information over the arithmetic mean of both entropies, in [0, 1]. Random labels score above 0, the more so
/// the fewer rows a cluster has.
[[nodiscard]] std::optional<double> normalized_mutual_info(const Contingency& table);
/// Mutual information corrected for chance (Vinh, Epps & Bailey 2010), arithmetic mean: 0 expected of random labels.
[[nodiscard]] std::optional<double> adjusted_mutual_info(const Contingency& table);
/// Share of rows that are of their cluster's commonest class. 1 when every row is a cluster.
[[nodiscard]] std::optional<double> purity(const Contingency& table);
/// 1 - H(class | cluster) / H(class) (Rosenberg & Hirschberg 2007).
[[nodiscard]] std::optional<double> homogeneity(const Contingency& table);
/// 1 - H(cluster | class) / H(cluster).
[[nodiscard]] std::optional<double> completeness(const Contingency& table);
/// Harmonic mean of homogeneity and completeness; equals `normalized_mutual_info`.
[[nodiscard]] std::optional<double> v_measure(const Contingency& table);
/// Share of the commonest class: the purity of a single cluster.
[[nodiscard]] std::optional<double> majority_share(const Contingency& table);

/// Mutual information of class and cluster in nats.
[[nodiscard]] double mutual_info(const Contingency& table);
/// Its expectation over all assignments with the same class and cluster sizes (Vinh, Epps & Bailey 2010, eq. 24a).
/// O(n_classes n_clusters mean size).
[[nodiscard]] double expected_mutual_info(const Contingency& table);

/// A score of a table by name.
struct ExternalMetric {
  std::string_view name;
  std::optional<double> (*score)(const Contingency&);
};
/// ari, nmi, ami, purity, homogeneity, completeness, v_measure.
inline constexpr std::array<ExternalMetric, 7> kExternalMetrics{{{"ari", adjusted_rand_index},
                                                                 {"nmi", normalized_mutual_info},
                                                                 {"ami", adjusted_mutual_info},
                                                                 {"purity", purity},
                                                                 {"homogeneity", homogeneity},
                                                                 {"completeness", completeness},
                                                                 {"v_measure", v_measure}}};

}  // namespace songmap::metrics
