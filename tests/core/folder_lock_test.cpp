#include "songmap/core/folder_lock.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <optional>
#include <thread>

#include "songmap/core/error.h"
#include "songmap/core/text_file.h"

namespace songmap {
namespace {

namespace fs = std::filesystem;

fs::path fresh_folder() {
  const fs::path folder = fs::path(testing::TempDir()) / ("songmap_lock_" + std::to_string(getpid()));
  fs::remove_all(folder);
  fs::create_directories(folder);
  return folder;
}

/// A child that holds the folder until it is killed.
pid_t holder_of(const fs::path& folder) {
  const pid_t child = fork();
  if (child != 0) {
    while (!fs::exists(folder / "held")) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return child;
  }
  const FolderLock lock(folder);
  write_file(folder / "held", "");
  pause();
  _exit(0);
}

TEST(FolderLock, ASecondProcessWaitsUntilTheFirstEndsHoweverThatIs) {
  const fs::path folder = fresh_folder();
  const pid_t child = holder_of(folder);
  std::atomic<bool> waited = false;
  std::thread killer([&] {
    while (!waited) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    kill(child, SIGKILL);
  });
  const FolderLock lock(folder, [&] {
    waited = true;
    return true;
  });
  EXPECT_TRUE(waited);
  killer.join();
  waitpid(child, nullptr, 0);
  fs::remove_all(folder);
}

TEST(FolderLock, AFolderThatNobodyHoldsIsTakenAtOnceAndLeftAsItWas) {
  const fs::path folder = fresh_folder();
  for (int round = 0; round < 2; ++round) {
    const FolderLock lock(folder, [] {
      ADD_FAILURE() << "nobody held it";
      return false;
    });
    EXPECT_TRUE(fs::is_empty(folder));
  }
  fs::remove_all(folder);
}

TEST(FolderLock, WaitingCanBeGivenUp) {
  const fs::path folder = fresh_folder();
  const pid_t child = holder_of(folder);
  EXPECT_THROW(FolderLock(folder, [] { return false; }), Cancelled);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  fs::remove_all(folder);
}

TEST(FolderLock, WhatIsNoFolderIsAnError) {
  const fs::path folder = fresh_folder();
  write_file(folder / "file", "x");
  EXPECT_THROW(FolderLock{folder / "file"}, IoError);
  EXPECT_THROW(FolderLock{folder / "missing"}, IoError);
  fs::remove_all(folder);
}

}  // namespace
}  // namespace songmap
