#include <gmock/gmock.h>

#include "e2e/program.h"
#include "songmap/core/csv.h"

namespace songmap::e2e {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class Usage : public ProgramTest {};

TEST_F(Usage, VersionAndHelpAreData) {
  EXPECT_EQ(songmap({"--version"}).exit_code, 0);
  const Outcome help = songmap({"--help"});
  EXPECT_EQ(help.exit_code, 0);
  for (const char* command :
       {"run",     "demo", "scan",    "extract", "train", "cluster", "score", "project",   "report", "show",
        "compare", "add",  "similar", "path",    "radio", "refit",   "diff",  "playlists", "rename", "doctor"}) {
    EXPECT_THAT(help.out, HasSubstr(command));
    const Outcome one = songmap({command, "--help"});
    EXPECT_EQ(one.exit_code, 0) << command;
    EXPECT_THAT(one.out, HasSubstr("Usage")) << command;
  }
}

TEST_F(Usage, AMistypedWordOffersTheNearest) {
  const Outcome command = songmap({"extarct", "x"});
  EXPECT_EQ(command.exit_code, 2);
  EXPECT_THAT(command.err, HasSubstr("did you mean 'extract'?"));
  const Outcome option = songmap({"run", "x", "--sed", "3"});
  EXPECT_EQ(option.exit_code, 2);
  EXPECT_THAT(option.err, HasSubstr("did you mean '--seed'?"));
  const Outcome key = songmap({"run", ".", "--set", "vae.latent=3", "--dry-run"});
  EXPECT_EQ(key.exit_code, 2);
  EXPECT_THAT(key.err, HasSubstr("did you mean 'vae.n_latent'?"));
  const Outcome preset = songmap({"run", ".", "--preset", "esay"});
  EXPECT_EQ(preset.exit_code, 2);
  EXPECT_THAT(preset.err, HasSubstr("did you mean 'easy'?"));
}

TEST_F(Usage, ABadConfigNamesFileLineAndRule) {
  write_file(folder_ / "mine.toml", "[vae]\nbeta = 1.0\n[cluster]\nspace = \"middle\"\n");
  const Outcome outcome = songmap({"run", ".", "--config", "mine.toml"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err,
              HasSubstr("mine.toml', line 4: cluster.space = middle is not allowed: one of decoded | latent"));
  write_file(folder_ / "broken.toml", "[vae\n");
  EXPECT_THAT(songmap({"run", ".", "--config", "broken.toml"}).err, HasSubstr("broken.toml', line 1"));
}

TEST_F(Usage, DryRunShowsOptionsAndWritesNothing) {
  const Outcome outcome = songmap({"run", "music", "--preset", "easy", "--set", "train.epochs=7", "--dry-run"});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.out, HasSubstr("train.epochs = 7"));
  EXPECT_THAT(outcome.out, HasSubstr("features.recipe = \"study-vector\""));
  EXPECT_FALSE(fs::exists(folder_ / "songmap-out"));
}

TEST_F(Usage, AMissingInputOrRunIsNamed) {
  const Outcome input = songmap({"run", "no-such-folder"});
  EXPECT_EQ(input.exit_code, 1);
  EXPECT_THAT(input.err, HasSubstr("'no-such-folder' does not exist"));
  const Outcome run = songmap({"show", "."});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.err, HasSubstr("is not a run"));
  EXPECT_THAT(run.out, IsEmpty());
}

TEST_F(Usage, AFolderWithoutTracksIsOneClearSentence) {
  fs::create_directories(folder_ / "empty");
  const Outcome outcome = songmap({"run", "empty"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("empty"));
  EXPECT_EQ(std::ranges::count(outcome.err, '\n'), 1) << outcome.err;
}

TEST_F(Usage, ForeignFoldersAreNeverWrittenInto) {
  fs::create_directories(folder_ / "photos");
  write_file(folder_ / "photos" / "cat.jpg", "meow");
  write_file(folder_ / "table.csv", "track_id,a,b\n1,2,3\n2,3,4\n3,4,6\n");
  const Outcome outcome = songmap({"run", "table.csv", "-o", "photos"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("holds other files and is not a run"));
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_ / "photos"), {}), 1);
}

}  // namespace
}  // namespace songmap::e2e
