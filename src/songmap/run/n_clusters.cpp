#include "songmap/run/n_clusters.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "songmap/cluster/gap_statistic.h"
#include "songmap/run/cautions.h"
#include "songmap/run/lyrics_pairing.h"
#include "songmap/run/spaces.h"

namespace songmap::run {
namespace {

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

/// "blues 20, rock 18 and 1 track without a label"
std::string class_sizes(const std::vector<TrackRow>& tracks, const std::vector<std::size_t>& rows,
                        const std::string& target) {
  constexpr std::size_t kShown = 20;
  std::map<std::string, std::size_t> sizes;
  for (const std::size_t row : rows) ++sizes[tracks[row].labels.at(target)];
  const std::size_t unlabelled = sizes[""];
  sizes.erase("");
  std::string text;
  std::size_t shown = 0;
  for (const auto& [name, size] : sizes) {
    if (++shown > kShown) break;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, size);
  }
  if (sizes.size() > kShown) text += fmt::format(" and {} more classes", sizes.size() - kShown);
  if (unlabelled > 0) text += fmt::format("; {} without a label", unlabelled);
  return text;
}

/// The label column that k may come from: the first that is scored and was given with the tracks; else empty.
std::string label_target(const Manifest& manifest) {
  for (const std::string& target : manifest.targets) {
    if (target != kLyricsLanguage) return target;
  }
  return "";
}

std::size_t distinct_rows(MatrixView x) {
  std::set<std::vector<float>> rows;
  for (std::size_t i = 0; i < x.rows(); ++i) rows.insert(std::vector<float>(x.row(i).begin(), x.row(i).end()));
  return rows.size();
}

}  // namespace

void choose_n_clusters(StageRecord& record, const RunFolder& folder, const RunOptions& options,
                       const std::vector<TrackRow>& tracks, const StageContext& context) {
  Manifest& manifest = record.manifest();
  const std::vector<std::size_t> rows = evaluated_rows(manifest, tracks.size());
  const Matrix features = clustered_space(folder, manifest, options.cluster.l2, common_space(manifest), 0).x;
  const std::string label = label_target(manifest);
  if (options.cluster.n_clusters == 0 && options.cluster.n_clusters_from == "labels" && label.empty()) {
    record.warn(
        "The preset takes the number of groups from the labels, and there are none: the gap statistic chose it instead "
        "(--clusters K gives it), and nothing is scored against labels.");
  }
  if (options.cluster.n_clusters > 0) {
    manifest.n_clusters = options.cluster.n_clusters;
    manifest.n_clusters_source = "given";
  } else if (options.cluster.n_clusters_from == "labels" && !label.empty()) {
    manifest.n_clusters = class_count(tracks, rows, label);
    manifest.n_clusters_source = "labels";
    record.warn(caution_of_label_k(manifest.n_clusters, label));
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
    record.note(fmt::format("Tracks that are scored, by '{}': {}.", target, class_sizes(tracks, rows, target)));
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

}  // namespace songmap::run
