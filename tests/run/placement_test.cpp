#include "songmap/run/placement.h"

#include <gmock/gmock.h>

#include <cmath>

#include "run/pipeline.h"
#include "songmap/core/error.h"
#include "songmap/core/npy.h"
#include "songmap/run/description.h"

namespace songmap::run {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

double largest_difference(MatrixView a, MatrixView b) {
  EXPECT_EQ(a.rows(), b.rows());
  EXPECT_EQ(a.cols(), b.cols());
  double largest = 0;
  for (std::size_t i = 0; i < a.values().size(); ++i) {
    largest = std::max(largest, std::abs(static_cast<double>(a.values()[i]) - b.values()[i]));
  }
  return largest;
}

class PlacementTest : public ::testing::Test {
 protected:
  RunFolder run_with(const std::vector<std::string>& assignments) {
    RunOptions options = testing::quick_options("default");
    assign_option(options, "run.models=default-vae", "test");
    for (const std::string& assignment : assignments) assign_option(options, assignment, "test");
    testing::run_stages(testing::planted_request(made_.folder.path(), "run", {}, "default", options), {});
    return RunFolder::existing(made_.folder.path() / "run");
  }

  /// Where tracks of the run arrive that come once more, against where they are.
  static void expect_tracks_arrive_where_they_are(const RunFolder& folder) {
    const Manifest manifest = load_manifest(folder.manifest());
    const Placement placement = Placement::load(folder, manifest);
    const Placement::Placed placed = placement.place(read_npy(folder.space("raw")));
    EXPECT_LT(largest_difference(placed.rows, read_npy(folder.space(manifest.main_space))), 1e-5)
        << manifest.main_space;
    const std::vector<ReconstructionRow> known = load_reconstruction(folder.reconstruction());
    const std::vector<TrackRow> tracks = load_tracks(folder.tracks());
    for (const ReconstructionRow& row : known) {
      const auto at = std::ranges::find(tracks, row.track_id, &TrackRow::track_id) - tracks.begin();
      EXPECT_NEAR(placed.errors.at(static_cast<std::size_t>(at)), row.error, 1e-5 * row.error) << row.track_id;
    }
  }

  testing::MadeRun made_;
};

TEST_F(PlacementTest, TracksOfTheRunArriveWhereTheyAre) { expect_tracks_arrive_where_they_are(run_with({})); }

TEST_F(PlacementTest, InTheLatentSpaceOfOneSeedToo) {
  expect_tracks_arrive_where_they_are(run_with({"cluster.space=latent", "run.ensemble=false"}));
}

TEST_F(PlacementTest, ATrackAloneArrivesWhereItDoesAmongOthers) {
  const RunFolder folder = run_with({});
  const Placement placement = Placement::load(folder, load_manifest(folder.manifest()));
  const Matrix raw = read_npy(folder.space("raw"));
  const std::vector<std::size_t> one{17};
  const Matrix alone = placement.place(take_rows(raw, one)).rows;
  EXPECT_LT(largest_difference(alone, take_rows(placement.place(raw).rows, one)), 1e-6);
}

TEST_F(PlacementTest, WhatCannotTakeTracksSaysWhy) {
  const RunFolder folder = run_with({});
  const auto refused = [&](auto change, const std::string& part) {
    Manifest manifest = load_manifest(folder.manifest());
    change(manifest);
    EXPECT_THAT([&] { (void)Placement::load(folder, manifest); }, ThrowsMessage<InvalidArgument>(HasSubstr(part)));
  };
  refused([](Manifest& m) { m.main_space = "pca"; }, "the space pca");
  refused([](Manifest& m) { m.pretrained.push_back({"audio", "vectors.npy", "", 3, 60}); }, "vectors.npy");
  refused([](Manifest& m) { m.main_space.clear(); }, "not finished");
  std::filesystem::remove(folder.description());
  EXPECT_THROW((void)Placement::load(folder, load_manifest(folder.manifest())), IoError);
}

TEST(Description, IsTheSameAfterSaving) {
  Random random(3);
  Matrix raw(40, 6);
  for (float& value : raw.values()) value = static_cast<float>(std::exp(random.normal()));
  const std::string file = ::testing::TempDir() + "songmap_description.model";
  for (const char* kind : {"logzc", "rank", "z", "track", "none"}) {
    FittedDescription description{{features::fit_scaler(raw, {kind}), std::nullopt, 0.3F}, std::nullopt};
    save_description(file, description);
    EXPECT_EQ(transform(load_description(file), raw), transform(description, raw)) << kind;

    const Matrix scaled = transform(description, raw);
    const std::vector<features::Block> blocks{{"first", 0, 2}, {"second", 2, 4}};
    description.scaling.blocks = features::fit_block_scaler(scaled, blocks);
    const Matrix blocked = transform(description, raw);
    std::vector<std::size_t> owner;
    for (std::size_t i = 0; i < 40; ++i) owner.push_back(i / 2);
    description.metric = features::fit_noise_metric(blocked, blocked, owner);
    save_description(file, description);
    EXPECT_EQ(transform(load_description(file), raw), transform(description, raw)) << kind;
  }
}

}  // namespace
}  // namespace songmap::run
