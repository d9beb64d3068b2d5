#include "songmap/demo/plan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "songmap/core/utf8.h"
#include "songmap/demo/styles.h"

namespace songmap::demo {
namespace {

using Counts = std::map<std::string, std::size_t>;

template <class Of>
std::map<std::string, Counts> by(const std::vector<PlannedTrack>& plan, std::string PlannedTrack::*group, Of of) {
  std::map<std::string, Counts> table;
  for (const PlannedTrack& track : plan) ++table[track.*group][of(track)];
  return table;
}

std::string format(const PlannedTrack& track) { return track.path.extension().string(); }
std::string home(const PlannedTrack& track) { return std::to_string(static_cast<int>(track.lyrics_home)); }
std::string language(const PlannedTrack& track) { return track.language; }

/// Share of the letters that lie in the Bengali block; ASCII letters and Bengali characters are counted.
double bangla_share(std::string_view text) {
  std::size_t bangla = 0;
  std::size_t latin = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = utf8::sequence_length(text, at);
    if (length == 0) return -1;
    const auto first = static_cast<unsigned char>(text[at]);
    const auto second = length > 1 ? static_cast<unsigned char>(text[at + 1]) : 0U;
    // U+0980 … U+09FF is E0 A6 80 … E0 A7 BF.
    bangla += length == 3 && first == 0xE0 && (second == 0xA6 || second == 0xA7);
    latin += length == 1 && ((first | 0x20U) >= 'a' && (first | 0x20U) <= 'z');
    at += length;
  }
  return static_cast<double>(bangla) / static_cast<double>(std::max<std::size_t>(1, bangla + latin));
}

TEST(PlanLibrary, EveryStyleHasTheSameMix) {
  const auto plan = plan_library({});
  ASSERT_EQ(plan.size(), 60U);
  const auto formats = by(plan, &PlannedTrack::genre, format);
  const auto homes = by(plan, &PlannedTrack::genre, home);
  const auto languages = by(plan, &PlannedTrack::genre, language);
  ASSERT_EQ(formats.size(), 6U);
  for (const auto& [genre, counts] : formats) {
    EXPECT_EQ(counts, (Counts{{".flac", 2}, {".m4a", 2}, {".mp3", 2}, {".ogg", 2}, {".opus", 1}, {".wav", 1}}))
        << genre;
    EXPECT_EQ(homes.at(genre), homes.begin()->second) << genre;
    EXPECT_EQ(languages.at(genre), (Counts{{"bn", 5}, {"en", 5}})) << genre;
  }
  EXPECT_EQ(homes.begin()->second.size(), 3U);
}

TEST(PlanLibrary, BothLanguagesHaveTheSameMix) {
  const auto plan = plan_library({});
  const auto formats = by(plan, &PlannedTrack::language, format);
  const auto homes = by(plan, &PlannedTrack::language, home);
  EXPECT_EQ(formats.at("en"), formats.at("bn"));
  EXPECT_EQ(homes.at("en"), homes.at("bn"));
}

TEST(PlanLibrary, NoTwoTracksShareAPathATitleOrTheirWords) {
  for (const std::size_t tracks_per_style : {10U, 50U}) {
    const auto plan = plan_library({.tracks_per_style = tracks_per_style});
    std::set<std::string> paths, titles, lyrics;
    for (const PlannedTrack& track : plan) {
      paths.insert(track.path.generic_string());
      titles.insert(track.title);
      lyrics.insert(track.lyrics);
    }
    EXPECT_EQ(paths.size(), plan.size());
    EXPECT_EQ(titles.size(), plan.size());
    EXPECT_EQ(lyrics.size(), plan.size());
  }
}

TEST(PlanLibrary, WordsAreInTheirScriptAndHaveSixLines) {
  for (const PlannedTrack& track : plan_library({})) {
    for (const std::string& text : {track.title, track.artist, track.album, track.lyrics}) {
      ASSERT_TRUE(utf8::is_valid(text));
      EXPECT_EQ(bangla_share(text), track.language == "bn" ? 1 : 0) << text;
    }
    EXPECT_EQ(std::ranges::count(track.lyrics, '\n'), 7) << track.title;  // and an empty one between
  }
}

TEST(AsLrc, StampsEveryLineInOrder) {
  EXPECT_EQ(as_lrc("a\nb\n\nc\n", 500), "[00:50.00]a\n[02:30.00]b\n[05:50.00]c\n");
}

}  // namespace
}  // namespace songmap::demo
