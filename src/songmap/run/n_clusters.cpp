#include "songmap/run/n_clusters.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "songmap/cluster/selection.h"
#include "songmap/metrics/external.h"
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

cluster::SelectionResult selected(MatrixView features, const RunOptions& options, std::uint64_t seed,
                                  const Execution& run) {
  cluster::SelectionOptions selection;
  selection.gap.max_clusters = options.cluster.max_clusters;
  selection.gap.seed = seed;
  selection.spectral = options.clusterings.spectral;
  const cluster::Agreement agreement = [](std::span<const std::int32_t> a, std::span<const std::int32_t> b) {
    return metrics::adjusted_rand_index(metrics::contingency(a, b)).value_or(kNotDefined);
  };
  return cluster::select_n_clusters(features, selection, agreement, run);
}

void append_candidates(const std::string& view, const cluster::SelectionResult& found,
                       std::vector<CandidateRow>& rows) {
  for (const cluster::KCandidate& candidate : found.candidates) {
    rows.push_back(
        {candidate.k, candidate.gap, candidate.gap_se, candidate.stability, candidate.bic, candidate.eigengap, view});
  }
}

/// "stability 2, BIC 9, eigengap 3": what the other criteria would have chosen.
std::string other_choices(const cluster::SelectionResult& found) {
  const auto best = [&](double cluster::KCandidate::*criterion, double sign) {
    std::size_t k = 0;
    double value = 0;
    for (const cluster::KCandidate& candidate : found.candidates) {
      const double here = sign * (candidate.*criterion);
      if (candidate.k < 2 || std::isnan(here) || (k > 0 && here <= value)) continue;
      k = candidate.k;
      value = here;
    }
    return k == 0 ? std::string("none") : fmt::format("{}", k);
  };
  return fmt::format("stability {}, BIC {}, eigengap {}", best(&cluster::KCandidate::stability, 1),
                     best(&cluster::KCandidate::bic, -1), best(&cluster::KCandidate::eigengap, 1));
}

/// A number of groups and where it comes from.
struct Chosen {
  std::size_t k = 0;
  std::string source;
};

/// By the gap statistic, with what there is to say of it. `what` names the space in sentences: "features".
Chosen by_gap_statistic(const std::string& view, const std::string& what, MatrixView x, const RunOptions& options,
                        const StageContext& context, StageRecord& record, std::vector<CandidateRow>& candidates) {
  const cluster::SelectionResult found = selected(x, options, record.manifest().seed, context.execution);
  append_candidates(view, found, candidates);
  if (found.n_clusters == 1) {
    record.warn(
        fmt::format("The gap statistic finds no more structure in {} than in shuffled columns: 2 groups are "
                    "shown all the same, but do not read much into them. Give --clusters K to choose another number.",
                    what));
    return {2, "none found"};
  }
  record.note(
      fmt::format("The number of groups {}was chosen by the gap statistic: {}{}. Other criteria choose: {} "
                  "(candidates.csv).",
                  view == kAudioView ? std::string() : fmt::format("of the {} view ", view), found.n_clusters,
                  found.found ? "" : " (none met its rule; the largest gap was taken)", other_choices(found)));
  return {found.n_clusters, "gap statistic"};
}

/// Never more groups than different tracks.
std::size_t lowered(std::size_t k, MatrixView x, const std::string& of_view, StageRecord& record) {
  const std::size_t most = std::max<std::size_t>(1, distinct_rows(x));
  if (k <= most) return k;
  record.warn(
      fmt::format("The number of groups{} was lowered from {} to {}: there are only {} different tracks to group.",
                  of_view, k, most, most));
  return most;
}

