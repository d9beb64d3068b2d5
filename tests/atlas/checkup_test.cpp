#include "songmap/atlas/checkup.h"

#include <gmock/gmock.h>

#include <fstream>

#include "atlas/made_atlas.h"
#include "songmap/core/npy.h"
#include "songmap/core/text_file.h"

namespace songmap::atlas {
namespace {

using ::testing::HasSubstr;
using testing::MadeAtlas;
using Level = Finding::Level;

class Checkup : public ::testing::Test {
 protected:
  [[nodiscard]] Finding finding(const std::string& what) const {
    for (const Finding& one : check_library(made_.made.folder, made_.made.folder.path() / "no store")) {
      if (one.what == what) return one;
    }
    ADD_FAILURE() << "nothing was said of " << what;
    return {};
  }
  void change_manifest(const std::function<void(run::Manifest&)>& change) const {
    run::Manifest manifest = run::load_manifest(made_.made.folder.manifest());
    change(manifest);
    run::save_manifest(made_.made.folder.manifest(), manifest);
  }

  MadeAtlas made_;
};

TEST_F(Checkup, ASoundLibraryIsFine) {
  made_.atlas().state().rename(0, "Low");
  EXPECT_EQ(finding("library").level, Level::kFine);
  EXPECT_EQ(finding("recipe").level, Level::kFine);
  EXPECT_EQ(finding("drift").level, Level::kFine);
  EXPECT_EQ(finding("run").level, Level::kFine);
  EXPECT_THAT(finding("run").text, HasSubstr("20 tracks in 2 groups"));
}

TEST_F(Checkup, ADamagedLibraryIsBroken) {
  made_.atlas().state().rename(0, "Low");
  std::string bytes = read_file(made_.made.folder.library());
  std::filesystem::remove(made_.made.folder.library().string() + "-wal");
  std::ranges::fill(bytes.begin() + 100, bytes.end(), 'x');
  write_file(made_.made.folder.library(), bytes);
  EXPECT_EQ(finding("library").level, Level::kBroken);
}

TEST_F(Checkup, AnUnfinishedRefitIsSaid) {
  made_.atlas().state().keep_earlier_groups({{"0000track", 1}});
  EXPECT_EQ(finding("library").level, Level::kAdvice);
  EXPECT_THAT(finding("library").advice, HasSubstr("refit"));
}

TEST_F(Checkup, AnotherRecipeAndCollapsedModelsAreSaid) {
  change_manifest([](run::Manifest& manifest) { manifest.recipes["timbre"] = "timbre-of another time"; });
  EXPECT_EQ(finding("recipe").level, Level::kBroken);
  change_manifest([](run::Manifest& manifest) { manifest.recipes = {{"no longer known", "x"}}; });
  EXPECT_THAT(finding("recipe").text, HasSubstr("no longer known"));
}

TEST_F(Checkup, FilesThatDoNotBelongTogetherAreBroken) {
  write_npy(made_.made.folder.space("features"), Matrix(3, 2));
  EXPECT_EQ(finding("run").level, Level::kBroken);
}

TEST_F(Checkup, MissingAudioIsCounted) {
  change_manifest([](run::Manifest& manifest) { manifest.input.kind = "audio"; });
  EXPECT_THAT(finding("audio").text, HasSubstr("20 files are missing"));
  EXPECT_THAT(finding("store").text, HasSubstr("no store"));
}

TEST_F(Checkup, ManyStrangersAskForARefit) {
  std::vector<PlacedTrack> placed;
  for (int i = 0; i < 5; ++i) {
    const std::string id = "new" + std::to_string(i);
    placed.push_back({id, id + ".mp3", id, "", "", 10, 1, 0.6, i < 2 ? 1.5 : 0.5, {30, 1}, {}});
  }
  made_.atlas().state().place(placed);
  EXPECT_EQ(finding("drift").level, Level::kAdvice);
  EXPECT_THAT(finding("drift").text, HasSubstr("5 of 25 tracks came later, 2 of them outliers"));
}

TEST_F(Checkup, NewTracksThatAreRebuiltWorseAreADriftEvenWithoutOutliers) {
  std::vector<run::HeldOutRow> unseen;
  for (std::size_t i = 0; i < 20; ++i) {
    unseen.push_back({made_.atlas().tracks()[i].track_id, "", "", 1 + 0.01 * static_cast<double>(i), 1, 1});
  }
  run::save_held_out(made_.made.folder.held_out(), unseen);
  change_manifest([](run::Manifest& manifest) { manifest.columns = {"tempo", "energy"}; });
  Matrix raw(20, 2);
  for (std::size_t i = 0; i < 20; ++i) raw(i, 0) = static_cast<float>(i % 4);
  write_npy(made_.made.folder.space("raw"), raw);
  const auto place = [&](double error) {
    std::vector<PlacedTrack> tracks;
    std::vector<PlacedDetail> details;
    for (int i = 0; i < 4; ++i) {
      tracks.push_back({"new" + std::to_string(i), "a", "", "", "", 1, 0, 1, 0.5, {0, 0}, {}});
      details.push_back({{9, 0}, {}, {}, error + 0.02 * i, "", "", 0, ""});
    }
    made_.atlas().state().place(tracks, details);
  };
  place(1.06);
  EXPECT_EQ(finding("drift").level, Level::kFine) << finding("drift").text;
  EXPECT_THAT(finding("drift").text, HasSubstr("1.0 times as badly"));
  place(3);
  EXPECT_EQ(finding("drift").level, Level::kAdvice);
  EXPECT_THAT(finding("drift").text, HasSubstr("p = 0.00"));
  EXPECT_THAT(finding("drift").text, HasSubstr("high tempo"));
  EXPECT_THAT(finding("drift").advice, HasSubstr("music like this"));
}

TEST_F(Checkup, ACopyOfAnOlderLibraryIsMentioned) {
  made_.atlas().state().rename(0, "Low");
  write_file(State::copy_of_version(made_.made.folder.library(), 1), "");
  EXPECT_THAT(finding("library").text, HasSubstr("library.v1.sqlite"));
}

}  // namespace
}  // namespace songmap::atlas
