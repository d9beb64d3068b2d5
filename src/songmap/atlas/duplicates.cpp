#include "songmap/atlas/duplicates.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>

#include "songmap/core/error.h"
#include "songmap/neighbors/knn.h"

namespace songmap::atlas {
namespace {

constexpr std::size_t kCompared = 5;

/// The median distance to the last of the neighbours that are compared.
double usual_distance_of(const neighbors::Neighbors& near) {
  std::vector<float> distances;
  for (std::size_t i = 0; i < near.rows(); ++i) distances.push_back(near.distances_of(i).back());
  const auto middle = distances.begin() + static_cast<std::ptrdiff_t>(distances.size() / 2);
  std::ranges::nth_element(distances, middle);
  return static_cast<double>(*middle);
}

std::size_t root_of(std::vector<std::size_t>& parent, std::size_t track) {
  while (parent[track] != track) track = parent[track] = parent[parent[track]];
  return track;
}

}  // namespace

std::vector<DuplicateSet> near_duplicates(const Atlas& atlas, const DuplicateOptions& options, const Execution& run) {
  require(options.within > 0 && options.within < 1,
          fmt::format("within = {} is not allowed: a number between 0 and 1", options.within));
  const std::size_t n = atlas.tracks().size();
  if (n <= kCompared) return {};
  const neighbors::Neighbors near = neighbors::nearest_neighbors(atlas.rows(), kCompared, run);
  const double usual = usual_distance_of(near);
  std::vector<std::size_t> parent(n);
  std::iota(parent.begin(), parent.end(), std::size_t{0});
  std::vector<double> farthest(n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < near.k; ++j) {
      const double share = usual > 0 ? static_cast<double>(near.distances_of(i)[j]) / usual : 0;
      if (share > options.within) break;
      const std::size_t a = root_of(parent, i);
      const std::size_t b = root_of(parent, near.of(i)[j]);
      const double joined = std::max({farthest[a], farthest[b], share});
      parent[b] = a;
      farthest[a] = joined;
    }
  }
  std::map<std::size_t, DuplicateSet> sets;
  for (std::size_t i = 0; i < n; ++i) {
    DuplicateSet& set = sets[root_of(parent, i)];
    set.tracks.push_back(i);
    set.farthest = farthest[root_of(parent, i)];
  }
  std::vector<DuplicateSet> found;
  for (auto& [root, set] : sets) {
    if (set.tracks.size() < 2) continue;
    std::ranges::stable_sort(set.tracks, std::greater<>(),
                             [&](std::size_t track) { return atlas.tracks()[track].length_s; });
    found.push_back(std::move(set));
  }
  std::ranges::stable_sort(found, {}, &DuplicateSet::farthest);
  return found;
}

}  // namespace songmap::atlas
