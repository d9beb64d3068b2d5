#include "songmap/run/geometry_scores.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "songmap/core/linalg.h"
#include "songmap/metrics/bootstrap.h"
#include "songmap/metrics/chance.h"
#include "songmap/metrics/internal.h"
#include "songmap/metrics/stability.h"
#include "songmap/run/grouping.h"

namespace songmap::run {
namespace {

std::size_t cluster_count(const Labels& labels) {
  std::set<std::int32_t> distinct(labels.begin(), labels.end());
  distinct.erase(kNoise);
  return distinct.size();
}

std::optional<double> mean_of(const std::vector<float>& samples) {
  double sum = 0;
  std::size_t count = 0;
  for (const float sample : samples) {
    if (std::isnan(sample)) continue;
    sum += sample;
    ++count;
  }
  return count > 0 ? std::optional(sum / static_cast<double>(count)) : std::nullopt;
}

metrics::RowStatistic mean_over(const std::vector<std::vector<float>>& samples) {
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

/// Variances along the principal axes. A space with more columns than rows has at most rows - 1 of them.
std::vector<double> spectrum(MatrixView x) {
  if (x.cols() < x.rows()) return covariance_eigenvalues(x);
  return fit_pca(x, std::max<std::size_t>(1, x.rows() - 1)).variance;
}

/// The three scores of one method in one space, seed by seed.
struct Geometry {
  std::vector<std::optional<double>> silhouette;
  std::vector<std::optional<double>> calinski_harabasz;
  std::vector<std::optional<double>> davies_bouldin;
  std::vector<std::vector<float>> samples;  ///< Silhouettes of the tracks, of the seeds that have them.
};

class GeometryScorer {
 public:
  GeometryScorer(const RunFolder& folder, const Manifest& manifest, const RunOptions& options,
                 const StageContext& context)
      : folder_(folder), manifest_(manifest), options_(options), context_(context) {
    bootstrap_.replicates = static_cast<int>(options.evaluation.bootstrap);
    bootstrap_.seed = manifest.seed;
  }

  void add(const ScoredMethod& method, const std::string& scored_in, std::vector<ScoreRow>& out) {
    const bool own = scored_in == method.row.space;
    const Geometry geometry = measured(method, scored_in);
    ScoreRow silhouette = blank_score(method, "silhouette");
    silhouette.scored_in = scored_in;
    set_over_seeds(silhouette, geometry.silhouette);
    if (std::isfinite(silhouette.value)) {
      const auto interval =
          metrics::bootstrap_interval(silhouette.n, mean_over(geometry.samples), bootstrap_, context_.execution);
      if (interval) silhouette.low = std::max(interval->low, -1.0);
      if (interval) silhouette.high = std::min(interval->high, 1.0);
      // A null belongs to the space's own clustering; in another space there is no such model of chance.
      if (own) silhouette.chance = null_of(method, /*isotropic=*/false).value_or(kNotDefined);
    }
    out.push_back(silhouette);
    if (own && std::isfinite(silhouette.value) && is_repeatable(method.row.method)) {
      ScoreRow noise = blank_score(method, "silhouette_noise");
      noise.scored_in = scored_in;
      noise.value = null_of(method, /*isotropic=*/true).value_or(kNotDefined);
      out.push_back(noise);
    }
    ScoreRow calinski = blank_score(method, "calinski_harabasz");
    calinski.scored_in = scored_in;
    set_over_seeds(calinski, geometry.calinski_harabasz);
    out.push_back(calinski);
    ScoreRow davies = blank_score(method, "davies_bouldin");
    davies.scored_in = scored_in;
    set_over_seeds(davies, geometry.davies_bouldin);
    out.push_back(davies);
  }

 private:
  Geometry measured(const ScoredMethod& method, const std::string& scored_in) const {
    Geometry geometry;
    const bool seeded = method.row.seeded && scored_in == method.row.space;
    Matrix x;
    for (std::size_t s = 0; s < method.labels.size(); ++s) {
      if (!method.defined) return {};
      if (s == 0 || seeded) x = rows_of(method, scored_in, seeded ? s : 0);
      // The same labels of the same rows have the same scores.
      if (s > 0 && !seeded && method.labels[s] == method.labels[s - 1]) {
        geometry.silhouette.push_back(geometry.silhouette.back());
        geometry.calinski_harabasz.push_back(geometry.calinski_harabasz.back());
        geometry.davies_bouldin.push_back(geometry.davies_bouldin.back());
        if (geometry.silhouette.back()) geometry.samples.push_back(geometry.samples.back());
        continue;
      }
      auto each = metrics::silhouette_samples(x, method.labels[s], context_.execution);
      geometry.silhouette.push_back(each ? mean_of(*each) : std::nullopt);
      if (each) geometry.samples.push_back(std::move(*each));
      geometry.calinski_harabasz.push_back(metrics::calinski_harabasz(x, method.labels[s]));
      geometry.davies_bouldin.push_back(metrics::davies_bouldin(x, method.labels[s]));
    }
    return geometry;
  }

  /// The method's tracks in some space. The common one has a place for every track.
  Matrix rows_of(const ScoredMethod& method, const std::string& space, std::size_t seed_index) const {
    const ClusteredSpace found = clustered_space(folder_, manifest_, options_.cluster.l2, space, seed_index);
    if (found.rows == method.tracks) return found.x;
    std::vector<std::size_t> positions;
    for (const std::size_t track : method.tracks) {
      positions.push_back(static_cast<std::size_t>(std::ranges::lower_bound(found.rows, track) - found.rows.begin()));
    }
    return take_rows(found.x, positions);
  }

  std::optional<double> null_of(const ScoredMethod& method, bool isotropic) const {
    // At many tracks the silhouette of structureless data no longer depends on their number.
    constexpr std::size_t kEnough = 2000;
    constexpr int kRepetitions = 5;
    const metrics::Clusterer clusterer = [&](MatrixView x, std::size_t k, std::uint64_t seed) {
      return group(x, method.row.method, k, seed, options_.clusterings).labels;
    };
    if (!is_repeatable(method.row.method)) return std::nullopt;
    const Matrix x = rows_of(method, method.row.space, 0);
    const std::size_t n = std::min(x.rows(), kEnough);
    const std::size_t n_clusters = n_clusters_of(manifest_, method.row.view);
    if (isotropic) {
      return metrics::silhouette_null(n, x.cols(), n_clusters, clusterer, manifest_.seed, kRepetitions,
                                      context_.execution);
    }
    return metrics::silhouette_null(n, spectrum(x), n_clusters, clusterer, manifest_.seed, kRepetitions,
                                    context_.execution);
  }

  const RunFolder& folder_;
  const Manifest& manifest_;
  const RunOptions& options_;
  const StageContext& context_;
  metrics::BootstrapOptions bootstrap_;
};

}  // namespace

ScoreRow blank_score(const ScoredMethod& method, std::string metric) {
  ScoreRow row;
  row.view = method.row.view;
  row.space = method.row.space;
  row.method = method.row.method;
  row.metric = std::move(metric);
  row.seeds = method.labels.size();
  row.n = method.tracks.size();
  row.k = cluster_count(method.labels.front());
  return row;
}

void set_over_seeds(ScoreRow& row, const std::vector<std::optional<double>>& values) {
  if (values.empty() || !std::ranges::all_of(values, [](const auto& value) { return value.has_value(); })) return;
  double sum = 0;
  for (const std::optional<double>& value : values) sum += *value;
  row.value = sum / static_cast<double>(values.size());
  if (values.size() < 2) return;
  double squares = 0;
  for (const std::optional<double>& value : values) squares += (*value - row.value) * (*value - row.value);
  row.sd = std::sqrt(squares / static_cast<double>(values.size() - 1));
}

std::vector<ScoreRow> geometry_scores(const RunFolder& folder, const Manifest& manifest,
                                      const std::vector<ScoredMethod>& methods, const RunOptions& options,
                                      const StageContext& context) {
  std::vector<ScoreRow> rows;
  GeometryScorer scorer(folder, manifest, options, context);
  const std::string common = common_space(manifest);
  for (std::size_t m = 0; m < methods.size(); ++m) {
    const ScoredMethod& method = methods[m];
    context.execution.report({"score", static_cast<double>(m), static_cast<double>(methods.size()), "methods"});
    scorer.add(method, method.row.space, rows);
    if (method.row.space != common) scorer.add(method, common, rows);
    ScoreRow coverage = blank_score(method, "coverage");
    coverage.value = method.coverage;
    rows.push_back(coverage);
    ScoreRow stability = blank_score(method, "stability");
    stability.value = metrics::seed_stability(method.labels);
    rows.push_back(stability);
  }
  return rows;
}

}  // namespace songmap::run
