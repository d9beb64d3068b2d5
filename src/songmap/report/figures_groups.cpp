#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "songmap/figures/bars.h"
#include "songmap/figures/heatmap.h"
#include "songmap/figures/text.h"
#include "songmap/report/plan.h"
#include "songmap/report/score_rows.h"

namespace songmap::report {
namespace {

constexpr std::size_t kMostLabels = 30;
constexpr std::size_t kMostBars = 60;

void plan_sizes(const Grouping& grouping, const std::string& fold, FigurePlan& plan) {
  std::vector<figures::Bar> bars;
  figures::BarsOptions options;
  options.title = "How large are the groups?";
  options.subtitle = grouping_title(grouping.method, grouping.space);
  const auto size_of = [&](std::int32_t name) { return std::ranges::count(grouping.clusters, std::optional(name)); };
  std::vector<std::int32_t> names = grouping.names();
  if (names.size() > kMostBars) {
    options.subtitle += fmt::format(", the {} largest of {}", kMostBars, names.size());
    std::ranges::stable_sort(names, std::greater<>{}, size_of);
    names.resize(kMostBars);
  }
  for (const std::int32_t name : names) {
    bars.push_back({.value = double(size_of(name))});
    options.rows.push_back(name == kNoise ? "noise" : fmt::format("group {}", name));
    options.emphasised.push_back(name != kNoise);
  }
  if (bars.empty()) return;
  PlannedFigure figure{.name = {},
                       .topic = FigureTopic::kGroups,
                       .fold = fold,
                       .title = options.title,
                       .caption =
                           "Number of tracks in each group. Noise, if there is any, are tracks that the method "
                           "put into no group.",
                       .draw = {}};
  figure.draw = [bars, options](const std::filesystem::path& path) {
    figures::draw_bars(path, {{.title = "tracks", .bars = bars, .decimals = 0}}, options);
  };
  plan.add("cluster-sizes-" + grouping.view, std::move(figure));
}

/// The labels of the grouped tracks by size, the smallest of too many as one.
std::map<std::string, std::string> label_names(const std::vector<std::string>& labels, const Grouping& grouping) {
  std::map<std::string, std::size_t> counts;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (grouping.clusters[i]) ++counts[labels[i]];
  }
  std::vector<std::pair<std::string, std::size_t>> by_size(counts.begin(), counts.end());
  std::ranges::stable_sort(by_size, std::greater<>{}, [](const auto& entry) { return entry.second; });
  std::map<std::string, std::string> names;
  for (std::size_t i = 0; i < by_size.size(); ++i) {
    const std::string& label = by_size[i].first;
    const bool kept = by_size.size() <= kMostLabels || i + 1 < kMostLabels;
    names[label] = !kept           ? fmt::format("{} others", by_size.size() - kMostLabels + 1)
                   : label.empty() ? "no label"
                                   : label;
  }
  return names;
}

void plan_contingency(const RunData& run, const Grouping& grouping, const std::string& column, const std::string& fold,
                      FigurePlan& plan) {
  const std::vector<std::string> labels = run.labels_of(column);
  const std::map<std::string, std::string> names = label_names(labels, grouping);
  const std::vector<std::int32_t> clusters = grouping.names();
  if (clusters.empty()) return;

  figures::HeatmapOptions options;
  options.title = fmt::format("Which group did each {} go to?", column);
  options.subtitle = grouping_title(grouping.method, grouping.space);
  options.rows_title = column;
  options.columns_title = "group";
  for (const auto& [label, name] : names) {
    if (std::ranges::find(options.row_names, name) == options.row_names.end()) options.row_names.push_back(name);
  }
  std::ranges::sort(options.row_names, figures::natural_less);
  for (const std::int32_t cluster : clusters) options.column_names.push_back(cluster_name(cluster));

  Matrix counts(options.row_names.size(), clusters.size());
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (!grouping.clusters[i]) continue;
    const auto row = std::ranges::find(options.row_names, names.at(labels[i])) - options.row_names.begin();
    const auto col = std::ranges::find(clusters, *grouping.clusters[i]) - clusters.begin();
    counts(static_cast<std::size_t>(row), static_cast<std::size_t>(col)) += 1;
  }
  PlannedFigure figure{
      .name = {}, .topic = FigureTopic::kGroups, .fold = fold, .title = options.title, .caption = {}, .draw = {}};
  figure.caption = fmt::format(
      "Numbers are tracks; the darker a cell, the larger its share of that {}. One dark cell in "
      "each row, in different columns, would be perfect agreement.",
      column);
  figure.draw = [counts = std::move(counts), options = std::move(options)](const std::filesystem::path& path) {
    figures::draw_heatmap(path, counts, options);
  };
  plan.add(fmt::format("{}-by-cluster-{}", column, grouping.view), std::move(figure));
}

}  // namespace

void plan_groups(const RunData& run, FigurePlan& plan) {
  for (const std::string& view : run.views()) {
    const Grouping* grouping = run.main_grouping(view);
    if (grouping == nullptr) continue;
    const bool main = view == main_method(run).view;
    const std::string fold = main ? "" : fmt::format("The groups {} ({} view)", view_phrase(view), view);
    plan_sizes(*grouping, fold, plan);
    for (const std::string& column : run.label_columns) plan_contingency(run, *grouping, column, fold, plan);
  }
}

}  // namespace songmap::report
