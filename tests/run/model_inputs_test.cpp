#include "songmap/run/model_inputs.h"

#include <gmock/gmock.h>

#include "run/made_run.h"
#include "songmap/core/error.h"

namespace songmap::run {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::rows_of;
using ::testing::SizeIs;
using ::testing::ThrowsMessage;

std::vector<float> values(const Matrix& x) { return {x.values().begin(), x.values().end()}; }

TEST(ConditionRows, AreOneHotInTheOrderOfTheNames) {
  const auto tracks = testing::labelled_tracks({"fr", "bn", "", "fr"}, "language");
  EXPECT_EQ(condition_rows(tracks, "language"), rows_of(2, {0, 1, 1, 0, 0, 0, 0, 1}));
  EXPECT_TRUE(condition_rows(tracks, "").empty());
}

TEST(ConditionRows, AnUnknownColumnNamesWhatThereIs) {
  auto tracks = testing::labelled_tracks({"fr", "bn"}, "language");
  tracks[0].labels["genre"] = "rock";
  tracks[1].labels["genre"] = "";
  tracks[0].labels["empty"] = tracks[1].labels["empty"] = "";
  EXPECT_THAT([&] { (void)condition_rows(tracks, "mood"); },
              ThrowsMessage<InvalidArgument>("--condition mood: no track has such a label; there are genre, language"));
  EXPECT_THAT([&] { (void)condition_rows(tracks, "empty"); },
              ThrowsMessage<InvalidArgument>(HasSubstr("no track has such a label")));
  EXPECT_THAT(
      [&] {
        (void)condition_rows(testing::labelled_tracks({"", ""}), "genre");
      },
      ThrowsMessage<InvalidArgument>(HasSubstr("the tracks have no labels at all")));
}

TEST(Averaged, EveryRowIsTheMeanRow) {
  EXPECT_EQ(averaged(rows_of(2, {1, 0, 1, 0, 0, 1, 0, 0}), 4), rows_of(2, {.5, .25, .5, .25, .5, .25, .5, .25}));
  EXPECT_TRUE(averaged({}, 4).empty());
}

/// Three tracks with one, three and two windows of one value.
class Windows : public ::testing::Test {
 protected:
  Windows() {
    features::WindowedRows windows{rows_of(1, {1, 2, 3, 7, 10, 20}), {0, 1, 1, 1, 2, 2}};
    save_windows(made_.folder, windows);
    inputs_ = spectrogram_inputs(made_.folder, rows_of(1, {1, 4, 15}));
  }

  testing::MadeRun made_;
  ModelInputs inputs_;
};

TEST_F(Windows, AreKeptAndReadBack) {
  EXPECT_TRUE(inputs_.windowed);
  EXPECT_EQ(inputs_.rows, rows_of(1, {1, 2, 3, 7, 10, 20}));
  EXPECT_THAT(inputs_.track, ElementsAre(0, 1, 1, 1, 2, 2));
}

TEST_F(Windows, ATracksLatentIsTheMeanOverItsWindows) {
  EXPECT_EQ(inputs_.by_track(inputs_.rows, 3), rows_of(1, {1, 4, 15}));
  EXPECT_EQ(inputs_.first_of_track(), rows_of(1, {1, 2, 10}));
}

TEST_F(Windows, OfTrainingTracksAreTrainedOnAndEachIsToldItsTracksCondition) {
  EXPECT_THAT(inputs_.rows_of(std::vector<std::size_t>{0, 2}), ElementsAre(0, 4, 5));
  const Matrix condition = inputs_.for_each_row(rows_of(2, {1, 0, 0, 1, 1, 0}));
  EXPECT_THAT(values(condition), ElementsAre(1, 0, 0, 1, 0, 1, 0, 1, 1, 0, 1, 0));
  EXPECT_TRUE(inputs_.for_each_row({}).empty());
}

TEST(ModelInputs, WithoutWindowsAreOneRowATrack) {
  const Matrix features = rows_of(2, {1, 2, 3, 4});
  const ModelInputs inputs = track_inputs(Matrix{features});
  EXPECT_FALSE(inputs.windowed);
  EXPECT_EQ(inputs.rows, features);
  EXPECT_EQ(inputs.by_track(features, 2), features);
  EXPECT_EQ(inputs.first_of_track(), features);
  EXPECT_THAT(inputs.rows_of(std::vector<std::size_t>{1}), ElementsAre(1));
}

TEST(ModelInputs, ATrackWhoseSpectrogramHasOneWindowIsThatWindow) {
  testing::MadeRun made;
  const ModelInputs inputs = spectrogram_inputs(made.folder, rows_of(2, {1, 2, 3, 4}));
  EXPECT_TRUE(inputs.windowed);
  EXPECT_THAT(inputs.track, ElementsAre(0, 1));
}

TEST(UsableModels, AConvolutionalOneIsLeftOutWhereThereAreReadyFeatures) {
  testing::MadeRun made;
  StageRecord record = made.record();
  std::vector<ModelSpec> specs(2);
  specs[0].title = "Convolutional VAE";
  specs[0].vae.network = "conv";
  specs[1].title = "Beta-VAE";
  Manifest table;
  table.input.path = "songs.csv";
  table.columns = {"a", "b"};
  EXPECT_THAT(usable_models(specs, table, record), SizeIs(1));
  EXPECT_THAT(made.warnings, ElementsAre(HasSubstr("Convolutional VAE was left out: it reads spectrograms, and "
                                                   "'songs.csv' holds ready features")));
  made.warnings.clear();
  Manifest audio;
  audio.recipes["log-mel"] = "key";
  EXPECT_THAT(usable_models(specs, audio, record), SizeIs(2));
  EXPECT_THAT(made.warnings, IsEmpty());
}

TEST(Descriptors, AreTheColumnsThatAreNoMfcc) {
  const Matrix x = rows_of(3, {1, 2, 3, 4, 5, 6});
  EXPECT_EQ(descriptors(x, {"mfcc_1", "centroid", "mfcc_2"}), rows_of(1, {2, 5}));
  EXPECT_TRUE(descriptors(x, {"mfcc_1", "mfcc_2", "mfcc_3"}).empty());
  EXPECT_TRUE(descriptors(x, {}).empty());
}

}  // namespace
}  // namespace songmap::run
