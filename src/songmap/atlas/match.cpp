#include "songmap/atlas/match.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <set>

#include "songmap/core/matrix.h"
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
  const auto is_main = [&](const run::LabelRow& row) {
    return row.view == main.view && row.space == main.space && row.method == main.method;
  };
  std::map<std::uint64_t, GroupOfTrack> now;
  for (const run::LabelRow& row : labels) {
    if (is_main(row)) now[row.seed][row.track_id] = row.cluster;
  }
  std::map<std::uint64_t, std::map<std::int32_t, std::int32_t>> numbers;
  for (const auto& [seed, groups] : now) numbers[seed] = matched_numbers(before, groups, first_free);
  for (run::LabelRow& row : labels) {
    if (is_main(row) && row.cluster != kNoise) row.cluster = numbers[row.seed].at(row.cluster);
  }
  run::save_labels(folder.labels(), labels);
}

}  // namespace songmap::atlas
