// The explorer as a person meets it: the program, its page, a browser.
#include <gmock/gmock.h>

#include <chrono>
#include <csignal>
#include <set>
#include <string>
#include <thread>

#include "audio/sound_files.h"
#include "e2e/chords.h"
#include "e2e/program.h"
#include "songmap/core/text_file.h"

namespace songmap::e2e {
namespace {

namespace sound = audio::testing;

class Explorer : public ProgramTest {
 protected:
  Explorer() {
    figures_ = false;
    fs::create_directories(folder_ / "music");
    for (int i = 0; i < 24; ++i) {
      const fs::path file = folder_ / "music" / ("chord " + std::to_string(i) + ".wav");
      sound::write_bytes(file, chord_wav(i, {}, 1.5 + 0.05 * i));
    }
  }

  /// The address that the program prints.
  [[nodiscard]] std::string address() const {
    for (int i = 0; i < 200; ++i) {
      const std::string out = fs::exists(folder_ / ".out") ? read_file(folder_ / ".out") : "";
      if (out.ends_with('\n')) return out.substr(0, out.size() - 1);
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return "";
  }

  [[nodiscard]] static int in_browser(const std::string& url, const fs::path& said, const std::string& mode = "") {
    const fs::path source(SONGMAP_SOURCE_DIR);
    const std::string command =
        "'" + (source / ".deps/bin/node").string() + "' '" + (source / "tests/browser/explorer.mjs").string() + "' '" +
        url + "' /usr/bin/chromium '" + (source / "src/web/node_modules/playwright-core/index.mjs").string() + "' " +
        mode + " > '" + said.string() + "' 2>&1";
    const int status = std::system(command.c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
};

TEST_F(Explorer, ThePageShowsTheLibraryAndPlaysIt) {
  if (!fs::exists("/usr/bin/chromium")) GTEST_SKIP() << "NO BROWSER (/usr/bin/chromium): the page was not opened";
  ASSERT_EQ(songmap({"run", "music", "-o", "run", "-q", "-k", "3", "--seeds", "2", "--set", "projection.tsne=false",
                     "--set", "train.epochs=20"})
                .exit_code,
            0);
  fs::remove(folder_ / ".out");
  const pid_t server = start({"explore", "run"});
  const std::string url = address();
  ASSERT_THAT(url, testing::StartsWith("http://127.0.0.1:"));
  EXPECT_EQ(in_browser(url, folder_ / "said"), 0) << read_file(folder_ / "said");
  EXPECT_EQ(in_browser(url, folder_ / "said", "flat"), 0) << read_file(folder_ / "said");
  kill(server, SIGINT);
  EXPECT_EQ(finish(server).exit_code, 0);
}

TEST_F(Explorer, OtherMachinesNeedTheToken) {
  ASSERT_EQ(songmap({"run", "music", "-o", "run", "-q", "-k", "3", "--seeds", "1", "--set", "projection.tsne=false",
                     "--set", "projection.umap=false", "--set", "train.epochs=2"})
                .exit_code,
            0);
  std::set<std::string> tokens;
  for (int i = 0; i < 2; ++i) {
    fs::remove(folder_ / ".out");
    const pid_t server = start({"explore", "run", "--host", "0.0.0.0"});
    const std::string url = address();
    kill(server, SIGINT);
    EXPECT_EQ(finish(server).exit_code, 0);
    const std::size_t at = url.find("?token=");
    ASSERT_NE(at, std::string::npos) << url;
    EXPECT_EQ(url.size() - at, 7U + 32U);
    tokens.insert(url.substr(at));
  }
  EXPECT_EQ(tokens.size(), 2U);  // another one each time
}

TEST_F(Explorer, WhatIsNoRunIsSaid) {
  const Outcome outcome = songmap({"explore", "music"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.err, testing::HasSubstr("is not a run"));
  EXPECT_EQ(songmap({"explore", "music", "--port", "70000"}).exit_code, 2);
}

}  // namespace
}  // namespace songmap::e2e
