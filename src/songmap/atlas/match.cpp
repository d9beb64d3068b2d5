#include "songmap/atlas/match.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "songmap/core/matrix.h"
#include "songmap/projection/turn.h"
#include "songmap/run/tables.h"

namespace songmap::atlas {

std::vector<int> maximum_assignment(std::span<const double> weight, std::size_t n_rows, std::size_t n_cols) {
  // Kuhn's method by shortest augmenting paths (Jonker & Volgenant 1987) on costs of a square matrix: what is missing
  // costs as much as an overlap of nothing.
  const std::size_t n = std::max(n_rows, n_cols);
  const auto cost = [&](std::size_t r, std::size_t c) {
    return r < n_rows && c < n_cols ? -weight[r * n_cols + c] : 0.0;
  };
  std::vector<double> of_row(n + 1);
  std::vector<double> of_col(n + 1);
  std::vector<std::size_t> row_of(n + 1);  // of each column; both count from 1, 0: none
  for (std::size_t row = 1; row <= n; ++row) {
    row_of[0] = row;
    std::size_t at = 0;
    std::vector<double> slack(n + 1, std::numeric_limits<double>::infinity());
    std::vector<std::size_t> from(n + 1);
    std::vector<bool> seen(n + 1);
    do {
      seen[at] = true;
      double least = std::numeric_limits<double>::infinity();
      std::size_t next = 0;
      for (std::size_t c = 1; c <= n; ++c) {
        if (seen[c]) continue;
        const double reduced = cost(row_of[at] - 1, c - 1) - of_row[row_of[at]] - of_col[c];
        if (reduced < slack[c]) {
          slack[c] = reduced;
          from[c] = at;
        }
        if (slack[c] < least) {
          least = slack[c];
          next = c;
        }
      }
      for (std::size_t c = 0; c <= n; ++c) {
        if (seen[c]) {
          of_row[row_of[c]] += least;
          of_col[c] -= least;
        } else {
          slack[c] -= least;
        }
      }
      at = next;
    } while (row_of[at] != 0);
    for (; at != 0; at = from[at]) row_of[at] = row_of[from[at]];
  }
  std::vector<int> column(n_rows, -1);
  for (std::size_t c = 1; c <= n_cols; ++c) {
    if (row_of[c] <= n_rows) column[row_of[c] - 1] = static_cast<int>(c - 1);
  }
  return column;
}

std::map<std::int32_t, std::int32_t> matched_numbers(const GroupOfTrack& before, const GroupOfTrack& now,
                                                     std::int32_t first_free) {
  std::set<std::int32_t> old_set;
  std::set<std::int32_t> new_set;
  for (const auto& [track, group] : before) old_set.insert(group);
  for (const auto& [track, group] : now) new_set.insert(group);
  old_set.erase(kNoise);
  new_set.erase(kNoise);
  const std::vector<std::int32_t> olds(old_set.begin(), old_set.end());
  const std::vector<std::int32_t> news(new_set.begin(), new_set.end());
  const auto index = [](const std::vector<std::int32_t>& groups, std::int32_t group) {
    return static_cast<std::size_t>(std::ranges::lower_bound(groups, group) - groups.begin());
  };
  std::vector<double> overlap(news.size() * olds.size());
  for (const auto& [track, group] : now) {
    const auto was = before.find(track);
    if (group == kNoise || was == before.end() || was->second == kNoise) continue;
    overlap[index(news, group) * olds.size() + index(olds, was->second)] += 1;
  }
  const std::vector<int> match = maximum_assignment(overlap, news.size(), olds.size());
  for (const std::int32_t old : olds) first_free = std::max(first_free, old + 1);
  std::map<std::int32_t, std::int32_t> numbers;
  for (std::size_t i = 0; i < news.size(); ++i) {
    const bool shares = match[i] >= 0 && overlap[i * olds.size() + static_cast<std::size_t>(match[i])] > 0;
    numbers[news[i]] = shares ? olds[static_cast<std::size_t>(match[i])] : first_free++;
  }
  return numbers;
}

void keep_group_numbers(const run::RunFolder& folder, const GroupOfTrack& before, std::int32_t first_free) {
  std::vector<run::LabelRow> labels = run::load_labels(folder.labels());
  if (labels.empty() || before.empty()) return;
  const run::LabelRow main = labels.front();
  const auto is_own = [&](const run::LabelRow& row) {
    return row.view == main.view && row.space == main.space && row.method == main.method && row.seed == main.seed;
  };
  GroupOfTrack now;
  for (const run::LabelRow& row : labels) {
    if (is_own(row)) now[row.track_id] = row.cluster;
  }
  const std::map<std::int32_t, std::int32_t> numbers = matched_numbers(before, now, first_free);
  for (run::LabelRow& row : labels) {
    if (is_own(row) && row.cluster != kNoise) row.cluster = numbers.at(row.cluster);
  }
  run::save_labels(folder.labels(), labels);
}

namespace {

/// A picture of one view, and which rows of a table it has.
using PictureName = std::tuple<std::string, std::string, int>;

std::map<PictureName, std::vector<std::size_t>> rows_of_pictures(const std::vector<run::MapRow>& map) {
  std::map<PictureName, std::vector<std::size_t>> rows;
  for (std::size_t i = 0; i < map.size(); ++i) {
    rows[{map[i].view, map[i].projection, map[i].dimensions}].push_back(i);
  }
  return rows;
}

Matrix points(const std::vector<run::MapRow>& map, const std::vector<std::size_t>& rows) {
  const auto dimensions = static_cast<std::size_t>(map[rows.front()].dimensions);
  Matrix result(rows.size(), dimensions);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    result(i, 0) = static_cast<float>(map[rows[i]].x);
    result(i, 1) = static_cast<float>(map[rows[i]].y);
    if (dimensions == 3) result(i, 2) = static_cast<float>(map[rows[i]].z);
  }
  return result;
}

}  // namespace

void keep_map_orientation(const run::RunFolder& folder, const std::vector<run::MapRow>& before) {
  if (before.empty()) return;
  std::vector<run::MapRow> map = run::load_map(folder.map());
  const auto earlier = rows_of_pictures(before);
  for (const auto& [picture, rows] : rows_of_pictures(map)) {
    const auto was = earlier.find(picture);
    if (was == earlier.end()) continue;
    std::map<std::string, std::size_t> there;
    for (std::size_t i = 0; i < was->second.size(); ++i) there[before[was->second[i]].track_id] = i;
    std::vector<std::pair<std::size_t, std::size_t>> common;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const auto found = there.find(map[rows[i]].track_id);
      if (found != there.end()) common.emplace_back(found->second, i);
    }
    const Matrix turned = projection::turned_onto(points(before, was->second), points(map, rows), common);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      map[rows[i]].x = turned(i, 0);
      map[rows[i]].y = turned(i, 1);
      if (turned.cols() == 3) map[rows[i]].z = turned(i, 2);
    }
  }
  run::save_map(folder.map(), map);
}

}  // namespace songmap::atlas
