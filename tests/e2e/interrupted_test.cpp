#include <gmock/gmock.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <thread>

#include "e2e/program.h"
#include "songmap/core/csv.h"
#include "songmap/core/random.h"

namespace songmap::e2e {
namespace {

using testing::HasSubstr;

class Interrupted : public ProgramTest {
 protected:
  Interrupted() {
    figures_ = false;
    Random random(5);
    std::string text = "track_id,a,b,c,d,genre\n";
    for (int i = 0; i < 60; ++i) {
      text += "t" + std::to_string(i);
      for (int j = 0; j < 4; ++j) text += "," + csv_number(random.normal() + (j == i % 3 ? 9.0 : 0.0));
      text += "," + std::string(1, "xyz"[i % 3]) + "\n";
    }
    write_file(folder_ / "table.csv", text);
  }

  /// Whether a run keeps such a file of a model: "seed-2.model", ".checkpoint" …
  static bool has_model_file(const fs::path& run, const std::string& model, const std::string& kind) {
    std::error_code none_yet;
    return std::ranges::any_of(fs::directory_iterator(run / "models", none_yet), [&](const fs::directory_entry& entry) {
      const std::string name = entry.path().filename().string();
      return name.starts_with(model + ".") && name.find(kind) != std::string::npos;
    });
  }
};

// Ctrl-C in the middle of the second of three models: the first is done, the second goes on where it was.
TEST_F(Interrupted, InTheSecondModelTheSameCommandEndsAsIfItHadNotBeen) {
  const auto command = [](const std::string& run) {
    std::vector<std::string> arguments{"run", "table.csv", "--preset", "hard", "--seeds", "2", "-o", run};
    for (const char* setting :
         {"vae.hidden=[64]", "vae.n_latent=4", "train.epochs=2", "train.patience=0", "models.beta-vae.train.epochs=2",
          "models.regular-vae.train.epochs=2000", "evaluation.permutations=19", "evaluation.bootstrap=20",
          "projection.tsne=false", "projection.umap=false", "projection.three_dimensions=false"}) {
      arguments.insert(arguments.end(), {"--set", setting});
    }
    return arguments;
  };
  const Outcome whole = songmap(command("whole"));
  ASSERT_EQ(whole.exit_code, 0) << whole.err;

  const fs::path run = folder_ / "run";
  const pid_t child = start(command("run"));
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!has_model_file(run, "beta-vae", "seed-2.model") && std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  kill(child, SIGINT);
  const Outcome interrupted = finish(child);
  ASSERT_EQ(interrupted.exit_code, 130) << interrupted.err;
  EXPECT_THAT(interrupted.err, HasSubstr("the same command goes on from there"));
  EXPECT_TRUE(has_model_file(run, "regular-vae", ".checkpoint"));
  EXPECT_FALSE(has_model_file(run, "regular-vae", ".model"));
  EXPECT_FALSE(fs::exists(run / "labels.csv"));

  const Outcome last = songmap(command("run"));
  ASSERT_EQ(last.exit_code, 0) << last.err;
  EXPECT_FALSE(has_model_file(run, "regular-vae", ".checkpoint"));
  for (const char* folder : {"spaces", "models"}) {
    for (const auto& entry : fs::directory_iterator(folder_ / "whole" / folder)) {
      EXPECT_EQ(read_file(run / folder / entry.path().filename()), read_file(entry.path())) << entry.path();
    }
  }
  for (const char* file : {"labels.csv", "map.csv", "scores.csv", "curves.csv", "comparisons.csv",
                           "results/hard_task_comprehensive_results.csv"}) {
    EXPECT_EQ(read_file(run / file), read_file(folder_ / "whole" / file)) << file;
  }
}

}  // namespace
}  // namespace songmap::e2e
