#include "songmap/run/paired_subsets.h"

#include <gmock/gmock.h>

#include <cmath>
#include <map>
#include <set>

#include "run/pipeline.h"
#include "songmap/core/csv.h"
#include "songmap/core/error.h"
#include "songmap/core/npy.h"
#include "songmap/run/spaces.h"

namespace songmap::run {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::ThrowsMessage;

/// A run of 60 tracks in three genres that the features tell apart, and a space "pca" that is noise alone.
class PairedSubsets : public ::testing::Test {
 protected:
  PairedSubsets() {
    RunOptions options = testing::quick_options("default");
    assign_option(options, "run.models=autoencoder", "test");
    testing::run_stages(testing::planted_request(made_.folder.path(), "run", {}, "default", options), {});
    Matrix noise(60, 3);
    Random random(4);
    for (float& value : noise.values()) value = static_cast<float>(random.normal());
    write_npy(folder().space("pca"), noise);
  }

  [[nodiscard]] RunFolder folder() const { return RunFolder::existing(made_.folder.path() / "run"); }
  [[nodiscard]] SubsetComparison compared(const SubsetOptions& options, std::size_t threads = 1) const {
    StageContext context;
    context.execution.threads = threads;
    return compare_on_subsets(folder(), options, context);
  }

  testing::MadeRun made_;
};

TEST_F(PairedSubsets, NoiseLosesEverySubsetAndTheSameSpaceWinsNone) {
  SubsetOptions options;
  options.spaces = {"pca", "features"};
  const SubsetComparison found = compared(options);
  EXPECT_EQ(found.target, "genre");
  EXPECT_EQ(found.n_tracks, 60U);
  EXPECT_EQ(found.n_classes, 3U);
  std::set<std::string> spaces;
  for (const PairedRow& row : found.rows) {
    spaces.insert(row.space);
    EXPECT_EQ(row.wins, 0U) << row.space << " " << row.grouping << " " << row.metric;
    if (row.space == "features") {
      EXPECT_EQ(row.difference, 0);
      EXPECT_EQ(row.ties, 10U);
      EXPECT_GT(row.value, 0.9);
    } else {
      EXPECT_LT(row.difference, -0.7);
      EXPECT_EQ(row.ties, 0U);
    }
  }
  EXPECT_THAT(spaces, ::testing::ElementsAre("features", "pca"));
}

TEST_F(PairedSubsets, TheTableHoldsWhatTheSummaryIsMadeOf) {
  SubsetOptions options;
  options.spaces = {"pca"};
  options.subsets = 4;
  options.fraction = 0.5;
  const SubsetComparison found = compared(options);
  std::map<std::string, double> sums;
  std::map<std::string, std::size_t> counts;
  const CsvTable table = read_csv(folder().subsets());
  EXPECT_THAT(table.columns, ::testing::ElementsAre("subset", "space", "grouping", "metric", "value", "n", "k"));
  for (const auto& row : table.rows) {
    EXPECT_EQ(row[5], "30");
    EXPECT_EQ(row[6], "3");
    sums[row[1] + row[2] + row[3]] += *parse_number(row[4]);
    ++counts[row[1] + row[2] + row[3]];
  }
  EXPECT_EQ(table.rows.size(), 4U * 2 * 2 * 3);
  for (const PairedRow& row : found.rows) {
    const std::string name = row.grouping + row.metric;
    EXPECT_EQ(counts[row.space + name], 4U);
    EXPECT_NEAR(row.value, sums[row.space + name] / 4, 1e-12);
    EXPECT_NEAR(row.difference, (sums[row.space + name] - sums["features" + name]) / 4, 1e-12);
  }
}

TEST_F(PairedSubsets, TheSameSeedGivesTheSameOnAnyNumberOfThreadsAndAnotherSeedDoesNot) {
  SubsetOptions options;
  options.spaces = {"pca"};
  const auto values = [](const SubsetComparison& found) {
    std::vector<double> all;
    for (const SubsetRow& row : found.subsets) all.push_back(row.value);
    return all;
  };
  const std::vector<double> once = values(compared(options, 1));
  EXPECT_EQ(values(compared(options, 3)), once);
  options.seed = 1;
  EXPECT_NE(values(compared(options)), once);
}

TEST_F(PairedSubsets, TracksWithoutALabelOrAPlaceAreLeftOut) {
  std::vector<TrackRow> tracks = load_tracks(folder().tracks());
  tracks[7].labels["genre"].clear();
  save_tracks(folder().tracks(), tracks);
  Matrix pca = read_npy(folder().space("pca"));
  for (float& value : pca.row(3)) value = std::numeric_limits<float>::quiet_NaN();
  write_npy(folder().space("pca"), pca);
  SubsetOptions options;
  options.spaces = {"pca"};
  EXPECT_EQ(compared(options).n_tracks, 58U);
}

TEST_F(PairedSubsets, WithoutNamesTheSpacesOfTheSoundAreCompared) {
  const std::vector<std::string> names = default_spaces(load_manifest(folder().manifest()));
  EXPECT_THAT(names, Contains("features"));
  EXPECT_THAT(names, Contains("pca"));
  EXPECT_THAT(names, Contains("autoencoder.ensemble"));
  EXPECT_THAT(names, Not(Contains("autoencoder.decoded")));  // its seeds one by one
}

TEST_F(PairedSubsets, SaysWhatIsWrong) {
  const auto failing = [&](auto change, const std::string& part) {
    SubsetOptions options;
    options.spaces = {"pca"};
    change(options);
    EXPECT_THAT([&] { (void)compared(options); }, ThrowsMessage<InvalidArgument>(HasSubstr(part))) << part;
  };
  failing([](SubsetOptions& o) { o.spaces = {"featurs"}; }, "did you mean 'features'");
  failing([](SubsetOptions& o) { o.against = "fatures"; }, "did you mean 'features'");
  failing([](SubsetOptions& o) { o.spaces = {"features"}; }, "name another one");
  failing([](SubsetOptions& o) { o.target = "gnre"; }, "there are genre");
  failing([](SubsetOptions& o) { o.subsets = 1; }, "two subsets");
  failing([](SubsetOptions& o) { o.fraction = 1; }, "fraction = 1");
  std::vector<TrackRow> tracks = load_tracks(folder().tracks());
  for (std::size_t i = 9; i < tracks.size(); ++i) tracks[i].labels["genre"].clear();
  save_tracks(folder().tracks(), tracks);
  failing([](SubsetOptions&) {}, "9 tracks");
  Manifest manifest = load_manifest(folder().manifest());
  manifest.targets.clear();
  save_manifest(folder().manifest(), manifest);
  failing([](SubsetOptions&) {}, "no labels");
}

}  // namespace
}  // namespace songmap::run
