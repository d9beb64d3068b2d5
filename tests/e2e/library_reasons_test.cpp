// What a library says of itself: reasons, misfits, names, health.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <array>
#include <nlohmann/json.hpp>

#include "e2e/comeback.h"
#include "songmap/core/text_file.h"

namespace songmap::e2e {
namespace {

namespace sound = audio::testing;
using testing::HasSubstr;

TEST_F(Comeback, TheDoctorLooksAtALibrary) {
  run();
  const Outcome sound = songmap({"doctor", "run"});
  for (const char* line : {"ok       library", "ok       run", "ok       models", "ok       store", "ok       audio"}) {
    EXPECT_THAT(sound.out, HasSubstr(line));
  }
  fs::remove(folder_ / "music/chord 2.wav");
  fs::remove(folder_ / "run/models/description.model");
  const Outcome broken = songmap({"doctor", "run"});
  EXPECT_EQ(broken.exit_code, 1);
  EXPECT_THAT(broken.out, HasSubstr("broken   models"));
  EXPECT_THAT(broken.out, HasSubstr("advice   audio      1 files are missing, among them chord 2.wav"));
}

TEST_F(Comeback, GroupsAndTracksAreExplained) {
  constexpr std::array kOwn{"winter", "garden", "station", "mountain", "letter", "window", "summer", "harbour"};
  for (std::size_t i = 0; i < 24; ++i) {
    write_file(folder_ / "music" / fmt::format("chord {}.txt", i),
               fmt::format("the river runs down to the sea past the {} and the {} and the boat follows it home again",
                           kOwn[i % 8], kOwn[(3 * i + 1) % 7]));
  }
  run();
  add_track("new", 30);
  write_file(folder_ / "new/chord 30.txt",
             "le fleuve descend vers la mer et le bateau suit le fleuve jusque chez nous");
  ASSERT_EQ(songmap({"add", "run", "new", "-q"}).exit_code, 0);
  const Outcome group = songmap({"explain", "run", "0", "--json"});
  ASSERT_EQ(group.exit_code, 0) << group.err;
  const auto reasons = nlohmann::json::parse(group.out);
  EXPECT_EQ(reasons["group"], 0);
  EXPECT_EQ(reasons["exemplars"].size(), 3U);
  EXPECT_GT(reasons["languages"].size(), 0U);
  EXPECT_THAT(songmap({"explain", "run", "0"}).out, HasSubstr("Most typical"));
  const Outcome track = songmap({"explain", "run", "new/chord 30.wav", "--json"});
  ASSERT_EQ(track.exit_code, 0) << track.err;
  const auto why = nlohmann::json::parse(track.out);
  EXPECT_EQ(why["placed"], true);
  ASSERT_EQ(why["nearest"].size(), 5U);
  EXPECT_GT(why["nearest"][0]["parts"].size(), 2U);
  EXPECT_TRUE(why["rebuilt_worse_than"].is_number());
  const Outcome fitted = songmap({"explain", "run", "chord 2.wav", "--json"});
  EXPECT_TRUE(nlohmann::json::parse(fitted.out)["nearest"][0]["parts"].contains("words")) << fitted.out;
  EXPECT_EQ(songmap({"explain", "run", "17"}).exit_code, 2);
}

TEST_F(Comeback, NamesAreProposedAndGiven) {
  run();
  const Outcome shown = songmap({"rename", "run", "--propose"});
  ASSERT_EQ(shown.exit_code, 0) << shown.err;
  EXPECT_EQ(std::ranges::count(shown.out, '\n'), 3);
  EXPECT_THAT(shown.err, HasSubstr("--yes does it"));
  EXPECT_THAT(songmap({"groups", "run"}).out, testing::Not(HasSubstr("[")));
  ASSERT_EQ(songmap({"rename", "run", "--propose", "--yes", "-q"}).exit_code, 2);  // there is no -q
  EXPECT_EQ(songmap({"rename", "run", "--propose", "--yes"}).out, shown.out);
  EXPECT_THAT(songmap({"groups", "run"}).out, HasSubstr("["));
  EXPECT_EQ(songmap({"rename", "run"}).exit_code, 2);
}

TEST_F(Comeback, DuplicatesAndSpokenWordCanBeLeftOut) {
  add_track("music/Audiobooks", 24);
  fs::copy(folder_ / "music/chord 5.wav", folder_ / "music/copy of 5.wav");
  run();
  const Outcome shown = songmap({"exclude", "run", "--spoken", "--dry-run"});
  ASSERT_EQ(shown.exit_code, 0) << shown.err;
  EXPECT_THAT(shown.out, HasSubstr("Audiobooks/chord 24.wav"));
  EXPECT_THAT(shown.out, HasSubstr("1 track would be excluded"));
  EXPECT_EQ(songmap({"exclude", "run", "--spoken"}).out, "1 track excluded\n");
  EXPECT_EQ(songmap({"similar", "run", "chord 24.wav"}).exit_code, 2);
  const Outcome copies = songmap({"exclude", "run", "--duplicates", "--dry-run"});
  ASSERT_EQ(copies.exit_code, 0) << copies.err;
  EXPECT_THAT(copies.out, testing::AnyOf(HasSubstr("chord 5.wav"), HasSubstr("copy of 5.wav")));
}

TEST_F(Comeback, WhatTheModelCannotRebuildIsFound) {
  // Half of it is silence, in the middle of chords.
  std::string broken = chord_wav(3, {}, 4);
  std::fill(broken.begin() + static_cast<std::ptrdiff_t>(broken.size() / 4), broken.end() - 20'000, '\0');
  sound::write_bytes(folder_ / "music/broken.wav", broken);
  run();
  figures_ = true;
  const Outcome found = songmap({"misfits", "run", "-n", "3", "-o", "misfits", "--json"});
  ASSERT_EQ(found.exit_code, 0) << found.err;
  const auto misfits = nlohmann::json::parse(found.out);
  EXPECT_EQ(misfits["unseen"], true);
  EXPECT_EQ(misfits["n_judged"], 25);
  ASSERT_GE(misfits["worst"].size(), 1U);
  EXPECT_EQ(misfits["worst"][0]["path"], "broken.wav");
  EXPECT_GT(misfits["worst"][0]["surprises"].size(), 0U);
  EXPECT_THAT(misfits["worst"][0]["signs"].dump(), HasSubstr("silent for"));
  EXPECT_TRUE(fs::exists(folder_ / "misfits/misfits.svg"));
  EXPECT_THAT(songmap({"misfits", "run"}).out, HasSubstr("its file: silent for"));
}

TEST_F(Comeback, AModelOfSpectrogramsLetsHearWhatItExpects) {
  const Outcome made = songmap({"run", "music", "-o", "run", "-q", "--preset", "medium", "--seeds", "1", "--set",
                                "train.epochs=1", "--set", "projection.tsne=false", "--set", "projection.umap=false"});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  const Outcome found = songmap({"misfits", "run", "-n", "1", "-o", "heard", "--json"});
  ASSERT_EQ(found.exit_code, 0) << found.err;
  const auto misfits = nlohmann::json::parse(found.out);
  EXPECT_EQ(misfits["unseen"], false);
  EXPECT_THAT(found.err, HasSubstr("learnt by heart"));
  ASSERT_EQ(misfits["worst"].size(), 1U);
  const std::string id = misfits["worst"][0]["track_id"];
  for (const char* what : {"original", "heard", "expected"}) {
    EXPECT_GT(fs::file_size(folder_ / "heard" / (id + "." + what + ".wav")), 20'000U) << what;
  }
  EXPECT_THAT(found.err, HasSubstr("gnuplot is not in PATH"));  // and the rest was done
}

}  // namespace
}  // namespace songmap::e2e
