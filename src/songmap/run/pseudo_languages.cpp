#include "songmap/run/pseudo_languages.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <utility>

#include "songmap/cluster/kmeans.h"
#include "songmap/core/random.h"
#include "songmap/metrics/internal.h"

namespace songmap::run {

std::vector<double> mean_of(MatrixView x, std::span<const std::size_t> rows) {
  std::vector<double> mean(x.cols());
  for (const std::size_t row : rows) {
    for (std::size_t c = 0; c < x.cols(); ++c) mean[c] += x(row, c) / static_cast<double>(rows.size());
  }
  return mean;
}

std::vector<std::size_t> sizes_of(const std::vector<std::int32_t>& labels, std::size_t n) {
  std::vector<std::size_t> sizes(n);
  for (const std::int32_t label : labels) {
    if (label >= 0) ++sizes[static_cast<std::size_t>(label)];
  }
  return sizes;
}

namespace {

constexpr std::size_t kMostLanguages = 6;
constexpr std::size_t kModelRows = 3000;
constexpr double kSameText = 0.95;  // cosine
constexpr double kNearlyAll = 0.9;

bool is_missing(MatrixView x, std::size_t row) { return std::isnan(x(row, 0)); }

/// Rows for a model of the languages: songs with nearly the same words, as covers and choruses are, count once, or each
/// of them would look like a language of its own.
std::vector<std::size_t> different_texts(MatrixView lyrics, std::vector<std::size_t> rows, std::uint64_t seed) {
  if (rows.size() > kModelRows) {
    Random(seed, 0x1a96).shuffle(std::span(rows));
    rows.resize(kModelRows);
    std::ranges::sort(rows);
  }
  const Matrix directions = l2_normalised(take_rows(lyrics, rows));
  std::vector<std::size_t> kept;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto same = [&](std::size_t j) {
      return std::inner_product(directions.row(i).begin(), directions.row(i).end(), directions.row(j).begin(), 0.0) >
             kSameText;
    };
    if (std::ranges::none_of(kept, same)) kept.push_back(i);
  }
  for (std::size_t& row : kept) row = rows[row];
  return kept;
}

/// Groups of rows of the language view.
struct Languages {
  Matrix centers;
  double silhouette = 0;  ///< Or not defined.
};

Languages grouped(MatrixView texts, std::size_t k, std::uint64_t seed, const Execution& run) {
  cluster::KMeansOptions options;
  options.n_clusters = k;
  options.seed = seed;
  cluster::KMeansModel model = cluster::fit_kmeans(texts, options, run);
  const double silhouette = metrics::silhouette(texts, model.labels, run).value_or(0);
  return {std::move(model.centers), silhouette};
}

Languages best_grouping(MatrixView texts, std::uint64_t seed, const Execution& run) {
  Languages best;
  for (std::size_t k = 2; k <= kMostLanguages && k < texts.rows(); ++k) {
    Languages found = grouped(texts, k, seed, run);
    if (found.silhouette > best.silhouette) best = std::move(found);
  }
  return best;
}

/// The group of each row by its nearest centre, or by its detected language where that has a group; -1: missing.
std::vector<std::int32_t> group_of_each(MatrixView view, const Matrix& centers, std::span<const std::string> detected,
                                        const std::vector<std::string>& group_names, const Execution& run) {
  std::vector<std::size_t> present;
  for (std::size_t i = 0; i < view.rows(); ++i) {
    if (!is_missing(view, i)) present.push_back(i);
  }
  cluster::KMeansModel model;
  model.centers = centers;
  const std::vector<std::int32_t> nearest = cluster::predict(model, take_rows(view, present), run);
  std::vector<std::int32_t> result(view.rows(), -1);
  for (std::size_t i = 0; i < present.size(); ++i) {
    result[present[i]] = nearest[i];
    if (group_names.empty()) continue;
    const auto own = std::ranges::find(group_names, detected[present[i]]);
    if (own != group_names.end()) result[present[i]] = static_cast<std::int32_t>(own - group_names.begin());
  }
  return result;
}

/// The groups numbered anew, the largest first.
void number_by_size(std::vector<std::int32_t>& labels, std::size_t n) {
  const std::vector<std::size_t> sizes = sizes_of(labels, n);
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::ranges::greater(), [&](std::size_t label) { return sizes[label]; });
  std::vector<std::int32_t> rank(n);
  for (std::size_t r = 0; r < n; ++r) rank[order[r]] = static_cast<std::int32_t>(r);
  for (std::int32_t& label : labels) {
    if (label >= 0) label = rank[static_cast<std::size_t>(label)];
  }
}

