#include "songmap/run/label_scores.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <utility>

#include "songmap/metrics/chance.h"
#include "songmap/metrics/comparison.h"
#include "songmap/metrics/external.h"
#include "songmap/metrics/labelings.h"
#include "songmap/run/geometry_scores.h"
#include "songmap/run/metric_controls.h"

namespace songmap::run {
namespace {

constexpr std::size_t kMetrics = metrics::kExternalMetrics.size();

/// Metrics by which methods are compared: those that are corrected for chance.
constexpr std::array<std::string_view, 2> kCompared{"ami", "ari"};

std::size_t metric_index(std::string_view name) {
  const auto found = std::ranges::find(metrics::kExternalMetrics, name, &metrics::ExternalMetric::name);
  return static_cast<std::size_t>(found - metrics::kExternalMetrics.begin());
}

/// What the score cannot be below: those that are corrected for chance may be negative.
double lowest(std::size_t metric) {
  const bool corrected = std::ranges::find(kCompared, metrics::kExternalMetrics[metric].name) != kCompared.end();
  return corrected ? -1.0 : 0.0;
}

/// A method with its labels of the tracks of a group.
struct Member {
  const ScoredMethod* method;
  std::vector<Labels> labels;
  bool visitor;  ///< It groups more tracks than these, and is here to be compared with.
};

/// The methods that group the same tracks, and those that they are compared with.
struct Group {
  std::vector<std::size_t> tracks;
  std::vector<Member> members;
};

/// The same clustering in the space of the sound alone.
const ScoredMethod* audio_of(const std::vector<ScoredMethod>& methods, const Manifest& manifest,
                             const ScoredMethod& hybrid) {
  const std::string model = space_record(manifest, hybrid.row.space).model;
  const auto found = std::ranges::find_if(methods, [&](const ScoredMethod& method) {
    return method.row.view == kAudioView && method.row.method == hybrid.row.method &&
           space_record(manifest, method.row.space).model == model && !model.empty();
  });
  return found == methods.end() ? nullptr : &*found;
}

/// The same clustering in the within-track metric.
const ScoredMethod* metric_of(const std::vector<ScoredMethod>& methods, const Manifest& manifest,
                              const ScoredMethod& control) {
  const auto found = std::ranges::find_if(methods, [&](const ScoredMethod& method) {
    return method.row.method == control.row.method && space_record(manifest, method.row.space).kind == "metric";
  });
  return found == methods.end() ? nullptr : &*found;
}

class LabelScorer {
 public:
  LabelScorer(const Manifest& manifest, const std::vector<TrackRow>& tracks, const std::vector<ScoredMethod>& methods,
              const RunOptions& options, const StageContext& context)
      : manifest_(manifest), tracks_(tracks), methods_(methods), context_(context) {
    bootstrap_.replicates = static_cast<int>(options.evaluation.bootstrap);
    bootstrap_.seed = manifest.seed;
    chance_.permutations = static_cast<int>(options.evaluation.permutations);
    chance_.seed = manifest.seed;
  }

  void add(const std::string& target, LabelScores& out) {
    const std::size_t first_comparison = out.comparisons.size();
    for (const Group& group : groups(target)) add_group(group, target, out);
    correct(std::span(out.comparisons).subspan(first_comparison));
  }

 private:
  std::vector<Group> groups(const std::string& target) const {
    std::map<std::vector<std::size_t>, Group> by_tracks;
    std::vector<std::vector<std::size_t>> order;
    for (const ScoredMethod& method : methods_) {
      if (!may_be_scored(manifest_, method, target)) continue;
      const auto [group, is_new] = by_tracks.try_emplace(method.tracks, Group{method.tracks, {}});
      if (is_new) order.push_back(method.tracks);
      group->second.members.push_back({&method, method.labels, false});
    }
    std::vector<Group> result;
    for (const auto& tracks : order) {
      result.push_back(std::move(by_tracks[tracks]));
      add_visitors(result.back(), target);
    }
    return result;
  }

