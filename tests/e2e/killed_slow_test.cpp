// Whatever moment run, add or refit is killed at, the same command completes the library, with the same result as one
// that nobody interrupted.
#include <gmock/gmock.h>

#include <chrono>
#include <csignal>
#include <thread>

#include "audio/sound_files.h"
#include "e2e/chords.h"
#include "e2e/program.h"
#include "songmap/core/random.h"
#include "songmap/core/text_file.h"

namespace songmap::e2e {
namespace {

class Killed : public ProgramTest {
 protected:
  Killed() {
    figures_ = false;
    for (int i = 0; i < 30; ++i) {
      const fs::path file = folder_ / (i < 24 ? "music" : "new") / ("chord " + std::to_string(i) + ".wav");
      fs::create_directories(file.parent_path());
      audio::testing::write_bytes(file, chord_wav(i, {}, 1.5 + 0.05 * i));
    }
  }

  [[nodiscard]] static std::vector<std::string> run_into(const std::string& folder) {
    return {"run",   "music",          "-o", folder,    "-q",    "-k",
            "3",     "--seeds",        "2",  "--refit", "--set", "projection.tsne=false",
            "--set", "train.epochs=20"};
  }

  /// Seconds that a command takes undisturbed.
  [[nodiscard]] double undisturbed(const std::vector<std::string>& arguments) const {
    const auto begin = std::chrono::steady_clock::now();
    const Outcome outcome = songmap(arguments);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  }

  /// Starts the command again and again, each time killed at a random moment.
  void kill_at_random(const std::vector<std::string>& arguments, double seconds, int times, Random& random) const {
    for (int i = 0; i < times; ++i) {
      const pid_t child = start(arguments);
      std::this_thread::sleep_for(std::chrono::duration<double>(random.uniform() * seconds));
      kill(child, SIGKILL);
      (void)finish(child);
    }
  }

  void expect_equal(const std::string& a, const std::string& b) const {
    for (const char* name : {"tracks.csv", "labels.csv", "map.csv", "scores.csv", "clusterings.csv"}) {
      EXPECT_EQ(read_file(folder_ / a / name), read_file(folder_ / b / name)) << name;
    }
  }
};

TEST_F(Killed, AtTwoHundredRandomMomentsOfRunAddAndRefit) {
  Random random(20);
  const double run_s = undisturbed(run_into("whole"));
  kill_at_random(run_into("killed"), run_s, 70, random);
  ASSERT_EQ(songmap(run_into("killed")).exit_code, 0);
  expect_equal("killed", "whole");

  // Features that are stored make a second adding quick: each of the two has a store of its own.
  const double add_s = undisturbed({"add", "whole", "new", "-q", "--store", "whole.db"});
  kill_at_random({"add", "killed", "new", "-q", "--store", "killed.db"}, add_s, 60, random);
  ASSERT_EQ(songmap({"add", "killed", "new", "-q", "--store", "killed.db"}).exit_code, 0);
  EXPECT_EQ(songmap({"groups", "killed", "--json"}).out, songmap({"groups", "whole", "--json"}).out);

  const double refit_s = undisturbed({"refit", "whole", "-q"});
  kill_at_random({"refit", "killed", "-q"}, refit_s, 70, random);
  ASSERT_EQ(songmap({"refit", "killed", "-q"}).exit_code, 0);
  expect_equal("killed", "whole");
}

}  // namespace
}  // namespace songmap::e2e
