#include "songmap/features/track_analysis.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <cmath>

#include "songmap/core/error.h"
#include "songmap/core/random.h"
#include "tests/dsp/synthetic_signals.h"

namespace songmap::features {
namespace {

const std::vector<std::string> kAll = {"study-vector", "timbre", "log-mel", "log-mel-track", "timbre-windows"};

std::vector<FeatureArray> analyse(std::span<const float> samples, const std::vector<std::string>& names = kAll) {
  TrackAnalysis analysis(names);
  analysis.begin_segment(0);
  analysis.samples(samples);
  return analysis.finish();
}

void expect_same(const std::vector<FeatureArray>& a, const std::vector<FeatureArray>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_TRUE(a[i].values == b[i].values) << a[i].recipe;
}

TEST(TrackAnalysis, CuttingTheSamplesNeverChangesABit) {
  for (const char* name : {"chirp", "chord", "short", "pause"}) {
    const std::vector<float> signal = testing::synthetic_signal(name);
    const auto whole = analyse(signal);
    Random random(7);
    for (const std::size_t longest : {std::size_t{1}, std::size_t{700}, std::size_t{50000}}) {
      TrackAnalysis analysis(kAll);
      analysis.begin_segment(0);
      for (std::size_t at = 0; at < signal.size();) {
        const std::size_t count = std::min(signal.size() - at, 1 + random.below(longest));
        analysis.samples(std::span(signal).subspan(at, count));
        at += count;
      }
      expect_same(analysis.finish(), whole);
    }
  }
}

TEST(TrackAnalysis, RecipesDoNotKnowOfEachOther) {
  const std::vector<float> signal = testing::synthetic_signal("chirp");
  const auto together = analyse(signal);
  for (std::size_t i = 0; i < kAll.size(); ++i) expect_same(analyse(signal, {kAll[i]}), {together[i]});
}

TEST(TrackAnalysis, StudyRecipesSeeTheFirstTenSecondsOnly) {
  std::vector<float> signal = testing::synthetic_signal("chirp");
  const std::vector<std::string> study = {"study-vector", "log-mel"};
  const auto whole = analyse(signal, study);
  EXPECT_EQ(whole[1].values.rows(), 431u);
  for (std::size_t i = 220500; i < signal.size(); ++i) signal[i] = -signal[i] * 0.3f;
  expect_same(analyse(signal, study), whole);
  signal.resize(220500);
  expect_same(analyse(signal, study), whole);
  signal[220499] += 0.5f;
  EXPECT_FALSE(analyse(signal, study)[0].values == whole[0].values);
}

TEST(TrackAnalysis, AsksForTheHeadOnlyWhenNothingElseIsWanted) {
  const auto needed = [](std::vector<std::string> names) { return TrackAnalysis(names).needed_s(); };
  EXPECT_EQ(needed({"study-vector"}), 10.5);
  EXPECT_EQ(needed({"log-mel", "study-vector"}), 10.5);
  EXPECT_EQ(needed({"log-mel", "timbre"}), 0);
  EXPECT_EQ(needed({"log-mel-track"}), 0);
}

TEST(TrackAnalysis, GainLeavesTheShapeOfTheSoundAlone) {
  std::vector<float> signal = testing::synthetic_signal("noise");
  const auto loud = analyse(signal);
  for (float& sample : signal) sample *= 0.5f;
  const auto quiet = analyse(signal);
  for (std::size_t i = 0; i < loud[2].values.values().size(); ++i) {
    EXPECT_NEAR(loud[2].values.values()[i], quiet[2].values.values()[i], 1e-4);
  }
  const Matrix &a = loud[1].values, &b = quiet[1].values;
  EXPECT_NEAR(b(0, 0), a(0, 0) - std::sqrt(128.0) * 20 * std::log10(2.0), 0.01);  // the first MFCC carries the level
  for (std::size_t i = 1; i < a.cols(); ++i)
    EXPECT_NEAR(a(0, i), b(0, i), 2e-3 * std::max(1.0f, std::abs(a(0, i)))) << i;
}

TEST(TrackAnalysis, PooledSegmentsAreSeparateSignals) {
  const std::vector<float> first = testing::synthetic_signal("chord");
  const std::vector<float> second = testing::synthetic_signal("noise");
  TrackAnalysis analysis(kAll);
  for (const auto* segment : {&first, &second}) {
    analysis.begin_segment(0);
    analysis.samples(*segment);
  }
  const auto both = analysis.finish();
  expect_same({both[0], both[2]}, analyse(first, {"study-vector", "log-mel"}));
  const std::vector<std::string> picture = {"log-mel-track"};
  EXPECT_EQ(both[3].values.rows(),
            analyse(first, picture)[0].values.rows() + analyse(second, picture)[0].values.rows());
  // Means of statistics that no threshold touches lie at the average of the segments', weighted by their frames.
  const auto a = analyse(first, {"timbre"}), b = analyse(second, {"timbre"});
  const double frames_a = 1 + 90000 / 512, frames_b = 1 + 66150 / 512;
  for (std::size_t column = 40; column < 43; ++column) {
    const double mean = (a[0].values(0, column) * frames_a + b[0].values(0, column) * frames_b) / (frames_a + frames_b);
    EXPECT_NEAR(both[1].values(0, column), mean, 1e-4 * mean);
  }
}

TEST(TrackAnalysis, AnySoundGivesFiniteValues) {
  std::vector<std::vector<float>> signals;
  signals.push_back({0.5f});                            // one sample
  signals.push_back(std::vector<float>(30000, 0.25f));  // constant
  signals.push_back(testing::synthetic_signal("clipped"));
  signals.push_back(std::vector<float>(30000, 1.0f));
  std::vector<float> faint = testing::synthetic_signal("noise");  // -110 dB
  for (float& sample : faint) sample *= 1e-5f;
  signals.push_back(faint);
  std::vector<float> click(100000);
  click[50000] = 1;
  signals.push_back(click);
  std::vector<float> square(40000);
  for (std::size_t i = 0; i < square.size(); ++i) square[i] = i / 50 % 2 == 0 ? 1.0f : -1.0f;
  signals.push_back(square);
  for (const std::size_t n : {2u, 511u, 512u, 2047u, 2048u, 2049u, 8191u, 8192u, 9728u, 9729u}) {
    signals.push_back(testing::chirp(n));
  }
  for (std::size_t i = 0; i < signals.size(); ++i) {
    for (const FeatureArray& array : analyse(signals[i])) {
      EXPECT_TRUE(all_finite(array.values)) << "signal " << i << ", " << array.recipe;
      const std::size_t n_columns = array.recipe == "log-mel"         ? 64
                                    : array.recipe == "log-mel-track" ? 22
                                                                      : recipe(array.recipe).columns.size();
      EXPECT_EQ(array.values.cols(), n_columns);
    }
  }
}

TEST(TrackAnalysis, NothingToDescribeIsAFailure) {
  const auto message = [](std::span<const float> samples, const std::vector<std::string>& names) -> std::string {
    try {
      (void)analyse(samples, names);
    } catch (const DecodeError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(message(std::vector<float>(50000), kAll), "is silent: nothing to describe");
  EXPECT_EQ(message(std::vector<float>(50000, 5e-7f), kAll), "is silent: nothing to describe");
  EXPECT_EQ(message({}, kAll), "holds no samples: nothing to describe");
  std::vector<float> late(300000);
  late[250000] = 0.5f;
  EXPECT_EQ(message(late, kAll), "is silent for its first 10 s: nothing to describe");
  EXPECT_EQ(message(late, {"timbre"}), "");
  std::vector<float> broken = testing::synthetic_signal("noise");
  broken[777] = std::nanf("");
  EXPECT_EQ(message(broken, kAll), "holds samples that are not finite");
  broken[777] = -std::numeric_limits<float>::infinity();
  EXPECT_EQ(message(broken, kAll), "holds samples that are not finite");
}

TEST(TrackAnalysis, FifteenMinutesStayBelowSixtyMegabytes) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "AddressSanitizer keeps freed memory: its size says nothing here";
#endif
  const auto peak_kilobytes = [] {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
  };
  const std::vector<float> second = testing::chord(22050);
  (void)analyse(second);
  const auto before = peak_kilobytes();
  TrackAnalysis analysis(kAll);
  for (int i = 0; i < 900; ++i) analysis.samples(second);
  EXPECT_TRUE(all_finite(analysis.finish()[1].values));
  EXPECT_LT(peak_kilobytes() - before, 60 * 1024);
}

TEST(TrackAnalysis, WrongRecipesAreWrongCalls) {
  EXPECT_THROW(TrackAnalysis(std::vector<std::string>{}), InvalidArgument);
  EXPECT_THROW(TrackAnalysis(std::vector<std::string>{"timber"}), InvalidArgument);
  EXPECT_THROW(TrackAnalysis(std::vector<std::string>{"timbre", "timbre"}), InvalidArgument);
}

TEST(Recipe, BlocksCoverTheColumnsInOrder) {
  const std::vector<Block> timbre = blocks(recipe("timbre"));
  const std::vector<std::pair<std::string, std::size_t>> expected = {
      {"mfcc", 40}, {"shape", 13}, {"contrast", 14}, {"delta", 96}, {"fluctuation", 160}};
  ASSERT_EQ(timbre.size(), expected.size());
  std::size_t first = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(timbre[i].name, expected[i].first);
    EXPECT_EQ(timbre[i].count, expected[i].second);
    EXPECT_EQ(timbre[i].first, first);
    first += timbre[i].count;
  }
  EXPECT_EQ(first, 323u);
  EXPECT_EQ(recipe("study-vector").columns.size(), 70u);
  EXPECT_EQ(blocks(recipe("study-vector")).size(), 5u);
  EXPECT_TRUE(recipe("log-mel").columns.empty());
}

TEST(Recipe, KeysDifferAndNamesAreOffered) {
  EXPECT_NE(recipe("timbre").key, recipe("study-vector").key);
  EXPECT_TRUE(recipe("timbre").key.starts_with("timbre-"));
  try {
    (void)recipe("timbr");
    FAIL() << "an unknown recipe was accepted";
  } catch (const InvalidArgument& error) {
    EXPECT_NE(std::string(error.what()).find("'timbre'"), std::string::npos);
  }
}

TEST(TrackAnalysis, ASignalOfOneWindowIsDescribedAsTheTrackIs) {
  std::vector<float> tone(static_cast<std::size_t>(22050 * 0.9));
  for (std::size_t t = 0; t < tone.size(); ++t) tone[t] = 0.3F * std::sin(0.07F * static_cast<float>(t));
  const std::vector<FeatureArray> arrays = analyse(tone, {"timbre", "timbre-windows"});
  EXPECT_EQ(arrays[0].values, arrays[1].values);
}

TEST(TrackAnalysis, WindowsAreFewAndNeverSilent) {
  const auto windows = [](double sounding_s, double silent_s) {
    std::vector<float> signal(static_cast<std::size_t>(22050 * (sounding_s + silent_s)));
    for (std::size_t t = 0; t < static_cast<std::size_t>(22050 * sounding_s); ++t) {
      signal[t] = 0.3F * std::sin(0.07F * static_cast<float>(t));
    }
    return analyse(signal, {"timbre-windows"})[0].values;
  };
  // 216 frames: windows of 65 (1.5 s), one every 22 (.5 s).
  EXPECT_EQ(windows(5, 0).rows(), 7U);
  EXPECT_EQ(windows(5, 0).cols(), 323U);
  // 5 s every 2.5 s would be 38; those that lie in silence altogether are left out of 19.
  EXPECT_EQ(windows(100, 0).rows(), 24U);
  EXPECT_EQ(windows(25, 25).rows(), 10U);
}

TEST(TrackAnalysis, SoundsOfTwentyMillisecondsHaveOneWindow) {
  for (const std::size_t n : {441U, 1U}) {
    const std::vector<FeatureArray> arrays = analyse(testing::chirp(n), {"timbre", "timbre-windows"});
    EXPECT_EQ(arrays[0].values, arrays[1].values) << n;
  }
}

TEST(TrackAnalysis, WindowsLieInsideOneSegment) {
  TrackAnalysis analysis(std::vector<std::string>{"timbre-windows"});
  for (const float step : {0.07F, 0.9F}) {  // 246 Hz and 3.2 kHz
    std::vector<float> tone(static_cast<std::size_t>(22050 * 1.4));
    for (std::size_t t = 0; t < tone.size(); ++t) tone[t] = 0.3F * std::sin(step * static_cast<float>(t));
    analysis.begin_segment(0);
    analysis.samples(tone);
  }
  const Matrix windows = analysis.finish()[0].values;
  // 61 frames each: windows of 44 (1 s), one every 12 (.26 s). Through the border there would be 7.
  ASSERT_EQ(windows.rows(), 4U);
  const std::vector<std::string>& columns = recipe("timbre-windows").columns;
  const auto centroid = static_cast<std::size_t>(std::ranges::find(columns, "shape_centroid_mean") - columns.begin());
  ASSERT_LT(centroid, columns.size());
  for (std::size_t w = 0; w < 4; ++w) {
    EXPECT_NEAR(windows(w, centroid), w < 2 ? 246 : 3158, 120) << w;
  }
}

}  // namespace
}  // namespace songmap::features