/// What the texts themselves were detected to be, among the fitted rows.
struct Detected {
  std::map<std::string, std::vector<std::size_t>> languages;  ///< Those of enough tracks.
  std::size_t n_others = 0;                                   ///< Tracks of the other languages.
  bool nearly_all = false;                                    ///< Of nearly all tracks, the language is known.

  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> result;
    for (const auto& [name, rows] : languages) result.push_back(name);
    return result;
  }
};

Detected detected_among(std::span<const std::size_t> fitted_on, std::span<const std::string> detected) {
  Detected result;
  if (detected.empty()) return result;
  std::size_t n_known = 0;
  for (const std::size_t row : fitted_on) {
    if (detected[row].empty()) continue;
    result.languages[detected[row]].push_back(row);
    ++n_known;
  }
  std::erase_if(result.languages, [&](const auto& language) {
    const bool few = language.second.size() < kFewestOfALanguage;
    if (few) result.n_others += language.second.size();
    return few;
  });
  result.nearly_all = static_cast<double>(n_known) >= kNearlyAll * static_cast<double>(fitted_on.size());
  return result;
}

Matrix centers_of(MatrixView view, const Detected& known) {
  Matrix centers(known.languages.size(), view.cols());
  std::size_t c = 0;
  for (const auto& [name, rows] : known.languages) {
    const std::vector<double> mean = mean_of(view, rows);
    std::ranges::transform(mean, centers.row(c++).begin(), [](double value) { return static_cast<float>(value); });
  }
  return centers;
}

/// Where the pseudo-languages come from, before each track is given its own.
struct Source {
  Matrix centers;                  ///< Fewer than two: there is one language.
  std::vector<std::string> names;  ///< Of the centres, where they are languages that were detected.
  std::string how;                 ///< For the sentence.
};

Source source_of(MatrixView view, const Detected& known, Languages spelled, std::size_t given) {
  if (given > 0) return {std::move(spelled.centers), {}, "as given"};
  const bool by_spelling = spelled.silhouette >= kLeastLanguageSilhouette;
  const std::size_t n_spelled = by_spelling ? spelled.centers.rows() : 1;
  const std::size_t n_known = known.languages.size();
  if ((known.nearly_all && n_known > 0) || n_known > n_spelled) {
    const std::vector<std::string> names = known.names();
    return {centers_of(view, known), names, fmt::format("as detected in the texts ({})", fmt::join(names, ", "))};
  }
  if (by_spelling) return {std::move(spelled.centers), {}, "as far as their spelling tells"};
  return {{},
          {},
          fmt::format("as far as their spelling tells (silhouette {:.2f}; languages have {} or more)",
                      spelled.silhouette, kLeastLanguageSilhouette)};
}

}  // namespace

PseudoLanguages pseudo_languages(MatrixView lyrics, MatrixView view, std::span<const std::size_t> fitted_on,
                                 std::span<const std::string> detected, std::size_t given, std::uint64_t seed,
                                 const Execution& run) {
  const std::vector<std::size_t> text_rows = different_texts(lyrics, {fitted_on.begin(), fitted_on.end()}, seed);
  const Matrix texts = take_rows(view, text_rows);
  Languages spelled =
      given > 0 ? grouped(texts, std::min(given, texts.rows()), seed, run) : best_grouping(texts, seed, run);
  PseudoLanguages found;
  found.silhouette = spelled.silhouette;
  const Detected known = detected_among(fitted_on, detected);
  const Source source = source_of(view, known, std::move(spelled), given);
  if (source.centers.rows() < 2) {
    for (std::size_t i = 0; i < view.rows(); ++i) found.labels.push_back(is_missing(view, i) ? -1 : 0);
    const std::string others =
        known.n_others > 0 ? fmt::format(", but for {} {}", known.n_others, known.n_others == 1 ? "track" : "tracks")
                           : std::string();
    found.sentence = fmt::format("The lyrics are in one language, {}{}: there is no view of the languages.", source.how,
                                 given > 0 ? std::string() : others);
    return found;
  }
  found.n = source.centers.rows();
  found.labels = group_of_each(view, source.centers, detected, source.names, run);
  number_by_size(found.labels, found.n);
  std::vector<std::int32_t> text_labels;
  for (const std::size_t row : text_rows) text_labels.push_back(found.labels[row]);
  found.silhouette = metrics::silhouette(texts, text_labels, run).value_or(0);
  found.sentence = fmt::format(
      "The lyrics are in {} languages, {}, of {} tracks (silhouette {:.2f}): they are a view of their own, and the "
      "view "
      "of the content is without them.",
      found.n, source.how, fmt::join(sizes_of(found.labels, found.n), ", "), found.silhouette);
  return found;
}

}  // namespace songmap::run
