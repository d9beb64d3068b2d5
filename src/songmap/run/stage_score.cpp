#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "songmap/cluster/method.h"
#include "songmap/core/csv.h"
#include "songmap/metrics/chance.h"
#include "songmap/metrics/external.h"
#include "songmap/metrics/internal.h"
#include "songmap/run/spaces.h"
#include "songmap/run/stage_record.h"
#include "songmap/run/study_tables.h"
#include "songmap/run/tables.h"

namespace songmap::run {
namespace {

using Labels = std::vector<std::int32_t>;

/// Labels of one method, one vector a seed, in the order of the evaluated rows.
std::vector<Labels> labels_of(const std::vector<LabelRow>& rows, const MethodRow& method,
                              const std::vector<std::uint64_t>& seeds) {
  std::vector<Labels> result;
  for (const std::uint64_t seed : seeds) {
    Labels labels;
    for (const LabelRow& row : rows) {
      if (row.seed == seed && row.view == method.view && row.space == method.space && row.method == method.method) {
        labels.push_back(row.cluster);
      }
    }
    result.push_back(std::move(labels));
  }
  return result;
}

std::size_t cluster_count(const Labels& labels) {
  std::set<std::int32_t> distinct(labels.begin(), labels.end());
  distinct.erase(kNoise);
  return distinct.size();
}

/// Mean and standard deviation over seeds. Not defined unless every seed has a value.
void set_over_seeds(ScoreRow& row, const std::vector<std::optional<double>>& values) {
  double sum = 0;
  for (const std::optional<double>& value : values) {
    if (!value) return;
    sum += *value;
  }
  const double mean = sum / static_cast<double>(values.size());
  row.value = mean;
  if (values.size() < 2) return;
  double squares = 0;
  for (const std::optional<double>& value : values) squares += (*value - mean) * (*value - mean);
  row.sd = std::sqrt(squares / static_cast<double>(values.size() - 1));
}

void set_interval(ScoreRow& row, const std::optional<metrics::Interval>& interval) {
  if (!interval) return;
  row.low = interval->low;
  row.high = interval->high;
}

ScoreRow blank_row(const MethodRow& method, const std::vector<Labels>& labels) {
  ScoreRow row;
  row.view = method.view;
  row.space = method.space;
  row.method = method.method;
  row.seeds = labels.size();
  row.n = labels.front().size();
  row.k = cluster_count(labels.front());
  return row;
}

Labels selected(const Labels& labels, std::span<const std::size_t> rows) {
  Labels result;
  result.reserve(rows.size());
  for (const std::size_t row : rows) result.push_back(labels[row]);
  return result;
}

/// Scores many methods of one run.
class Scorer {
 public:
  Scorer(const RunFolder& folder, const Manifest& manifest, const RunOptions& options, const StageContext& context)
      : folder_(folder), manifest_(manifest), options_(options), context_(context) {
    bootstrap_.replicates = static_cast<int>(options.evaluation.bootstrap);
    bootstrap_.seed = manifest.seed;
    chance_.permutations = static_cast<int>(options.evaluation.permutations);
    chance_.seed = manifest.seed;
  }

  /// Geometry of the clustering, in `scored_in` (the method's own space, or the common one).
  void add_internal(const MethodRow& method, const std::vector<Labels>& labels, const std::string& scored_in,
                    std::vector<ScoreRow>& out) {
    std::vector<std::optional<double>> silhouettes;
    std::vector<std::optional<double>> calinski;
    std::vector<std::optional<double>> davies;
    std::vector<std::vector<float>> samples;
    std::size_t n_columns = 0;
    for (std::size_t s = 0; s < labels.size(); ++s) {
      const bool seeded = method.seeded && scored_in == method.space;
      const Matrix x = clustered_space(folder_, manifest_, options_.cluster.l2, scored_in, seeded ? s : 0);
      n_columns = x.cols();
      auto each = metrics::silhouette_samples(x, labels[s], context_.execution);
      silhouettes.push_back(each ? mean_of(*each) : std::nullopt);
      if (each) samples.push_back(std::move(*each));
      calinski.push_back(metrics::calinski_harabasz(x, labels[s]));
      davies.push_back(metrics::davies_bouldin(x, labels[s]));
    }
    ScoreRow row = blank_row(method, labels);
    row.scored_in = scored_in;
    row.metric = "silhouette";
    set_over_seeds(row, silhouettes);
    if (std::isfinite(row.value)) {
      // The null belongs to the space's own clustering; in another space there is no such model of chance.
      if (scored_in == method.space)
        row.chance = silhouette_null(method.method, row.n, n_columns).value_or(kNotDefined);
      set_interval(row, metrics::bootstrap_interval(row.n, mean_over(samples), bootstrap_, context_.execution));
    }
    out.push_back(row);

    ScoreRow other = blank_row(method, labels);
    other.scored_in = scored_in;
    other.metric = "calinski_harabasz";
    set_over_seeds(other, calinski);
    out.push_back(other);
    other.metric = "davies_bouldin";
    other.value = other.sd = kNotDefined;
    set_over_seeds(other, davies);
    out.push_back(other);
  }

