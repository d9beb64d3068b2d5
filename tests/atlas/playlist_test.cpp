#include "songmap/atlas/playlist.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "atlas/made_atlas.h"
#include "songmap/core/csv.h"
#include "songmap/core/error.h"
#include "songmap/core/text_file.h"

namespace songmap::atlas {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::MadeAtlas;

std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) names.push_back(entry.path().filename());
  std::ranges::sort(names);
  return names;
}

TEST(Playlist, M3u8HasPathsThatLeadToTheFiles) {
  const MadeAtlas made;
  const Atlas atlas = made.atlas();
  const fs::path file = made.made.folder.path() / "lists/new/mine.m3u8";
  save_playlist(atlas, {1, 4}, "Two\nlines", file, PathStyle::kRelative);
  EXPECT_EQ(read_file(file),
            "#EXTM3U\n#PLAYLIST:Two lines\n#EXTINF:60,Artist 1 - Song 1\n../../music/folder 1/song 1.mp3\n"
            "#EXTINF:60,Artist 1 - Song 4\n../../music/folder 0/song 4.mp3\n");
  save_playlist(atlas, {1}, "", file, PathStyle::kAbsolute);
  EXPECT_THAT(read_file(file), HasSubstr((atlas.root() / "folder 1/song 1.mp3").string()));
}

TEST(Playlist, XspfIsEscaped) {
  const MadeAtlas made;
  const fs::path file = made.made.folder.path() / "mine.xspf";
  save_playlist(made.atlas(), {1}, "A & B <c>", file, PathStyle::kRelative);
  const std::string text = read_file(file);
  EXPECT_THAT(text, HasSubstr("<title>A &amp; B &lt;c&gt;</title>"));
  EXPECT_THAT(text, HasSubstr("<location>music/folder%201/song%201.mp3</location>"));
  EXPECT_THAT(text, HasSubstr("<duration>60000</duration>"));
}

TEST(Playlist, CsvAndJsonHoldTheTracks) {
  const MadeAtlas made;
  const fs::path folder = made.made.folder.path();
  save_playlist(made.atlas(), {3, 12}, "x", folder / "mine.csv", PathStyle::kRelative);
  const CsvTable table = read_csv(folder / "mine.csv");
  ASSERT_EQ(table.rows.size(), 2U);
  EXPECT_EQ(table.rows[1][0], "000ctrack");
  save_playlist(made.atlas(), {3, 12}, "x", folder / "mine.json", PathStyle::kRelative);
  const auto json = nlohmann::json::parse(read_file(folder / "mine.json"));
  EXPECT_EQ(json["tracks"][1]["group"], 1);
  EXPECT_EQ(json["tracks"][0]["title"], "Song 3");
}

TEST(Playlist, AnotherEndingIsAnError) {
  const MadeAtlas made;
  EXPECT_THROW(save_playlist(made.atlas(), {1}, "", "mine.doc", PathStyle::kRelative), InvalidArgument);
}

TEST(GroupPlaylists, HaveTheGroupsNumberItsNameAndTheSurestTracksFirst) {
  const MadeAtlas made;
  const fs::path folder = made.made.folder.path() / "playlists";
  save_group_playlists(made.atlas(), folder, PathStyle::kRelative);
  EXPECT_THAT(names_in(folder), ElementsAre("00.m3u8", "01.m3u8"));
  const std::string first = read_file(folder / "00.m3u8");
  EXPECT_LT(first.find("song 9.mp3"), first.find("song 0.mp3"));
  EXPECT_THAT(first, HasSubstr("#PLAYLIST:group 0"));

  made.atlas().state().rename(1, "A/B: slow?");
  write_file(folder / "my own.m3u8", "#EXTM3U\n");
  save_group_playlists(made.atlas(), folder, PathStyle::kRelative);
  EXPECT_THAT(names_in(folder), ElementsAre("00.m3u8", "01 A_B_ slow_.m3u8", "my own.m3u8"));
}

TEST(GroupPlaylists, WhatIsInNoGroupHasAListOfItsOwn) {
  const MadeAtlas made;
  made.atlas().state().place({{"ffff", "new.mp3", "New", "", "", 10, kNoise, 1, 2, {30, 1}, {}}});
  const fs::path folder = made.made.folder.path() / "playlists";
  save_group_playlists(made.atlas(), folder, PathStyle::kRelative);
  EXPECT_THAT(names_in(folder), ElementsAre("00.m3u8", "01.m3u8", "not grouped.m3u8"));
}

}  // namespace
}  // namespace songmap::atlas
