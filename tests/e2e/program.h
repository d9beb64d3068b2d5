#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "songmap/core/text_file.h"

namespace songmap::e2e {

namespace fs = std::filesystem;

/// What a run of the program left.
struct Outcome {
  int exit_code = -1;  ///< Minus the signal where one ended it.
  std::string out;
  std::string err;
};

/// A folder of one test, removed afterwards, with a store and a home of its own.
class ProgramTest : public testing::Test {
 protected:
  ProgramTest() {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    folder_ =
        fs::path(testing::TempDir()) / (std::string("songmap_e2e_") + test->name() + "_" + std::to_string(getpid()));
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~ProgramTest() override { fs::remove_all(folder_); }

  /// Starts the program in the test's folder; returns the child.
  [[nodiscard]] pid_t start(const std::vector<std::string>& arguments) const {
    const pid_t child = fork();
    if (child != 0) return child;
    if (chdir(folder_.c_str()) != 0) _exit(126);
    setenv("XDG_CACHE_HOME", (folder_ / "cache").c_str(), 1);
    setenv("HOME", folder_.c_str(), 1);
    // Without gnuplot in PATH no figure is drawn, which is most of the time of a short run.
    if (!figures_) setenv("PATH", folder_.c_str(), 1);
    if (std::freopen((folder_ / ".out").c_str(), "w", stdout) == nullptr) _exit(126);
    if (std::freopen((folder_ / ".err").c_str(), "w", stderr) == nullptr) _exit(126);
    std::vector<char*> argv{const_cast<char*>(SONGMAP_PROGRAM)};
    for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    execv(SONGMAP_PROGRAM, argv.data());
    _exit(127);
  }

  [[nodiscard]] Outcome finish(pid_t child) const {
    int status = 0;
    waitpid(child, &status, 0);
    Outcome outcome;
    outcome.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    outcome.out = read_file(folder_ / ".out");
    outcome.err = read_file(folder_ / ".err");
    return outcome;
  }

  [[nodiscard]] Outcome songmap(const std::vector<std::string>& arguments) const { return finish(start(arguments)); }

  fs::path folder_;
  bool figures_ = true;  ///< False: for tests that do not look at pictures.
};

/// Folder of real data, or an empty path where there is none.
[[nodiscard]] inline fs::path test_data() {
  const char* given = std::getenv("SONGMAP_TEST_DATA");
  const fs::path folder = given != nullptr ? fs::path(given) : fs::path(SONGMAP_SOURCE_DIR) / ".." / "shared" / "data";
  return fs::exists(folder) ? fs::canonical(folder) : fs::path();
}

}  // namespace songmap::e2e
