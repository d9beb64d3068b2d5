#include "songmap/atlas/levels.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "songmap/cluster/kmeans.h"
#include "songmap/cluster/ward.h"
#include "songmap/core/error.h"

namespace songmap::atlas {
namespace {

double spread_of(const Atlas& atlas, const std::vector<std::size_t>& tracks) {
  const std::vector<float> centre = atlas.centre(tracks);
  double sum = 0;
  for (const std::size_t track : tracks) sum += squared_distance(atlas.rows().row(track), centre);
  return sum;
}

std::vector<Part> groups_as_parts(const Atlas& atlas) {
  std::vector<Part> parts;
  for (const Group& group : atlas.groups()) {
    parts.push_back({std::to_string(group.id), {group.id}, atlas.members(group.id)});
  }
  return parts;
}

void join_two(const Atlas& atlas, std::vector<Part>& parts) {
  std::pair<std::size_t, std::size_t> nearest;
  double least = std::numeric_limits<double>::infinity();
  std::vector<std::vector<float>> centres;
  for (const Part& part : parts) centres.push_back(atlas.centre(part.tracks));
  for (std::size_t a = 0; a < parts.size(); ++a) {
    for (std::size_t b = a + 1; b < parts.size(); ++b) {
      const double cost = cluster::joining_cost(parts[a].tracks.size(), centres[a], parts[b].tracks.size(), centres[b]);
      if (cost >= least) continue;
      least = cost;
      nearest = {a, b};
    }
  }
  Part& into = parts[nearest.first];
  Part& from = parts[nearest.second];
  into.groups.insert(into.groups.end(), from.groups.begin(), from.groups.end());
  std::ranges::sort(into.groups);
  into.name = fmt::format("{}", fmt::join(into.groups, "+"));
  into.tracks.insert(into.tracks.end(), from.tracks.begin(), from.tracks.end());
  std::ranges::sort(into.tracks);
  parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(nearest.second));
}

/// The two pieces of a part, the larger first.
std::array<Part, 2> cut_in_two(const Atlas& atlas, const Part& part) {
  cluster::KMeansOptions options;
  options.n_clusters = 2;
  std::vector<std::int32_t> half = cluster::fit_kmeans(take_rows(atlas.rows(), part.tracks), options).labels;
  // Tracks that are all alike cannot be told apart: the first of them makes a piece of its own.
  if (std::ranges::adjacent_find(half, std::not_equal_to<>()) == half.end()) half.front() = 1 - half.back();
  const bool swapped = 2 * std::ranges::count(half, 1) > static_cast<std::ptrdiff_t>(half.size());
  std::array<Part, 2> pieces{Part{part.name + ".1", part.groups, {}}, Part{part.name + ".2", part.groups, {}}};
  for (std::size_t i = 0; i < half.size(); ++i) {
    pieces[(half[i] == 1) != swapped ? 1 : 0].tracks.push_back(part.tracks[i]);
  }
  return pieces;
}

}  // namespace

std::vector<Part> parts(const Atlas& atlas, std::size_t n) {
  std::vector<Part> result = groups_as_parts(atlas);
  std::size_t n_tracks = 0;
  for (const Part& part : result) n_tracks += part.tracks.size();
  require(n >= 1 && n <= n_tracks, fmt::format("{} parts of {} tracks that are in groups", n, n_tracks));
  while (result.size() > n) join_two(atlas, result);
  std::vector<double> spread;
  for (const Part& part : result) spread.push_back(part.tracks.size() > 1 ? spread_of(atlas, part.tracks) : -1);
  while (result.size() < n) {
    const auto at = static_cast<std::size_t>(std::ranges::max_element(spread) - spread.begin());
    std::array<Part, 2> pieces = cut_in_two(atlas, result[at]);
    const auto spread_of_piece = [&](const Part& piece) {
      return piece.tracks.size() > 1 ? spread_of(atlas, piece.tracks) : -1;
    };
    spread[at] = spread_of_piece(pieces[0]);
    spread.insert(spread.begin() + static_cast<std::ptrdiff_t>(at) + 1, spread_of_piece(pieces[1]));
    result[at] = std::move(pieces[0]);
    result.insert(result.begin() + static_cast<std::ptrdiff_t>(at) + 1, std::move(pieces[1]));
  }
  return result;
}

}  // namespace songmap::atlas
