#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "songmap/cluster/consensus.h"
#include "songmap/core/error.h"
#include "songmap/neighbors/knn.h"
#include "songmap/run/grouping.h"
#include "songmap/run/metric_controls.h"
#include "songmap/run/n_clusters.h"
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

/// "eps=0.53, min_samples=5"
std::string spelled(const std::vector<std::pair<std::string, double>>& facts) {
  std::string text;
  for (const auto& [name, value] : facts) text += fmt::format("{}{}={:.6g}", text.empty() ? "" : ", ", name, value);
  return text;
}

ClusteringRow summary(const MethodRow& method, std::uint64_t seed, const cluster::Clustering& found) {
  ClusteringRow row{method.view, method.space, method.method, seed, 0, 0, found.undefined, spelled(found.facts)};
  std::set<std::int32_t> distinct(found.labels.begin(), found.labels.end());
  distinct.erase(kNoise);
  row.k = distinct.size();
  const auto noise = std::ranges::count(found.labels, kNoise);
  row.coverage = 1 - static_cast<double>(noise) / static_cast<double>(found.labels.size());
  return row;
}

bool has_ensemble(const Manifest& manifest, const std::string& model) {
  return std::ranges::any_of(
      manifest.spaces, [&](const SpaceRecord& space) { return space.kind == "ensemble" && space.model == model; });
}

/// Which clusterings are made in which space.
void assign_methods(Manifest& manifest, const ClusterOptions& options) {
  manifest.methods = methods_for(options.methods, /*described=*/true);
  manifest.main_method = options.methods.front();
  for (SpaceRecord& space : manifest.spaces) {
    const bool described = space.kind == "features" || space.kind == "metric" || space.kind == "embedding";
    const bool baseline = described || space.kind == "pca" || space.kind == kControlKind;
    space.methods = methods_for(
        baseline && !options.baseline_methods.empty() ? options.baseline_methods : options.methods, described);
    // Where all seeds together stand for a model, its seeds one by one show the spread by the main method.
    if (space.kind == "model" && has_ensemble(manifest, space.model)) {
      std::erase_if(space.methods,
                    [&](const std::string& method) { return method != manifest.main_method && method != kConsensus; });
    }
  }
}

/// Groups the tracks of a run in every way that it asks for.
class Groupings {
 public:
  Groupings(const RunFolder& folder, const RunOptions& options, const Manifest& manifest, const StageContext& context)
      : folder_(folder),
        options_(options),
        manifest_(manifest),
        context_(context),
        tracks_(load_tracks(folder.tracks())) {}

  void add(const MethodRow& method) {
    // Spaces come one after the other; only the present one is kept.
    if (!places_.empty() && places_.begin()->first.first != method.space) {
      places_.clear();
      first_labels_.clear();
    }
    cluster::Clustering found;
    for (std::size_t s = 0; s < manifest_.seeds.size(); ++s) {
      const std::size_t space_seed = method.seeded ? s : 0;
      const Place& place = place_of(method.space, space_seed);
      // Where neither space nor method depend on the seed, one result stands for all.
      if (s == 0 || method.seeded || !is_deterministic(method.method)) {
        found = grouped(place.space.x, method, manifest_.seeds[s]);
      }
      if (first_labels_.size() == s) first_labels_.push_back(found.labels);
      clusterings.push_back(summary(method, manifest_.seeds[s], found));
      const std::vector<double> strength = strengths(place.near, found.labels);
      for (std::size_t i = 0; i < place.space.rows.size(); ++i) {
        const TrackRow& track = tracks_[place.space.rows[i]];
        labels.push_back({track.track_id, track.path, method.view, method.space, method.method, manifest_.seeds[s],
                          found.labels[i], strength[i]});
      }
    }
  }

  std::vector<LabelRow> labels;
  std::vector<ClusteringRow> clusterings;

 private:
  struct Place {
    ClusteredSpace space;
    neighbors::Neighbors near;
  };

  const Place& place_of(const std::string& space, std::size_t seed) {
    const auto [place, is_new] = places_.try_emplace({space, seed});
    if (is_new) {
      place->second.space = clustered_space(folder_, manifest_, options_.cluster.l2, space, seed);
      place->second.near = neighbors::nearest_neighbors(place->second.space.x, kStrengthNeighbours, context_.execution);
    }
    return place->second;
  }

  /// A method that cannot work on this many tracks leaves them ungrouped, with the reason, and the others go on.
  cluster::Clustering grouped(MatrixView x, const MethodRow& method, std::uint64_t seed) const {
    try {
      const std::size_t k = std::min(n_clusters_of(manifest_, method.view), x.rows());
      if (method.method == kConsensus) {
        return {cluster::within_bounds(x, cluster::consensus(first_labels_, k, context_.execution),
                                       options_.clusterings.groups, context_.execution),
                {},
                {}};
      }
      return group(x, method.method, k, seed, options_.clusterings, context_.execution);
    } catch (const InvalidArgument& error) {
      return {std::vector<std::int32_t>(x.rows(), kNoise), error.what(), {}};
    }
  }

  const RunFolder& folder_;
  const RunOptions& options_;
  const Manifest& manifest_;
  const StageContext& context_;
  std::vector<TrackRow> tracks_;
  std::map<std::pair<std::string, std::size_t>, Place> places_;
  std::vector<std::vector<std::int32_t>> first_labels_;  ///< Of the present space's first method, one a seed.
};

/// One sentence for each method that came to nothing somewhere.
void warn_of_undefined(const std::vector<ClusteringRow>& clusterings, StageRecord& record) {
  std::map<std::string, std::vector<std::string>> spaces;
  std::map<std::string, std::string> reason;
  for (const ClusteringRow& row : clusterings) {
    if (row.undefined.empty()) continue;
    reason.try_emplace(row.method, row.undefined);
    std::vector<std::string>& known = spaces[row.method];
    if (std::ranges::find(known, row.space) == known.end()) known.push_back(row.space);
  }
  for (const auto& [method, where] : spaces) {
    record.warn(fmt::format(
        "{} has no scores in {} {}: with at least one seed the result means nothing there ({}). In "
        "{}, {}.{}",
        method_title(method), where.size(), where.size() == 1 ? "space" : "spaces", fmt::join(where, ", "),
        where.front(), reason.at(method), where.size() > 1 ? " The other reasons are in clusterings.csv." : ""));
  }
}

}  // namespace

void cluster_stage(const RunFolder& folder, const RunOptions& options, const StageContext& context) {
  cluster::check(options.clusterings.groups);
  StageRecord record(folder, "cluster", context);
  Manifest& manifest = record.manifest();
  const std::vector<TrackRow> tracks = load_tracks(folder.tracks());
  assign_methods(manifest, options.cluster);
  choose_n_clusters(record, folder, options, tracks, context);

  Groupings groupings(folder, options, manifest, context);
  const std::vector<MethodRow> methods = method_rows(manifest);
  for (std::size_t m = 0; m < methods.size(); ++m) {
    context.execution.report({"cluster", static_cast<double>(m), static_cast<double>(methods.size()), "clusterings"});
    groupings.add(methods[m]);
  }
  warn_of_undefined(groupings.clusterings, record);
  save_labels(folder.labels(), groupings.labels);
  save_clusterings(folder.clusterings(), groupings.clusterings);
  record.finish(options);
}

}  // namespace songmap::run
