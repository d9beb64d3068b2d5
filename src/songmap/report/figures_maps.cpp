#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "songmap/core/linalg.h"
#include "songmap/figures/scatter.h"
#include "songmap/report/html.h"
#include "songmap/report/plan.h"
#include "songmap/report/score_rows.h"

namespace songmap::report {
namespace {

std::size_t n_shown(const MapPoints& map) {
  std::size_t n = 0;
  for (std::size_t i = 0; i < map.points.rows(); ++i) n += std::isfinite(map.points(i, 0)) ? 1 : 0;
  return n;
}

/// The space that a picture shows, from the manifest; empty when it does not say.
std::string shown_space(const RunData& run, const MapPoints& map) {
  for (const ProjectionRecord& entry : run.manifest.projections) {
    if (entry.view == map.view && entry.projection == map.projection && entry.dimensions == map.dimensions) {
      return entry.space;
    }
  }
  return "";
}

std::string subtitle_of(const RunData& run, const MapPoints& map) {
  const std::string space = shown_space(run, map);
  std::string text = map.view.empty() ? "" : fmt::format("{} view", map.view);
  if (!space.empty()) text += fmt::format("{}space {}", text.empty() ? "" : ", ", space);
  text += fmt::format("{}{}", text.empty() ? "" : " · ", counted(n_shown(map), "track"));
  if (map.trustworthiness) text += fmt::format(" · trustworthiness {:.2f} of 1", *map.trustworthiness);
  return text;
}

std::string caption_of(const MapPoints& map, const std::string& coloured_by) {
  std::string caption = fmt::format("Each point is a track; tracks that {} lie near each other. ",
                                    map.view == "lyrics" ? "use the same words" : "the model finds alike");
  caption += fmt::format("Colours and shapes: {}. ", coloured_by);
  if (map.projection == "pca") {
    caption += fmt::format("The axes are the {} directions in which the tracks differ most. ",
                           map.dimensions == 3 ? "three" : "two");
  } else {
    caption +=
        "Axes have no unit, and neither the size of a patch nor the gap between two patches means anything: "
        "look at who is whose neighbour. ";
  }
  if (map.dimensions == 3) caption += "Farther points are smaller and paler. ";
  if (map.trustworthiness) {
    caption += fmt::format("Trustworthiness {:.2f}: {}.", *map.trustworthiness,
                           *map.trustworthiness >= 0.95   ? "neighbours here are nearly always neighbours in the space"
                           : *map.trustworthiness >= 0.85 ? "most neighbours here are neighbours in the space"
                                                          : "many neighbours here are not neighbours in the space");
  }
  return caption;
}

figures::ScatterOptions base_options(const RunData& run, const MapPoints& map) {
  figures::ScatterOptions options;
  options.subtitle = subtitle_of(run, map);
  options.outside = {"noise", "not grouped"};
  if (map.projection == "pca") {
    options.show_axes = true;
    options.x_label = "component 1";
    options.y_label = "component 2";
  }
  return options;
}

/// The picture of a view that stands for all: the first flat one that can be trusted, PCA only where there is no other;
/// the most trustworthy where none can.
const MapPoints* main_map(const RunData& run, const std::string& view) {
  const auto rank = [](const MapPoints& map) {
    const double trust = map.trustworthiness.value_or(1);
    if (trust < 0.85) return trust;
    return map.projection == "pca" ? 1.0 : 2.0;
  };
  const MapPoints* main = nullptr;
  for (const MapPoints& map : run.maps) {
    if (map.view != view || map.dimensions != 2) continue;
    if (main == nullptr || rank(map) > rank(*main)) main = &map;
  }
  return main;
}

bool is_solid_pca(const MapPoints& map) { return map.projection == "pca" && map.dimensions == 3; }

/// Whether a view has a picture in three dimensions that keeps neighbours together.
bool has_better_solid(const RunData& run, const std::string& view) {
  return std::ranges::any_of(
      run.maps, [&](const MapPoints& map) { return map.view == view && map.dimensions == 3 && !is_solid_pca(map); });
}

/// Only one picture of the run's own view is always shown.
std::string fold_of(const RunData& run, const MapPoints& map) {
  const MethodKey main = main_method(run);
  if (map.view == main.view || main.view.empty()) {
    return &map == main_map(run, map.view) ? "" : "More pictures of the map";
  }
  return fmt::format("The map {} ({} view)", view_phrase(map.view), map.view);
}

std::vector<std::string> cluster_categories(const Grouping& grouping) {
  std::vector<std::string> names;
  for (const auto& cluster : grouping.clusters) names.push_back(cluster ? cluster_name(*cluster) : "not grouped");
  return names;
}

/// What colours stand for, and whether the model behind the space knew it.
std::string labelled(const RunData& run, const std::string& space, const std::string& column) {
  const ModelRecord* model = run.model_behind(space);
  const bool told = model != nullptr && model->condition == column;
  return fmt::format("{} as labelled, which the model {}", column, told ? "was told" : "never saw");
}

/// The space of a model that has no map of its own, along its two principal axes.
void plan_model_map(const RunData& run, const SpaceRecord& record, FigurePlan& plan) {
  const std::optional<Matrix> space = run.space(record.name);
  const auto grouping = std::ranges::find(run.groupings, record.name, &Grouping::space);
  if (!space || grouping == run.groupings.end()) return;
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < space->rows(); ++i) {
    if (grouping->clusters[i] && all_finite({space->row(i).data(), 1, space->cols()})) rows.push_back(i);
  }
  if (rows.size() < 3) return;
  Matrix x = take_rows(*space, rows);
  if (run.option("cluster.l2") == "true") x = l2_normalised(x);  // As it is clustered, and as the maps are made.
  const Matrix axes = transform(fit_pca(x, 2), x);
  MapPoints map{record.view, "pca", 2, Matrix(space->rows(), 2), std::nullopt};
  std::ranges::fill(map.points.values(), std::numeric_limits<float>::quiet_NaN());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t c = 0; c < axes.cols(); ++c) map.points(rows[i], c) = axes(i, c);
    if (axes.cols() < 2) map.points(rows[i], 1) = 0;
  }
  const auto add = [&](const std::string& by, std::vector<std::string> categories, const std::string& coloured_by) {
    figures::ScatterOptions options = base_options(run, map);
    options.title = fmt::format("{} by {}: PCA", space_title(run, record.name), by);
    options.subtitle = fmt::format("space {} · {}", record.name, counted(rows.size(), "track"));
    options.legend_title = by;
    PlannedFigure figure{.name = {},
                         .topic = FigureTopic::kMap,
                         .fold = "The spaces of the other models",
                         .title = options.title,
                         .caption = caption_of(map, coloured_by),
                         .draw = {}};
    figure.draw = [points = map.points, options, categories = std::move(categories)](
                      const std::filesystem::path& path) { figures::draw_scatter(path, points, categories, options); };
    plan.add(fmt::format("map-{}-pca-2d-by-{}", record.name, by == "group" ? "cluster" : by), std::move(figure));
  };
  add("group", cluster_categories(*grouping),
      fmt::format("the groups that {} found", grouping_title(grouping->method, grouping->space)));
  for (const std::string& column : run.label_columns) {
    add(column, run.labels_of(column), labelled(run, record.name, column));
  }
}

