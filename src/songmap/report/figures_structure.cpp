#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "songmap/cluster/dbscan.h"
#include "songmap/cluster/k_distances.h"
#include "songmap/cluster/ward.h"
#include "songmap/core/csv.h"
#include "songmap/figures/curves.h"
#include "songmap/figures/dendrogram.h"
#include "songmap/figures/k_distance.h"
#include "songmap/report/plan.h"
#include "songmap/report/score_rows.h"
#include "songmap/run/spaces.h"
#include "songmap/run/stages.h"

/// What speaks for a number of groups: hierarchy, distances of neighbours, and the criteria for k.
namespace songmap::report {
namespace {

/// Above this many tracks the hierarchy and the distances of all pairs take longer than a picture is worth, and above
/// this many to try every radius again: that is some twenty times the work.
constexpr std::size_t kMostTracks = 20000;
constexpr std::size_t kMostScanned = 5000;

/// The space as it is clustered, with the first seed; nothing where it cannot be read or is too large or too small.
std::optional<run::ClusteredSpace> clustered(const RunData& run, const run::RunOptions& options,
                                             const std::string& space) {
  if (run::evaluated_rows(run.manifest, run.tracks.size()).size() > kMostTracks || !run.space(space)) {
    return std::nullopt;
  }
  run::ClusteredSpace result = run::clustered_space(run.folder, run.manifest, options.cluster.l2, space, 0);
  if (result.x.rows() < 3 || !all_finite(result.x)) return std::nullopt;
  return result;
}

void plan_dendrogram(const RunData& run, const run::RunOptions& options, const run::SpaceRecord& record,
                     FigurePlan& plan) {
  const auto space = clustered(run, options, record.name);
  if (!space) return;
  const bool main = record.name == run.manifest.main_space;
  figures::DendrogramOptions drawn;
  drawn.title = main ? "How do groups join, from many to one?"
                     : fmt::format("How do groups join, from many to one, {}?", view_phrase(record.view));
  drawn.subtitle = fmt::format("Ward's hierarchy of the tracks in {}, first seed", record.name);
  drawn.height_label = "Ward distance";
  drawn.n_groups = std::min(run::n_clusters_of(run.manifest, record.view), space->x.rows());
  const std::vector<std::string> labels =
      run.label_columns.empty() ? std::vector<std::string>() : run.labels_of(run.label_columns.front());
  for (const std::size_t row : space->rows) {
    drawn.row_names.push_back(display_name(run.tracks[row]));
    if (!labels.empty()) drawn.categories.push_back(labels[row]);
  }
  PlannedFigure figure{
      .name = {},
      .topic = FigureTopic::kGroups,
      .fold = main ? "" : "How groups join in the other views",
      .title = drawn.title,
      .caption =
          "The farther left two branches meet, the less alike they are. A long way between meetings, "
          "where the dashed line cuts, speaks for that number of groups; meetings that follow each "
          "other closely say that any number is a matter of choice. The numbers of the groups are those of "
          "this hierarchy, not of other methods.",
      .draw = {}};
  figure.draw = [x = space->x, drawn = std::move(drawn)](const std::filesystem::path& path) {
    std::vector<figures::DendrogramMerge> merges;
    for (const cluster::Merge& merge : cluster::ward_tree(x).merges) {
      merges.push_back({merge.first, merge.second, merge.height});
    }
    figures::draw_dendrogram(path, merges, drawn);
  };
  plan.add(main ? "dendrogram" : "dendrogram-" + record.view, std::move(figure));
}

/// The radius that DBSCAN chose, from its parameters in clusterings.csv ("eps=0.53, min_samples=5"); 0: none.
double used_radius(const RunData& run, const run::SpaceRecord& record) {
  constexpr std::string_view kName = "eps=";
  for (const ClusteringRow& row : run.clusterings) {
    const bool same = row.view == record.view && row.space == record.name && row.method == "dbscan";
    if (!same || !row.parameters.starts_with(kName)) continue;
    const std::string rest = row.parameters.substr(kName.size());
    const double radius = parse_number(rest.substr(0, rest.find(','))).value_or(0);
    return radius > 0 ? radius : 0;
  }
  return 0;
}

/// The radii of DBSCAN in a space where the run used it.
void plan_k_distance(const RunData& run, const run::RunOptions& options, const run::SpaceRecord& record,
                     FigurePlan& plan) {
  const auto space = clustered(run, options, record.name);
  const cluster::DbscanOptions dbscan = options.clusterings.dbscan;
  if (!space || dbscan.min_samples < 2 || space->x.rows() <= dbscan.min_samples) return;
  figures::KDistanceOptions drawn;
  drawn.title = "How far are neighbours apart?";
  drawn.subtitle = fmt::format("DBSCAN in {}, first seed{}", record.name,
                               dbscan.eps > 0                    ? "; the radius was given"
                               : space->x.rows() <= kMostScanned ? "; the radius was chosen among those listed"
                                                                 : "; the radius was chosen by a scan");
  drawn.k = dbscan.min_samples - 1;
  drawn.chosen = dbscan.eps > 0 ? dbscan.eps : used_radius(run, record);
  PlannedFigure figure{
      .name = {},
      .topic = FigureTopic::kGroups,
      .fold = record.name == run.manifest.main_space ? "" : "How far neighbours are apart in the other spaces",
      .title = drawn.title,
      .caption =
          "Where the curve crosses the dashed line, the tracks left of it have enough neighbours "
          "within the radius to be the core of a group. A curve far above the line means that "
          "everything is noise; one far below it, that everything is one group.",
      .draw = {}};
  figure.draw = [x = space->x, dbscan, drawn](const std::filesystem::path& path) mutable {
    if (dbscan.eps <= 0 && x.rows() <= kMostScanned) {
      const cluster::DbscanResult found = cluster::fit_dbscan(x, dbscan);
      drawn.chosen = found.eps;
      for (const cluster::EpsCandidate& candidate : found.candidates) {
        drawn.trials.push_back({candidate.eps, candidate.n_clusters, candidate.coverage,
                                candidate.admissible ? candidate.validity : kNotDefined});
      }
    }
    figures::draw_k_distance(path, cluster::k_distances(x, drawn.k), drawn);
  };
  plan.add("k-distance-" + record.name, std::move(figure));
}

/// What speaks for each number of groups of one view.
void plan_candidates(const RunData& run, const std::string& view, std::vector<run::CandidateRow> rows,
                     FigurePlan& plan) {
  std::erase_if(rows, [&](const run::CandidateRow& row) { return row.view != view; });
  if (rows.size() < 2) return;
  const bool of_sound = view == run::kAudioView;
  const std::size_t taken = run::n_clusters_of(run.manifest, view);
  const auto panel = [&](const char* title, const char* note, double run::CandidateRow::*column) {
    figures::CurvePanel result{.title = title, .note = note};
    figures::Curve curve;
    for (const run::CandidateRow& row : rows) {
      if (!std::isfinite(row.*column)) continue;
      curve.x.push_back(double(row.k));
      // The gap of one group is 0 by construction, up to rounding.
      curve.y.push_back(std::abs(row.*column) < 1e-6 ? 0.0 : row.*column);
      if (column == &run::CandidateRow::gap) {
        curve.low.push_back(row.gap - row.gap_se);
        curve.high.push_back(row.gap + row.gap_se);
      }
    }
    if (!curve.x.empty()) result.curves.push_back(std::move(curve));
    return result;
  };
  std::vector<figures::CurvePanel> panels{
      panel("Gap statistic", "decides; band: standard error", &run::CandidateRow::gap),
      panel("Stability", "higher is better", &run::CandidateRow::stability),
      panel("BIC", "lower is better", &run::CandidateRow::bic),
      panel("Eigengap", "a peak speaks for its k", &run::CandidateRow::eigengap)};
  std::erase_if(panels, [](const figures::CurvePanel& each) { return each.curves.empty(); });
  if (panels.empty()) return;
  figures::CurvesOptions drawn{.title = of_sound ? "How many groups are there?"
                                                 : fmt::format("How many groups are there {}?", view_phrase(view)),
                               .subtitle = "Four criteria that look at no label, for each number of groups.",
                               .x_label = "groups",
                               .marked_x = double(taken),
                               .mark = fmt::format("taken: {}", taken)};
  PlannedFigure figure{.name = {},
                       .topic = FigureTopic::kGroups,
                       .fold = of_sound ? "" : "How many groups there are in the other views",
                       .title = drawn.title,
                       .caption =
                           "Where the criteria agree, the number is firm; on real music they rarely do, and stability "
                           "and eigengap favour few groups. The gap statistic decides because it was least often "
                           "wrong where the answer was known.",
                       .draw = {}};
  figure.draw = [panels = std::move(panels), drawn](const std::filesystem::path& path) {
    figures::draw_curves(path, panels, drawn);
  };
  plan.add(of_sound ? "number-of-groups" : "number-of-groups-" + view, std::move(figure));
}

}  // namespace

void plan_structure(const RunData& run, FigurePlan& plan) {
  const std::vector<run::CandidateRow> candidates = run::load_candidates(run.folder.candidates());
  std::vector<std::string> told;
  for (const run::CandidateRow& row : candidates) {
    if (std::ranges::find(told, row.view) != told.end()) continue;
    told.push_back(row.view);
    plan_candidates(run, row.view, candidates, plan);
  }
  if (run.manifest.spaces.empty() || run.manifest.options.empty()) return;  // Made by no complete run.
  const run::RunOptions options = run::options_of(run.folder);
  if (const run::SpaceRecord* main = run.space_record(run.manifest.main_space)) {
    plan_dendrogram(run, options, *main, plan);
    for (const char* view : {run::kContentView, run::kLanguageView}) {
      const auto first = std::ranges::find(run.manifest.spaces, view, &run::SpaceRecord::view);
      if (first != run.manifest.spaces.end() && view != main->view) plan_dendrogram(run, options, *first, plan);
    }
  }
  std::set<std::string> views;
  for (const run::SpaceRecord& space : run.manifest.spaces) {
    // Of each view the first space with DBSCAN: the main one, the main one with words, the words.
    if (std::ranges::find(space.methods, "dbscan") == space.methods.end()) continue;
    if (views.insert(space.view).second) plan_k_distance(run, options, space, plan);
  }
}

}  // namespace songmap::report
