// No label reaches a model, a clustering or a map: with other labels, or none, everything but the scores comes out the
// same, byte by byte. The one exception is the column that a conditional model is told, and it reaches that model
// alone.
#include <gmock/gmock.h>

#include "audio/sound_files.h"
#include "run/pipeline.h"

namespace songmap::run {
namespace {

using ::testing::Contains;
using ::testing::IsSupersetOf;
using testing::Planted;

/// What labels may change: the labels themselves, and what is measured against them.
bool tells_of_labels(const std::string& name) {
  return name == "tracks.csv" || name == "scores.csv" || name == "comparisons.csv" || name.starts_with("results/");
}

class NoLabel : public ::testing::Test {
 protected:
  std::map<std::string, std::string> files(const std::string& name, const Planted& planted, const std::string& preset,
                                           const RunOptions& options) {
    testing::run_stages(testing::planted_request(made_.folder.path(), name, planted, preset, options), {});
    return testing::files_of(made_.folder.path() / name);
  }

  static std::map<std::string, std::string> without_scores(std::map<std::string, std::string> files) {
    std::erase_if(files, [](const auto& file) { return tells_of_labels(file.first); });
    return files;
  }

  testing::MadeRun made_;
};

/// Every label column permuted, or all its values others.
Planted relabelled() {
  Planted other;
  other.genre = [](std::size_t i) { return std::string(1, "pqrs"[(i * 7) % 4]); };
  other.language = [](std::size_t i) { return i % 3 == 0 ? "fr" : "ta"; };
  other.label = [](std::size_t i) { return std::to_string(i % 7); };
  return other;
}

Planted unlabelled() {
  Planted none;
  none.labels = false;
  return none;
}

TEST_F(NoLabel, ReachesAnythingButTheScores) {
  struct Case {
    const char* preset;
    const char* protocol;
  };
  for (const auto& [preset, protocol] :
       {Case{"default", ""}, Case{"hard", "study"}, Case{"hard", "strict"}, Case{"easy", "study"}}) {
    const std::string name = std::string(preset) + "-" + protocol;
    const RunOptions options = testing::quick_options(preset, protocol);
    const auto truth = files(name, {}, preset, options);
    const auto other = files(name + "-other", relabelled(), preset, options);
    EXPECT_THAT(testing::differing(without_scores(truth), without_scores(other)), ::testing::IsEmpty()) << name;
    EXPECT_THAT(testing::differing(truth, other), IsSupersetOf({"scores.csv", "tracks.csv"})) << name;
    EXPECT_THAT(truth, Contains(::testing::Key("labels.csv")));
    EXPECT_THAT(truth, Contains(::testing::Key("spaces/features.npy")));
  }
}

TEST_F(NoLabel, WithoutAnyTheRunIsTheSame) {
  // The lyrics' languages become a label of their own where none is given, and reach the scores alone as well.
  const RunOptions options = testing::quick_options("hard", "strict");
  const auto truth = files("with", {}, "hard", options);
  const auto none = files("without", unlabelled(), "hard", options);
  EXPECT_THAT(testing::differing(without_scores(truth), without_scores(none)), ::testing::IsEmpty());
}

/// Rows of a table that do not speak of the conditional model.
std::string rows_of_others(const std::string& table) {
  std::string result;
  for (std::size_t at = 0; at < table.size();) {
    const std::size_t end = std::min(table.find('\n', at), table.size() - 1) + 1;
    const std::string line = table.substr(at, end - at);
    if (line.find("conditional-vae") == std::string::npos) result += line;
    at = end;
  }
  return result;
}

TEST_F(NoLabel, TheConditionReachesTheConditionalModelAlone) {
  RunOptions options = testing::quick_options("hard", "study");
  options.condition = "language";
  const auto truth = files("truth", {}, "hard", options);

  // Every other column: nothing changes.
  Planted other = relabelled();
  other.language = Planted().language;
  EXPECT_THAT(testing::differing(without_scores(truth), without_scores(files("other", other, "hard", options))),
              ::testing::IsEmpty());

  // That column: the conditional model changes, and nothing else.
  Planted told;
  told.language = relabelled().language;
  const auto changed = files("told", told, "hard", options);
  std::vector<std::string> names = testing::differing(without_scores(truth), without_scores(changed));
  EXPECT_THAT(names, IsSupersetOf({"spaces/conditional-vae.npy", "spaces/conditional-vae.hybrid.npy",
                                   "spaces/conditional-vae.seed-2.npy", "models/conditional-vae.seed-1.model"}));
  std::erase_if(names, [](const std::string& name) { return name.find("conditional-vae") != std::string::npos; });
  // Tables of all models have rows of the conditional one.
  for (const std::string& name : names) {
    EXPECT_THAT((std::vector<std::string>{"curves.csv", "reconstruction.csv", "labels.csv", "clusterings.csv"}),
                Contains(name));
    EXPECT_EQ(rows_of_others(truth.at(name)), rows_of_others(changed.at(name))) << name;
  }
}

TEST_F(NoLabel, ReachesSpectrogramModels) {
  Random random(2);
  const auto music = made_.folder.path() / "music";
  std::filesystem::create_directories(music);
  std::string tracks = "path,genre,lyrics\n";
  std::string relabelled = tracks;
  for (int i = 0; i < 12; ++i) {
    const std::string name = std::to_string(i) + ".wav";
    const std::size_t seconds = i % 6 == 0 ? 12 : 1;  // two windows or one
    audio::testing::write_bytes(music / name,
                                audio::testing::wav({.rate_hz = 22050}, seconds * 22050, [&](std::size_t t, int) {
                                  const double pitch = 220.0 * (1 + i % 3);
                                  return 0.3 * std::sin(2 * 3.14159265 * pitch * t / 22050.0) + 0.05 * random.normal();
                                }));
    tracks += name + "," + "ab"[i % 2] + ",la la river number " + std::to_string(i) + "\n";
    relabelled += name + "," + "pqr"[i % 3] + ",la la river number " + std::to_string(i) + "\n";
  }
  RunOptions options = testing::quick_options("medium", "study");
  for (const char* assignment :
       {"train.epochs=1", "evaluation.seeds=1", "vae.channels=[4, 8]", "features.recipe=log-mel-track"}) {
    assign_option(options, assignment, "test");
  }
  ExtractRequest request;
  request.input = music / "tracks.csv";
  request.store = made_.folder.path() / "store.sqlite";
  request.preset = "medium";
  request.options = options;
  std::vector<std::map<std::string, std::string>> runs;
  for (const std::string& text : {tracks, relabelled}) {
    write_file(request.input, text);
    request.output = made_.folder.path() / ("run" + std::to_string(runs.size()));
    testing::run_stages(request, {});
    runs.push_back(testing::files_of(request.output));
  }
  EXPECT_THAT(testing::differing(without_scores(runs[0]), without_scores(runs[1])), ::testing::IsEmpty());
  EXPECT_NE(runs[0].at("tracks.csv"), runs[1].at("tracks.csv"));
  const RunFolder folder(request.output);
  EXPECT_EQ(read_npy(folder.space("windows")).rows(), 14U);
  EXPECT_EQ(read_npy(folder.space("conv-vae")).rows(), 12U);
  EXPECT_EQ(read_npy(folder.space("conv-vae.hybrid")).rows(), 12U);
}

}  // namespace
}  // namespace songmap::run
