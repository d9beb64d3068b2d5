#include "songmap/atlas/misfits.h"

#include <gmock/gmock.h>

#include "atlas/made_atlas.h"
#include "run/pipeline.h"
#include "songmap/core/error.h"

namespace songmap::atlas {
namespace {

using ::testing::HasSubstr;

/// A run of the planted tracks and one whose "rolloff" and "zcr" are far above all others'.
class MisfitsTest : public ::testing::Test {
 protected:
  run::RunFolder run_with(const std::vector<std::string>& assignments) {
    run::RunOptions options = run::testing::quick_options("default");
    for (const char* assignment : {"run.models=default-vae", "train.epochs=60"}) {
      run::assign_option(options, assignment, "test");
    }
    for (const std::string& assignment : assignments) run::assign_option(options, assignment, "test");
    const run::ExtractRequest request =
        run::testing::planted_request(made_.folder.path(), "run", {}, "default", options);
    write_file(request.input, read_file(request.input) + "stranger,0,0,6,12,14,x,en,studio\n");
    run::testing::run_stages(request, {});
    return run::RunFolder::existing(made_.folder.path() / "run");
  }

  run::testing::MadeRun made_;
};

TEST_F(MisfitsTest, AStrangerComesFirstAndIsToldInWords) {
  const Atlas atlas = Atlas::load(run_with({}));
  const Misfits found = misfits(atlas, 3);
  EXPECT_EQ(found.model, "default-vae");
  EXPECT_TRUE(found.unseen);
  EXPECT_TRUE(found.notes.empty());
  EXPECT_EQ(found.n_judged, 61U);
  EXPECT_GE(found.n_far, 1U);
  ASSERT_EQ(found.worst.size(), 3U);
  const Misfit& worst = found.worst.front();
  EXPECT_EQ(atlas.tracks()[worst.track].path, "stranger");
  EXPECT_GT(worst.relative, 2);
  ASSERT_FALSE(worst.surprises.empty());
  EXPECT_THAT(worst.surprises[0].words, ::testing::AnyOf("high rolloff", "high zcr"));
  EXPECT_GT(worst.surprises[0].heard, worst.surprises[0].expected + 1);
  EXPECT_EQ(worst.rows.rows(), 2U);
  EXPECT_TRUE(worst.signs.empty());  // a table has no files
}

TEST_F(MisfitsTest, WhereNothingWasJudgedUnseenItSaysSo) {
  const Misfits found = misfits(Atlas::load(run_with({"evaluation.held_out_parts=0"})), 100);
  EXPECT_FALSE(found.unseen);
  ASSERT_EQ(found.notes.size(), 1U);
  EXPECT_THAT(found.notes[0], HasSubstr("learnt by heart"));
  EXPECT_LE(found.worst.size(), 31U);  // those above the median
  for (const Misfit& one : found.worst) EXPECT_GT(one.relative, 1);
}

TEST_F(MisfitsTest, APlacedTrackIsJudgedByWhatWasKeptOfIt) {
  Atlas atlas = Atlas::load(run_with({}));
  const double error = 100;
  const std::vector<float> row(atlas.rows().cols());
  atlas.state().place({{"ffff", "new.mp3", "New", "", "", 10, 0, 0.6, 2, row, {}}},
                      {{{0, 0, 0, 0, 0}, {0, 0, 0, 0, 4}, {0, 0, 0, 0, -1}, error, "", "", 0, ""}});
  const Atlas with_placed = Atlas::load(atlas.folder());
  const Misfits found = misfits(with_placed, 1);
  ASSERT_EQ(found.worst.size(), 1U);
  EXPECT_EQ(with_placed.tracks()[found.worst[0].track].track_id, "ffff");
  EXPECT_EQ(found.worst[0].error, error);
  ASSERT_EQ(found.worst[0].surprises.size(), 1U);
  EXPECT_EQ(found.worst[0].surprises[0].words, "high zcr");
}

TEST(Misfits, ARunWithoutModelsIsRefused) {
  const testing::MadeAtlas made;
  EXPECT_THROW((void)misfits(made.atlas(), 3), InvalidArgument);
}

}  // namespace
}  // namespace songmap::atlas
