#include "songmap/report/groups.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "songmap/figures/palette.h"
#include "songmap/report/html.h"

namespace songmap::report {
namespace {

constexpr std::size_t kMostGroups = 60;
constexpr std::size_t kExemplars = 3;
constexpr std::size_t kWorst = 10;

/// A track of a group with the number that ranks it.
struct Ranked {
  std::size_t track = 0;
  double value = 0;
};

std::vector<std::size_t> members_of(const Grouping& grouping, std::int32_t cluster) {
  std::vector<std::size_t> members;
  for (std::size_t i = 0; i < grouping.clusters.size(); ++i) {
    if (grouping.clusters[i] == cluster) members.push_back(i);
  }
  return members;
}

/// Members by distance from their mean, nearest first.
std::vector<Ranked> by_typicality(MatrixView space, const std::vector<std::size_t>& members) {
  std::vector<double> sum(space.cols());
  for (const std::size_t i : members) {
    for (std::size_t c = 0; c < space.cols(); ++c) sum[c] += space(i, c);
  }
  std::vector<float> centre(space.cols());
  for (std::size_t c = 0; c < space.cols(); ++c) centre[c] = static_cast<float>(sum[c] / double(members.size()));
  std::vector<Ranked> ranked;
  for (const std::size_t i : members) ranked.push_back({i, squared_distance(space.row(i), centre)});
  std::ranges::stable_sort(ranked, {}, &Ranked::value);
  return ranked;
}

std::string track_list_html(const RunData& run, const std::vector<Ranked>& ranked, std::string_view title) {
  if (ranked.empty()) return "";
  std::string html = fmt::format("<h4>{}</h4><ul>", escaped(title));
  for (const Ranked& entry : ranked) html += fmt::format("<li>{}</li>", track_html(run.tracks[entry.track]));
  return html + "</ul>";
}

/// The labels of a group as a bar in the colours of the map, and in words.
std::string mix_html(const std::string& column, const figures::CategoryStyles& styles,
                     const std::vector<std::size_t>& members) {
  std::vector<std::size_t> counts(styles.styles.size());
  for (const std::size_t i : members) ++counts[styles.style_of_row[i]];
  std::vector<std::size_t> order(counts.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  // What carries no name (no label, the rest of too many) comes last.
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
    return styles.styles[a].outside != styles.styles[b].outside ? styles.styles[b].outside : counts[a] > counts[b];
  });

  std::string bar;
  std::string words;
  std::size_t named = 0;
  std::size_t n_named = 0;
  for (const std::size_t s : order) {
    if (counts[s] == 0) continue;
    bar += fmt::format("<span style=\"width:{:.2f}%;background:{}\"></span>",
                       100.0 * double(counts[s]) / double(members.size()), figures::hex(styles.styles[s].colour));
    if (n_named < 3) {
      words += fmt::format("{}{} {}", words.empty() ? "" : " · ", escaped(styles.styles[s].name), counts[s]);
      named += counts[s];
      ++n_named;
    }
  }
  if (named < members.size()) words += fmt::format(" · other {}", members.size() - named);
  return fmt::format("<h4>{}</h4><div class=\"mix\" aria-hidden=\"true\">{}</div><p class=\"mixwords\">{}</p>",
                     escaped(column), bar, words);
}

std::size_t grouped_count(const Grouping& grouping) {
  return static_cast<std::size_t>(
      std::ranges::count_if(grouping.clusters, [](const auto& c) { return c.has_value(); }));
}

/// Each member's share of neighbours in its own group, relative to the most that a group of this size allows.
std::vector<Ranked> relative_strengths(const Grouping& grouping, const std::vector<std::size_t>& members) {
  const std::size_t n = grouped_count(grouping);
  if (members.size() < 2 || n < 2) return {};
  const double neighbours = double(std::min(run::kStrengthNeighbours, n - 1));
  const double attainable = std::min(1.0, double(members.size() - 1) / neighbours);
  std::vector<Ranked> strengths;
  for (const std::size_t i : members) {
    if (std::isfinite(grouping.strengths[i])) {
      strengths.push_back({i, std::min(1.0, grouping.strengths[i] / attainable)});
    }
  }
  return strengths;
}

double mean_of(const std::vector<Ranked>& ranked) {
  double sum = 0;
  for (const Ranked& entry : ranked) sum += entry.value;
  return ranked.empty() ? kNotDefined : sum / double(ranked.size());
}

/// Members with the smallest share of neighbours in their own group, but for those that are named as typical.
std::vector<Ranked> border_cases(std::vector<Ranked> ranked, const std::vector<Ranked>& typical) {
  std::erase_if(ranked, [&](const Ranked& entry) {
    return entry.value >= 0.5 || std::ranges::find(typical, entry.track, &Ranked::track) != typical.end();
  });
  std::ranges::stable_sort(ranked, {}, &Ranked::value);
  if (ranked.size() > 2) ranked.resize(2);
  return ranked;
}

std::string group_html(const RunData& run, const Grouping& grouping, std::int32_t cluster,
                       const std::optional<Matrix>& space,
                       const std::vector<std::pair<std::string, figures::CategoryStyles>>& labels) {
  const std::vector<std::size_t> members = members_of(grouping, cluster);
  const bool noise = cluster == kNoise;
  const double share = 100.0 * double(members.size()) / double(grouped_count(grouping));
  std::string html = fmt::format("<article class=\"card group\"><h3>{}</h3><p class=\"size\">{}, {:.{}f} % of all",
                                 noise ? "Noise" : fmt::format("Group {}", cluster), counted(members.size(), "track"),
                                 share, share < 1 ? 1 : 0);
  const std::vector<Ranked> strengths = noise ? std::vector<Ranked>() : relative_strengths(grouping, members);
  if (const double strength = mean_of(strengths); std::isfinite(strength))
    html += fmt::format(" · cohesion {}", spelled_number(strength));
  html += "</p>";
  for (const auto& [column, styles] : labels) html += mix_html(column, styles, members);
  std::vector<Ranked> typical;
  if (!noise && space) typical = by_typicality(*space, members);
  if (typical.size() > kExemplars) typical.resize(kExemplars);
  html += track_list_html(run, typical, "Most typical");
  html += track_list_html(run, border_cases(strengths, typical), "On the border");
  return html + "</article>\n";
}

}  // namespace