  /// Agreement with one label column: each metric with its interval, the value under chance and p (of the worst seed).
  void add_external(const MethodRow& method, const std::vector<Labels>& labels, const std::string& target,
                    const Labels& classes, std::vector<ScoreRow>& out) {
    std::vector<std::array<metrics::Chance, metrics::kExternalMetrics.size()>> chances;
    for (const Labels& clusters : labels) {
      const auto chance = metrics::external_chance(classes, clusters, chance_, context_.execution);
      if (chance) chances.push_back(*chance);
    }
    // Means over the seeds of every metric on some rows; one table a seed serves them all.
    const metrics::RowStatistics mean_scores = [&](std::span<const std::size_t> some) {
      std::vector<std::optional<double>> means(metrics::kExternalMetrics.size(), 0.0);
      const Labels some_classes = selected(classes, some);
      for (const Labels& clusters : labels) {
        const metrics::Contingency table = metrics::contingency(some_classes, selected(clusters, some));
        for (std::size_t m = 0; m < means.size(); ++m) {
          const std::optional<double> value = metrics::kExternalMetrics[m].score(table);
          means[m] =
              means[m] && value ? std::optional(*means[m] + *value / static_cast<double>(labels.size())) : std::nullopt;
        }
      }
      return means;
    };
    const auto intervals = metrics::bootstrap_intervals(classes.size(), mean_scores, bootstrap_, context_.execution);
    for (std::size_t m = 0; m < metrics::kExternalMetrics.size(); ++m) {
      const metrics::ExternalMetric& metric = metrics::kExternalMetrics[m];
      ScoreRow row = blank_row(method, labels);
      row.target = target;
      row.metric = std::string(metric.name);
      row.n = static_cast<std::size_t>(std::ranges::count_if(classes, [](std::int32_t c) { return c >= 0; }));
      std::vector<std::optional<double>> values;
      for (const Labels& clusters : labels) values.push_back(metric.score(metrics::contingency(classes, clusters)));
      set_over_seeds(row, values);
      if (std::isfinite(row.value) && chances.size() == labels.size()) {
        row.chance = 0;
        row.p = 0;
        for (const auto& chance : chances) {
          row.chance += chance[m].expected / static_cast<double>(chances.size());
          row.p = std::max(row.p, chance[m].p);
        }
        set_interval(row, intervals[m]);
      }
      out.push_back(row);
    }
    ScoreRow share = blank_row(method, labels);
    share.target = target;
    share.metric = "majority_share";
    share.value = metrics::majority_share(metrics::contingency(classes, labels.front())).value_or(kNotDefined);
    out.push_back(share);
  }

 private:
  static std::optional<double> mean_of(const std::vector<float>& samples) {
    double sum = 0;
    std::size_t count = 0;
    for (const float sample : samples) {
      if (std::isnan(sample)) continue;
      sum += sample;
      ++count;
    }
    return count > 0 ? std::optional(sum / static_cast<double>(count)) : std::nullopt;
  }

  static metrics::RowStatistic mean_over(const std::vector<std::vector<float>>& samples) {
    return [&samples](std::span<const std::size_t> rows) -> std::optional<double> {
      double sum = 0;
      std::size_t count = 0;
      for (const std::vector<float>& sample : samples) {
        for (const std::size_t row : rows) {
          if (std::isnan(sample[row])) continue;
          sum += sample[row];
          ++count;
        }
      }
      return count > 0 ? std::optional(sum / static_cast<double>(count)) : std::nullopt;
    };
  }

  std::optional<double> silhouette_null(const std::string& method, std::size_t n, std::size_t d) {
    const auto key = std::make_tuple(method, n, d);
    const auto known = nulls_.find(key);
    if (known != nulls_.end()) return known->second;
    const metrics::Clusterer clusterer = [&method](MatrixView x, std::size_t k, std::uint64_t seed) {
      return cluster::fit_labels(x, cluster::method(method, k, seed));
    };
    // Structureless data of the same shape; at many tracks its silhouette no longer depends on n.
    constexpr std::size_t kEnough = 2000;
    const auto null = metrics::silhouette_null(std::min(n, kEnough), d, manifest_.n_clusters, clusterer, manifest_.seed,
                                               5, context_.execution);
    nulls_[key] = null;
    return null;
  }

  const RunFolder& folder_;
  const Manifest& manifest_;
  const RunOptions& options_;
  const StageContext& context_;
  metrics::BootstrapOptions bootstrap_;
  metrics::ChanceOptions chance_;
  std::map<std::tuple<std::string, std::size_t, std::size_t>, std::optional<double>> nulls_;
};

}  // namespace

void score_stage(const RunFolder& folder, const RunOptions& options, const StageContext& context) {
  StageRecord record(folder, "score", context);
  const Manifest& manifest = record.manifest();
  const std::vector<TrackRow> tracks = load_tracks(folder.tracks());
  const std::vector<LabelRow> label_rows = load_labels(folder.labels());
  const std::vector<std::size_t> rows = evaluated_rows(manifest, tracks.size());

  Scorer scorer(folder, manifest, options, context);
  std::vector<ScoreRow> scores;
  const std::vector<MethodRow> methods = method_rows(manifest);
  for (std::size_t m = 0; m < methods.size(); ++m) {
    const MethodRow& method = methods[m];
    context.execution.report({"score", static_cast<double>(m), static_cast<double>(methods.size()), "methods"});
    const std::vector<Labels> labels = labels_of(label_rows, method, manifest.seeds);
    scorer.add_internal(method, labels, method.space, scores);
    if (method.space != "features") scorer.add_internal(method, labels, "features", scores);
    for (const std::string& target : manifest.targets) {
      std::vector<std::string> classes;
      for (const std::size_t row : rows) classes.push_back(tracks[row].labels.at(target));
      scorer.add_external(method, labels, target, metrics::encode(classes).codes, scores);
    }
  }
  save_scores(folder.scores(), scores);
  if (manifest.preset == "easy") save_easy_results(folder, manifest, scores);
  record.finish(options);
}

}  // namespace songmap::run
