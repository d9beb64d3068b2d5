#include "songmap/run/spaces.h"

#include <numeric>

#include "songmap/core/npy.h"

namespace songmap::run {

std::vector<MethodRow> method_rows(const Manifest& manifest) {
  std::vector<MethodRow> rows;
  for (const std::string& method : manifest.methods) rows.push_back({"audio", manifest.main_space, method, true});
  for (const char* baseline : {"pca", "features"}) {
    for (const std::string& method : manifest.methods) rows.push_back({"audio", baseline, method, false});
  }
  return rows;
}

std::vector<std::size_t> evaluated_rows(const Manifest& manifest, std::size_t n_tracks) {
  if (!manifest.evaluated_rows.empty()) return manifest.evaluated_rows;
  std::vector<std::size_t> all(n_tracks);
  std::iota(all.begin(), all.end(), std::size_t{0});
  return all;
}

Matrix clustered_space(const RunFolder& folder, const Manifest& manifest, bool l2, const std::string& space,
                       std::size_t seed_index) {
  const Matrix all = read_npy(folder.space(space, seed_index));
  const Matrix chosen = take_rows(all, evaluated_rows(manifest, all.rows()));
  return l2 ? l2_normalised(chosen) : chosen;
}

}  // namespace songmap::run
