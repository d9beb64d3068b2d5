#include "songmap/library/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <iostream>
#include <limits>
#include <string>
#include <vector>

#include "songmap/core/error.h"
#include "songmap/core/parallel.h"
#include "songmap/core/random.h"
#include "songmap/library/sqlite.h"
#include "tests/audio/sound_files.h"

namespace songmap::library {
namespace {

namespace fs = std::filesystem;
using audio::testing::read_bytes;
using audio::testing::TempFolder;
using audio::testing::write_bytes;
using ::testing::HasSubstr;

Matrix numbers(std::size_t rows, std::size_t cols, std::uint64_t seed) {
  Random random(seed);
  Matrix x(rows, cols);
  for (float& value : x.values()) value = static_cast<float>(random.normal());
  return x;
}

std::vector<StoredFeature> one(const std::string& key, Matrix values, const Reading& reading = {}) {
  std::vector<StoredFeature> features;
  features.push_back({key, std::move(values), reading});
  return features;
}

template <class Exception>
std::string thrown(const std::function<void()>& work) {
  try {
    work();
  } catch (const Exception& error) {
    return error.what();
  }
  return "nothing of that type was thrown";
}

TEST(Store, GivesBackWhatWasSaved) {
  const TempFolder folder;
  const Matrix values = numbers(3, 7, 1);
  {
    Store store = Store::open(folder / "sub/folder/s.sqlite");
    EXPECT_FALSE(store.contains("id", "key"));
    EXPECT_FALSE(store.find("id", "key"));
    store.save("id", one("key", values, {12.5, true, "a little short"}));
  }
  Store store = Store::open(folder / "sub/folder/s.sqlite");
  EXPECT_TRUE(store.contains("id", "key"));
  EXPECT_FALSE(store.contains("id", "other"));
  EXPECT_FALSE(store.contains("other", "key"));
  EXPECT_EQ(store.find("id", "key"), values);
  const std::vector<std::string> ids = {"other", "id"};
  const auto held = store.held(ids, "key");
  EXPECT_FALSE(held[0]);
  ASSERT_TRUE(held[1]);
  EXPECT_EQ(held[1]->decoded_s, 12.5);
  EXPECT_TRUE(held[1]->excerpted);
  EXPECT_EQ(held[1]->damage, "a little short");
}

TEST(Store, ATrackIsSavedWholeOrNotAtAll) {
  const TempFolder folder;
  Store store = Store::open(folder / "s.sqlite");
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    std::vector<StoredFeature> features = one("good", numbers(1, 5, 1));
    features.push_back({"bad", numbers(1, 5, 2), {}});
    features[1].values(0, 4) = bad;
    EXPECT_THROW(store.save("id", features), InvalidArgument);
    EXPECT_FALSE(store.contains("id", "good"));
    EXPECT_FALSE(store.contains("id", "bad"));
  }
  EXPECT_THROW(store.save("id", one("empty", Matrix())), InvalidArgument);
}

TEST(Store, FilesAreKnownInExactlyTheStateTheyWereIn) {
  const TempFolder folder;
  Store store = Store::open(folder / "s.sqlite");
  const FileState state{"/music/caf\xe9\n🎵.mp3", 1000, 1'700'000'000'123'456'789};
  store.remember_file(state, {"id", 200.5});
  FileState touched = state;
  ++touched.mtime_ns;
  FileState grown = state;
  ++grown.size;
  FileState moved = state;
  moved.path = "/music/other.mp3";
  const std::vector<FileState> asked = {touched, state, grown, moved};
  const auto known = store.known_files(asked);
  EXPECT_FALSE(known[0]);
  ASSERT_TRUE(known[1]);
  EXPECT_EQ(known[1]->content_id, "id");
  EXPECT_EQ(known[1]->length_s, 200.5);
  EXPECT_FALSE(known[2]);
  EXPECT_FALSE(known[3]);
  store.remember_file(touched, {"new", 1});
  EXPECT_FALSE(store.known_files(asked)[1]) << "a path has one state";
}

TEST(Store, FailuresAreKeptUntilForgottenOrTheFileChanges) {
  const TempFolder folder;
  Store store = Store::open(folder / "s.sqlite");
  const FileState state{"/a.mp3", 10, 20};
  const FileState changed{"/a.mp3", 11, 20};
  store.record_failure(state, {"work", "decode", "no audio"});
  const auto found = store.known_failures({{state, changed}});
  ASSERT_TRUE(found[0]);
  EXPECT_EQ(found[0]->work, "work");
  EXPECT_EQ(found[0]->stage, "decode");
  EXPECT_EQ(found[0]->reason, "no audio");
  EXPECT_FALSE(found[1]);
  store.forget_failure(state.path);
  EXPECT_FALSE(store.known_failures({{state}})[0]);
}

TEST(Store, DamagedValuesCountAsMissing) {
  const TempFolder folder;
  const fs::path path = folder / "s.sqlite";
  const Matrix large = numbers(200, 100, 3);
  {
    Store store = Store::open(path);
    store.save("id", one("small", numbers(1, 50, 2)));
    store.save("id", one("large", large));
    store.save("id", one("shape", numbers(2, 3, 4)));
    store.save("id", one("cut", numbers(200, 100, 5)));
  }
  {
    sqlite::Database raw(path, 1);
    raw.execute("UPDATE features SET data = zeroblob(length(data)) WHERE recipe_key IN ('small', 'large')");
    raw.execute("UPDATE features SET rows = 3, cols = 2 WHERE recipe_key = 'shape'");
    raw.execute("UPDATE features SET data = zeroblob(length(data) - 4) WHERE recipe_key = 'cut'");
  }
  Store store = Store::open(path);
  EXPECT_FALSE(store.contains("id", "small"));
  EXPECT_FALSE(store.contains("id", "shape"));
  EXPECT_FALSE(store.contains("id", "cut")) << "the wrong length shows without reading the values";
  EXPECT_TRUE(store.contains("id", "large")) << "too large to be verified for this question";
  EXPECT_FALSE(store.find("id", "large"));
  EXPECT_FALSE(store.contains("id", "large")) << "found damaged, removed";
  EXPECT_EQ(store.n_damaged(), 4U);
  store.save("id", one("large", large));
  EXPECT_EQ(store.find("id", "large"), large) << "computed again, it is whole again";
}

TEST(Store, NewerOrForeignFilesAreRefusedAndLeftAlone) {
  const TempFolder folder;
  static_cast<void>(Store::open(folder / "new.sqlite"));
  {
    sqlite::Database raw(folder / "new.sqlite", 1);
    raw.execute("PRAGMA user_version = 2");
    sqlite::Database other(folder / "foreign.sqlite", 1);
    other.execute("CREATE TABLE photos (name TEXT)");
  }
  const std::string foreign = read_bytes(folder / "foreign.sqlite");
  write_bytes(folder / "text.sqlite", std::string(5000, 'x'));
  write_bytes(folder / "empty.sqlite", "");
  const auto open = [&](const char* name) {
    return thrown<FormatError>([&] { static_cast<void>(Store::open(folder / name)); });
  };
  EXPECT_THAT(open("new.sqlite"), HasSubstr("made by a newer songmap"));
  EXPECT_THAT(open("foreign.sqlite"), HasSubstr("another program's database"));
  EXPECT_EQ(read_bytes(folder / "foreign.sqlite"), foreign);
  EXPECT_THAT(open("text.sqlite"), HasSubstr("is not a store of songmap"));
  EXPECT_NO_THROW(static_cast<void>(Store::open(folder / "empty.sqlite"))) << "an empty file becomes a store";
}

TEST(Store, DamagedPagesAreReported) {
  const TempFolder folder;
  const fs::path path = folder / "s.sqlite";
  {
    Store store = Store::open(path);
    for (int i = 0; i < 200; ++i) store.save("id" + std::to_string(i), one("key", numbers(1, 300, 1)));
  }
  std::string bytes = read_bytes(path);
  for (std::size_t i = 4096; i < bytes.size(); ++i) bytes[i] = '\x5a';
  write_bytes(path, bytes);
  const std::string message = thrown<IoError>([&] {
    Store store = Store::open(path);
    for (int i = 0; i < 200; ++i) static_cast<void>(store.find("id" + std::to_string(i), "key"));
  });
  EXPECT_THAT(message, HasSubstr("is damaged"));
  EXPECT_THAT(message, HasSubstr("move it away"));
}

TEST(Store, ReadOnlyPlacesAreReported) {
  const TempFolder folder;
  write_bytes(folder / "file", "x");
  EXPECT_THROW(static_cast<void>(Store::open(folder / "file/s.sqlite")), IoError);
  EXPECT_THROW(static_cast<void>(Store::open(folder.path())), IoError);
  static_cast<void>(Store::open(folder / "s.sqlite"));
  fs::permissions(folder.path(), fs::perms::all);
  fs::permissions(folder / "s.sqlite", fs::perms::owner_read | fs::perms::others_read | fs::perms::group_read);
  // Root may write everywhere: a child steps down.
  const pid_t child = fork();
  if (child == 0) {
    if (geteuid() == 0 && setuid(65534) != 0) _exit(9);
    const std::string message = thrown<IoError>([&] { static_cast<void>(Store::open(folder / "s.sqlite")); });
    _exit(message.find("cannot be written") != std::string::npos ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

TEST(Store, LockedByAnotherProcessIsReportedAfterTheTimeout) {
  const TempFolder folder;
  Store store = Store::open(folder / "s.sqlite", {.busy_timeout_s = 0.2});
  sqlite::Database other(folder / "s.sqlite", 1);
  const sqlite::Transaction lock(other);
  const std::string message = thrown<IoError>([&] { store.save("id", one("key", numbers(1, 3, 1))); });
  EXPECT_THAT(message, HasSubstr("locked by another process"));
  EXPECT_THAT(message, HasSubstr("s.sqlite"));
  EXPECT_FALSE(store.contains("id", "key")) << "readers do not wait for a writer";
}

TEST(Store, FullFileKeepsWhatWasFinished) {
  const TempFolder folder;
  Store store = Store::open(folder / "s.sqlite", {.max_bytes = 1 << 20});
  int saved = 0;
  const std::string message = thrown<IoError>([&] {
    for (; saved < 1000; ++saved) store.save("id" + std::to_string(saved), one("key", numbers(10, 500, 1)));
  });
  EXPECT_THAT(message, HasSubstr("disk is full"));
  EXPECT_GT(saved, 10);
  for (int i = 0; i < saved; ++i) EXPECT_TRUE(store.find("id" + std::to_string(i), "key"));
  EXPECT_FALSE(store.contains("id" + std::to_string(saved), "key"));
}

TEST(Store, FullDiskKeepsWhatWasFinished) {
  const TempFolder folder;
  if (mount("tmpfs", folder.path().c_str(), "tmpfs", 0, "size=2m") != 0) {
    GTEST_SKIP() << "a small disk to fill can only be mounted with the right to mount";
  }
  int saved = 0;
  {
    Store store = Store::open(folder / "s.sqlite");
    const std::string message = thrown<IoError>([&] {
      for (; saved < 1000; ++saved) store.save("id" + std::to_string(saved), one("key", numbers(10, 500, 1)));
    });
    EXPECT_THAT(message, HasSubstr("s.sqlite"));
  }
  {
    Store store = Store::open(folder / "s.sqlite");
    EXPECT_GT(saved, 10);
    for (int i = 0; i < saved; ++i) EXPECT_TRUE(store.find("id" + std::to_string(i), "key")) << i;
  }
  umount(folder.path().c_str());
}

TEST(Store, ManyThreadsMayUseOneStore) {
  const TempFolder folder;
  Store store = Store::open(folder / "s.sqlite");
  parallel_for(200, 8, [&](std::size_t i) {
    const std::string id = "id" + std::to_string(i % 50);
    store.save(id, one("key", numbers(1, 20, i % 50)));
    EXPECT_EQ(store.find(id, "key"), numbers(1, 20, i % 50));
  });
  for (std::size_t i = 0; i < 50; ++i) EXPECT_EQ(store.find("id" + std::to_string(i), "key"), numbers(1, 20, i));
}

TEST(Store, ManyProcessesMayMakeAndFillOneStore) {
  const TempFolder folder;
  constexpr int kProcesses = 4;
  constexpr int kTracks = 60;
  std::vector<pid_t> children;
  for (int p = 0; p < kProcesses; ++p) {
    const pid_t child = fork();
    if (child == 0) {
      const std::string failure = thrown<Error>([&] {
        Store store = Store::open(folder / "s.sqlite");
        for (int i = 0; i < kTracks; ++i) {
          // One half is everybody's, the other one each process's own.
          const std::string id = i % 2 == 0 ? "all" + std::to_string(i) : std::to_string(p) + "-" + std::to_string(i);
          store.save(id, one("key", numbers(1, 300, static_cast<std::uint64_t>(i))));
          store.remember_file({"/" + id, 1, 1}, {id, 1});
        }
      });
      if (failure != "nothing of that type was thrown") std::cerr << failure << "\n";
      _exit(failure == "nothing of that type was thrown" ? 0 : 1);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
  Store store = Store::open(folder / "s.sqlite");
  for (int p = 0; p < kProcesses; ++p) {
    for (int i = 0; i < kTracks; ++i) {
      const std::string id = i % 2 == 0 ? "all" + std::to_string(i) : std::to_string(p) + "-" + std::to_string(i);
      EXPECT_EQ(store.find(id, "key"), numbers(1, 300, static_cast<std::uint64_t>(i)));
    }
  }
}

TEST(Store, DefaultPathFollowsTheXdgSpecification) {
  const auto set = [](const char* name, const char* value) {
    value == nullptr ? unsetenv(name) : setenv(name, value, 1);
  };
  const auto text_of = [](const char* value) { return value == nullptr ? std::string() : std::string(value); };
  const std::string cache = text_of(std::getenv("XDG_CACHE_HOME"));
  const std::string home = text_of(std::getenv("HOME"));
  set("HOME", "/home/somebody");
  set("XDG_CACHE_HOME", "/cache");
  EXPECT_EQ(default_store_path(), "/cache/songmap/features.sqlite");
  set("XDG_CACHE_HOME", "relative");
  EXPECT_EQ(default_store_path(), "/home/somebody/.cache/songmap/features.sqlite");
  set("XDG_CACHE_HOME", nullptr);
  set("HOME", nullptr);
  EXPECT_THROW(static_cast<void>(default_store_path()), IoError);
  set("HOME", home.empty() ? nullptr : home.c_str());
  set("XDG_CACHE_HOME", cache.empty() ? nullptr : cache.c_str());
}

}  // namespace
}  // namespace songmap::library
