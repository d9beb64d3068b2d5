#include <gmock/gmock.h>

#include <csignal>
#include <map>
#include <thread>

#include "e2e/chords.h"
#include "e2e/program.h"
#include "songmap/core/random.h"
#include "songmap/metrics/external.h"
#include "songmap/run/tables.h"

namespace songmap::e2e {
namespace {

using testing::HasSubstr;

/// Agreement of the main clustering with the genre, one value a seed.
std::map<std::uint64_t, double> ari_by_seed(const fs::path& folder) {
  std::map<std::string, std::string> genres;
  for (const run::TrackRow& track : run::load_tracks(folder / "tracks.csv")) {
    genres[track.track_id] = track.labels.at("genre");
  }
  const std::vector<run::LabelRow> rows = run::load_labels(folder / "labels.csv");
  std::map<std::uint64_t, std::pair<std::vector<std::string>, std::vector<std::int32_t>>> by_seed;
  for (const run::LabelRow& row : rows) {
    if (row.space != rows.front().space || row.method != rows.front().method) continue;
    by_seed[row.seed].first.push_back(genres.at(row.track_id));
    by_seed[row.seed].second.push_back(row.cluster);
  }
  std::map<std::uint64_t, double> result;
  for (const auto& [seed, pair] : by_seed) {
    const auto table = metrics::contingency(metrics::encode(pair.first).codes, pair.second);
    result[seed] = metrics::adjusted_rand_index(table).value_or(0);
  }
  return result;
}

/// Agreement of the main method with a label in a view's first space, of the first seed, and how many tracks it groups.
std::pair<double, std::size_t> agreement(const fs::path& run, const std::string& view, const std::string& label) {
  std::map<std::string, std::string> label_of;
  for (const run::TrackRow& track : run::load_tracks(run / "tracks.csv")) {
    label_of[track.track_id] = track.labels.at(label);
  }
  std::vector<std::string> values;
  std::vector<std::int32_t> groups;
  const run::LabelRow* first = nullptr;
  const std::vector<run::LabelRow> rows = run::load_labels(run / "labels.csv");
  for (const run::LabelRow& row : rows) {
    if (row.view != view) continue;
    if (first == nullptr) first = &row;
    if (row.space != first->space || row.method != first->method || row.seed != first->seed) continue;
    values.push_back(label_of.at(row.track_id));
    groups.push_back(row.cluster);
  }
  const auto table = metrics::contingency(metrics::encode(values).codes, groups);
  return {metrics::adjusted_rand_index(table).value_or(-1), values.size()};
}

class Demo : public ProgramTest {};

TEST_F(Demo, FindsThePlantedStylesInEverySeed) {
  figures_ = false;
  const Outcome outcome = songmap({"demo", "-o", "demo", "--quiet"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const auto scores = ari_by_seed(folder_ / "demo" / "run");
  EXPECT_EQ(scores.size(), 5U);
  for (const auto& [seed, ari] : scores) EXPECT_GT(ari, 0.8) << "seed " << seed;
  EXPECT_EQ(run::load_tracks(folder_ / "demo" / "run" / "tracks.csv").size(), 60U);

  // Two views of the words: their language, and what they say beside the sound.
  const fs::path run = folder_ / "demo" / "run";
  EXPECT_EQ(agreement(run, "language", "language"), std::pair(1.0, std::size_t{60}));
  EXPECT_LT(agreement(run, "language", "genre").first, 0.1);
  EXPECT_GT(agreement(run, "content", "genre").first, 0.8);
  EXPECT_LT(agreement(run, "content", "language").first, 0.1);

  // The easy tier runs on the same library, from the same store: nothing is decoded twice for a recipe.
  const Outcome easy = songmap({"run", "demo/music/tracks.csv", "--preset", "easy", "--seeds", "2", "-o", "easy"});
  EXPECT_EQ(easy.exit_code, 0) << easy.err;
  EXPECT_TRUE(fs::exists(folder_ / "easy" / "results" / "easy_task_results.csv"));
  const Outcome again = songmap({"extract", "demo/music", "-o", "again"});
  EXPECT_THAT(again.err, HasSubstr("0 decoded, 60 known from before, 0 failed"));
}

TEST_F(Demo, KilledAtAnyMomentTheSameCommandEndsInTheSameResult) {
  figures_ = false;
  fs::create_directories(folder_ / "music");
  for (int kind = 0; kind < 30; ++kind) {
    audio::testing::write_bytes(folder_ / "music" / (std::to_string(kind) + ".wav"), chord_wav(kind, {}, 3));
  }
  const auto command = [](const std::string& run) -> std::vector<std::string> {
    return {"run", "music", "-k", "3", "--seeds", "2", "-o", run, "--store", run + ".sqlite", "--quiet"};
  };
  const Outcome whole = songmap(command("whole"));
  ASSERT_EQ(whole.exit_code, 0) << whole.err;
  Random random(11);
  int killed = 0;
  for (int round = 0; round < 8; ++round) {
    const pid_t child = start(command("killed"));
    std::this_thread::sleep_for(std::chrono::milliseconds(20 + random.below(1000)));
    kill(child, SIGKILL);
    killed += finish(child).exit_code == -SIGKILL ? 1 : 0;
  }
  EXPECT_GT(killed, 0);
  const Outcome last = songmap(command("killed"));
  ASSERT_EQ(last.exit_code, 0) << last.err;
  for (const char* file :
       {"tracks.csv", "labels.csv", "map.csv", "scores.csv", "curves.csv", "spaces/default-vae.npy"}) {
    EXPECT_EQ(read_file(folder_ / "killed" / file), read_file(folder_ / "whole" / file)) << file;
  }
}

TEST_F(Demo, CtrlCSaysSoAndKeepsWhatWasFinished) {
  figures_ = false;
  const pid_t child = start({"demo", "-o", "demo"});
  std::this_thread::sleep_for(std::chrono::milliseconds(400));
  kill(child, SIGINT);
  const Outcome outcome = finish(child);
  EXPECT_EQ(outcome.exit_code, 130) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("interrupted; what was finished is kept"));
}

}  // namespace
}  // namespace songmap::e2e