  void add_visitors(Group& group, const std::string& target) const {
    std::vector<const ScoredMethod*> wanted{&methods_.front()};
    for (const Member& member : group.members) {
      if (!is_fused(member.method->row.view)) continue;
      if (const ScoredMethod* audio = audio_of(methods_, manifest_, *member.method)) wanted.push_back(audio);
    }
    for (const ScoredMethod* method : wanted) {
      const bool present =
          std::ranges::any_of(group.members, [&](const Member& member) { return member.method == method; });
      if (present || !may_be_scored(manifest_, *method, target)) continue;
      if (!std::ranges::includes(method->tracks, group.tracks)) continue;
      group.members.push_back({method, method->labels_of(group.tracks), true});
    }
  }

  void add_group(const Group& group, const std::string& target, LabelScores& out) const {
    const Labels classes = classes_of(tracks_, group.tracks, target);
    std::vector<metrics::Labelings> labelings;
    for (const Member& member : group.members) {
      labelings.push_back(member.method->defined ? member.labels : metrics::Labelings());
    }
    const metrics::HalfScores halves = metrics::score_halves(
        group.tracks.size(), metrics::mean_external_scores(classes, labelings), bootstrap_, context_.execution);
    const auto intervals = metrics::intervals(halves);
    const std::vector<std::vector<metrics::ExternalChances>> chances = chances_of(group, classes);
    for (std::size_t i = 0; i < group.members.size(); ++i) {
      if (group.members[i].visitor) continue;
      add_scores(*group.members[i].method, classes, target, chances[i],
                 std::span(intervals).subspan(i * kMetrics, kMetrics), out.scores);
      add_comparisons(group, i, halves, target, out.comparisons);
    }
  }

  /// Chance of each seed of each member; none for visitors and for what is not defined. The members share the shuffles.
  std::vector<std::vector<metrics::ExternalChances>> chances_of(const Group& group, const Labels& classes) const {
    std::vector<Labels> labelings;
    std::vector<std::size_t> owners;
    for (std::size_t i = 0; i < group.members.size(); ++i) {
      const Member& member = group.members[i];
      if (member.visitor || !member.method->defined) continue;
      labelings.insert(labelings.end(), member.labels.begin(), member.labels.end());
      owners.insert(owners.end(), member.labels.size(), i);
    }
    std::vector<std::vector<metrics::ExternalChances>> chances(group.members.size());
    const auto found = metrics::external_chances(classes, labelings, chance_, context_.execution);
    for (std::size_t l = 0; found && l < owners.size(); ++l) chances[owners[l]].push_back((*found)[l]);
    return chances;
  }

  void add_scores(const ScoredMethod& method, const Labels& classes, const std::string& target,
                  const std::vector<metrics::ExternalChances>& chances,
                  std::span<const std::optional<metrics::Interval>> intervals, std::vector<ScoreRow>& out) const {
    for (std::size_t m = 0; m < kMetrics; ++m) {
      ScoreRow row = blank_score(method, std::string(metrics::kExternalMetrics[m].name));
      row.target = target;
      row.n = static_cast<std::size_t>(std::ranges::count_if(classes, [](std::int32_t c) { return c >= 0; }));
      std::vector<std::optional<double>> values;
      for (const Labels& clusters : method.labels) {
        const auto value = metrics::kExternalMetrics[m].score(metrics::contingency(classes, clusters));
        values.push_back(method.defined ? value : std::nullopt);
      }
      set_over_seeds(row, values);
      if (std::isfinite(row.value) && chances.size() == method.labels.size()) {
        row.chance = 0;
        row.p = 0;
        for (const auto& chance : chances) {
          row.chance += chance[m].expected / static_cast<double>(chances.size());
          row.p = std::max(row.p, chance[m].p);  // of the worst seed
        }
        // Shifted quantiles may lie beyond what a score can be.
        if (intervals[m]) row.low = std::max(intervals[m]->low, lowest(m));
        if (intervals[m]) row.high = std::min(intervals[m]->high, 1.0);
      }
      out.push_back(row);
    }
    ScoreRow share = blank_score(method, "majority_share");
    share.target = target;
    share.value = metrics::majority_share(metrics::contingency(classes, method.labels.front())).value_or(kNotDefined);
    out.push_back(share);
  }

