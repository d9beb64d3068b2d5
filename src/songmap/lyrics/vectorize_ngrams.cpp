#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>

#include "songmap/core/error.h"
#include "songmap/core/hash.h"
#include "songmap/core/parallel.h"
#include "songmap/core/truncated_svd.h"
#include "songmap/core/utf8.h"
#include "songmap/lyrics/vectorize.h"
#include "songmap/lyrics/words.h"

namespace songmap::lyrics {
namespace {

using Entry = SparseRows::Entry;

// A piece and a word that are spelled alike are two terms. The seeds lie far apart: XXH3 gives short texts that differ
// in one bit the same hash under seeds that differ in that bit.
constexpr std::uint64_t kPieceSeed = 0;
constexpr std::uint64_t kWordSeed = 0x9e3779b97f4a7c15;

/// Appends the hashes of the pieces of " word " of char_min … char_max code points; one that is the whole comes once.
void append_pieces(const std::string& word, const NgramLyricsOptions& options, std::vector<std::uint64_t>& terms) {
  const std::string padded = " " + word + " ";
  std::vector<std::size_t> starts;
  for (std::size_t at = 0; at < padded.size(); at += utf8::sequence_length(padded, at)) starts.push_back(at);
  starts.push_back(padded.size());
  const std::size_t length = starts.size() - 1;
  for (auto n = static_cast<std::size_t>(options.char_min); n <= static_cast<std::size_t>(options.char_max); ++n) {
    const std::size_t size = std::min(n, length);
    for (std::size_t first = 0; first + size <= length; ++first) {
      const std::string_view piece(padded.data() + starts[first], starts[first + size] - starts[first]);
      terms.push_back(hash64(piece, kPieceSeed));
    }
    if (n >= length) break;
  }
}

/// The columns that a text's terms fall into, rising, with the sums of sign(term) (1 + ln count).
std::vector<Entry> weighted_terms(const std::string& text, const NgramLyricsOptions& options) {
  std::vector<std::uint64_t> terms;
  for (const std::string& word : words(text)) {
    append_pieces(word, options, terms);
    if (options.words) terms.push_back(hash64(word, kWordSeed));
  }
  // A term's column is its lowest bits: turned to the top, they make equal terms and equal columns neighbours.
  for (std::uint64_t& term : terms) term = std::rotr(term, options.bits);
  std::ranges::sort(terms);
  std::vector<Entry> entries;
  for (std::size_t first = 0, last = 0; first < terms.size(); first = last) {
    while (last < terms.size() && terms[last] == terms[first]) ++last;
    const auto column = static_cast<std::uint32_t>(terms[first] >> (64 - options.bits));
    const bool negative = std::rotl(terms[first], options.bits) >> 63 != 0;
    const double weight = 1 + std::log(static_cast<double>(last - first));
    if (entries.empty() || entries.back().column != column) entries.push_back({column, 0});
    entries.back().value += static_cast<float>(negative ? -weight : weight);
  }
  std::erase_if(entries, [](const Entry& entry) { return entry.value == 0; });
  return entries;
}

std::vector<std::vector<Entry>> weighted_terms(std::span<const std::string> texts, const NgramLyricsOptions& options,
                                               const Execution& run) {
  std::vector<std::vector<Entry>> rows(texts.size());
  parallel_for(texts.size(), run.thread_count(), [&](std::size_t i) { rows[i] = weighted_terms(texts[i], options); });
  return rows;
}

/// Rows weighted by idf and scaled to length 1.
SparseRows normalised(std::vector<std::vector<Entry>> rows, std::span<const float> idf) {
  SparseRows result;
  result.n_columns = idf.size();
  for (std::vector<Entry>& row : rows) {
    double sum = 0;
    for (Entry& entry : row) {
      entry.value *= idf[entry.column];
      sum += static_cast<double>(entry.value) * entry.value;
    }
    for (Entry& entry : row) entry.value = static_cast<float>(entry.value / std::sqrt(sum));
    result.add_row(row);
    std::vector<Entry>().swap(row);  // one of both is in memory
  }
  return result;
}

void check(std::span<const std::string> texts, const NgramLyricsOptions& options) {
  require(!texts.empty(), "fit_ngram_lyrics: there is no text");
  require(options.char_min >= 1 && options.char_max >= options.char_min && options.char_max <= 16,
          fmt::format("fit_ngram_lyrics: char_min = {} and char_max = {} must be 1 <= char_min <= char_max <= 16",
                      options.char_min, options.char_max));
  require(options.bits >= 8 && options.bits <= 24,
          fmt::format("fit_ngram_lyrics: bits = {} must be 8 … 24", options.bits));
  require(options.n_dimensions > 0, "fit_ngram_lyrics: n_dimensions must be at least 1");
}

}  // namespace

void describe(OptionSet& set, NgramLyricsOptions& options) {
  set.section("ngram_lyrics");
  set.add("char_min", &options.char_min, Range{1, 16}, "characters of the shortest piece of a word");
  set.add("char_max", &options.char_max, Range{1, 16}, "characters of the longest piece of a word");
  set.add("words", &options.words, "whole words too");
  set.add("bits", &options.bits, Range{8, 24}, "terms share 2^bits columns");
  set.add("n_dimensions", &options.n_dimensions, Range{1, 1024}, "singular vectors that are kept");
  set.add("seed", &options.seed, "of the search for the singular vectors");
}

NgramLyricsModel fit_ngram_lyrics(std::span<const std::string> texts, const NgramLyricsOptions& options,
                                  const Execution& run) {
  check(texts, options);
  std::vector<std::vector<Entry>> rows = weighted_terms(texts, options, run);
  require(std::ranges::any_of(rows, [](const auto& row) { return !row.empty(); }),
          "fit_ngram_lyrics: there is no word in the texts");

  NgramLyricsModel model;
  model.options = options;
  std::vector<std::size_t> texts_with(std::size_t{1} << options.bits);
  for (const std::vector<Entry>& row : rows) {
    for (const Entry& entry : row) ++texts_with[entry.column];
  }
  const double n = static_cast<double>(texts.size());
  for (const std::size_t count : texts_with) {
    model.idf.push_back(static_cast<float>(std::log((1 + n) / (1 + static_cast<double>(count))) + 1));
  }
  TruncatedSvd svd = truncated_svd(normalised(std::move(rows), model.idf), options.n_dimensions, options.seed, run);
  model.directions = std::move(svd.directions);
  model.singular_values = std::move(svd.singular_values);
  return model;
}

Matrix transform(const NgramLyricsModel& model, std::span<const std::string> texts, const Execution& run) {
  return project(normalised(weighted_terms(texts, model.options, run), model.idf), model.directions, run);
}

}  // namespace songmap::lyrics
