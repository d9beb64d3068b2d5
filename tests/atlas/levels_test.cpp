#include "songmap/atlas/levels.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "atlas/made_atlas.h"
#include "songmap/core/error.h"

namespace songmap::atlas {
namespace {

using ::testing::ElementsAre;
using testing::MadeAtlas;

std::vector<std::string> names_of(const std::vector<Part>& parts) {
  std::vector<std::string> names;
  for (const Part& part : parts) names.push_back(part.name);
  return names;
}

/// Four groups of five tracks at 0, 10, 100 and 130, a unit apart inside.
class Levels : public ::testing::Test {
 protected:
  Levels() : made_(20) {
    Matrix x(20, 2);
    std::vector<run::LabelRow> labels = run::load_labels(made_.made.folder.labels());
    constexpr float kPlaces[] = {0, 10, 100, 130};
    for (std::size_t i = 0; i < 20; ++i) {
      x(i, 0) = kPlaces[i / 5] + static_cast<float>(i % 5);
      labels[i].cluster = static_cast<std::int32_t>(i / 5);
    }
    write_npy(made_.made.folder.space("features"), x);
    run::save_labels(made_.made.folder.labels(), labels);
  }

  MadeAtlas made_;
};

TEST_F(Levels, FewerPartsPutNearGroupsTogether) {
  const Atlas atlas = made_.atlas();
  EXPECT_THAT(names_of(parts(atlas, 4)), ElementsAre("0", "1", "2", "3"));
  EXPECT_THAT(names_of(parts(atlas, 3)), ElementsAre("0+1", "2", "3"));
  EXPECT_THAT(names_of(parts(atlas, 2)), ElementsAre("0+1", "2+3"));
  EXPECT_THAT(names_of(parts(atlas, 1)), ElementsAre("0+1+2+3"));
  const std::vector<Part> whole = parts(atlas, 1);
  ASSERT_EQ(whole.size(), 1U);
  EXPECT_EQ(whole[0].tracks.size(), 20U);
  EXPECT_EQ(whole[0].groups.size(), 4U);
}

TEST_F(Levels, EveryLevelLiesInsideTheOneBefore) {
  const Atlas atlas = made_.atlas();
  std::vector<Part> coarse = parts(atlas, 1);
  for (std::size_t n = 2; n <= 20; ++n) {
    std::vector<Part> fine = parts(atlas, n);
    ASSERT_EQ(fine.size(), n);
    std::size_t n_tracks = 0;
    for (const Part& part : fine) {
      ASSERT_FALSE(part.tracks.empty());
      n_tracks += part.tracks.size();
      const auto holds = [&](const Part& larger) { return std::ranges::includes(larger.tracks, part.tracks); };
      EXPECT_EQ(std::ranges::count_if(coarse, holds), 1) << n << ", part " << part.name;
    }
    EXPECT_EQ(n_tracks, 20U);
    coarse = std::move(fine);
  }
}

TEST_F(Levels, MorePartsCutTheWidestAndSayWhere) {
  Matrix x = read_npy(made_.made.folder.space("features"));
  for (std::size_t i = 13; i < 15; ++i) x(i, 0) += 50;
  write_npy(made_.made.folder.space("features"), x);
  const std::vector<Part> found = parts(made_.atlas(), 5);
  EXPECT_THAT(names_of(found), ElementsAre("0", "1", "2.1", "2.2", "3"));
  EXPECT_THAT(found[2].tracks, ElementsAre(10, 11, 12));
  EXPECT_THAT(found[3].tracks, ElementsAre(13, 14));
}

TEST_F(Levels, TracksThatAreAllAlikeCanBeCutToo) {
  write_npy(made_.made.folder.space("features"), Matrix(20, 2));
  EXPECT_EQ(parts(made_.atlas(), 20).size(), 20U);
}

TEST_F(Levels, SaysWhatIsWrong) {
  EXPECT_THROW((void)parts(made_.atlas(), 0), InvalidArgument);
  EXPECT_THROW((void)parts(made_.atlas(), 21), InvalidArgument);
}

}  // namespace
}  // namespace songmap::atlas
