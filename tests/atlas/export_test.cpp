#include "songmap/atlas/export.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "atlas/made_atlas.h"
#include "songmap/core/csv.h"
#include "songmap/core/error.h"
#include "songmap/core/npy.h"
#include "songmap/core/text_file.h"

namespace songmap::atlas {
namespace {

using ::testing::HasSubstr;
using testing::MadeAtlas;

/// Twenty tracks of which one has a decided group, and one that was placed.
class Export : public ::testing::Test {
 protected:
  Export() {
    State state = State::open(file_of_state(), key());
    state.place({{"ffff", "new.mp3", "New", "She", "", 10, 1, 0.6, 2, {30, 1}, {{"pca", 2, 30, 1, 0}}}});
    state.pin({{"0003track", 1}});
    state.rename(1, "Late piano");
  }
  [[nodiscard]] std::filesystem::path file_of_state() const { return made_.made.folder.library(); }
  [[nodiscard]] std::string key() const { return load_fit(made_.made.folder).key; }
  [[nodiscard]] std::filesystem::path in_folder(const std::string& name) const {
    return made_.made.folder.path() / name;
  }

  MadeAtlas made_;
};

TEST_F(Export, CsvHasARowATrackWithItsPlaces) {
  save_library(made_.atlas(), in_folder("all.csv"), PathStyle::kRelative);
  const CsvTable table = read_csv(in_folder("all.csv"));
  ASSERT_EQ(table.rows.size(), 21U);
  EXPECT_THAT(table.columns,
              ::testing::ElementsAre("track_id", "path", "title", "artist", "album", "length_s", "group", "group_name",
                                     "strength", "placed", "decided", "outlier", "pca_2d_x", "pca_2d_y"));
  EXPECT_EQ(table.rows[3][1], "music/folder 1/song 3.mp3");
  EXPECT_EQ(table.rows[3][6], "1");
  EXPECT_EQ(table.rows[3][7], "Late piano");
  EXPECT_EQ(table.rows[3][10], "1");
  EXPECT_EQ(table.rows[3][11], "");
  EXPECT_EQ(table.rows[3][12], "3");
  EXPECT_EQ(table.rows[20][0], "ffff");
  EXPECT_EQ(table.rows[20][9], "1");
  EXPECT_EQ(table.rows[20][11], "1");  // an outlier
  EXPECT_EQ(table.rows[20][12], "30");
}

TEST_F(Export, JsonHasGroupsToo) {
  save_library(made_.atlas(), in_folder("all.json"), PathStyle::kAbsolute);
  const auto all = nlohmann::json::parse(read_file(in_folder("all.json")));
  ASSERT_EQ(all["groups"].size(), 2U);
  EXPECT_EQ(all["groups"][1]["name"], "Late piano");
  EXPECT_EQ(all["groups"][1]["size"], 12);
  ASSERT_EQ(all["tracks"].size(), 21U);
  EXPECT_EQ(all["tracks"][20]["maps"]["pca_2d"][0], 30);
  EXPECT_TRUE(std::filesystem::path(all["tracks"][0]["path"].get<std::string>()).is_absolute());
}

TEST_F(Export, NpyHasTheRowsAndTheirNamesBesideIt) {
  save_library(made_.atlas(), in_folder("all.npy"), PathStyle::kRelative);
  EXPECT_EQ(read_npy(in_folder("all.npy")), made_.atlas().rows());
  EXPECT_EQ(read_csv(in_folder("all.csv")).rows.size(), 21U);
}

TEST_F(Export, APlaylistOfAllGoesGroupByGroup) {
  save_library(made_.atlas(), in_folder("all.m3u8"), PathStyle::kRelative);
  const std::string list = read_file(in_folder("all.m3u8"));
  EXPECT_EQ(std::ranges::count(list, '\n'), 2 + 2 * 21);
  EXPECT_LT(list.find("song 9.mp3"), list.find("song 0.mp3"));   // the surest first
  EXPECT_LT(list.find("song 0.mp3"), list.find("song 19.mp3"));  // of the first group all
}

TEST_F(Export, AnotherExtensionIsRefused) {
  EXPECT_THROW(save_library(made_.atlas(), in_folder("all.xls"), PathStyle::kRelative), InvalidArgument);
}

TEST_F(Export, AChangeBySomebodyElseIsSeen) {
  const State mine = State::open(file_of_state(), key());
  const std::int64_t before = mine.version_of_data();
  EXPECT_EQ(mine.version_of_data(), before);
  State::open(file_of_state(), key()).rename(0, "Early piano");
  EXPECT_NE(mine.version_of_data(), before);
}

}  // namespace
}  // namespace songmap::atlas