/// The views that are not grouped like the sound: the languages as many as were found, the content by what is in it.
void choose_for_views(StageRecord& record, const RunFolder& folder, const RunOptions& options,
                      const StageContext& context, std::vector<CandidateRow>& candidates) {
  Manifest& manifest = record.manifest();
  manifest.view_clusters.clear();
  manifest.view_clusters_source.clear();
  for (const SpaceRecord& space : manifest.spaces) {
    if (manifest.view_clusters.contains(space.view)) continue;
    if (space.view != kLanguageView && space.view != kContentView) continue;
    const Matrix x = clustered_space(folder, manifest, options.cluster.l2, space.name, 0).x;
    Chosen chosen{manifest.n_clusters, manifest.n_clusters_source};
    if (space.view == kLanguageView) {
      const bool given = options.cluster.n_languages > 0;
      chosen = {given ? options.cluster.n_languages : manifest.lyrics.pseudo_languages.size(),
                given ? "given" : "pseudo-languages"};
    } else if (chosen.source != "given" && chosen.source != "labels") {
      chosen =
          by_gap_statistic(space.view, fmt::format("the {} view", space.view), x, options, context, record, candidates);
    }
    manifest.view_clusters[space.view] =
        lowered(std::max<std::size_t>(chosen.k, 1), x, fmt::format(" of the {} view", space.view), record);
    manifest.view_clusters_source[space.view] = chosen.source;
  }
}

/// What weakens agreement with labels.
void tell_of_classes(StageRecord& record, const std::vector<TrackRow>& tracks, const std::vector<std::size_t>& rows) {
  const Manifest& manifest = record.manifest();
  for (const std::string& target : manifest.targets) {
    record.note(fmt::format("Classes of '{}' among the tracks that are scored: there are {}.", target,
                            class_sizes(tracks, rows, target)));
    const std::size_t classes = class_count(tracks, rows, target);
    if (classes < 2) {
      record.warn(fmt::format(
          "{} of '{}': agreement with it means nothing.",
          classes == 0 ? "No track that is scored has a value" : "All labelled tracks share one value", target));
    } else if (manifest.n_clusters > classes && manifest.n_clusters_source != "labels") {
      record.warn(
          fmt::format("There are more groups ({}) than classes of '{}' ({}): purity and homogeneity profit "
                      "from that.",
                      manifest.n_clusters, target, classes));
    }
  }
}

}  // namespace

void choose_n_clusters(StageRecord& record, const RunFolder& folder, const RunOptions& options,
                       const std::vector<TrackRow>& tracks, const StageContext& context) {
  Manifest& manifest = record.manifest();
  const std::vector<std::size_t> rows = evaluated_rows(manifest, tracks.size());
  const Matrix features = clustered_space(folder, manifest, options.cluster.l2, common_space(manifest), 0).x;
  const std::string label = label_target(manifest);
  const bool from_labels = options.cluster.n_clusters == 0 && options.cluster.n_clusters_from == "labels";
  const std::size_t label_classes = label.empty() ? 0 : class_count(tracks, rows, label);
  if (from_labels && label.empty()) {
    record.warn(
        "The preset takes the number of groups from the labels, and there are none: the gap statistic chose it instead "
        "(--clusters K gives it), and nothing is scored against labels.");
  } else if (from_labels && label_classes < 2) {
    record.warn(
        fmt::format("The preset takes the number of groups from the labels, and the tracks that are scored have {} of "
                    "'{}': the gap statistic chose it instead (--clusters K gives it).",
                    label_classes == 0 ? "none" : "one value", label));
  }
  std::filesystem::remove(folder.candidates());
  std::vector<CandidateRow> candidates;
  Chosen chosen{options.cluster.n_clusters, "given"};
  if (from_labels && label_classes >= 2) {
    chosen = {label_classes, "labels"};
    record.warn(caution_of_label_k(label_classes, label));
  } else if (options.cluster.n_clusters == 0) {
    chosen = by_gap_statistic(kAudioView, "these features", features, options, context, record, candidates);
  }
  manifest.n_clusters = lowered(chosen.k, features, "", record);
  manifest.n_clusters_source = chosen.source;
  choose_for_views(record, folder, options, context, candidates);
  if (!candidates.empty()) save_candidates(folder.candidates(), candidates);
  if (const auto caution = caution_of_few_tracks(rows.size(), manifest.n_clusters)) record.warn(*caution);
  tell_of_classes(record, tracks, rows);
}

}  // namespace songmap::run
