#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "songmap/cluster/dbscan.h"
#include "songmap/cluster/gmm.h"
#include "songmap/cluster/hdbscan.h"
#include "songmap/cluster/kmeans.h"
#include "songmap/cluster/linkage.h"
#include "songmap/cluster/spectral.h"
#include "songmap/cluster/ward.h"
#include "songmap/core/execution.h"
#include "songmap/core/matrix.h"

namespace songmap {
class OptionSet;
}

namespace songmap::cluster {

/// One clustering, chosen at run time.
using Method = std::variant<KMeansOptions, SpectralOptions, WardOptions, LinkageOptions, GmmOptions, DbscanOptions,
                            HdbscanOptions>;

/// What can be tuned about each method. Number of clusters, seed, linkage and covariance are set by `method`.
struct MethodOptions {
  KMeansOptions kmeans;
  SpectralOptions spectral;
  GmmOptions gmm;
  DbscanOptions dbscan;
  HdbscanOptions hdbscan;
};
/// In sections of their own: "kmeans.n_init", "spectral.neighbors", "gmm.regularization" …
void describe(OptionSet& set, MethodOptions& options);

/// "k-means", "spectral", "ward", "complete" …: as the tables and `cluster.methods` name them.
[[nodiscard]] const std::vector<std::string>& method_names();

/// How a reader is told: "K-Means", "Agglomerative" (ward), "Complete linkage", "Gaussian mixture (diagonal)" …
/// @throws InvalidArgument  no such method (the nearest is offered).
[[nodiscard]] const std::string& method_title(std::string_view name);

/// Whether the method is told the number of clusters; the others find their own.
/// @throws InvalidArgument  no such method (the nearest is offered).
[[nodiscard]] bool needs_n_clusters(std::string_view name);

/// The named method for so many clusters. @throws InvalidArgument  no such method (the nearest is offered).
[[nodiscard]] Method method(std::string_view name, std::size_t n_clusters, std::uint64_t seed,
                            const MethodOptions& options = {});

/// What any method gives.
struct Clustering {
  std::vector<std::int32_t> labels;  ///< One a row, kNoise for a row in no cluster.
  std::string undefined;             ///< Why the result means nothing; empty: it is fine.
  /// What tables tell beside the labels, in a fixed order: "bic", "eps" … "converged" only where it is 0.
  std::vector<std::pair<std::string, double>> facts;
};

/// Runs the method. Errors and cost are those of the method.
[[nodiscard]] Clustering fit(MatrixView x, const Method& method, const Execution& run = {});

/// The labels of `fit`.
[[nodiscard]] std::vector<std::int32_t> fit_labels(MatrixView x, const Method& method, const Execution& run = {});

}  // namespace songmap::cluster
