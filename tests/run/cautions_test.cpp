// What a run warns of, and what it must stay silent about.
#include "songmap/run/cautions.h"

#include <gmock/gmock.h>

namespace songmap::run {
namespace {

using ::testing::HasSubstr;
using ::testing::Optional;
using ::testing::StartsWith;

TEST(Cautions, OfFewTracksBelowTwentyAGroup) {
  EXPECT_EQ(caution_of_few_tracks(200, 10), std::nullopt);
  EXPECT_THAT(caution_of_few_tracks(199, 10), Optional(HasSubstr("199 in 10 groups make 19.9 each")));
  EXPECT_EQ(caution_of_few_tracks(0, 10), std::nullopt);
  EXPECT_EQ(caution_of_few_tracks(10, 0), std::nullopt);
}

TEST(Cautions, OfDuplicatesCountTheCopiesAndNotTheFirst) {
  const Matrix copies(5, 2, std::vector<float>{1, 2, 3, 4, 1, 2, 1, 2, 3, 4});
  EXPECT_THAT(caution_of_duplicates(copies), Optional(StartsWith("3 of 5 tracks have exactly the values of another")));
  const Matrix alike(3, 2, std::vector<float>{1, 2, 2, 1, 1, 2.0000002F});
  EXPECT_EQ(caution_of_duplicates(alike), std::nullopt);
}

TEST(Cautions, OfModalityWhereOneSideHasMoreThanNineTenths) {
  EXPECT_THAT(caution_of_modality("m.hybrid", 0.95), Optional(HasSubstr("m.hybrid 95 % of the variance is sound")));
  EXPECT_THAT(caution_of_modality("m.hybrid", 0.02), Optional(HasSubstr("m.hybrid 98 % of the variance is words")));
  for (const double balanced : {0.11, 0.5, 0.89}) EXPECT_EQ(caution_of_modality("m.hybrid", balanced), std::nullopt);
}

TEST(Cautions, OfCollapseCountTheSeeds) {
  ModelRecord model;
  model.name = "beta-vae";
  model.n_latent = 64;
  model.collapsed = {false, false, false};
  model.active_units = {5, 6, 7};
  EXPECT_EQ(caution_of_collapse(model), std::nullopt);
  model.collapsed = {true, false, true};
  model.active_units = {0, 6, 1};
  EXPECT_THAT(caution_of_collapse(model), Optional(HasSubstr("of beta-vae has collapsed: with 2 of 3 seeds, 0 to 6 of "
                                                             "64 dimensions carry anything")));
}

TEST(Cautions, OfNumbersOfGroupsFromLabelsNameTheLabel) {
  EXPECT_THAT(caution_of_label_k(10, "genre"), HasSubstr("10 is the number of classes of 'genre'"));
}

}  // namespace
}  // namespace songmap::run