  void add_comparisons(const Group& group, std::size_t index, const metrics::HalfScores& halves,
                       const std::string& target, std::vector<ComparisonRow>& out) const {
    const ScoredMethod& method = *group.members[index].method;
    std::vector<const ScoredMethod*> references;
    if (is_control(method.row.space)) {
      if (const ScoredMethod* metric = metric_of(methods_, manifest_, method)) references.push_back(metric);
    } else if (&method != &methods_.front()) {
      references.push_back(&methods_.front());
    }
    if (is_fused(method.row.view)) {
      const ScoredMethod* audio = audio_of(methods_, manifest_, method);
      if (audio != nullptr && audio != &methods_.front()) references.push_back(audio);
    }
    for (const ScoredMethod* reference : references) {
      const auto found = std::ranges::find(group.members, reference, &Member::method);
      if (found == group.members.end()) continue;
      const auto against = static_cast<std::size_t>(found - group.members.begin());
      for (const std::string_view metric : kCompared) {
        const std::size_t m = metric_index(metric);
        const auto compared = metrics::compare_paired(halves, index * kMetrics + m, against * kMetrics + m);
        if (!compared) continue;
        out.push_back({target, std::string(metric), method.row.view, method.row.space, method.row.method,
                       reference->row.view, reference->row.space, reference->row.method, compared->difference,
                       compared->low, compared->high, compared->p, kNotDefined, group.tracks.size(),
                       method.labels.size()});
      }
    }
  }

  /// Holm's correction over all comparisons by the same metric; controls are asked another question, and are corrected
  /// among themselves.
  void correct(std::span<ComparisonRow> rows) const {
    for (const std::string_view metric : kCompared) {
      for (const bool controls : {false, true}) {
        std::vector<ComparisonRow*> family;
        std::vector<double> p;
        for (ComparisonRow& row : rows) {
          if (row.metric != metric || is_control(row.space) != controls) continue;
          family.push_back(&row);
          p.push_back(row.p);
        }
        const std::vector<double> corrected = metrics::holm(p);
        for (std::size_t i = 0; i < family.size(); ++i) family[i]->p_holm = corrected[i];
      }
    }
  }

  bool is_control(const std::string& space) const { return space_record(manifest_, space).kind == kControlKind; }

  const Manifest& manifest_;
  const std::vector<TrackRow>& tracks_;
  const std::vector<ScoredMethod>& methods_;
  const StageContext& context_;
  metrics::BootstrapOptions bootstrap_;
  metrics::ChanceOptions chance_;
};

}  // namespace

Labels classes_of(const std::vector<TrackRow>& tracks, const std::vector<std::size_t>& rows,
                  const std::string& target) {
  std::vector<std::string> values;
  for (const std::size_t row : rows) values.push_back(tracks[row].labels.at(target));
  return metrics::encode(values).codes;
}

bool may_be_scored(const Manifest& manifest, const ScoredMethod& method, const std::string& target) {
  const std::string& model = space_record(manifest, method.row.space).model;
  const auto found = std::ranges::find(manifest.models, model, &ModelRecord::name);
  return found == manifest.models.end() || found->condition != target;
}

LabelScores label_scores(const Manifest& manifest, const std::vector<TrackRow>& tracks,
                         const std::vector<ScoredMethod>& methods, const RunOptions& options,
                         const StageContext& context) {
  LabelScores result;
  LabelScorer scorer(manifest, tracks, methods, options, context);
  for (const std::string& target : manifest.targets) scorer.add(target, result);
  return result;
}

}  // namespace songmap::run
