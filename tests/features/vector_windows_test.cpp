#include "songmap/features/vector_windows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "songmap/core/error.h"
#include "songmap/features/recipe.h"
#include "tests/features/music_files.h"

namespace songmap::features {
namespace {

using audio::testing::TempFolder;
using testing::write_track;

TEST(GatherVectorWindows, GivesTheRowsOfEachTrackOrFewerOfThemEvenlySpread) {
  TempFolder folder;
  write_track(folder / "music" / "a.wav", 1, 1);
  write_track(folder / "music" / "b.wav", 2, 12);
  write_track(folder / "music" / "c.wav", 3, 12);
  library::Store store = library::Store::open(folder / "store.sqlite");
  const ExtractReport report = extract(library::scan(folder / "music"), store, {{"timbre-windows"}, false}, {2, {}});
  ASSERT_EQ(report.tracks.size(), 3U);

  const WindowedRows all = gather_vector_windows(report, store, "timbre-windows");
  std::vector<std::size_t> expected;
  for (std::size_t t = 0; t < 3; ++t) {
    const Matrix of_track = *store.find(report.tracks[t].content_id, recipe("timbre-windows").key);
    for (std::size_t i = 0; i < of_track.rows(); ++i) {
      EXPECT_THAT(all.rows.row(expected.size()), ::testing::ElementsAreArray(of_track.row(i)));
      expected.push_back(t);
    }
  }
  EXPECT_EQ(all.track, expected);
  ASSERT_GT(std::ranges::count(all.track, 1U), 4);

  // However few may be kept, two of each track that has two: its first and its last.
  const WindowedRows few = gather_vector_windows(report, store, "timbre-windows", 3);
  const auto first_of_b = static_cast<std::size_t>(std::ranges::find(all.track, 1U) - all.track.begin());
  const auto last_of_b = static_cast<std::size_t>(std::ranges::find(all.track, 2U) - all.track.begin()) - 1;
  const auto b = static_cast<std::size_t>(std::ranges::find(few.track, 1U) - few.track.begin());
  EXPECT_EQ(std::ranges::count(few.track, 1U), 2);
  EXPECT_THAT(few.rows.row(b), ::testing::ElementsAreArray(all.rows.row(first_of_b)));
  EXPECT_THAT(few.rows.row(b + 1), ::testing::ElementsAreArray(all.rows.row(last_of_b)));
}

TEST(GatherVectorWindows, WhatTheStoreLacksAndAnotherKindOfRecipeAreNamed) {
  TempFolder folder;
  write_track(folder / "music" / "a.wav", 1, 1);
  library::Store store = library::Store::open(folder / "store.sqlite");
  const ExtractReport report = extract(library::scan(folder / "music"), store, {{"timbre"}, false}, {2, {}});
  EXPECT_THROW((void)gather_vector_windows(report, store, "timbre-windows"), IoError);
  EXPECT_THROW((void)gather_vector_windows(report, store, "log-mel"), InvalidArgument);
}

}  // namespace
}  // namespace songmap::features
