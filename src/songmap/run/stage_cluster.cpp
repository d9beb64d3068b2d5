#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "songmap/cluster/gap_statistic.h"
#include "songmap/cluster/method.h"
#include "songmap/core/error.h"
#include "songmap/neighbors/knn.h"
#include "songmap/run/cautions.h"
#include "songmap/run/spaces.h"
#include "songmap/run/stage_record.h"
#include "songmap/run/tables.h"

namespace songmap::run {
namespace {

/// Strength of a membership: the share of the nearest tracks that carry the same label.
std::vector<double> strengths(const neighbors::Neighbors& near, const std::vector<std::int32_t>& labels) {
  std::vector<double> result(labels.size(), kNotDefined);
  for (std::size_t i = 0; i < near.rows(); ++i) {
    const auto same = std::ranges::count_if(near.of(i), [&](std::uint32_t j) { return labels[j] == labels[i]; });
    result[i] = static_cast<double>(same) / static_cast<double>(near.k);
  }
  return result;
}

/// Classes of the first target among the evaluated tracks.
std::size_t class_count(const std::vector<TrackRow>& tracks, const std::vector<std::size_t>& rows,
                        const std::string& target) {
  std::set<std::string> classes;
  for (const std::size_t row : rows) {
    const std::string& label = tracks[row].labels.at(target);
    if (!label.empty()) classes.insert(label);
  }
  return classes.size();
}

std::size_t distinct_rows(MatrixView x) {
  std::set<std::vector<float>> rows;
  for (std::size_t i = 0; i < x.rows(); ++i) rows.insert(std::vector<float>(x.row(i).begin(), x.row(i).end()));
  return rows.size();
}

/// Decides k: given, from the labels (the study), or by the gap statistic; never more than the data can bear.
void choose_n_clusters(StageRecord& record, const RunFolder& folder, const RunOptions& options,
                       const std::vector<TrackRow>& tracks, const StageContext& context) {
  Manifest& manifest = record.manifest();
  const std::vector<std::size_t> rows = evaluated_rows(manifest, tracks.size());
  const Matrix features = clustered_space(folder, manifest, options.cluster.l2, "features", 0);
  if (options.cluster.n_clusters > 0) {
    manifest.n_clusters = options.cluster.n_clusters;
    manifest.n_clusters_source = "given";
  } else if (options.cluster.n_clusters_from == "labels" && !manifest.targets.empty()) {
    manifest.n_clusters = class_count(tracks, rows, manifest.targets.front());
    manifest.n_clusters_source = "labels";
    record.warn(caution_of_label_k(manifest.n_clusters, manifest.targets.front()));
  } else {
    cluster::GapOptions gap;
    gap.max_clusters = options.cluster.max_clusters;
    gap.seed = manifest.seed;
    const cluster::GapResult found = cluster::gap_statistic(features, gap, context.execution);
    manifest.n_clusters = std::max<std::size_t>(found.n_clusters, 2);
    manifest.n_clusters_source = "gap statistic";
    if (found.n_clusters == 1) {
      manifest.n_clusters_source = "none found";
      record.warn(
          "The gap statistic finds no more structure in these features than in shuffled columns: 2 groups are "
          "shown all the same, but do not read much into them. Give --clusters K to choose another number.");
    } else {
      record.note(fmt::format("The number of groups was chosen by the gap statistic: {}{}.", found.n_clusters,
                              found.found ? "" : " (none met its rule; the largest gap was taken)"));
    }
  }
  const std::size_t most = std::max<std::size_t>(1, distinct_rows(features));
  if (manifest.n_clusters > most) {
    record.warn(
        fmt::format("The number of groups was lowered from {} to {}: there are only {} different tracks to "
                    "group.",
                    manifest.n_clusters, most, most));
    manifest.n_clusters = most;
  }
  if (const auto caution = caution_of_few_tracks(rows.size(), manifest.n_clusters)) record.warn(*caution);
  for (const std::string& target : manifest.targets) {
    const std::size_t classes = class_count(tracks, rows, target);
    if (classes < 2) {
      record.warn(fmt::format("All labelled tracks share one value of '{}': agreement with it means nothing.", target));
    } else if (manifest.n_clusters > classes && manifest.n_clusters_source != "labels") {
      record.warn(
          fmt::format("There are more groups ({}) than classes of '{}' ({}): purity and homogeneity profit "
                      "from that.",
                      manifest.n_clusters, target, classes));
    }
  }
}

}  // namespace

void cluster_stage(const RunFolder& folder, const RunOptions& options, const StageContext& context) {
  StageRecord record(folder, "cluster", context);
  Manifest& manifest = record.manifest();
  const std::vector<TrackRow> tracks = load_tracks(folder.tracks());
  const std::vector<std::size_t> rows = evaluated_rows(manifest, tracks.size());
  require(!options.cluster.methods.empty(), "cluster.methods is empty: name at least one clustering");
  manifest.methods = options.cluster.methods;
  manifest.main_method = manifest.methods.front();
  choose_n_clusters(record, folder, options, tracks, context);

  std::vector<LabelRow> labels;
  const std::vector<MethodRow> methods = method_rows(manifest);
  std::map<std::pair<std::string, std::size_t>, neighbors::Neighbors> neighbors_of;  // by space and seed
  const double total = static_cast<double>(methods.size() * manifest.seeds.size());
  for (const MethodRow& method : methods) {
    for (std::size_t s = 0; s < manifest.seeds.size(); ++s) {
      context.execution.report({"cluster", static_cast<double>(labels.size() / std::max<std::size_t>(rows.size(), 1)),
                                total, "clusterings"});
      const Matrix x = clustered_space(folder, manifest, options.cluster.l2, method.space, method.seeded ? s : 0);
      const std::vector<std::int32_t> found = cluster::fit_labels(
          x, cluster::method(method.method, manifest.n_clusters, manifest.seeds[s]), context.execution);
      const auto [near, is_new] = neighbors_of.try_emplace({method.space, method.seeded ? s : 0});
      if (is_new) near->second = neighbors::nearest_neighbors(x, kStrengthNeighbours, context.execution);
      const std::vector<double> strength = strengths(near->second, found);
      for (std::size_t i = 0; i < rows.size(); ++i) {
        const TrackRow& track = tracks[rows[i]];
        labels.push_back({track.track_id, track.path, method.view, method.space, method.method, manifest.seeds[s],
                          found[i], strength[i]});
      }
    }
  }
  save_labels(folder.labels(), labels);
  record.finish(options);
}

}  // namespace songmap::run
