#include "songmap/cluster/consensus.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "songmap/cluster/kmeans.h"
#include "songmap/core/error.h"
#include "songmap/core/matrix.h"

namespace songmap::cluster {
namespace {

using Labels = std::vector<std::int32_t>;

/// Column of each cluster of each labelling.
std::vector<std::map<std::int32_t, std::size_t>> columns_of(std::span<const Labels> labellings,
                                                            std::size_t& n_columns) {
  n_columns = 0;
  std::vector<std::map<std::int32_t, std::size_t>> columns(labellings.size());
  for (std::size_t s = 0; s < labellings.size(); ++s) {
    for (const std::int32_t label : labellings[s]) {
      if (label != kNoise && columns[s].try_emplace(label, n_columns).second) ++n_columns;
    }
  }
  return columns;
}

}  // namespace

std::vector<std::int32_t> consensus(std::span<const Labels> labellings, std::size_t n_clusters, const Execution& run) {
  require(labellings.size() >= 2,
          fmt::format("a consensus needs two labellings or more, there is {}", labellings.size()));
  const std::size_t n = labellings.front().size();
  for (const Labels& labels : labellings) {
    require(labels.size() == n, "labellings of a consensus must be of the same rows");
  }
  std::vector<std::size_t> grouped;
  for (std::size_t i = 0; i < n; ++i) {
    if (std::ranges::any_of(labellings, [&](const Labels& labels) { return labels[i] != kNoise; }))
      grouped.push_back(i);
  }
  require(n_clusters >= 1 && n_clusters <= grouped.size(),
          fmt::format("{} clusters of {} rows that are grouped at least once", n_clusters, grouped.size()));

  std::size_t n_columns = 0;
  const auto columns = columns_of(labellings, n_columns);
  Matrix membership(grouped.size(), n_columns);
  for (std::size_t r = 0; r < grouped.size(); ++r) {
    for (std::size_t s = 0; s < labellings.size(); ++s) {
      const std::int32_t label = labellings[s][grouped[r]];
      if (label != kNoise) membership(r, columns[s].at(label)) = 1;
    }
  }
  KMeansOptions options;
  options.n_clusters = n_clusters;
  const KMeansModel model = fit_kmeans(membership, options, run);
  Labels result(n, kNoise);
  for (std::size_t r = 0; r < grouped.size(); ++r) result[grouped[r]] = model.labels[r];
  return result;
}

}  // namespace songmap::cluster
