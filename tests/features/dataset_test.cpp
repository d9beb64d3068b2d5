#include "songmap/features/dataset.h"

#include <gmock/gmock.h>

#include "audio/sound_files.h"
#include "songmap/core/error.h"

namespace songmap::features {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::ThrowsMessage;

class FeatureTables : public ::testing::Test {
 protected:
  std::filesystem::path file(const std::string& text) {
    audio::testing::write_bytes(folder_ / "table.csv", text);
    return folder_ / "table.csv";
  }
  FeatureTable load(const std::string& text, const std::vector<std::string>& columns = {}) {
    return load_feature_table(file(text), columns);
  }
  audio::testing::TempFolder folder_;
};

TEST_F(FeatureTables, FeaturesAreTheNumericColumnsThatAreNoLabel) {
  const FeatureTable table = load(
      "filename,length,a,b,Genre,language,title,year\nx,661794,1,2.5,7,en,One,1999\ny,661794,3,-4e1,8,bn,Two,2001\n");
  EXPECT_THAT(table.columns, ElementsAre("a", "b"));
  EXPECT_EQ(table.values, Matrix(2, 2, {1, 2.5, 3, -40}));
  EXPECT_THAT(table.ids, ElementsAre("x", "y"));
  EXPECT_THAT(table.labels.at("genre"), ElementsAre("7", "8"));
  EXPECT_THAT(table.labels.at("language"), ElementsAre("en", "bn"));
  EXPECT_THAT(table.tags.at("title"), ElementsAre("One", "Two"));
  EXPECT_TRUE(is_feature_table(folder_ / "table.csv"));
}

TEST_F(FeatureTables, TheLengthIsLeftOutAndSaidSo) {
  EXPECT_THAT(load("track_id,Length,a\nx,5,1\n").left_out, ElementsAre("Length"));
  EXPECT_THAT(load("track_id,length_s,a\nx,5,1\n").left_out, ElementsAre("length_s"));
  EXPECT_THAT(load("track_id,a\nx,1\n").left_out, IsEmpty());
  EXPECT_THAT(load("track_id,length,a\nx,5,1\n", {"a"}).left_out, IsEmpty());
}

TEST_F(FeatureTables, AskedForTheLengthIsRefusedWithTheReason) {
  EXPECT_THAT(
      [&] {
        (void)load("track_id,length,a\nx,5,1\n", {"length", "a"});
      },
      ThrowsMessage<InvalidArgument>(HasSubstr("'length' cannot be a feature: it tells which source")));
}

TEST_F(FeatureTables, ChosenColumnsAreThoseAloneAndAreCheckedByName) {
  EXPECT_THAT(load("track_id,a,b,genre\nx,1,2,r\n", {"b"}).columns, ElementsAre("b"));
  EXPECT_THAT([&] { (void)load("track_id,tempo,genre\nx,1,r\n", {"tempi"}); },
              ThrowsMessage<InvalidArgument>(HasSubstr("no column 'tempi'; did you mean 'tempo'?")));
  EXPECT_THAT([&] { (void)load("track_id,tempo,genre\nx,1,2\n", {"genre"}); },
              ThrowsMessage<InvalidArgument>(HasSubstr("'genre' is a label, and no label reaches a model")));
}

TEST_F(FeatureTables, ABadRowIsRejectedWithItsLineAndTheRule) {
  const FeatureTable table = load("track_id,a\nx,1\ny,nan\nx,2\n,3\nz,4\n");
  EXPECT_THAT(table.ids, ElementsAre("x", "z"));
  ASSERT_THAT(table.rejected, SizeIs(3));
  EXPECT_THAT(table.rejected[0].reason, HasSubstr("line 3, column a: 'nan' is not a finite number"));
  EXPECT_THAT(table.rejected[1].reason, HasSubstr("line 4: 'x' stands in the table more than once"));
  EXPECT_THAT(table.rejected[2].reason, HasSubstr("line 5: the column track_id is empty"));
}

TEST_F(FeatureTables, WhatIsNoTableOfFeaturesIsToldApart) {
  EXPECT_FALSE(is_feature_table(file("name,a\nx,1\n")));
  EXPECT_THAT([&] { (void)load("name,a\nx,1\n"); }, ThrowsMessage<FormatError>(HasSubstr("no column track_id, path")));
  EXPECT_FALSE(is_feature_table(file("track_id,genre\nx,rock\n")));
  // With audio behind its paths it is a list of tracks.
  audio::testing::write_bytes(folder_ / "a.wav", "RIFF");
  EXPECT_FALSE(is_feature_table(file("path,tempo\na.wav,120\n")));
  EXPECT_TRUE(is_feature_table(file("path,tempo\nb.wav,120\n")));
}

}  // namespace
}  // namespace songmap::features
