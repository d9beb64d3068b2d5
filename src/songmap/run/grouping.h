#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "songmap/cluster/method.h"
#include "songmap/core/execution.h"
#include "songmap/core/matrix.h"

/// The clusterings that a run offers: those of the room `cluster`, and those that need a projection first.
namespace songmap::run {

/// Names as the tables and `cluster.methods` have them: cluster::method_names(), and umap-k-means: k-means in eight
/// dimensions of UMAP.
[[nodiscard]] const std::vector<std::string>& method_names();

/// How people call a method: "K-Means", "Agglomerative", "DBSCAN" …
[[nodiscard]] std::string method_title(const std::string& method);

/// Two seeds give one result: nothing is drawn at random.
[[nodiscard]] bool is_deterministic(const std::string& method);

/// Groups the rows of x. Errors and cost are those of the method.
[[nodiscard]] cluster::Clustering group(MatrixView x, const std::string& method, std::size_t n_clusters,
                                        std::uint64_t seed, const cluster::MethodOptions& options,
                                        const Execution& run = {});

}  // namespace songmap::run
