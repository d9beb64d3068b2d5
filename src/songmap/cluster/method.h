#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "songmap/cluster/kmeans.h"
#include "songmap/cluster/spectral.h"
#include "songmap/core/execution.h"
#include "songmap/core/matrix.h"

namespace songmap::cluster {

/// Options of Ward's agglomeration, cut into so many groups.
struct WardOptions {
  std::size_t n_clusters = 8;  ///< 1 … rows of x.
};

/// One clustering, chosen at run time.
using Method = std::variant<KMeansOptions, SpectralOptions, WardOptions>;

/// "k-means", "spectral", "ward": as the tables and `cluster.methods` name them.
[[nodiscard]] const std::vector<std::string>& method_names();

/// The named method with its defaults for so many clusters. @throws InvalidArgument no such method (nearest offered).
[[nodiscard]] Method method(std::string_view name, std::size_t n_clusters, std::uint64_t seed);

/// One label a row, in [0, n_clusters). Errors and cost are those of the method.
[[nodiscard]] std::vector<std::int32_t> fit_labels(MatrixView x, const Method& method, const Execution& run = {});

}  // namespace songmap::cluster
