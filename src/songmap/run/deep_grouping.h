#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "songmap/cluster/method.h"
#include "songmap/core/execution.h"
#include "songmap/core/matrix.h"
#include "songmap/model/deep_clustering.h"

/// Clusterings that train a network of their own, each beside the place that it begins from: the same autoencoder, of
/// the same seed, whose codes are grouped.
///
///   autoencoder-gmm      a diagonal Gaussian mixture of the codes      -> vade, which begins with it
///   autoencoder-k-means  k-means on the codes                          -> idec, which begins with its centres
namespace songmap::run {

[[nodiscard]] const std::vector<std::string>& deep_method_names();
[[nodiscard]] bool is_deep(const std::string& method);
[[nodiscard]] std::string deep_method_title(const std::string& method);

/// The method that a refinement is to be compared with; the method itself where it is no refinement.
[[nodiscard]] std::string starting_point(const std::string& method);

/// Groups the rows of x with networks of the size that suits their number (fit_size). Facts: "moved", the share of the
/// rows that a refinement took elsewhere, and "epochs".
/// @throws InvalidArgument  x is empty or not finite, or has fewer rows than clusters. @throws Diverged, Cancelled
[[nodiscard]] cluster::Clustering deep_group(MatrixView x, const std::string& method, std::size_t n_clusters,
                                             std::uint64_t seed, const cluster::MethodOptions& clusterings,
                                             const model::DeepOptions& options, const Execution& run = {});

}  // namespace songmap::run
