// The same seed gives the same bytes, however a run came about.
#include <gmock/gmock.h>

#include "run/pipeline.h"
#include "songmap/core/error.h"

namespace songmap::run {
namespace {

using ::testing::IsEmpty;

class Repeatable : public ::testing::Test {
 protected:
  [[nodiscard]] ExtractRequest request(const std::string& name, const RunOptions& options) const {
    return testing::planted_request(made_.folder.path(), name, {}, "hard", options);
  }
  std::map<std::string, std::string> files(const std::string& name, const RunOptions& options,
                                           const StageContext& context = {}) const {
    testing::run_stages(request(name, options), context);
    return testing::files_of(made_.folder.path() / name);
  }

  testing::MadeRun made_;
};

TEST_F(Repeatable, TheSameSeedGivesTheSameBytesOnAnyNumberOfThreads) {
  const RunOptions options = testing::quick_options("hard", "study");
  StageContext one;
  one.execution.threads = 1;
  StageContext three;
  three.execution.threads = 3;
  EXPECT_THAT(testing::differing(files("one", options, one), files("three", options, three)), IsEmpty());
}

TEST_F(Repeatable, AnotherSeedGivesOthers) {
  const RunOptions options = testing::quick_options("hard", "study");
  ExtractRequest other = request("other", options);
  other.seed = 1;
  testing::run_stages(other, {});
  EXPECT_THAT(testing::differing(files("first", options), testing::files_of(other.output)),
              ::testing::IsSupersetOf({"spaces/beta-vae.npy", "spaces/autoencoder.npy", "labels.csv"}));
}

TEST_F(Repeatable, AStageThatIsRunAgainGivesTheSame) {
  const RunOptions options = testing::quick_options("hard", "strict");
  const auto before = files("run", options);
  const RunFolder folder = RunFolder::existing(made_.folder.path() / "run");
  for (const auto& stage : {score_stage, cluster_stage, train_stage, cluster_stage, score_stage, project_stage}) {
    stage(folder, options_of(folder), {});
  }
  EXPECT_THAT(testing::differing(before, testing::files_of(folder.path())), IsEmpty());
}

/// Stops a training at its n-th report of progress.
StageContext stopping_at(int n) {
  StageContext context;
  context.execution.threads = 1;
  context.execution.progress = [left = n](const Progress&) mutable { return --left > 0; };
  return context;
}

TEST_F(Repeatable, InterruptedInAnyModelTheTrainingGoesOnToTheSameEnd) {
  RunOptions options = testing::quick_options("hard", "study");
  options.condition = "language";
  const auto whole = files("whole", options);
  const RunFolder folder = extract_stage(request("stopped", options), {});
  // Four models of two seeds, three or four epochs each: the first stop is in the first model, the last in the last.
  int stops = 0;
  for (const int at : {2, 9, 15, 21, 26}) {
    try {
      train_stage(folder, options, stopping_at(at));
    } catch (const Cancelled&) {
      ++stops;
    }
  }
  EXPECT_GE(stops, 3);
  for (const auto& stage : {train_stage, cluster_stage, score_stage, project_stage}) stage(folder, options, {});
  EXPECT_THAT(testing::differing(whole, testing::files_of(folder.path())), IsEmpty());
}

TEST_F(Repeatable, ACheckpointIsNotGoneOnFromWithAnotherCondition) {
  RunOptions options = testing::quick_options("hard", "study");
  options.models = {"conditional-vae"};
  options.model_options.clear();
  options.condition = "genre";
  const RunFolder folder = extract_stage(request("run", options), {});
  EXPECT_THROW(train_stage(folder, options, stopping_at(2)), Cancelled);
  options.condition = "label";
  train_stage(folder, options, {});
  const auto changed = read_file(folder.model("conditional-vae", 0));
  const RunFolder fresh = extract_stage(request("fresh", options), {});
  train_stage(fresh, options, {});
  EXPECT_EQ(changed, read_file(fresh.model("conditional-vae", 0)));
}

TEST_F(Repeatable, AnUnknownConditionIsRefusedBeforeAnyTraining) {
  RunOptions options = testing::quick_options("hard", "study");
  options.condition = "mood";
  const RunFolder folder = extract_stage(request("run", options), {});
  EXPECT_THROW(train_stage(folder, options, {}), InvalidArgument);
  EXPECT_FALSE(std::filesystem::exists(folder.models()));
}

}  // namespace
}  // namespace songmap::run
