#include "songmap/lyrics/vectorize.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

#include "songmap/core/csv.h"
#include "songmap/core/error.h"
#include "songmap/core/hash.h"
#include "songmap/core/random.h"
#include "songmap/core/text_file.h"
#include "songmap/lyrics/text.h"
#include "tests/audio/sound_files.h"

namespace songmap::lyrics {
namespace {

const std::vector<std::string> kTexts = {
    "rain on the roof and rain on the road",       "the rain has gone down the road to the river",
    "dance with me tonight, dance till the light", "tonight we dance, tonight we do not sleep",
    "der Mond steht still über dem Fluss",         "über dem Fluss steht der Mond und wacht"};

double cosine(std::span<const float> a, std::span<const float> b) {
  double ab = 0;
  double aa = 0;
  double bb = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    ab += static_cast<double>(a[i]) * b[i];
    aa += static_cast<double>(a[i]) * a[i];
    bb += static_cast<double>(b[i]) * b[i];
  }
  return ab / std::sqrt(aa * bb);
}

TEST(StudyLyrics, WorkedByHand) {
  // Two words in two texts: shares (1, 0) and (1/4, 3/4) lie 3/4 sqrt 2 apart, on one axis through their middle.
  ASSERT_NE(hash64("sun") % 1000, hash64("moon") % 1000);
  const std::vector<std::string> texts = {"Sun sun", "sun moon, MOON moon"};
  const StudyLyricsModel model = fit_study_lyrics(texts);
  const Matrix x = transform(model, texts);
  ASSERT_EQ(x.cols(), 1U);
  EXPECT_NEAR(std::abs(x(0, 0)), 0.375 * std::sqrt(2), 1e-6);
  EXPECT_NEAR(x(0, 0), -x(1, 0), 1e-6);
  EXPECT_NEAR(transform(model, std::vector<std::string>{"sun moon sun moon sun moon moon moon"})(0, 0), x(1, 0) * 2 / 3,
              1e-6)
      << "shares (3/8, 5/8)";
}

TEST(StudyLyrics, HashIsTheDocumentedOne) {
  // A model whose only direction is one bucket tells whether a word is in it.
  const std::vector<std::string> texts = {"love", "love river"};
  StudyLyricsModel model = fit_study_lyrics(texts, {.n_buckets = 50});
  std::ranges::fill(model.pca.mean, 0.0F);
  std::ranges::fill(model.pca.components.values(), 0.0F);
  model.pca.components(0, hash64("river") % 50) = 1;
  EXPECT_EQ(transform(model, std::vector<std::string>{"river"})(0, 0), 1);
}

TEST(StudyLyrics, ShapesAndEdges) {
  const StudyLyricsModel model = fit_study_lyrics(kTexts);
  EXPECT_EQ(transform(model, kTexts).cols(), kTexts.size() - 1);
  EXPECT_EQ(fit_study_lyrics(kTexts, {.max_dimensions = 2}).pca.components.rows(), 2U);
  EXPECT_EQ(transform(model, {}).rows(), 0U);
  const std::vector<std::string> one = {"alone"};
  EXPECT_EQ(transform(fit_study_lyrics(one), one).cols(), 1U);
  const std::vector<std::string> with_empty = {"", "a word", "1 2 3"};
  EXPECT_TRUE(all_finite(transform(fit_study_lyrics(with_empty), with_empty)));
  EXPECT_THROW(static_cast<void>(fit_study_lyrics({})), InvalidArgument);
  EXPECT_THROW(static_cast<void>(fit_study_lyrics(kTexts, {.n_buckets = 0})), InvalidArgument);
  EXPECT_THROW(static_cast<void>(fit_study_lyrics(kTexts, {.max_dimensions = 0})), InvalidArgument);
}

TEST(StudyLyrics, SameForAnyNumberOfThreads) {
  EXPECT_EQ(transform(fit_study_lyrics(kTexts, {}, {1, {}}), kTexts, {1, {}}),
            transform(fit_study_lyrics(kTexts, {}, {3, {}}), kTexts, {3, {}}));
}

TEST(NgramLyrics, RelatedTextsLieNear) {
  const NgramLyricsModel model = fit_ngram_lyrics(kTexts);
  const Matrix x = transform(model, kTexts);
  ASSERT_EQ(x.rows(), kTexts.size());
  for (std::size_t i = 0; i < kTexts.size(); ++i) {
    for (std::size_t j = 0; j < kTexts.size(); ++j) {
      if (i / 2 == j / 2) continue;
      EXPECT_GT(cosine(x.row(i), x.row(i ^ 1U)), cosine(x.row(i), x.row(j)) + 0.05) << i << " " << j;
    }
  }
  // Word forms that no text has share pieces with those that some have.
  const Matrix y = transform(model, std::vector<std::string>{"rainy roads", "Monde"});
  EXPECT_GT(cosine(y.row(0), x.row(0)), 0.5);
  EXPECT_GT(cosine(y.row(1), x.row(4)), 0.5);
}

TEST(NgramLyrics, AllDimensionsKeepAllDistances) {
  // With as many dimensions as texts the projection is a rotation of rows of length 1.
  const Matrix x = transform(fit_ngram_lyrics(kTexts), kTexts);
  EXPECT_EQ(x.cols(), kTexts.size());
  for (std::size_t i = 0; i < x.rows(); ++i) {
    double length = 0;
    for (const float value : x.row(i)) length += static_cast<double>(value) * value;
    EXPECT_NEAR(length, 1, 1e-4);
  }
}

TEST(NgramLyrics, PiecesWorkedByHand) {
  // " ab " has 3 pieces of two characters: " a", "ab", "b "; with "ab" twice each counts twice, and the row is
  // three equal values. "cd" shares none.
  NgramLyricsOptions options{.char_min = 2, .char_max = 2, .words = false};
  const std::vector<std::string> texts = {"ab ab", "cd"};
  const NgramLyricsModel model = fit_ngram_lyrics(texts, options);
  std::size_t in_one_text = 0;
  for (const float idf : model.idf) {
    const bool is_used = std::abs(idf - (std::log(3.0 / 2) + 1)) < 1e-6;
    EXPECT_TRUE(is_used || std::abs(idf - (std::log(3.0) + 1)) < 1e-6);
    in_one_text += is_used ? 1U : 0U;
  }
  EXPECT_EQ(in_one_text, 6U);
  const Matrix x = transform(model, std::vector<std::string>{"ab", "cd", "ab cd", "ax"});
  EXPECT_NEAR(cosine(x.row(0), x.row(1)), 0, 1e-5);
  EXPECT_NEAR(cosine(x.row(0), x.row(2)), std::sqrt(0.5), 1e-5);
  // " ax " has one piece of " ab ", whose direction is a third of each of these; "ax" and "x " are in no text.
  const double known = std::log(3.0 / 2) + 1;
  const double unknown = std::log(3.0) + 1;
  const double expected = known / std::hypot(known, unknown, unknown) / std::sqrt(3);
  EXPECT_NEAR(std::hypot(x(3, 0), x(3, 1)), expected, 1e-5);
  options.char_max = 9;
  options.char_min = 9;
  const std::vector<std::string> shorter = {"ab", "ab ab c"};
  EXPECT_NO_THROW(static_cast<void>(fit_ngram_lyrics(shorter, options))) << "shorter words count whole";
}

TEST(NgramLyrics, OrderOfWordsAndTextsDoesNotMatter) {
  std::vector<std::string> turned(kTexts.rbegin(), kTexts.rend());
  turned[5] = "road the on rain and roof the on rain";
  const Matrix a = transform(fit_ngram_lyrics(kTexts), kTexts);
  const Matrix b = transform(fit_ngram_lyrics(turned), turned);
  for (std::size_t i = 0; i < 6; ++i) {
    for (std::size_t j = 0; j < 6; ++j) {
      EXPECT_NEAR(cosine(a.row(i), a.row(j)), cosine(b.row(5 - i), b.row(5 - j)), 1e-4);
    }
  }
}

TEST(NgramLyrics, SameForAnyNumberOfThreadsAndSeedsHardlyMatter) {
  Random random(2);
  std::vector<std::string> texts;
  for (int i = 0; i < 200; ++i) {
    std::string text;
    for (int w = 0; w < 40; ++w) {
      for (std::size_t c = random.below(4) + 2; c > 0; --c) text += static_cast<char>('a' + random.below(6));
      text += ' ';
    }
    texts.push_back(text);
  }
  const NgramLyricsModel one = fit_ngram_lyrics(texts, {.n_dimensions = 16}, {1, {}});
  const NgramLyricsModel three = fit_ngram_lyrics(texts, {.n_dimensions = 16}, {3, {}});
  EXPECT_EQ(one.directions, three.directions);
  EXPECT_EQ(transform(one, texts, {1, {}}), transform(one, texts, {3, {}}));
  const NgramLyricsModel other = fit_ngram_lyrics(texts, {.n_dimensions = 16, .seed = 5});
  EXPECT_NE(one.directions, other.directions);
  for (std::size_t c = 0; c < 16; ++c) EXPECT_NEAR(one.singular_values[c] / other.singular_values[c], 1, 0.02) << c;
}

TEST(NgramLyrics, Edges) {
  const NgramLyricsModel model = fit_ngram_lyrics(kTexts);
  const Matrix unknown = transform(model, std::vector<std::string>{"", "1 2"});
  EXPECT_TRUE(std::ranges::all_of(unknown.values(), [](float v) { return v == 0; }));
  const std::vector<std::string> copies(5, "the same song");
  EXPECT_EQ(transform(fit_ngram_lyrics(copies), copies).cols(), 1U);
  const std::vector<std::string> long_text(2, std::string(200'000, 'x') + " y");
  EXPECT_NO_THROW(static_cast<void>(fit_ngram_lyrics(long_text)));
  EXPECT_THROW(static_cast<void>(fit_ngram_lyrics({})), InvalidArgument);
  EXPECT_THROW(static_cast<void>(fit_ngram_lyrics(std::vector<std::string>{"", "42"})), InvalidArgument);
  for (const NgramLyricsOptions& bad :
       {NgramLyricsOptions{.char_min = 0}, NgramLyricsOptions{.char_min = 5}, NgramLyricsOptions{.char_max = 40},
        NgramLyricsOptions{.bits = 3}, NgramLyricsOptions{.bits = 40}, NgramLyricsOptions{.n_dimensions = 0}}) {
    EXPECT_THROW(static_cast<void>(fit_ngram_lyrics(kTexts, bad)), InvalidArgument);
  }
}

TEST(NgramLyrics, LanguagesSeparate) {
  const auto data = audio::testing::data_folder();
  if (!std::filesystem::exists(data / "lyrics")) GTEST_SKIP() << "no " << data / "lyrics";
  std::vector<std::string> texts;
  const CsvTable table = read_csv(data / "lyrics/bangla_public_domain.csv");
  for (const auto& row : table.rows) texts.push_back(clean_lyrics(row[*table.find("lyrics")]).text);
  const std::size_t n_bangla = texts.size();
  for (const char* song : {"de_bonne_humeur_le_nez_tordu", "seculaire_feat_nyme_saru", "fantasma_los_rombos",
                           "te_amo_fabios_la_nueva_expresion_de_la_cancion", "yuanan_miedo_yuanan"}) {
    texts.push_back(clean_lyrics(read_file(data / "music/jamendo" / (std::string(song) + ".txt"))).text);
  }
  const Matrix x = transform(fit_ngram_lyrics(texts), texts);
  double least_within = 1;
  double most_across = 0;
  for (std::size_t i = 0; i < n_bangla; ++i) {
    double nearest = 0;
    for (std::size_t j = 0; j < n_bangla; ++j) {
      if (i != j) nearest = std::max(nearest, cosine(x.row(i), x.row(j)));
    }
    least_within = std::min(least_within, nearest);
    for (std::size_t j = n_bangla; j < texts.size(); ++j)
      most_across = std::max(most_across, cosine(x.row(i), x.row(j)));
  }
  EXPECT_GT(least_within, 2 * most_across);
  EXPECT_GT(cosine(x.row(n_bangla), x.row(n_bangla + 1)), cosine(x.row(n_bangla), x.row(n_bangla + 2)))
      << "French is nearer to French than to Spanish";
}

}  // namespace
}  // namespace songmap::lyrics
