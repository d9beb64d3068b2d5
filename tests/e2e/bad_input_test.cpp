// A folder of everything that goes wrong with real collections. Nothing of it may end a run, hang it, or be taken for
// good.
#include <gmock/gmock.h>

#include <limits>
#include <map>

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

class BadInput : public ProgramTest {
 protected:
  BadInput() : music_(folder_ / "music") {
    figures_ = false;
    fs::create_directories(music_);
  }

  void add(const std::string& name, const std::string& bytes) {
    std::error_code error;
    fs::create_directories((music_ / name).parent_path(), error);
    sound::write_bytes(music_ / name, bytes);
  }

  /// Reasons by path.
  static std::map<std::string, std::string> failures(const fs::path& run) {
    std::map<std::string, std::string> reasons;
    for (const run::FailureRow& row : run::load_failures(run / "failures.csv")) reasons[row.path] = row.reason;
    return reasons;
  }

  fs::path music_;
};

TEST_F(BadInput, AFolderOfEverythingThatGoesWrong) {
  for (int kind = 0; kind < 12; ++kind) add("good/" + std::to_string(kind) + ".wav", chord_wav(kind, {}, 2));
  const std::string whole = chord_wav(1, {}, 2);
  // Odd, and fine.
  add("good/8 kHz.wav", chord_wav(2, {.rate_hz = 8000}, 2));
  add("good/192 kHz.wav", chord_wav(0, {.rate_hz = 192000}, 1));
  add("good/5.1.wav", chord_wav(1, {.channels = 6}, 1));
  add("good/new\nline.wav", chord_wav(3, {}, 1));
  add("good/emoji 🎵 গান.wav", chord_wav(4, {}, 1.1));
  add("good/invalid \xff\xfe utf-8.wav", chord_wav(5, {}, 1.2));
  add("good/" + std::string(240, 'x') + ".wav", chord_wav(6, {}, 1.3));
  add("good/huge claim.wav", chord_wav(7, {.claimed_data_bytes = 0x7fffff00}, 1.4));
  // Bad.
  add("bad/empty.mp3", "");
  add("bad/text.mp3", "This is not music, whatever its name says.\n");
  add("bad/cut header.wav", whole.substr(0, 30));
  add("bad/no samples.wav", sound::wav({}, 0, [](std::size_t, int) { return 0.0; }));
  add("bad/silence.wav", sound::wav({}, 44100, [](std::size_t, int) { return 0.0; }));
  add("bad/nan.wav", sound::wav({.encoding = sound::Encoding::kFloat32}, 44100, [](std::size_t i, int) {
        return i == 20000 ? std::numeric_limits<double>::quiet_NaN() : 0.1;
      }));
  fs::create_symlink("nowhere.wav", music_ / "bad/broken link.wav");
  fs::create_directory_symlink(music_, music_ / "bad/loop");
  add(".hidden.wav", whole);
  add("good/ignored.wav", whole);
  add(".songmapignore", "ignored.wav\n");

  const Outcome outcome = songmap({"run", "music", "-o", "run", "-k", "3", "--seeds", "2"});
  ASSERT_EQ(outcome.exit_code, 3) << outcome.err;
  const auto reasons = failures(folder_ / "run");
  for (const char* name : {"bad/empty.mp3", "bad/text.mp3", "bad/cut header.wav", "bad/no samples.wav",
                           "bad/silence.wav", "bad/nan.wav", "bad/broken link.wav"}) {
    ASSERT_TRUE(reasons.contains(name)) << name;
    EXPECT_GT(reasons.at(name).size(), 10U) << name;
    EXPECT_EQ(reasons.at(name).find('\n'), std::string::npos) << name;
  }
  EXPECT_EQ(reasons.size(), 7U);
  EXPECT_THAT(reasons.at("bad/silence.wav"), HasSubstr("silent"));
  EXPECT_THAT(reasons.at("bad/nan.wav"), HasSubstr("not finite"));
  EXPECT_THAT(outcome.err, HasSubstr("7 of 27 tracks failed"));
  EXPECT_EQ(run::load_tracks(folder_ / "run" / "tracks.csv").size(), 20U);
  EXPECT_TRUE(all_finite(read_npy(folder_ / "run" / "spaces" / "raw.npy")));

  // The second time nothing is decoded, and known failures are told again without being tried.
  const Outcome again = songmap({"extract", "music", "-o", "again"});
  EXPECT_EQ(again.exit_code, 3);
  EXPECT_THAT(again.err, HasSubstr("0 decoded"));
  EXPECT_EQ(failures(folder_ / "again"), reasons);
}

TEST_F(BadInput, OneSampleIsATrackOrAFailureButNeverARowOfNonsense) {
  add("one.wav", sound::wav({}, 1, [](std::size_t, int) { return 0.5; }));
  for (int kind = 0; kind < 4; ++kind) add(std::to_string(kind) + ".wav", chord_wav(kind, {}, 1));
  const Outcome outcome = songmap({"extract", "music", "-o", "run"});
  EXPECT_TRUE(outcome.exit_code == 0 || outcome.exit_code == 3) << outcome.err;
  EXPECT_TRUE(all_finite(read_npy(folder_ / "run" / "spaces" / "raw.npy")));
}

TEST_F(BadInput, OnlyFailuresIsOneClearSentenceAndTheListIsKept) {
  add("a.mp3", "no");
  add("b.mp3", "neither");
  const Outcome outcome = songmap({"run", "music", "-o", "run"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("not one of 2 tracks"));
  EXPECT_EQ(failures(folder_ / "run").size(), 2U);

  // With music there, the same command works in the same folder.
  for (int kind = 0; kind < 6; ++kind) add(std::to_string(kind) + ".wav", chord_wav(kind, {}, 1));
  EXPECT_EQ(songmap({"run", "music", "-o", "run", "-k", "2", "--seeds", "1"}).exit_code, 3);
}

TEST_F(BadInput, ACsvWithEveryKindOfBadRow) {
  for (int kind = 0; kind < 4; ++kind) add(std::to_string(kind) + ".wav", chord_wav(kind, {}, 1));
  sound::write_bytes(folder_ / "outside.wav", chord_wav(9, {}, 1));
  add("tracks.csv",
      "\xef\xbb\xbfpath,genre,title\r\n0.wav,a,\"Quoted, \"\"title\"\"\"\r\n1.wav,b,One\r\n2.wav,a,Two\r\n3.wav,b,\r\n"
      "1.wav,b,Again\r\n../outside.wav,a,Out\r\nmissing.wav,a,Gone\r\n");
  const Outcome outcome = songmap({"run", "music/tracks.csv", "-o", "run", "-k", "2", "--seeds", "1"});
  ASSERT_EQ(outcome.exit_code, 3) << outcome.err;
  const auto rows = run::load_failures(folder_ / "run" / "failures.csv");
  ASSERT_EQ(rows.size(), 3U);
  for (const run::FailureRow& row : rows) EXPECT_THAT(row.reason, HasSubstr("line ")) << row.path;
  const auto tracks = run::load_tracks(folder_ / "run" / "tracks.csv");
  EXPECT_EQ(tracks.at(0).title, "Quoted, \"title\"");
  EXPECT_EQ(tracks.at(0).labels.at("genre"), "a");

  add("no path.csv", "file,genre\r\n0.wav,a\r\n");
  const Outcome columns = songmap({"run", "music/no path.csv"});
  EXPECT_EQ(columns.exit_code, 1);
  EXPECT_THAT(columns.err, HasSubstr("path"));
}

}  // namespace
}  // namespace songmap::e2e
