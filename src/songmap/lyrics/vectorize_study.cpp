#include <fmt/format.h>

#include "songmap/core/error.h"
#include "songmap/core/hash.h"
#include "songmap/core/parallel.h"
#include "songmap/lyrics/vectorize.h"
#include "songmap/lyrics/words.h"

namespace songmap::lyrics {
namespace {

/// Share of each bucket among a text's words: [texts, n_buckets].
Matrix word_shares(std::span<const std::string> texts, std::size_t n_buckets, const Execution& run) {
  Matrix shares(texts.size(), n_buckets);
  parallel_for(texts.size(), run.thread_count(), [&](std::size_t i) {
    const std::vector<std::string> found = words(texts[i]);
    for (const std::string& word : found) ++shares(i, hash64(word) % n_buckets);
    if (found.empty()) return;
    for (float& share : shares.row(i)) share /= static_cast<float>(found.size());
  });
  return shares;
}

}  // namespace

void describe(OptionSet& set, StudyLyricsOptions& options) {
  set.section("study_lyrics");
  set.add("n_buckets", &options.n_buckets, Range{1, 1 << 20}, "numbers that words are hashed into");
  set.add("max_dimensions", &options.max_dimensions, Range{1, 1024}, "principal components that are kept");
}

StudyLyricsModel fit_study_lyrics(std::span<const std::string> texts, const StudyLyricsOptions& options,
                                  const Execution& run) {
  require(!texts.empty(), "fit_study_lyrics: there is no text");
  require(options.n_buckets > 0, "fit_study_lyrics: n_buckets must be at least 1");
  require(options.max_dimensions > 0, "fit_study_lyrics: max_dimensions must be at least 1");
  return {options.n_buckets, fit_pca(word_shares(texts, options.n_buckets, run), options.max_dimensions)};
}

Matrix transform(const StudyLyricsModel& model, std::span<const std::string> texts, const Execution& run) {
  return transform(model.pca, word_shares(texts, model.n_buckets, run));
}

}  // namespace songmap::lyrics
