#include "songmap/run/lyrics_views.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "songmap/core/error.h"
#include "songmap/core/npy.h"
#include "songmap/core/parallel.h"
#include "songmap/lyrics/language.h"
#include "songmap/run/pseudo_languages.h"

namespace songmap::run {
namespace {

constexpr std::size_t kLanguageColumns = 16;
constexpr std::size_t kContentColumns = 32;

bool is_missing(MatrixView x, std::size_t row) { return std::isnan(x(row, 0)); }

void subtract(std::span<float> row, const std::vector<double>& mean) {
  for (std::size_t c = 0; c < row.size(); ++c) row[c] = static_cast<float>(row[c] - mean[c]);
}

Matrix language_view(MatrixView lyrics, std::span<const std::size_t> fitted_on) {
  Matrix view = take_cols(lyrics, 0, std::min(kLanguageColumns, lyrics.cols()));
  const std::vector<double> mean = mean_of(view, fitted_on);
  for (std::size_t i = 0; i < view.rows(); ++i) subtract(view.row(i), mean);
  return l2_normalised(view);
}

/// Rows less the mean of their pseudo-language, divided by the root of their total variance; empty without variance.
Matrix content_view(MatrixView lyrics, std::span<const std::size_t> fitted_on,
                    const std::vector<std::int32_t>& pseudo_language, std::size_t n_languages) {
  Matrix view = take_cols(lyrics, 0, std::min(kContentColumns, lyrics.cols()));
  std::vector<std::vector<double>> means;
  for (std::size_t language = 0; language < n_languages; ++language) {
    std::vector<std::size_t> rows;
    for (const std::size_t row : fitted_on) {
      if (pseudo_language[row] == static_cast<std::int32_t>(language)) rows.push_back(row);
    }
    means.push_back(mean_of(view, rows));
  }
  for (std::size_t i = 0; i < view.rows(); ++i) {
    if (pseudo_language[i] >= 0) subtract(view.row(i), means[static_cast<std::size_t>(pseudo_language[i])]);
  }
  // Every language's mean is zero now, and so is that of all.
  double variance = 0;
  for (const std::size_t row : fitted_on) {
    for (const float value : view.row(row)) variance += double(value) * value / static_cast<double>(fitted_on.size());
  }
  // Equal rows differ from their mean by rounding alone.
  constexpr double kNothing = 1e-10;
  if (variance < kNothing) return {};
  const auto scale = static_cast<float>(1 / std::sqrt(variance));
  for (float& value : view.values()) value *= scale;
  return view;
}

}  // namespace

std::optional<LyricsViews> lyrics_views(MatrixView lyrics, std::span<const std::size_t> training,
                                        std::span<const std::string> detected, std::size_t n_languages,
                                        std::uint64_t seed, StageRecord& record, const Execution& run) {
  require(detected.empty() || detected.size() == lyrics.rows(), "lyrics_views: detected must have one entry a row");
  std::vector<std::size_t> fitted_on;
  for (const std::size_t row : training) {
    require(row < lyrics.rows(), fmt::format("lyrics_views: there is no training row {}", row));
    if (!is_missing(lyrics, row)) fitted_on.push_back(row);
  }
  record.manifest().lyrics.pseudo_languages.clear();
  if (fitted_on.empty()) return std::nullopt;

  LyricsViews views;
  views.language = language_view(lyrics, fitted_on);
  PseudoLanguages found = pseudo_languages(lyrics, views.language, fitted_on, detected, n_languages, seed, run);
  views.pseudo_language = std::move(found.labels);
  views.silhouette = found.silhouette;
  views.content = content_view(lyrics, fitted_on, views.pseudo_language, found.n);
  if (found.n < 2) views.language = {};
  if (views.content.empty() && views.language.empty()) {
    record.note("The words of all tracks that have lyrics are the same: there is one view, that of the sound.");
    return std::nullopt;
  }
  record.manifest().lyrics.pseudo_languages = sizes_of(views.pseudo_language, found.n);
  record.note(found.sentence);
  if (views.content.empty()) {
    record.note(
        "The words of all tracks that have lyrics in one language are the same: the words say nothing beside their "
        "language, and there is no view of the content.");
  }
  return views;
}

std::vector<std::string> detected_languages(const std::vector<TrackRow>& tracks, const std::vector<LyricsRow>& lyrics,
                                            const Execution& run) {
  std::vector<std::string> detected(lyrics.size());
  parallel_for(lyrics.size(), run.thread_count(),
               [&](std::size_t i) { detected[i] = lyrics::detect_language(lyrics[i].text); });
  std::unordered_map<std::string_view, std::size_t> row_of;
  for (std::size_t i = 0; i < lyrics.size(); ++i) row_of[lyrics[i].track_id] = i;
  std::vector<std::string> result;
  for (const TrackRow& track : tracks) {
    const auto found = row_of.find(track.track_id);
    const bool known = found != row_of.end() && detected[found->second] != lyrics::kUnknownLanguage;
    result.push_back(known ? detected[found->second] : std::string());
  }
  return result;
}

void save_pseudo_languages(const RunFolder& folder, const LyricsViews& views) {
  Matrix column(views.pseudo_language.size(), 1);
  std::ranges::transform(views.pseudo_language, column.values().begin(),
                         [](std::int32_t language) { return static_cast<float>(language); });
  write_npy(folder.space("pseudo-languages"), column);
}

std::vector<std::int32_t> load_pseudo_languages(const RunFolder& folder) {
  if (!std::filesystem::exists(folder.space("pseudo-languages"))) return {};
  const Matrix column = read_npy(folder.space("pseudo-languages"));
  std::vector<std::int32_t> result;
  for (const float language : column.values()) result.push_back(static_cast<std::int32_t>(language));
  return result;
}

}  // namespace songmap::run
