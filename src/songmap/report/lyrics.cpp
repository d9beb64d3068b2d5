#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "songmap/report/html.h"
#include "songmap/report/sections.h"
#include "songmap/report/study.h"

namespace songmap::report {
namespace {

/// What lyrics.csv calls a source, in words.
std::string source_title(const std::string& source) {
  static const std::map<std::string, std::string> kTitles{{"file", "from files beside the tracks"},
                                                          {"embedded", "from their tags"},
                                                          {"csv", "from the list of tracks"},
                                                          {"table", "from a table of lyrics"}};
  const auto found = kTitles.find(source);
  return found == kTitles.end() ? "from " + source : found->second;
}

std::string vectors_sentence(const std::string& vectors) {
  if (vectors == "study") {
    return "They were described as in the study: words hashed into 1,000 numbers, of which principal components are "
           "kept.";
  }
  if (vectors == "ngrams") {
    return "They were described by the words and the pieces of words that set them apart (TF-IDF, truncated SVD).";
  }
  return "They were too few for a view of their own.";
}

}  // namespace

std::string lyrics_html(const RunData& run) {
  const run::LyricsRecord& lyrics = run.manifest.lyrics;
  if (lyrics.n_tracks == 0) return "";
  std::map<std::string, std::size_t> sources;
  std::size_t n_words = 0;
  for (const run::LyricsRow& row : run::load_lyrics(run.folder.lyrics())) {
    ++sources[source_title(row.source)];
    n_words += row.n_words;
  }
  std::vector<std::string> origins;
  for (const auto& [source, n] : sources) origins.push_back(fmt::format("{} {}", spelled_count(n), source));
  std::string text =
      fmt::format("{} of {} have lyrics", spelled_count(lyrics.n_tracks), counted(run.tracks.size(), "track"));
  if (!origins.empty()) text += ": " + joined(origins);
  text += ". ";
  if (n_words > 0) text += fmt::format("Together they are {}. ", counted(n_words, "word"));
  text +=
      lyrics_were_cycled(run)
          ? "The rows of the table were dealt out to the tracks in turn, as the study did: they are not the words of "
            "these songs. "
          : "Each of these tracks has its own. ";
  text += vectors_sentence(lyrics.vectors);
  if (lyrics.n_tracks < run.tracks.size()) {
    text +=
        " A track without lyrics is left out of the lyrics and hybrid views; it does not count as having empty ones.";
  }
  if (run.manifest.input.n_lyrics_failures > 0) {
    text += fmt::format(" {} could not be used: the reasons stand above.",
                        counted(run.manifest.input.n_lyrics_failures, "text"));
  }
  std::string chips;
  for (const auto& [language, n] : lyrics.languages) {
    chips += fmt::format("<li>{} <span class=\"aside\">{}</span></li>",
                         language == "unknown" ? "<em>unsure</em>" : escaped(language), spelled_count(n));
  }
  return "<h3>Lyrics</h3>\n" + paragraph_html(text) +
         (chips.empty() ? "" : fmt::format("<h4>Languages of the words</h4>\n<ul class=\"chips\">{}</ul>\n", chips));
}

}  // namespace songmap::report
