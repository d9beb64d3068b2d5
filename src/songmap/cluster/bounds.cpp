#include "songmap/cluster/bounds.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <set>
#include <utility>

#include "songmap/cluster/kmeans.h"
#include "songmap/cluster/ward.h"
#include "songmap/core/error.h"
#include "songmap/core/linalg.h"
#include "songmap/core/options.h"
#include "songmap/neighbors/knn.h"

namespace songmap::cluster {
namespace {

constexpr std::size_t kAsked = 15;  // nearest rows that are asked where a row belongs

using Members = std::vector<std::size_t>;

std::vector<float> centre_of(MatrixView x, const Members& rows) {
  std::vector<float> centre;
  for (const double mean : column_means(take_rows(x, rows))) centre.push_back(static_cast<float>(mean));
  return centre;
}

/// The groups in the order of their labels; noise is none of them.
std::vector<Members> members_of(const std::vector<std::int32_t>& labels) {
  std::map<std::int32_t, Members> groups;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] != kNoise) groups[labels[i]].push_back(i);
  }
  std::vector<Members> result;
  for (auto& [label, rows] : groups) result.push_back(std::move(rows));
  return result;
}

/// The group that most of these rows are in, of equally many the first met; kNoise where none is in one.
std::int32_t most_of(std::span<const std::uint32_t> rows, const std::vector<std::int32_t>& labels) {
  std::map<std::int32_t, std::size_t> votes;
  for (const std::uint32_t row : rows) ++votes[labels[row]];
  std::int32_t winner = kNoise;
  for (const std::uint32_t row : rows) {
    const std::int32_t label = labels[row];
    if (label != kNoise && (winner == kNoise || votes[label] > votes[winner])) winner = label;
  }
  return winner;
}

std::int32_t nearest_centre(MatrixView x, std::size_t row, const std::map<std::int32_t, std::vector<float>>& centres) {
  return std::ranges::min_element(centres, {},
                                  [&](const auto& entry) { return squared_distance(x.row(row), entry.second); })
      ->first;
}

/// Rows in no group join one.
void place_noise(const neighbors::Neighbors& near, MatrixView x, std::vector<std::int32_t>& labels) {
  const std::vector<std::int32_t> before = labels;
  std::map<std::int32_t, Members> groups;
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (before[i] != kNoise) groups[before[i]].push_back(i);
  }
  if (groups.empty()) return;
  std::map<std::int32_t, std::vector<float>> centres;
  for (const auto& [label, rows] : groups) centres[label] = centre_of(x, rows);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (before[i] != kNoise) continue;
    labels[i] = most_of(near.of(i), before);
    if (labels[i] == kNoise) labels[i] = nearest_centre(x, i, centres);
  }
}

void leave_out_weak(const neighbors::Neighbors& near, std::vector<std::int32_t>& labels) {
  const std::vector<std::int32_t> before = labels;
  std::map<std::int32_t, std::size_t> sizes;
  for (const std::int32_t label : before) ++sizes[label];
  for (std::size_t i = 0; i < near.rows(); ++i) {
    // A small group cannot surround its rows with more than it has.
    const std::span<const std::uint32_t> asked = near.of(i).first(std::min(near.k, sizes[before[i]] - 1));
    const auto same = std::ranges::count_if(asked, [&](std::uint32_t j) { return before[j] == before[i]; });
    if (asked.empty() || 2 * static_cast<std::size_t>(same) < asked.size()) labels[i] = kNoise;
  }
}

void join_small(MatrixView x, std::size_t min_size, std::vector<Members>& groups) {
  while (groups.size() > 1) {
    const auto smallest = std::ranges::min_element(groups, {}, &Members::size);
    if (smallest->size() >= min_size) return;
    const Members rows = std::move(*smallest);
    groups.erase(smallest);
    const std::vector<float> centre = centre_of(x, rows);
    const auto nearest = std::ranges::min_element(groups, {}, [&](const Members& other) {
      return joining_cost(rows.size(), centre, other.size(), centre_of(x, other));
    });
    nearest->insert(nearest->end(), rows.begin(), rows.end());
    std::ranges::sort(*nearest);
  }
}

/// Cuts a group in two of `fewest` rows at least: the larger piece stays, the other is returned.
Members cut_off(MatrixView x, Members& group, std::size_t fewest, const Execution& run) {
  KMeansOptions options;
  options.n_clusters = 2;
  const KMeansModel halves = fit_kmeans(take_rows(x, group), options, run);
  // Where along the line from one centre to the other each row lies: 0 in the middle.
  std::vector<std::pair<double, std::size_t>> along;
  for (const std::size_t row : group) {
    along.emplace_back(
        squared_distance(x.row(row), halves.centers.row(0)) - squared_distance(x.row(row), halves.centers.row(1)), row);
  }
  std::ranges::stable_sort(along);
  const auto in_first = static_cast<std::size_t>(
      std::ranges::count_if(along, [](const std::pair<double, std::size_t>& place) { return place.first < 0; }));
  const std::size_t cut = std::clamp(in_first, fewest, group.size() - fewest);
  Members first;
  Members second;
  for (std::size_t i = 0; i < along.size(); ++i) (i < cut ? first : second).push_back(along[i].second);
  if (first.size() < second.size()) std::swap(first, second);
  std::ranges::sort(first);
  std::ranges::sort(second);
  group = std::move(first);
  return second;
}

}  // namespace

void describe(OptionSet& set, Bounds& bounds) {
  set.add("min_size", &bounds.min_size, "Groups of fewer tracks join their nearest; 0: any size is fine.");
  set.add("max_size", &bounds.max_size,
          "Groups of more tracks are cut; 0: any size is fine. Else at least twice groups.min_size.");
  set.add(
      "noise", bounds.noise, {"method", "none", "weak"},
      "Tracks in no group. method: what the clustering leaves out; none: it joins the group of most of its nearest; "
      "weak: those are left out, too, of whose nearest (15, or as many as the group has) less than half are in it.");
}

void check(const Bounds& bounds) {
  require(bounds.max_size == 0 || bounds.max_size >= 2 * std::max<std::size_t>(1, bounds.min_size),
          fmt::format("groups.max_size = {} must be at least 2 and twice groups.min_size = {}: else not every group "
                      "that is too large could be cut",
                      bounds.max_size, bounds.min_size));
}

std::vector<std::int32_t> within_bounds(MatrixView x, std::vector<std::int32_t> labels, const Bounds& bounds,
                                        const Execution& run) {
  check(bounds);
  require(labels.size() == x.rows(), "within_bounds: one label a row is needed");
  if (!bounds.any() || labels.empty()) return labels;
  if (bounds.noise != "method") {
    const neighbors::Neighbors near = neighbors::nearest_neighbors(x, kAsked, run);
    if (bounds.noise == "none") place_noise(near, x, labels);
    if (bounds.noise == "weak") leave_out_weak(near, labels);
  }
  std::vector<Members> groups = members_of(labels);
  join_small(x, bounds.min_size, groups);
  for (std::size_t g = 0; bounds.max_size > 0 && g < groups.size();) {
    if (groups[g].size() <= bounds.max_size) {
      ++g;
    } else {
      groups.push_back(cut_off(x, groups[g], std::max<std::size_t>(1, bounds.min_size), run));
    }
  }
  std::ranges::fill(labels, kNoise);
  for (std::size_t g = 0; g < groups.size(); ++g) {
    for (const std::size_t row : groups[g]) labels[row] = static_cast<std::int32_t>(g);
  }
  return labels;
}

}  // namespace songmap::cluster
