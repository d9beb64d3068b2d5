#include "songmap/atlas/diff.h"

#include <map>
#include <set>

#include "songmap/metrics/external.h"

namespace songmap::atlas {

AtlasDiff diff(const Atlas& before, const Atlas& after) {
  std::map<std::string, const AtlasTrack*> old;
  for (const AtlasTrack& track : before.tracks()) old[track.track_id] = &track;
  AtlasDiff result;
  std::vector<std::int32_t> first;
  std::vector<std::int32_t> second;
  std::set<std::string> common;
  for (const AtlasTrack& track : after.tracks()) {
    const auto found = old.find(track.track_id);
    if (found == old.end()) {
      result.come.push_back(called(track));
      continue;
    }
    common.insert(track.track_id);
    // Noise is a class of its own here: to leave a group is to move.
    first.push_back(found->second->cluster + 1);
    second.push_back(track.cluster);
    if (found->second->cluster != track.cluster) {
      result.moved.push_back({track.track_id, called(track), found->second->cluster, track.cluster});
    }
  }
  for (const AtlasTrack& track : before.tracks()) {
    if (!common.contains(track.track_id)) result.gone.push_back(called(track));
  }
  result.n_common = common.size();
  result.agreement = first.empty() ? 0 : metrics::adjusted_rand_index(metrics::contingency(first, second)).value_or(0);
  return result;
}

}  // namespace songmap::atlas
