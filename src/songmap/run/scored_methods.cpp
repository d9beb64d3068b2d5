#include "songmap/run/scored_methods.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <unordered_map>

#include "songmap/core/error.h"

namespace songmap::run {

std::vector<Labels> ScoredMethod::labels_of(const std::vector<std::size_t>& some) const {
  if (some == tracks) return labels;
  std::vector<std::size_t> positions;
  for (const std::size_t track : some) {
    const auto found = std::ranges::lower_bound(tracks, track);
    require(found != tracks.end() && *found == track, "a track has no label of this method");
    positions.push_back(static_cast<std::size_t>(found - tracks.begin()));
  }
  std::vector<Labels> result;
  for (const Labels& all : labels) {
    Labels chosen;
    for (const std::size_t position : positions) chosen.push_back(all[position]);
    result.push_back(std::move(chosen));
  }
  return result;
}

std::vector<ScoredMethod> load_scored_methods(const RunFolder& folder, const Manifest& manifest,
                                              const std::vector<TrackRow>& tracks) {
  std::unordered_map<std::string, std::size_t> track_of;
  for (std::size_t i = 0; i < tracks.size(); ++i) track_of[tracks[i].track_id] = i;

  std::vector<ScoredMethod> methods;
  std::map<std::tuple<std::string, std::string, std::string>, std::size_t> method_of;
  for (MethodRow& row : method_rows(manifest)) {
    method_of[{row.view, row.space, row.method}] = methods.size();
    methods.push_back({std::move(row), {}, std::vector<Labels>(manifest.seeds.size()), 0, true});
  }
  const auto find = [&](const auto& row) -> ScoredMethod* {
    const auto found = method_of.find({row.view, row.space, row.method});
    return found == method_of.end() ? nullptr : &methods[found->second];
  };
  const auto seed_index = [&](std::uint64_t seed) {
    return static_cast<std::size_t>(std::ranges::find(manifest.seeds, seed) - manifest.seeds.begin());
  };
  for (const LabelRow& row : load_labels(folder.labels())) {
    ScoredMethod* method = find(row);
    const std::size_t s = seed_index(row.seed);
    const auto track = track_of.find(row.track_id);
    if (method == nullptr || s >= manifest.seeds.size() || track == track_of.end()) continue;
    method->labels[s].push_back(row.cluster);
    if (s == 0) method->tracks.push_back(track->second);
  }
  for (const ClusteringRow& row : load_clusterings(folder.clusterings())) {
    ScoredMethod* method = find(row);
    if (method == nullptr) continue;
    method->coverage += row.coverage / static_cast<double>(manifest.seeds.size());
    method->defined = method->defined && row.undefined.empty();
  }
  for (const ScoredMethod& method : methods) {
    for (const Labels& labels : method.labels) {
      if (labels.size() == method.tracks.size() && !labels.empty()) continue;
      throw FormatError(quoted(folder.labels()) + " does not belong to this run's manifest: cluster again");
    }
  }
  return methods;
}

}  // namespace songmap::run
