#include "songmap/run/held_out.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "run/pipeline.h"
#include "songmap/core/error.h"
#include "songmap/core/npy.h"
#include "songmap/core/text_file.h"
#include "songmap/run/rebuilt.h"
#include "songmap/run/spaces.h"

namespace songmap::run {
namespace {

class HeldOutTest : public ::testing::Test {
 protected:
  /// A run of the planted tracks and one that is like none of them, which is the last.
  RunFolder run_with(const std::vector<std::string>& assignments, std::size_t threads = 0) {
    RunOptions options = testing::quick_options("default");
    for (const char* assignment : {"run.models=default-vae", "train.epochs=60"}) {
      assign_option(options, assignment, "test");
    }
    for (const std::string& assignment : assignments) assign_option(options, assignment, "test");
    ExtractRequest request = testing::planted_request(made_.folder.path(), "run", {}, "default", options);
    const std::filesystem::path table = request.input;
    write_file(table, read_file(table) + "stranger,-4,-4,-4,9,9,x,en,studio\n");
    testing::run_stages(request, {{threads, {}}, {}, {}});
    return RunFolder::existing(made_.folder.path() / "run");
  }

  static std::size_t rank_of_stranger(const auto& rows) {
    return static_cast<std::size_t>(std::ranges::find(rows, "stranger", [](const auto& row) { return row.path; }) -
                                    rows.begin());
  }

  testing::MadeRun made_;
};

TEST_F(HeldOutTest, AStrangerIsMoreOfOneToAModelThatHasNotSeenIt) {
  const RunFolder folder = run_with({});
  const std::vector<HeldOutRow> unseen = load_held_out(folder.held_out());
  ASSERT_EQ(unseen.size(), 61U);
  EXPECT_EQ(rank_of_stranger(unseen), 0U);
  EXPECT_GT(unseen.front().relative, 3);
  const double farthest = std::ranges::max(unseen, {}, &HeldOutRow::distance).distance;
  EXPECT_EQ(unseen.front().distance, farthest);
  const std::vector<ReconstructionRow> seen = load_reconstruction(folder.reconstruction());
  EXPECT_GT(unseen.front().error, seen.at(rank_of_stranger(seen)).error);

  const Manifest manifest = load_manifest(folder.manifest());
  const Matrix made = read_npy(folder.inspections() / "default-vae.held_out.npy");
  EXPECT_EQ(made.rows(), 61U);
  EXPECT_EQ(made.cols(), 5U);
  // The table and the file are of one thing: errors are between what was read and what was made.
  const std::vector<TrackRow> tracks = load_tracks(folder.tracks());
  const Matrix given = read_npy(folder.space("features"));
  for (const HeldOutRow& row : unseen) {
    const auto at = std::ranges::find(tracks, row.track_id, &TrackRow::track_id) - tracks.begin();
    const auto i = static_cast<std::size_t>(at);
    EXPECT_NEAR(squared_distance(given.row(i), made.row(i)) / 5, row.error, 1e-4 * row.error);
  }
}

TEST_F(HeldOutTest, WithoutItThereIsNoSuchFile) {
  const RunFolder folder = run_with({"evaluation.held_out_parts=0"});
  EXPECT_FALSE(std::filesystem::exists(folder.held_out()));
}

TEST_F(HeldOutTest, TheSameOnAnyNumberOfThreads) {
  const std::string one = read_file(run_with({}, 1).held_out());
  std::filesystem::remove_all(made_.folder.path() / "run");
  EXPECT_EQ(read_file(run_with({}, 3).held_out()), one);
}

TEST_F(HeldOutTest, RebuiltGivesWhatTheTablesTell) {
  const RunFolder folder = run_with({});
  const Manifest manifest = load_manifest(folder.manifest());
  const std::vector<std::size_t> asked{3, 7, 60};
  const Rebuilt found = rebuilt(folder, manifest, "default-vae", asked);
  EXPECT_FALSE(found.spectrogram);
  const Matrix features = read_npy(folder.space("features"));
  const Matrix seed_1 = read_npy(folder.space("default-vae.decoded", 0));
  const Matrix seed_2 = read_npy(folder.space("default-vae.decoded", 1));
  for (std::size_t i = 0; i < asked.size(); ++i) {
    for (std::size_t c = 0; c < features.cols(); ++c) {
      EXPECT_NEAR(found.given(i, c), features(asked[i], c), 1e-5);
      EXPECT_NEAR(found.made(i, c), (seed_1(asked[i], c) + seed_2(asked[i], c)) / 2, 1e-5);
    }
  }
  EXPECT_THROW((void)rebuilt(folder, manifest, "no-vae", asked), InvalidArgument);
}

}  // namespace
}  // namespace songmap::run
