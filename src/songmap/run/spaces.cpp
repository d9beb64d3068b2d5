#include "songmap/run/spaces.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "songmap/core/error.h"
#include "songmap/core/npy.h"

namespace songmap::run {

bool is_fused(const std::string& view) { return view == kContentView || view == kHybridView; }

std::vector<MethodRow> method_rows(const Manifest& manifest) {
  std::vector<MethodRow> rows;
  for (const SpaceRecord& space : manifest.spaces) {
    for (const std::string& method : space.methods) rows.push_back({space.view, space.name, method, space.seeded});
  }
  return rows;
}

std::vector<std::size_t> evaluated_rows(const Manifest& manifest, std::size_t n_tracks) {
  if (!manifest.evaluated_rows.empty()) return manifest.evaluated_rows;
  std::vector<std::size_t> all(n_tracks);
  std::iota(all.begin(), all.end(), std::size_t{0});
  return all;
}

ClusteredSpace clustered_space(const RunFolder& folder, const Manifest& manifest, bool l2, const std::string& space,
                               std::size_t seed_index) {
  const Matrix all = read_npy(folder.space(space, seed_index));
  ClusteredSpace result;
  for (const std::size_t row : evaluated_rows(manifest, all.rows())) {
    if (!std::isnan(all(row, 0))) result.rows.push_back(row);
  }
  result.x = take_rows(all, result.rows);
  if (l2) result.x = l2_normalised(result.x);
  return result;
}

std::string common_space(const Manifest& manifest) {
  constexpr std::size_t kMany = 1000;
  const auto features = std::ranges::find(manifest.spaces, "features", &SpaceRecord::name);
  return features != manifest.spaces.end() && features->n_columns > kMany ? "pca" : "features";
}

const SpaceRecord& space_record(const Manifest& manifest, const std::string& name) {
  const auto found = std::ranges::find(manifest.spaces, name, &SpaceRecord::name);
  require(found != manifest.spaces.end(), fmt::format("the run has no space '{}'", name));
  return *found;
}

}  // namespace songmap::run
