#include "songmap/atlas/edit.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>

#include "songmap/cluster/kmeans.h"
#include "songmap/core/error.h"

namespace songmap::atlas {
namespace {

/// A number that no group has or had.
std::int32_t first_free(Atlas& atlas) {
  std::int32_t next = 0;
  for (const AtlasTrack& track : atlas.tracks()) next = std::max(next, track.cluster + 1);
  for (const auto& [group, name] : atlas.state().names()) next = std::max(next, group + 1);
  for (const auto& [track, group] : atlas.state().pinned()) next = std::max(next, group + 1);
  return next;
}

}  // namespace

void move(Atlas& atlas, const std::vector<std::size_t>& tracks, std::int32_t group) {
  std::map<std::string, std::int32_t> decided;
  for (const std::size_t track : tracks) {
    require(track < atlas.tracks().size(), "there is no such track");
    decided[atlas.tracks()[track].track_id] = group;
  }
  atlas.state().pin(decided);
}

std::size_t lock(Atlas& atlas, std::int32_t group) {
  const std::vector<std::size_t> members = atlas.members(group);
  move(atlas, members, group);
  return members.size();
}

std::size_t unlock(Atlas& atlas, std::int32_t group) {
  std::set<std::string> free;
  for (const auto& [track_id, decided] : atlas.state().pinned()) {
    if (decided == group) free.insert(track_id);
  }
  atlas.state().unpin(free);
  return free.size();
}

std::size_t merge(Atlas& atlas, std::int32_t into, std::int32_t from) {
  require(into != from, fmt::format("{} cannot be merged with itself", atlas.group_title(into)));
  const std::vector<std::size_t> members = atlas.members(from);
  // Those of the other group are locked too: else the next fit could part what was put together.
  lock(atlas, into);
  move(atlas, members, into);
  return members.size();
}

std::vector<std::int32_t> split(Atlas& atlas, std::int32_t group, std::size_t n_parts) {
  const std::vector<std::size_t> members = atlas.members(group);
  require(n_parts >= 2 && n_parts <= members.size(), fmt::format("{} has {} tracks and cannot be split into {} parts",
                                                                 atlas.group_title(group), members.size(), n_parts));
  cluster::KMeansOptions options;
  options.n_clusters = n_parts;
  const std::vector<std::int32_t> part = cluster::fit_kmeans(take_rows(atlas.rows(), members), options).labels;
  std::vector<std::size_t> size(n_parts);
  for (const std::int32_t p : part) ++size[static_cast<std::size_t>(p)];
  std::vector<std::size_t> order(n_parts);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::greater<>(), [&](std::size_t p) { return size[p]; });
  std::vector<std::int32_t> number(n_parts, group);
  std::vector<std::int32_t> fresh;
  std::int32_t next = first_free(atlas);
  for (std::size_t i = 1; i < n_parts; ++i) fresh.push_back(number[order[i]] = next++);
  std::map<std::string, std::int32_t> decided;
  for (std::size_t i = 0; i < members.size(); ++i) {
    decided[atlas.tracks()[members[i]].track_id] = number[static_cast<std::size_t>(part[i])];
  }
  atlas.state().pin(decided);
  return fresh;
}

}  // namespace songmap::atlas
