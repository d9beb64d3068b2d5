#include "songmap/cluster/method.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "songmap/cluster/ward.h"
#include "songmap/core/error.h"
#include "songmap/core/options.h"

namespace songmap::cluster {
namespace {

struct FitLabels {
  MatrixView x;
  const Execution& run;

  std::vector<std::int32_t> operator()(const KMeansOptions& options) const {
    return fit_kmeans(x, options, run).labels;
  }
  std::vector<std::int32_t> operator()(const SpectralOptions& options) const {
    return fit_spectral(x, options, run).labels;
  }
  std::vector<std::int32_t> operator()(const WardOptions& options) const {
    return cut(ward_tree(x, run), options.n_clusters);
  }
};

}  // namespace

const std::vector<std::string>& method_names() {
  static const std::vector<std::string> names{"k-means", "spectral", "ward"};
  return names;
}

Method method(std::string_view name, std::size_t n_clusters, std::uint64_t seed) {
  if (name == "k-means") {
    KMeansOptions options;
    options.n_clusters = n_clusters;
    options.seed = seed;
    return options;
  }
  if (name == "spectral") {
    SpectralOptions options;
    options.n_clusters = n_clusters;
    options.seed = seed;
    return options;
  }
  if (name == "ward") return WardOptions{n_clusters};
  const std::string near = nearest_name(name, method_names());
  throw InvalidArgument(fmt::format("there is no clustering '{}'{}", name,
                                    near.empty() ? fmt::format("; there are {}", fmt::join(method_names(), ", "))
                                                 : fmt::format("; did you mean '{}'?", near)));
}

std::vector<std::int32_t> fit_labels(MatrixView x, const Method& method, const Execution& run) {
  return std::visit(FitLabels{x, run}, method);
}

}  // namespace songmap::cluster