/// True where map.csv shows the space.
bool has_map(const RunData& run, const std::string& space) {
  return std::ranges::find(run.manifest.projections, space, &ProjectionRecord::space) != run.manifest.projections.end();
}

}  // namespace

void plan_maps(const RunData& run, FigurePlan& plan) {
  for (const MapPoints& map : run.maps) {
    if (n_shown(map) == 0 || (is_solid_pca(map) && has_better_solid(run, map.view))) continue;
    const std::string fold = fold_of(run, map);
    const std::string stem = fmt::format("map-{}-{}-{}d", map.view, map.projection, map.dimensions);
    const std::string base_title =
        fmt::format("{}{}{}", projection_title(map.projection), map.dimensions == 3 ? " in three dimensions" : "",
                    map.view == run.maps.front().view ? "" : fmt::format(", {} view", map.view));
    const auto add = [&](const std::string& name, figures::ScatterOptions options, std::vector<std::string> categories,
                         const std::string& coloured_by) {
      PlannedFigure figure{
          .name = {}, .topic = FigureTopic::kMap, .fold = fold, .title = options.title, .caption = {}, .draw = {}};
      figure.caption = caption_of(map, coloured_by);
      figure.draw = [&map, options = std::move(options),
                     categories = std::move(categories)](const std::filesystem::path& path) {
        figures::draw_scatter(path, map.points, categories, options);
      };
      plan.add(name, std::move(figure));
    };

    const Grouping* grouping = run.main_grouping(map.view);
    if (grouping == nullptr) grouping = run.main_grouping();
    if (grouping != nullptr) {
      figures::ScatterOptions options = base_options(run, map);
      options.title = fmt::format("The map by group: {}", base_title);
      options.legend_title = "group";
      // Names would hide what they name where there are few points.
      options.name_categories = map.dimensions == 2 && n_shown(map) >= 40 && grouping->names().size() <= 40;
      add(stem + "-by-cluster", options, cluster_categories(*grouping),
          fmt::format("the groups that {} found", grouping_title(grouping->method, grouping->space)));
    }
    for (const std::string& column : run.label_columns) {
      figures::ScatterOptions options = base_options(run, map);
      options.title = fmt::format("The map by {}: {}", column, base_title);
      options.legend_title = column;
      add(fmt::format("{}-by-{}", stem, column), options, run.labels_of(column),
          labelled(run, shown_space(run, map), column));
    }
    if (grouping == nullptr && run.label_columns.empty()) {
      figures::ScatterOptions options = base_options(run, map);
      options.title = fmt::format("The map: {}", base_title);
      add(stem, options, std::vector<std::string>(run.tracks.size(), "tracks"), "all tracks alike");
    }
  }
  for (const SpaceRecord& record : run.manifest.spaces) {
    if (record.kind == "model" && !has_map(run, record.name)) plan_model_map(run, record, plan);
  }
}

}  // namespace songmap::report
