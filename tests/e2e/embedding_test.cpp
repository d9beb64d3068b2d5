// Somebody else's vectors and models at the door of the program.
#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "audio/sound_files.h"
#include "e2e/chords.h"
#include "e2e/program.h"
#include "songmap/core/csv.h"
#include "songmap/core/npy.h"
#include "songmap/run/tables.h"

namespace songmap::e2e {
namespace {

namespace sound = audio::testing;
using testing::HasSubstr;

class PretrainedElsewhere : public ProgramTest {
 protected:
  PretrainedElsewhere() {
    figures_ = false;
    fs::create_directories(folder_ / "music");
    for (const int kind : kKinds) {
      sound::write_bytes(folder_ / "music" / (std::to_string(kind) + ".wav"), chord_wav(kind, {}, 1.25));
    }
  }
  /// Chords without noise of the same pitch would be copies of each other.
  static constexpr std::array kKinds{0, 1, 2, 4, 5, 7};

  static std::string model(const std::string& name) {
    return (fs::path(SONGMAP_SOURCE_DIR) / "tests/reference/script_models" / (name + ".pt")).string();
  }
};

TEST_F(PretrainedElsewhere, AModelHearsEveryTrackOnceAndIsNamed) {
  const Outcome first = songmap({"extract", "music", "-o", "run", "--audio-model", model("level"), "--json"});
  ASSERT_EQ(first.exit_code, 0) << first.err;
  EXPECT_THAT(first.err, HasSubstr("6 vectors computed, 0 known from before"));
  const Matrix vectors = read_npy(folder_ / "run/spaces/embedding.audio.npy");
  ASSERT_EQ(vectors.rows(), 6U);
  ASSERT_EQ(vectors.cols(), 2U);
  // Tones of amplitude .2 and .1, and noise of deviation .02 a step of roughness.
  for (std::size_t i = 0; i < kKinds.size(); ++i) {
    const double noise = 0.02 * (kKinds[i] % 3);
    EXPECT_NEAR(vectors(i, 0), std::sqrt((0.2 * 0.2 + 0.1 * 0.1) / 2 + noise * noise * 8 / 44.1), 0.002) << kKinds[i];
  }
  const auto json = nlohmann::json::parse(first.out);
  ASSERT_EQ(json.at("pretrained").size(), 1U);
  EXPECT_EQ(json["pretrained"][0].at("n_tracks"), 6);

  const Outcome second =
      songmap({"extract", "music", "-o", "again", "--audio-model", model("level"), "--threads", "1"});
  ASSERT_EQ(second.exit_code, 0) << second.err;
  EXPECT_THAT(second.err, HasSubstr("0 vectors computed, 6 known from before"));
  EXPECT_EQ(read_npy(folder_ / "again/spaces/embedding.audio.npy"), vectors);
  const Outcome wider =
      songmap({"extract", "music", "-o", "again", "--audio-model", model("level"), "--audio-model-window", "1"});
  EXPECT_THAT(wider.err, HasSubstr("6 vectors computed"));
}

TEST_F(PretrainedElsewhere, ATrackThatTheModelRefusesStaysInTheRun) {
  sound::write_bytes(folder_ / "music" / "quiet.wav", sound::wav({}, 44100, [](std::size_t i, int) {
                       return 0.01 * std::sin(0.1 * static_cast<double>(i));
                     }));
  const Outcome outcome = songmap({"extract", "music", "-o", "run", "--audio-model", model("only_loud")});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("1 of 7 tracks have no vector"));
  EXPECT_EQ(run::load_tracks(folder_ / "run/tracks.csv").size(), 7U);
  const auto failures = run::load_failures(folder_ / "run/failures.csv");
  ASSERT_EQ(failures.size(), 1U);
  EXPECT_EQ(failures[0].stage, "embedding");
  EXPECT_EQ(failures[0].path, "quiet.wav");
}

TEST_F(PretrainedElsewhere, WhatCannotBeUsedIsToldBeforeAnythingIsDecoded) {
  const auto told = [&](std::vector<std::string> arguments, int exit_code) {
    arguments.insert(arguments.begin(), {"run", "music", "-o", "run"});
    const Outcome outcome = songmap(arguments);
    EXPECT_EQ(outcome.exit_code, exit_code) << outcome.err;
    EXPECT_EQ(std::ranges::count(outcome.err, '\n'), 1) << outcome.err;
    EXPECT_FALSE(fs::exists(folder_ / "run"));
    return outcome.err;
  };
  write_file(folder_ / "e.csv", "filename,a\n0.wav,loud\n");
  EXPECT_THAT(told({"--audio-embedding", "e.csv"}, 1), HasSubstr("line 2, column a"));
  EXPECT_THAT(told({"--lyrics-embedding", "nowhere.npy"}, 1), HasSubstr("nowhere.npy"));
  EXPECT_THAT(told({"--audio-model", "e.csv"}, 1), HasSubstr("not a TorchScript module"));
  EXPECT_THAT(told({"--audio-model", model("silent")}, 2), HasSubstr("--audio-model-rate"));
  EXPECT_THAT(told({"--audio-model", model("silent"), "--audio-model-window", "-3"}, 2), HasSubstr("above 0"));
}

}  // namespace
}  // namespace songmap::e2e