std::string track_html(const TrackRow& track) {
  return fmt::format("<span class=\"track\" title=\"{}\">{}</span>", escaped(track.path), escaped(display_name(track)));
}

std::string groups_html(const RunData& run) {
  const Grouping* grouping = run.main_grouping();
  if (grouping == nullptr) return "";
  const std::optional<Matrix> space = run.space(grouping->space);
  std::vector<std::pair<std::string, figures::CategoryStyles>> labels;
  for (const std::string& column : run.label_columns) {
    labels.emplace_back(column, figures::style_categories(run.labels_of(column), {}));
  }
  const std::vector<std::int32_t> names = grouping->names();
  std::string html = paragraph_html(
      "The numbers of the groups are names without an order. Cohesion is the share of a track's 15 nearest tracks that "
      "are in its own group, relative to the most that its size allows, averaged: 1 is a group that stands apart. Most "
      "typical are the tracks nearest to the "
      "group's centre; on the border are those with most of their neighbours in other groups.");
  html += "<div class=\"cards\">\n";
  for (std::size_t i = 0; i < names.size() && i < kMostGroups; ++i) {
    html += group_html(run, *grouping, names[i], space, labels);
  }
  html += "</div>\n";
  if (names.size() > kMostGroups) {
    html += paragraph_html(fmt::format("{} more groups are in labels.csv.", names.size() - kMostGroups));
  }
  return html;
}

std::string worst_reconstructed_html(const RunData& run) {
  std::string html;
  for (const Inspection& result : load_inspections(run)) {
    std::vector<Ranked> ranked;
    double sum = 0;
    for (std::size_t i = 0; i < result.errors.size(); ++i) {
      if (!std::isfinite(result.errors[i])) continue;
      ranked.push_back({i, result.errors[i]});
      sum += result.errors[i];
    }
    if (ranked.empty()) continue;
    const double mean = sum / double(ranked.size());
    std::erase_if(ranked, [mean](const Ranked& entry) { return entry.value <= mean; });
    if (ranked.empty()) continue;
    std::ranges::stable_sort(ranked, std::greater<>{}, &Ranked::value);
    if (ranked.size() > kWorst) ranked.resize(kWorst);
    std::vector<std::vector<std::string>> rows;
    for (const Ranked& entry : ranked) {
      const TrackRow& track = run.tracks[entry.track];
      rows.push_back({track_html(track), fmt::format("{:.3g}", entry.value),
                      fmt::format("{:.1f} ×", entry.value / mean),
                      fmt::format("<span class=\"path\">{}</span>", escaped(track.path))});
    }
    html += table_html(fmt::format("The {} tracks that {} reconstructs worst (mean over all tracks: {})", rows.size(),
                                   result.model, fmt::format("{:.3g}", mean)),
                       {{"track"}, {"mean squared error", true}, {"of the mean", true}, {"file"}}, rows);
  }
  if (html.empty()) return "";
  return paragraph_html(
             "What the model makes of these tracks is farthest from what it was given. Where the error is many times "
             "the "
             "mean, the track is unlike the rest of the collection, or its audio is damaged, and its place on the map "
             "means little.") +
         html;
}

}  // namespace songmap::report
