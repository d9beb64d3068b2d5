#include "songmap/metrics/group_numbers.h"

#include <fmt/format.h>

#include <algorithm>

#include "songmap/core/error.h"
#include "songmap/core/matrix.h"
#include "songmap/metrics/external.h"

namespace songmap::metrics {

GroupNumbers number_groups(std::span<const std::int32_t> labels, Negative negative) {
  const auto left_out = [&](std::int32_t label) { return negative == Negative::kNoLabel && label < 0; };
  std::vector<std::int32_t> distinct(labels.begin(), labels.end());
  std::erase_if(distinct, left_out);
  std::ranges::sort(distinct);
  distinct.erase(std::ranges::unique(distinct).begin(), distinct.end());
  GroupNumbers result{{}, distinct.size()};
  result.numbers.reserve(labels.size());
  for (const std::int32_t label : labels) {
    const auto found = std::ranges::lower_bound(distinct, label) - distinct.begin();
    result.numbers.push_back(left_out(label) ? kUnlabelled : static_cast<std::int32_t>(found));
  }
  return result;
}

void check_clusters(std::span<const std::int32_t> clusters, std::size_t rows, std::string_view caller) {
  require(clusters.size() == rows, fmt::format("{}: {} classes but {} clusters", caller, rows, clusters.size()));
  for (std::size_t i = 0; i < clusters.size(); ++i) {
    require(clusters[i] >= kNoise, fmt::format("{}: cluster label {} of row {} is below -1", caller, clusters[i], i));
  }
}

}  // namespace songmap::metrics
