#pragma once

#include <gtest/gtest.h>

#include <string>

#include "audio/sound_files.h"
#include "e2e/chords.h"
#include "e2e/program.h"

namespace songmap::e2e {

/// A folder of two dozen chords, and a run of it to come back to.
class Comeback : public ProgramTest {
 protected:
  Comeback() {
    figures_ = false;
    for (int i = 0; i < 24; ++i) add_track("music", i);
  }

  void add_track(const std::string& folder, int i) const {
    const fs::path file = folder_ / folder / ("chord " + std::to_string(i) + ".wav");
    fs::create_directories(file.parent_path());
    audio::testing::write_bytes(file, chord_wav(i, {}, 1.5 + 0.05 * i));  // no two alike
  }

  void run() const {
    const Outcome outcome = songmap({"run", "music", "-o", "run", "-q", "-k", "3", "--seeds", "2", "--set",
                                     "projection.tsne=false", "--set", "train.epochs=20"});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  }
};

}  // namespace songmap::e2e
