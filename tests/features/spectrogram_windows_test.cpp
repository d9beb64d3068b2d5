#include "songmap/features/spectrogram_windows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "songmap/core/error.h"
#include "songmap/features/log_mel.h"
#include "songmap/features/recipe.h"
#include "tests/features/music_files.h"

namespace songmap::features {
namespace {

using audio::testing::TempFolder;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsNan;
using testing::write_track;

/// Frame i of n at level -80 + 80 i / (n - 1), band b lower by b / 2 dB (not below -80).
Matrix ramp(std::size_t n_frames, std::size_t bands = 2) {
  Matrix x(n_frames, bands);
  for (std::size_t i = 0; i < n_frames; ++i) {
    for (std::size_t b = 0; b < bands; ++b) {
      const double level = 80 * static_cast<double>(i) / static_cast<double>(n_frames - 1);
      x(i, b) = static_cast<float>(std::max(0.0, level - 0.5 * static_cast<double>(b)) - 80);
    }
  }
  return x;
}

TEST(SpectrogramWindows, AreBandsOfFramesBetweenZeroAndOne) {
  const Matrix x(3, 2, {-80, -60, -40, -20, 0, -70});
  EXPECT_THAT(spectrogram_window_rows(x, {.frames = 3}).values(), ElementsAre(0, 0.5F, 1, 0.25F, 0.75F, 0.125F));
  // Of a track that is never quiet, 0 is its own quietest.
  const Matrix loud(2, 1, {-20, 0});
  EXPECT_THAT(spectrogram_window_rows(loud, {.frames = 2}).values(), ElementsAre(0, 1));
  const Matrix flat(2, 1, {-5, -5});
  EXPECT_THAT(spectrogram_window_rows(flat, {.frames = 2}).values(), Each(0));
}

TEST(SpectrogramWindows, ShortTracksAreFollowedByZeros) {
  const Matrix rows = spectrogram_window_rows(ramp(431, 64));
  ASSERT_EQ(rows.rows(), 1U);
  ASSERT_EQ(rows.cols(), 64U * 432);
  EXPECT_EQ(rows(0, 430), 1);
  for (std::size_t band = 0; band < 64; ++band) EXPECT_EQ(rows(0, band * 432 + 431), 0);
  EXPECT_THAT(spectrogram_window_rows(ramp(2, 1), {.frames = 4}).values(), ElementsAre(0, 1, 0, 0));
}

TEST(SpectrogramWindows, CoverTheWholeTrackEvenly) {
  for (const std::size_t n_frames : {4U, 5U, 7U, 8U, 9U, 21U, 100U}) {
    const Matrix x = ramp(n_frames, 1);
    const Matrix rows = spectrogram_window_rows(x, {.frames = 4});
    EXPECT_EQ(rows.rows(), (n_frames + 3) / 4);
    const auto frame = [&](float value) { return std::lround(value * static_cast<float>(n_frames - 1)); };
    EXPECT_EQ(frame(rows(0, 0)), 0);
    EXPECT_EQ(frame(rows(rows.rows() - 1, 3)), static_cast<long>(n_frames - 1));
    for (std::size_t w = 1; w < rows.rows(); ++w) {
      EXPECT_LE(frame(rows(w, 0)), frame(rows(w - 1, 3)) + 1) << "no frame is left out";
      EXPECT_GT(frame(rows(w, 0)), frame(rows(w - 1, 0)));
    }
  }
}

TEST(SpectrogramWindows, OfAManyAFewSpreadOverTheTrack) {
  const Matrix x = ramp(101, 1);
  const auto starts = [&](std::size_t most) {
    const Matrix rows = spectrogram_window_rows(x, {.frames = 11, .most_windows = most});
    std::vector<long> frames;
    for (std::size_t w = 0; w < rows.rows(); ++w) frames.push_back(std::lround(rows(w, 0) * 100));
    return frames;
  };
  EXPECT_THAT(starts(1), ElementsAre(0));
  EXPECT_THAT(starts(3), ElementsAre(0, 45, 90));
  EXPECT_EQ(starts(50), starts(0));
}

TEST(SpectrogramWindows, RefusesNothingToCut) {
  EXPECT_THROW(static_cast<void>(spectrogram_window_rows(Matrix(), {})), InvalidArgument);
  EXPECT_THROW(static_cast<void>(spectrogram_window_rows(ramp(3), {.frames = 0})), InvalidArgument);
  const Matrix strange(1, 1, {std::numeric_limits<float>::quiet_NaN()});
  EXPECT_THROW(static_cast<void>(spectrogram_window_rows(strange)), InvalidArgument);
}

TEST(PackedLevels, KeepEveryStepAndRoundTheRest) {
  Matrix levels(5, 64);
  for (std::size_t i = 0; i < levels.values().size(); ++i) {
    levels.values()[i] = -80 * static_cast<float>(i) / static_cast<float>(levels.values().size() - 1);
  }
  const Matrix packed = packed_levels(levels);
  EXPECT_EQ(packed.cols(), 22U);
  const Matrix unpacked = unpacked_levels(packed);
  for (std::size_t i = 0; i < levels.values().size(); ++i) {
    EXPECT_NEAR(unpacked.values()[i], levels.values()[i], 40.0 / 255 + 1e-4);
  }
  EXPECT_EQ(unpacked(0, 0), 0);
  EXPECT_EQ(unpacked(4, 63), -80);
  EXPECT_EQ(packed_levels(unpacked), packed) << "what was rounded once stays";
  EXPECT_THROW(static_cast<void>(unpacked_levels(Matrix(1, 22, std::vector<float>(22, -1.0F)))), InvalidArgument);
  EXPECT_THROW(static_cast<void>(unpacked_levels(Matrix(1, 64))), InvalidArgument);
}

TEST(MeanByTrack, PoolsTheRowsOfEach) {
  const Matrix latents(4, 2, {1, 10, 3, 20, 5, 60, 7, 80});
  const std::vector<std::size_t> track = {0, 0, 2, 2};
  const Matrix means = mean_by_track(latents, track, 3);
  EXPECT_THAT(means.row(0), ElementsAre(2, 15));
  EXPECT_THAT(means.row(1), Each(IsNan()));
  EXPECT_THAT(means.row(2), ElementsAre(6, 70));
  EXPECT_THROW(static_cast<void>(mean_by_track(latents, track, 2)), InvalidArgument);
  EXPECT_THROW(static_cast<void>(mean_by_track(latents, std::vector<std::size_t>{0}, 3)), InvalidArgument);
}

TEST(GatherWindows, ReadsTracksOfAnyLengthFromTheStore) {
  TempFolder folder;
  write_track(folder / "music" / "a.wav", 1, 2);
  write_track(folder / "music" / "b.wav", 2, 12);
  write_track(folder / "music" / "c.wav", 3, 24);
  library::Store store = library::Store::open(folder / "store.sqlite");
  const ExtractReport report =
      extract(library::scan(folder / "music"), store, {{"log-mel", "log-mel-track"}, false}, {2, {}});
  ASSERT_EQ(report.tracks.size(), 3U);

  const WindowedRows heads = gather_windows(report, store, "log-mel");
  EXPECT_THAT(heads.track, ElementsAre(0, 1, 2));
  const WindowedRows all = gather_windows(report, store, "log-mel-track");
  EXPECT_THAT(all.track, ElementsAre(0, 1, 1, 2, 2, 2));
  EXPECT_EQ(all.rows.rows(), 6U);
  const WindowedRows few = gather_windows(report, store, "log-mel-track", {.most_windows = 2});
  EXPECT_THAT(few.track, ElementsAre(0, 1, 1, 2, 2));

  // Both recipes see the same track of 2 s; the packed one to within half a step.
  const Matrix whole = load_log_mel(store, report.tracks[0], "log-mel-track");
  const Matrix head = load_log_mel(store, report.tracks[0], "log-mel");
  ASSERT_EQ(whole.rows(), head.rows());
  for (std::size_t i = 0; i < head.values().size(); ++i) {
    EXPECT_NEAR(whole.values()[i], head.values()[i], 40.0 / 255 + 1e-3);
  }
  // Each row is that of its own track.
  const Matrix last = spectrogram_window_rows(load_log_mel(store, report.tracks[2], "log-mel-track"));
  EXPECT_THAT(all.rows.row(5), ::testing::ElementsAreArray(last.row(2)));

  EXPECT_THROW(static_cast<void>(load_log_mel(store, report.tracks[0], "timbre")), InvalidArgument);
  ExtractedTrack unknown = report.tracks[0];
  unknown.content_id = "none";
  EXPECT_THROW(static_cast<void>(load_log_mel(store, unknown, "log-mel")), IoError);
}

}  // namespace
}  // namespace songmap::features
