#include "songmap/run/lyrics_control.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numeric>
#include <string>

#include "songmap/core/parallel.h"
#include "songmap/core/random.h"
#include "songmap/lyrics/language.h"
#include "songmap/metrics/external.h"
#include "songmap/run/geometry_scores.h"
#include "songmap/run/grouping.h"
#include "songmap/run/label_scores.h"
#include "songmap/run/lyrics_views.h"

namespace songmap::run {
namespace {

constexpr std::array<const char*, 3> kScored{"ari", "nmi", "ami"};

std::optional<double> score(const std::string& metric, const metrics::Contingency& table) {
  return std::ranges::find(metrics::kExternalMetrics, metric, &metrics::ExternalMetric::name)->score(table);
}

/// Which row's words each row gets: any permutation that keeps rows among those of their own stratum.
std::vector<std::size_t> shuffled(const Labels& strata, Random& random) {
  std::map<std::int32_t, std::vector<std::size_t>> members;
  for (std::size_t i = 0; i < strata.size(); ++i) members[strata[i]].push_back(i);
  std::vector<std::size_t> source(strata.size());
  for (const auto& [stratum, rows] : members) {
    const std::vector<std::size_t> order = random.permutation(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) source[rows[i]] = rows[order[i]];
  }
  return source;
}

/// The fused rows with the words of others.
Matrix with_words_of(MatrixView fused, std::size_t n_audio_columns, const std::vector<std::size_t>& source) {
  Matrix result{fused};
  for (std::size_t i = 0; i < source.size(); ++i) {
    const auto words = fused.row(source[i]).subspan(n_audio_columns);
    std::ranges::copy(words, result.row(i).subspan(n_audio_columns).begin());
  }
  return result;
}

double percentile(std::vector<double> values, double share) {
  std::ranges::sort(values);
  const double at = share * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const std::size_t above = std::min(below + 1, values.size() - 1);
  return values[below] + (at - static_cast<double>(below)) * (values[above] - values[below]);
}

/// Moments and rank of the real value among those of the pairings.
void describe_pairings(ScoreRow& row, const std::vector<double>& values, double real) {
  const double n = static_cast<double>(values.size());
  row.value = std::accumulate(values.begin(), values.end(), 0.0) / n;
  double squares = 0;
  for (const double value : values) squares += (value - row.value) * (value - row.value);
  if (values.size() > 1) row.sd = std::sqrt(squares / (n - 1));
  row.low = percentile(values, 0.05);
  row.high = percentile(values, 0.95);
  // Equal scores may differ by rounding.
  constexpr double kRounding = 1e-12;
  const auto as_high = std::ranges::count_if(values, [&](double value) { return value >= real - kRounding; });
  row.p = (1 + static_cast<double>(as_high)) / (1 + n);
}

/// The language that most tracks of each pseudo-language are in; "" for one that has no track of a known language.
std::map<std::int32_t, std::string> names_of(const std::vector<std::int32_t>& pseudo_languages,
                                             const std::vector<std::string>& languages) {
  std::map<std::int32_t, std::map<std::string, std::size_t>> counts;
  for (std::size_t i = 0; i < languages.size(); ++i) {
    if (!languages[i].empty()) ++counts[pseudo_languages[i]][languages[i]];
  }
  std::map<std::int32_t, std::string> names;
  for (const auto& [pseudo, count] : counts) {
    names[pseudo] = std::ranges::max_element(count, {}, [](const auto& entry) { return entry.second; })->first;
  }
  return names;
}

/// Languages of the lyrics as numbers; all equal where there is only one. A text whose language nobody knows is in that
/// of the texts that are spelled like it.
Labels languages_of(const RunFolder& folder, const std::vector<TrackRow>& tracks,
                    const std::vector<std::size_t>& rows) {
  std::map<std::string, std::string> language_of;
  for (const LyricsRow& row : load_lyrics(folder.lyrics())) language_of[row.track_id] = row.language;
  std::vector<std::string> languages;
  for (const TrackRow& track : tracks) languages.push_back(language_of[track.track_id]);
  if (const auto pseudo = load_pseudo_languages(folder); pseudo.size() == tracks.size()) {
    for (std::string& language : languages) {
      if (language == lyrics::kUnknownLanguage) language.clear();
    }
    std::map<std::int32_t, std::string> names = names_of(pseudo, languages);
    for (std::size_t i = 0; i < languages.size(); ++i) {
      if (!languages[i].empty()) continue;
      const std::string& name = names[pseudo[i]];
      languages[i] = name.empty() ? fmt::format("pseudo-language {}", pseudo[i]) : name;
    }
  }
  std::vector<std::string> values;
  for (const std::size_t row : rows) values.push_back(languages[row]);
  return metrics::encode(values).codes;
}

/// The groups of the fused rows with the words of others, one labelling a pairing.
std::vector<Labels> groups_of_pairings(const ClusteredSpace& fused, std::size_t n_audio_columns, const Labels& strata,
                                       const ScoredMethod& method, const Manifest& manifest, const RunOptions& options,
                                       const StageContext& context) {
  std::vector<Labels> found(options.evaluation.shuffles);
  Execution serial = context.execution;
  serial.threads = 1;
  serial.progress = nullptr;
  parallel_for(found.size(), context.execution.thread_count(), [&](std::size_t i) {
    Random random(manifest.seed, 0x1e4c5 + i);
    Matrix x = with_words_of(fused.x, n_audio_columns, shuffled(strata, random));
    if (options.cluster.l2) x = l2_normalised(x);
    const std::size_t k = std::min(n_clusters_of(manifest, method.row.view), x.rows());
    found[i] = group(x, method.row.method, k, manifest.seeds.front(), options.clusterings, serial).labels;
  });
  return found;
}

}  // namespace

std::vector<ScoreRow> shuffled_lyrics_scores(const RunFolder& folder, const Manifest& manifest,
                                             const std::vector<TrackRow>& tracks,
                                             const std::vector<ScoredMethod>& methods, const RunOptions& options,
                                             const StageContext& context) {
  std::vector<ScoreRow> rows;
  if (options.evaluation.shuffles == 0 || manifest.targets.empty()) return rows;
  for (const ScoredMethod& method : methods) {
    if (!is_fused(method.row.view) || !method.defined || !is_repeatable(method.row.method)) continue;
    const SpaceRecord& space = space_record(manifest, method.row.space);
    if (space.kind != "fusion") continue;
    const ClusteredSpace fused = clustered_space(folder, manifest, /*l2=*/false, space.name, 0);
    const Labels languages = languages_of(folder, tracks, fused.rows);
    const Labels one_stratum(fused.rows.size(), 0);
    const bool several = std::ranges::adjacent_find(languages, std::not_equal_to<>()) != languages.end();
    for (const bool in_language : {false, true}) {
      if (in_language && !several) continue;
      const std::vector<Labels> found = groups_of_pairings(
          fused, space.n_audio_columns, in_language ? languages : one_stratum, method, manifest, options, context);
      for (const std::string& target : manifest.targets) {
        if (!may_be_scored(manifest, method, target)) continue;
        const Labels classes = classes_of(tracks, fused.rows, target);
        for (const char* metric : kScored) {
          const auto real = score(metric, metrics::contingency(classes, method.labels.front()));
          std::vector<double> values;
          for (const Labels& labels : found) {
            if (const auto value = score(metric, metrics::contingency(classes, labels))) values.push_back(*value);
          }
          if (!real || values.size() < found.size()) continue;
          ScoreRow row = blank_score(method, metric);
          row.target = target;
          row.scored_in = in_language ? kShuffledInLanguage : kShuffledLyrics;
          row.seeds = 1;
          describe_pairings(row, values, *real);
          rows.push_back(row);
        }
      }
    }
  }
  return rows;
}

std::vector<std::string> spaces_without_control(const Manifest& manifest) {
  std::vector<std::string> names;
  for (const SpaceRecord& space : manifest.spaces) {
    if (is_fused(space.view) && space.kind != "fusion") names.push_back(space.name);
  }
  return names;
}

}  // namespace songmap::run
