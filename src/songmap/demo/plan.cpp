#include "songmap/demo/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <sstream>

#include "songmap/demo/styles.h"
#include "songmap/demo/words.h"

namespace songmap::demo {
namespace {

constexpr std::array<const char*, 4> kCommonFormats = {".mp3", ".flac", ".ogg", ".m4a"};

/// Slot counts the tracks of one style and language. In every fifth slot a style has Opus in one language and WAV in
/// the other; which is which alternates from style to style, so that neither format belongs to a language.
const char* format_of(std::size_t style, std::size_t language, std::size_t slot) {
  const std::size_t place = slot % (kCommonFormats.size() + 1);
  if (place < kCommonFormats.size()) return kCommonFormats[place];
  return (style + language) % 2 == 0 ? ".opus" : ".wav";
}

LyricsHome home_of(std::size_t language, std::size_t slot) {
  constexpr std::array<LyricsHome, 5> kHomes = {LyricsHome::kEmbedded, LyricsHome::kTextFile, LyricsHome::kLrcFile,
                                                LyricsHome::kTextFile, LyricsHome::kEmbedded};
  return kHomes[(slot + 2 * language) % kHomes.size()];
}

}  // namespace

std::filesystem::path PlannedTrack::lyrics_path() const {
  if (lyrics_home == LyricsHome::kEmbedded) return {};
  std::filesystem::path beside = path;
  return beside.replace_extension(lyrics_home == LyricsHome::kTextFile ? ".txt" : ".lrc");
}

std::vector<PlannedTrack> plan_library(const DemoOptions& options) {
  const std::array<std::span<const Songbook>, 2> books = {english_songbooks(), bangla_songbooks()};
  constexpr std::array<const char*, 2> kLanguages = {"en", "bn"};
  std::vector<PlannedTrack> plan;
  for (std::size_t style = 0; style < styles().size(); ++style) {
    for (std::size_t index = 0; index < options.tracks_per_style; ++index) {
      const std::size_t language = index % 2;
      const std::size_t slot = index / 2;
      const std::size_t round = slot / kLyricsPerCell;
      const Songbook& book = books[language][style];
      const Lyric& lyric = book.lyrics[slot % kLyricsPerCell];
      // From the second round on a verse meets another one's refrain.
      const Lyric& answer = book.lyrics[(slot + round) % kLyricsPerCell];
      PlannedTrack track{.style = style,
                         .index = index,
                         .path = {},
                         .title = round == 0 ? std::string(lyric.title) : fmt::format("{} {}", lyric.title, round + 1),
                         .artist = std::string(book.band.artists[slot % 2]),
                         .album = std::string(book.band.album),
                         .genre = std::string(styles()[style].genre),
                         .language = kLanguages[language],
                         .lyrics = fmt::format("{}\n{}", lyric.verse, answer.refrain),
                         .lyrics_home = home_of(language, slot)};
      track.path = std::filesystem::path(track.artist) / (track.title + format_of(style, language, slot));
      plan.push_back(std::move(track));
    }
  }
  return plan;
}

std::string as_lrc(const std::string& lyrics, double length_s) {
  std::istringstream lines(lyrics);
  const auto n_lines = static_cast<double>(std::ranges::count(lyrics, '\n') + 1);
  std::string out;
  std::string line;
  for (double number = 0.5; std::getline(lines, line); ++number) {
    const double at_s = length_s * number / n_lines;
    const int minutes = static_cast<int>(at_s / 60);
    if (!line.empty()) out += fmt::format("[{:02}:{:05.2f}]{}\n", minutes, at_s - 60 * minutes, line);
  }
  return out;
}

}  // namespace songmap::demo
