#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "songmap/core/execution.h"
#include "songmap/core/linalg.h"
#include "songmap/core/matrix.h"
#include "songmap/core/options.h"

/// Lyrics as vectors. Texts are cleaned ones (clean_lyrics). Rows are given for the texts that exist: which tracks have
/// none is the caller's to remember, and a text without a word (`words(text).empty()`) the caller's to leave out.
namespace songmap::lyrics {

/// The study's lyrics vector.
struct StudyLyricsOptions {
  std::size_t n_buckets = 1000;     ///< Numbers a word can get. More: fewer words share one.
  std::size_t max_dimensions = 32;  ///< Principal components that are kept, where there are so many.
};
void describe(OptionSet& set, StudyLyricsOptions& options);

struct StudyLyricsModel {
  std::size_t n_buckets = 0;
  PcaModel pca;
};

/// Each word counts in bucket XXH3-64(word) mod n_buckets; counts are divided by their sum, and their principal
/// components kept: at most max_dimensions, fewer than there are texts. The hash is the same on every machine. A text
/// without a word counts as all zeros.
/// @throws InvalidArgument  no text, or an option is 0.
[[nodiscard]] StudyLyricsModel fit_study_lyrics(std::span<const std::string> texts,
                                                const StudyLyricsOptions& options = {}, const Execution& run = {});
/// [texts, components]
[[nodiscard]] Matrix transform(const StudyLyricsModel& model, std::span<const std::string> texts,
                               const Execution& run = {});

/// Lyrics by their words and by the pieces of their words, so that related forms lie near each other.
struct NgramLyricsOptions {
  int char_min = 2;               ///< Characters (code points) of the shortest piece of a word.
  int char_max = 4;               ///< And of the longest.
  bool words = true;              ///< Whole words too.
  int bits = 16;                  ///< Terms share 2^bits columns. More: fewer collisions, more memory.
  std::size_t n_dimensions = 64;  ///< Singular vectors that are kept, where there are so many.
  std::uint64_t seed = 0;         ///< Of the search for them.
};
void describe(OptionSet& set, NgramLyricsOptions& options);

struct NgramLyricsModel {
  NgramLyricsOptions options;
  std::vector<float> idf;               ///< [2^bits] Of each column: ln((1 + n) / (1 + texts that have it)) + 1.
  Matrix directions;                    ///< [2^bits, dimensions] Orthonormal columns, largest singular value first.
  std::vector<double> singular_values;  ///< [dimensions]
};

/// Terms are the pieces of each word with a blank before and after it, char_min to char_max code points long, and the
/// words themselves. A term t adds sign(t) (1 + ln count) to column h(t) (Weinberger et al. 2009), both from XXH3-64;
/// columns are weighted by idf, rows scaled to length 1, and projected on the leading right singular vectors (latent
/// semantic analysis; nothing is centred). The same for any number of threads.
///
/// At most n_dimensions, fewer where the texts span fewer. Memory while fitting: 16 bytes for each different term of
/// each text, which is some 30 kB a song, and 2^bits (n_dimensions + 16) doubles.
/// @throws InvalidArgument  no text, no text with a word, or an option out of range.
[[nodiscard]] NgramLyricsModel fit_ngram_lyrics(std::span<const std::string> texts,
                                                const NgramLyricsOptions& options = {}, const Execution& run = {});
/// [texts, dimensions]. A text without a known term is a row of zeros.
[[nodiscard]] Matrix transform(const NgramLyricsModel& model, std::span<const std::string> texts,
                               const Execution& run = {});

}  // namespace songmap::lyrics
