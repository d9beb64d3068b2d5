#include "songmap/library/scan.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "songmap/core/error.h"
#include "songmap/core/utf8.h"
#include "songmap/library/tags.h"
#include "tests/audio/sound_files.h"
#include "tests/lyrics/utf16.h"

namespace songmap::library {
namespace {

namespace fs = std::filesystem;
using audio::testing::data_folder;
using audio::testing::sine_wav;
using audio::testing::TempFolder;
using audio::testing::write_bytes;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

void touch(const fs::path& path, std::string_view content = "x") {
  fs::create_directories(path.parent_path());
  write_bytes(path, content);
}

std::vector<std::string> names(const ScanResult& result) {
  std::vector<std::string> all;
  for (const Track& track : result.tracks) all.push_back(track.relative_path);
  return all;
}

/// Root may read everything: it steps down for a while.
class AsNobody {
 public:
  AsNobody() {
    if (was_root_ && seteuid(65534) != 0) throw std::runtime_error("cannot step down from root");
  }
  ~AsNobody() {
    if (was_root_ && seteuid(0) != 0) std::abort();
  }
  AsNobody(const AsNobody&) = delete;
  AsNobody& operator=(const AsNobody&) = delete;

 private:
  bool was_root_ = geteuid() == 0;
};

std::string thrown_by(const fs::path& path, const ScanOptions& options = {}) {
  try {
    static_cast<void>(scan(path, options));
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

TEST(ScanFolder, TakesAudioByExtensionSortedByPath) {
  const TempFolder folder;
  for (const char* name :
       {"b/z.MP3", "b/a.flac", "a.opus", "c.txt", "cover.jpg", "mp3", "B.Ogg", "d.webm", "mp3.mp3x"}) {
    touch(folder / name);
  }
  const ScanResult result = scan(folder.path());
  EXPECT_THAT(names(result), ElementsAre("B.Ogg", "a.opus", "b/a.flac", "b/z.MP3", "d.webm"));
  EXPECT_THAT(result.failures, IsEmpty());
  EXPECT_EQ(result.tracks[2].path, fs::absolute(folder.path()) / "b" / "a.flac");
  EXPECT_EQ(result.tracks[2].title, "a") << "without a tag the file's name is better than nothing";
}

TEST(ScanFolder, SkipsHiddenAndIgnored) {
  const TempFolder folder;
  for (const char* name : {".hidden.mp3", ".git/a.mp3", "skits/a.mp3", "album/a.mp3", "album/demo_b.mp3",
                           "album/disc/demo_keep.mp3", "live/a.mp3"}) {
    touch(folder / name);
  }
  write_bytes(folder / ".songmapignore", "skits/\ndemo_*\n/live\n");
  touch(folder / "album/disc/.songmapignore", "!demo_keep.mp3\n");
  const ScanResult result = scan(folder.path());
  EXPECT_THAT(names(result), ElementsAre("album/a.mp3", "album/disc/demo_keep.mp3"));
  EXPECT_EQ(result.n_skipped, 5U);
}

TEST(ScanFolder, SymbolicLinksAreFollowedOnceAndNeverInCircles) {
  const TempFolder folder;
  const TempFolder elsewhere;
  touch(folder / "m/z/real.mp3");
  touch(elsewhere / "far/away.mp3");
  fs::create_directory_symlink(folder / "m", folder / "a_link_that_sorts_first");
  fs::create_directory_symlink("..", folder / "m/z/up");
  fs::create_directory_symlink(folder.path().parent_path(), folder / "above");
  fs::create_directory_symlink(elsewhere / "far", folder / "out");
  fs::create_directory_symlink(folder.path(), elsewhere / "far/back");
  fs::create_symlink(folder / "m/z/real.mp3", folder / "again.mp3");
  fs::create_hard_link(folder / "m/z/real.mp3", folder / "m/z/same.mp3");
  const ScanResult result = scan(folder.path());
  EXPECT_THAT(names(result), ElementsAre("m/z/real.mp3", "out/away.mp3"));
  EXPECT_THAT(result.failures, IsEmpty());
  EXPECT_THAT(result.hints, Contains(HasSubstr("'above'")));
}

TEST(ScanFolder, LinkedFilesOutsideAreTaken) {
  const TempFolder folder;
  const TempFolder elsewhere;
  touch(elsewhere / "song.mp3");
  fs::create_symlink(elsewhere / "song.mp3", folder / "link.mp3");
  EXPECT_THAT(names(scan(folder.path())), ElementsAre("link.mp3"));
}

TEST(ScanFolder, WhatCannotBeReadIsARow) {
  const TempFolder folder;
  touch(folder / "good.mp3");
  fs::create_symlink("nowhere.mp3", folder / "broken.mp3");
  fs::create_symlink("loop.mp3", folder / "loop.mp3");
  fs::create_symlink("nowhere", folder / "broken link of no interest");
  ASSERT_EQ(mkfifo((folder / "pipe.wav").c_str(), 0600), 0);
  const ScanResult result = scan(folder.path());
  EXPECT_THAT(names(result), ElementsAre("good.mp3"));
  ASSERT_THAT(result.failures, SizeIs(3));
  EXPECT_EQ(result.failures[0].path, "broken.mp3");
  EXPECT_EQ(result.failures[0].stage, "scan");
  EXPECT_EQ(result.failures[0].reason, "is a broken symbolic link");
  EXPECT_EQ(result.failures[1].reason, "is a broken symbolic link");
  EXPECT_EQ(result.failures[2].reason, "is not a regular file") << "opening a pipe would wait for ever";
}

TEST(ScanFolder, UnreadablePermissionsAreARow) {
  const TempFolder folder;
  touch(folder / "good.mp3");
  touch(folder / "closed.mp3");
  touch(folder / "shut/a.mp3");
  fs::permissions(folder.path(), fs::perms::all);
  fs::permissions(folder / "closed.mp3", fs::perms::none);
  fs::permissions(folder / "shut", fs::perms::none);
  ScanResult result;
  {
    const AsNobody nobody;
    result = scan(folder.path());
  }
  fs::permissions(folder / "shut", fs::perms::owner_all);
  EXPECT_THAT(names(result), ElementsAre("good.mp3"));
  ASSERT_THAT(result.failures, SizeIs(2));
  EXPECT_THAT(result.failures[0].reason, HasSubstr("Permission denied"));
  EXPECT_THAT(result.failures[1].reason, HasSubstr("cannot be listed"));
}

TEST(ScanFolder, AnyNameAFileSystemAllows) {
  const TempFolder folder;
  const std::string invalid = "caf\xe9.mp3";
  const std::string longest = std::string(251, 'n') + ".mp3";
  for (const std::string& name : {std::string("line\nbreak.mp3"), std::string("🎵🎶.mp3"), invalid, longest,
                                  std::string("quote\"'.mp3"), std::string(" .mp3")}) {
    touch(folder.path() / name);
  }
  const ScanResult result = scan(folder.path());
  EXPECT_THAT(names(result),
              ::testing::UnorderedElementsAre(" .mp3", "line\nbreak.mp3", longest, "quote\"'.mp3", invalid, "🎵🎶.mp3"));
  for (const Track& track : result.tracks) EXPECT_TRUE(utf8::is_valid(track.title)) << track.path;
}

TEST(ScanFolder, PathOfFourThousandCharacters) {
  const TempFolder folder;
  touch(folder / "good.mp3");
  // Built step by step: no call takes the whole of it.
  const std::string name(250, 'd');
  const fs::path start = fs::current_path();
  fs::current_path(folder.path());
  for (int i = 0; i < 18; ++i) {
    fs::create_directory(name);
    fs::current_path(name);
    if (i % 4 == 3) write_bytes("song.mp3", "x");
  }
  fs::current_path(start);
  const ScanResult result = scan(folder.path());
  EXPECT_EQ(result.tracks.size() + result.failures.size(), 5U + 1U) << "the deepest folder cannot be reached: a row";
  for (const Failure& failure : result.failures) EXPECT_THAT(failure.reason, HasSubstr("too long"));
}

TEST(ScanFolder, LabelsOnlyWhenAskedFor) {
  const TempFolder folder;
  for (const char* name : {"rock/rock.00000.wav", "rock/rock.00001.wav", "rock/rock.00002.wav", "jazz/jazz.00000.wav",
                           "jazz/jazz.00001.wav", "jazz/jazz.00002.wav"}) {
    touch(folder / name);
  }
  const ScanResult plain = scan(folder.path());
  for (const Track& track : plain.tracks) EXPECT_THAT(track.labels, IsEmpty());
  EXPECT_THAT(plain.hints, Contains(HasSubstr("--label-from prefix")));
  const ScanResult by_folder = scan(folder.path(), {.label_from = "folder"});
  EXPECT_EQ(by_folder.tracks[0].labels.at("label"), "jazz");
  EXPECT_THAT(by_folder.hints, IsEmpty());
  const ScanResult by_prefix = scan(folder.path(), {.label_from = "prefix"});
  EXPECT_EQ(by_prefix.tracks[5].labels.at("label"), "rock");
}

TEST(ScanFolder, GenreTagIsALabelOnlyWhenAskedFor) {
  const TempFolder folder;
  write_bytes(folder / "a.wav", sine_wav({}, 440, 0.5));
  write_bytes(folder / "b.wav", sine_wav({}, 440, 0.5));
  write_tags(folder / "a.wav", {"Song", "Singer", "Album", "Blues", 0, "words"});
  const ScanResult plain = scan(folder.path());
  EXPECT_THAT(plain.tracks[0].labels, IsEmpty());
  EXPECT_EQ(plain.tracks[0].title, "Song");
  EXPECT_EQ(plain.tracks[0].artist, "Singer");
  EXPECT_EQ(plain.tracks[0].album, "Album");
  EXPECT_NEAR(plain.tracks[0].length_s, 0.5, 1e-3);
  const ScanResult labelled = scan(folder.path(), {.label_from = "genre"});
  EXPECT_EQ(labelled.tracks[0].labels.at("genre"), "Blues");
  EXPECT_THAT(labelled.tracks[1].labels, IsEmpty());
}

TEST(ScanFolder, LyricsBesideTheTrackComeBeforeEmbeddedOnes) {
  const TempFolder folder;
  for (const char* name : {"a.wav", "b.wav", "c.wav"}) write_bytes(folder / name, sine_wav({}, 440, 0.2));
  write_tags(folder / "a.wav", {"", "", "", "", 0, "embedded"});
  write_tags(folder / "b.wav", {"", "", "", "", 0, "embedded"});
  write_bytes(folder / "a.lrc", "[00:01.00]beside");
  write_bytes(folder / "a.txt", "the other");
  write_bytes(folder / "c.txt", "");
  const ScanResult result = scan(folder.path(), {.read_lyrics = true});
  EXPECT_EQ(result.tracks[0].lyrics, "[00:01.00]beside");
  EXPECT_EQ(result.tracks[0].lyrics_source, "file");
  EXPECT_EQ(result.tracks[1].lyrics, "embedded");
  EXPECT_FALSE(result.tracks[2].has_lyrics) << "an empty file holds none";
  ASSERT_EQ(result.failures.size(), 1U) << "which is told";
  EXPECT_EQ(result.failures[0].path, "c.wav");
  EXPECT_EQ(result.failures[0].stage, "lyrics");
  EXPECT_THAT(result.failures[0].reason, ::testing::EndsWith("c.txt' is empty"));
  const ScanResult unread = scan(folder.path());
  EXPECT_TRUE(unread.tracks[0].has_lyrics);
  EXPECT_EQ(unread.tracks[0].lyrics + unread.tracks[1].lyrics, "");
}

TEST(ScanFolder, LyricsArriveAsTheyAreStored) {
  const TempFolder folder;
  const std::string utf16 = lyrics::testing::little_endian(u"\xfeff[00:01.00]বাদল\r\n");
  for (const char* name : {"a.wav", "b.wav", "c.wav", "d.wav"}) write_bytes(folder / name, sine_wav({}, 440, 0.1));
  write_bytes(folder / "a.lrc", utf16);
  write_bytes(folder / "b.txt", "caf\xe9");
  write_bytes(folder / "c.LRC", "[00:01.00]loud");
  write_bytes(folder / "d.txt", "[00:01.00]");
  const ScanResult result = scan(folder.path(), {.read_lyrics = true});
  EXPECT_THAT(result.failures, IsEmpty()) << "a lone bad text is judged where it is cleaned";
  EXPECT_EQ(result.tracks[0].lyrics, utf16);
  EXPECT_EQ(result.tracks[1].lyrics, "caf\xe9");
  EXPECT_EQ(result.tracks[2].lyrics, "[00:01.00]loud");
  EXPECT_EQ(result.tracks[3].lyrics, "[00:01.00]");
  for (const Track& track : result.tracks) EXPECT_EQ(track.lyrics_source, "file");
}

TEST(ScanFolder, UnusableLyricsArePassedOverForTheNext) {
  const TempFolder folder;
  for (const char* name : {"a.wav", "b.wav", "c.wav"}) {
    write_bytes(folder / name, sine_wav({}, 440, 0.1));
    write_tags(folder / name, {"", "", "", "", 0, "embedded"});
  }
  write_bytes(folder / "a.lrc", "[00:01.00]\n[00:02.00]");
  write_bytes(folder / "b.txt", "caf\xe9");
  write_bytes(folder / "c.txt", std::string((4 << 20) + 1, 'x'));
  const ScanResult result = scan(folder.path(), {.read_lyrics = true});
  for (const Track& track : result.tracks) {
    EXPECT_EQ(track.lyrics, "embedded");
    EXPECT_EQ(track.lyrics_source, "embedded");
  }
  ASSERT_THAT(result.failures, SizeIs(3));
  EXPECT_THAT(result.failures[0].reason, AllOf(HasSubstr("a.lrc"), HasSubstr("time stamps")));
  EXPECT_THAT(result.failures[1].reason, AllOf(HasSubstr("b.txt"), HasSubstr("byte 3")));
  EXPECT_THAT(result.failures[2].reason, HasSubstr("c.txt"));
  for (const Failure& failure : result.failures) EXPECT_EQ(failure.stage, "lyrics") << "the track itself is fine";
}

TEST(ScanFolder, SameForAnyNumberOfThreads) {
  const TempFolder folder;
  for (int i = 0; i < 40; ++i) touch(folder / ("s" + std::to_string(i) + ".mp3"));
  const ScanResult one = scan(folder.path(), {}, {1, {}});
  const ScanResult four = scan(folder.path(), {}, {4, {}});
  EXPECT_EQ(names(one), names(four));
}

TEST(ScanFolder, ProgressAndCancelling) {
  const TempFolder folder;
  for (int i = 0; i < 5; ++i) touch(folder / ("s" + std::to_string(i) + ".mp3"));
  double last = 0;
  static_cast<void>(scan(folder.path(), {}, {.threads = 2, .progress = [&](const Progress& at) {
                                               EXPECT_EQ(at.total, 5);
                                               EXPECT_EQ(at.done, ++last);
                                               return true;
                                             }}));
  EXPECT_EQ(last, 5);
  EXPECT_THROW(static_cast<void>(scan(folder.path(), {}, {.progress = [](const Progress&) { return false; }})),
               Cancelled);
}

TEST(ScanFolder, NothingToScanIsAClearError) {
  const TempFolder folder;
  EXPECT_THAT(thrown_by(folder / "missing"), HasSubstr("no such folder or file"));
  EXPECT_THAT(thrown_by(folder.path()), HasSubstr("audio is taken to be mp3"));
  touch(folder / "notes.txt");
  EXPECT_THAT(thrown_by(folder / "notes.txt"), HasSubstr("neither a folder nor a CSV"));
  touch(folder / ".hidden.mp3");
  EXPECT_THAT(thrown_by(folder.path()), HasSubstr("1 were skipped"));
  fs::create_symlink("nowhere", folder / "a.mp3");
  EXPECT_THAT(thrown_by(folder.path()), HasSubstr("broken symbolic link"));
  EXPECT_THROW(static_cast<void>(scan(folder.path(), {.label_from = "moon"})), InvalidArgument);
  EXPECT_THROW(static_cast<void>(scan(folder.path(), {.label_from = "csv"})), InvalidArgument);
}

TEST(ScanCsv, ColumnsWinOverTags) {
  const TempFolder folder;
  write_bytes(folder / "a.wav", sine_wav({}, 440, 0.2));
  write_tags(folder / "a.wav", {"Tag title", "Tag artist", "Tag album", "Blues", 0, ""});
  touch(folder / "words.txt", "from the file");
  touch(folder / "b.wav");
  write_bytes(folder / "list.csv",
              "\xef\xbb\xbfPath,title,artist,genre,language,label,split,lyrics,lyrics_path,licence\r\n"
              "a.wav,\"CSV, title\",,Rock ,bn,,train,\"two\r\nlines\",,CC0\r\n"
              "b.wav,,,,,,,,words.txt,\r\n");
  const ScanResult result = scan(folder / "list.csv", {.read_lyrics = true});
  ASSERT_THAT(names(result), ElementsAre("a.wav", "b.wav"));
  EXPECT_THAT(result.failures, IsEmpty());
  const Track& a = result.tracks[0];
  EXPECT_EQ(a.title, "CSV, title");
  EXPECT_EQ(a.artist, "Tag artist");
  EXPECT_EQ(a.split, "train");
  EXPECT_EQ(a.labels, (std::map<std::string, std::string>{{"genre", "Rock"}, {"language", "bn"}}));
  EXPECT_EQ(a.lyrics, "two\r\nlines");
  EXPECT_EQ(a.lyrics_source, "csv");
  EXPECT_EQ(result.tracks[1].lyrics, "from the file");
  EXPECT_THAT(scan(folder / "list.csv", {.label_from = "none"}).tracks[0].labels, IsEmpty());
  EXPECT_EQ(scan(folder / "list.csv", {.label_from = "genre"}).tracks[0].labels.at("genre"), "Blues");
}

TEST(ScanCsv, KeepsItsOrderAndNormalisesPaths) {
  const TempFolder folder;
  touch(folder / "b.mp3");
  touch(folder / "x/a.mp3");
  touch(folder / "x/odd name without extension");
  write_bytes(folder / "list.csv", "path\nx/../x/./a.mp3\nb.mp3\nx/odd name without extension\n");
  EXPECT_THAT(names(scan(folder / "list.csv")), ElementsAre("x/a.mp3", "b.mp3", "x/odd name without extension"));
}

TEST(ScanCsv, OneBadRowNeverEndsTheScan) {
  const TempFolder folder;
  touch(folder / "music/a.mp3");
  touch(folder / "outside.mp3");
  const std::string far(4000, 'x');
  write_bytes(folder / "music/list.csv",
              "path,genre\n"           // 1
              "a.mp3,Rock\n"           // 2
              "missing.mp3,Rock\n"     // 3
              "../outside.mp3,Rock\n"  // 4
              "/etc/passwd,Rock\n"     // 5
              "./a.mp3,Jazz\n"         // 6
              "a.mp3,Rock,too many\n"  // 7
              ",Rock\n" +              // 8
                  far +
                  ".mp3,Rock\n" +                       // 9
                  std::string("zero\0.mp3,Rock\n", 15)  // 10
  );
  const ScanResult result = scan(folder / "music/list.csv");
  EXPECT_THAT(names(result), ElementsAre("a.mp3"));
  std::vector<std::string> reasons;
  for (const Failure& failure : result.failures) {
    EXPECT_EQ(failure.stage, "scan");
    reasons.push_back(failure.reason);
  }
  EXPECT_THAT(reasons, ElementsAre("line 3: the file is missing", "line 4: the path leaves the CSV's folder",
                                   "line 5: the path is absolute; paths are relative to the CSV's folder",
                                   "line 6: the path is listed before, in line 2",
                                   "line 7: 3 cells, but the header has 2 columns", "line 8: the path is empty",
                                   "line 9: the file is unreadable: File name too long",
                                   "line 10: the path contains a zero byte"));
  EXPECT_EQ(result.failures[1].path, "../outside.mp3");
}

TEST(ScanCsv, WithoutAPathColumnItNamesTheColumns) {
  const TempFolder folder;
  write_bytes(folder / "list.csv", "file;genre\na.mp3;Rock\n");
  EXPECT_THROW(static_cast<void>(scan(folder / "list.csv")), FormatError);
  EXPECT_THAT(thrown_by(folder / "list.csv"), HasSubstr("file;genre"));
  write_bytes(folder / "empty.csv", "");
  EXPECT_THROW(static_cast<void>(scan(folder / "empty.csv")), FormatError);
  write_bytes(folder / "no_rows.csv", "path\n");
  EXPECT_THAT(thrown_by(folder / "no_rows.csv"), HasSubstr("no track"));
  write_bytes(folder / "all_bad.csv", "path\ngone.mp3\n");
  EXPECT_THAT(thrown_by(folder / "all_bad.csv"), HasSubstr("line 2: the file is missing"));
}

TEST(ScanCsv, LyricsComeFromTheFirstPlaceThatHasThem) {
  const TempFolder folder;
  for (const char* name : {"a.wav", "b.wav", "c.wav", "d.wav", "e.wav"}) {
    write_bytes(folder / name, sine_wav({}, 440, 0.1));
  }
  write_bytes(folder / "a.lrc", "beside");
  for (const char* name : {"a.wav", "b.wav"}) write_tags(folder / name, {"", "", "", "", 0, "embedded"});
  const std::string utf16 = lyrics::testing::big_endian(u"\xfeffমেঘ");
  write_bytes(folder / "words.txt", utf16);
  write_bytes(folder / "list.csv",
              "path,lyrics_path,lyrics\n"
              "a.wav,words.txt,cell\n"
              "b.wav,words.txt,cell\n"
              "c.wav,words.txt,cell\n"
              "d.wav,,\"two\nlines\"\n"
              "e.wav,,\n");
  const ScanResult result = scan(folder / "list.csv", {.read_lyrics = true});
  const auto source = [&](std::size_t i) {
    return fmt::format("{}: {}", result.tracks[i].lyrics_source, result.tracks[i].lyrics);
  };
  EXPECT_EQ(source(0), "file: beside");
  EXPECT_EQ(source(1), "embedded: embedded");
  EXPECT_EQ(source(2), "csv: " + utf16);
  EXPECT_EQ(source(3), "csv: two\nlines");
  EXPECT_FALSE(result.tracks[4].has_lyrics);
  EXPECT_THAT(result.failures, IsEmpty());
}

TEST(ScanCsv, LyricsThatAreMissingDoNotCostTheTrack) {
  const TempFolder folder;
  touch(folder / "a.mp3");
  write_bytes(folder / "list.csv", "path,lyrics_path\na.mp3,gone.txt\n");
  const ScanResult result = scan(folder / "list.csv");
  EXPECT_THAT(names(result), ElementsAre("a.mp3"));
  EXPECT_FALSE(result.tracks[0].has_lyrics);
  ASSERT_THAT(result.failures, SizeIs(1));
  EXPECT_EQ(result.failures[0].stage, "lyrics");
  EXPECT_EQ(result.failures[0].path, "a.mp3");
  EXPECT_THAT(result.failures[0].reason, HasSubstr("line 2: lyrics_path 'gone.txt' is missing; the track is kept"));
}

TEST(ScanRealData, MusicFolderAndTables) {
  const fs::path data = data_folder();
  if (data.empty()) GTEST_SKIP() << "*** no real recordings: set SONGMAP_TEST_DATA to the data folder ***";
  const ScanResult folder = scan(data / "music");
  EXPECT_EQ(folder.tracks.size(), 19U);
  EXPECT_THAT(folder.failures, IsEmpty());
  EXPECT_THAT(folder.hints, Contains(HasSubstr("tracks.csv")));
  std::size_t with_lyrics = 0;
  for (const Track& track : folder.tracks) {
    EXPECT_THAT(track.labels, IsEmpty());
    with_lyrics += track.has_lyrics;
  }
  EXPECT_EQ(with_lyrics, 5U);

  const ScanResult table = scan(data / "music/tracks.csv");
  EXPECT_EQ(table.tracks.size(), 19U);
  EXPECT_THAT(table.failures, IsEmpty());
  EXPECT_EQ(table.tracks[0].artist, "LE NEZ TORDU");
  EXPECT_EQ(table.tracks[0].labels.at("language"), "fr");
  EXPECT_NE(scan(data / "music/tracks.csv", {.read_lyrics = true}).tracks[0].lyrics, "");

  const ScanResult sounds = scan(data / "sounds/esc10.csv");
  EXPECT_EQ(sounds.tracks.size(), 100U);
  EXPECT_EQ(sounds.tracks[0].labels.at("label"), "dog_bark");
  for (const Track& track : sounds.tracks) EXPECT_GT(track.length_s, 0) << track.path;
}

TEST(ScanPaths, FilesAndFoldersAreNamedFromTheRootAndTakenOnce) {
  const TempFolder folder;
  touch(folder / "music/a/one.mp3");
  touch(folder / "music/b/two.mp3");
  touch(folder / "music/b/.hidden.mp3");
  touch(folder / "elsewhere/three.flac");
  const ScanResult result = scan_paths({folder / "music/b", folder / "music/a/../b/two.mp3", folder / "music/a/one.mp3",
                                        folder / "elsewhere/three.flac"},
                                       folder / "music");
  EXPECT_THAT(names(result), ElementsAre("b/two.mp3", "a/one.mp3", (folder / "elsewhere/three.flac").string()));
  EXPECT_EQ(result.tracks[2].path, folder / "elsewhere/three.flac");
  EXPECT_EQ(result.tracks[0].title, "two");
  EXPECT_THAT(result.failures, IsEmpty());
}

TEST(ScanPaths, WhatIsNoAudioIsAFailureAndTheRestGoesOn) {
  const TempFolder folder;
  touch(folder / "notes.doc");
  touch(folder / "one.mp3");
  const ScanResult result = scan_paths({folder / "gone.mp3", folder / "notes.doc", folder / "one.mp3"}, folder / "x");
  ASSERT_THAT(result.failures, SizeIs(2));
  EXPECT_EQ(result.failures[0].reason, "is missing");
  EXPECT_THAT(result.failures[1].reason, HasSubstr("not named like audio"));
  EXPECT_THAT(result.tracks, SizeIs(1));
}

}  // namespace
}  // namespace songmap::library
