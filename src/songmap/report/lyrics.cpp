#include <fmt/format.h>

#include "songmap/report/html.h"
#include "songmap/report/sections.h"

namespace songmap::report {

std::string lyrics_html(const RunData& run) {
  const run::LyricsRecord& lyrics = run.manifest.lyrics;
  if (lyrics.n_tracks == 0) return "";
  std::vector<std::string> languages;
  for (const auto& [language, n] : lyrics.languages) languages.push_back(fmt::format("{} {}", language, n));
  std::string text = fmt::format("{} of {} tracks have lyrics (by language: {}). ", lyrics.n_tracks, run.tracks.size(),
                                 joined(languages));
  text += lyrics.pairing == "cycle"
              ? "They come from a table whose rows were given to the tracks in turn, as the study did: they are not "
                "the words of these songs. "
              : "Each track has its own. ";
  if (lyrics.vectors == "study") {
    text +=
        "They were described as in the study: words hashed into 1,000 numbers, of which principal components are "
        "kept.";
  } else if (lyrics.vectors == "ngrams") {
    text += "They were described by the words and the pieces of words that set them apart (TF-IDF, truncated SVD).";
  } else {
    text += "They were too few for a view of their own.";
  }
  text += " A track without lyrics is left out of the views lyrics and hybrid, not counted as having empty ones.";
  return "<h3>Lyrics</h3>\n" + paragraph_html(text);
}

}  // namespace songmap::report
