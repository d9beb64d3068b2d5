#include "songmap/run/lyrics_views.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <sstream>

#include "run/made_run.h"
#include "songmap/cluster/kmeans.h"
#include "songmap/core/error.h"
#include "songmap/core/random.h"
#include "songmap/core/text_file.h"
#include "songmap/demo/words.h"
#include "songmap/library/lyrics_table.h"
#include "songmap/lyrics/text.h"
#include "songmap/metrics/external.h"
#include "songmap/run/lyrics_space.h"

namespace songmap::run {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Labels = std::vector<std::int32_t>;

double ari(const Labels& a, const Labels& b) {
  return metrics::adjusted_rand_index(metrics::contingency(a, b)).value_or(-1);
}

/// Two groups of the rows of a view, as it is clustered.
Labels grouped(MatrixView view, std::size_t k) {
  cluster::KMeansOptions options;
  options.n_clusters = k;
  return cluster::fit_kmeans(l2_normalised(view), options).labels;
}

double norm(std::span<const float> row) {
  double sum = 0;
  for (const float value : row) sum += double(value) * value;
  return std::sqrt(sum);
}

/// Songs with the language that each is in.
struct Corpus {
  std::vector<std::string> texts;
  Labels language;

  void add(const std::string& text, std::int32_t in) {
    texts.push_back(text);
    language.push_back(in);
  }
  void add(std::span<const demo::Songbook> books, std::int32_t in) {
    for (const demo::Songbook& book : books) {
      for (const demo::Lyric& lyric : book.lyrics) add(std::string(lyric.verse) + std::string(lyric.refrain), in);
    }
  }
};

class LyricsViewsTest : public ::testing::Test {
 protected:
  /// The views of a corpus, from its texts on.
  std::optional<LyricsViews> views_of(const Corpus& corpus, bool detect, std::size_t n_languages = 0) {
    const auto tracks = testing::labelled_tracks(std::vector<std::string>(corpus.texts.size()));
    std::vector<LyricsRow> rows;
    for (std::size_t i = 0; i < corpus.texts.size(); ++i) {
      rows.push_back({tracks[i].track_id, "file", "", 3, lyrics::clean_lyrics(corpus.texts[i]).text});
    }
    StageRecord record = made_.record();
    const auto all = testing::all_rows(tracks.size());
    const auto space = lyrics_space(tracks, rows, all, {}, 0, record);
    if (!space) return std::nullopt;
    const auto detected = detect ? detected_languages(tracks, rows) : std::vector<std::string>();
    auto views = lyrics_views(*space, all, detected, n_languages, 0, record);
    manifest_ = record.manifest();
    return views;
  }

  std::optional<LyricsViews> views_of(MatrixView lyrics, const std::vector<std::size_t>& training,
                                      std::size_t threads = 0) {
    StageRecord record = made_.record();
    Execution run;
    run.threads = threads;
    auto views = lyrics_views(lyrics, training, {}, 0, 0, record, run);
    manifest_ = record.manifest();
    return views;
  }

  testing::MadeRun made_;
  Manifest manifest_;
};

/// Vectors of two languages and, across them, two topics that are told less loudly.
struct PlantedVectors {
  explicit PlantedVectors(std::size_t n) : rows(n, 40) {
    Random random(8);
    for (std::size_t i = 0; i < n; ++i) {
      language.push_back(i % 3 == 0 ? 1 : 0);
      topic.push_back(i % 2 == 0 ? 1 : 0);
      for (float& value : rows.row(i)) value = static_cast<float>(0.08 * random.normal());
      rows(i, 0) += 0.6F;
      rows(i, 1) += language[i] == 1 ? 0.7F : -0.5F;
      rows(i, 2) += topic[i] == 1 ? 0.2F : -0.2F;
    }
  }
  Matrix rows;
  Labels language;
  Labels topic;
};

TEST_F(LyricsViewsTest, TheLanguageIsOneViewAndWhatIsLeftIsAnother) {
  const PlantedVectors planted(120);
  const auto views = views_of(planted.rows, testing::all_rows(120));
  ASSERT_TRUE(views);
  EXPECT_EQ(ari(views->pseudo_language, planted.language), 1);
  EXPECT_EQ(ari(grouped(views->language, 2), planted.language), 1);
  EXPECT_EQ(ari(grouped(views->content, 2), planted.topic), 1);
  EXPECT_LT(std::abs(ari(grouped(views->content, 2), planted.language)), 0.05);
  EXPECT_THAT(manifest_.lyrics.pseudo_languages, ElementsAre(80, 40));
  EXPECT_THAT(made_.notes, ElementsAre(HasSubstr("The lyrics are in 2 languages, as far as their spelling tells")));
  EXPECT_THAT(made_.notes.front(), HasSubstr("of 80, 40 tracks"));
}

TEST_F(LyricsViewsTest, SongsInTwoScriptsKeepTheTopicThatTheyShare) {
  Corpus corpus;
  corpus.add(demo::english_songbooks(), 0);
  corpus.add(demo::bangla_songbooks(), 1);
  Labels topic;
  for (std::size_t i = 0; i < corpus.texts.size(); ++i) {
    topic.push_back(i % 2 == 0 ? 0 : 1);
    // Words that both languages borrow.
    corpus.texts[i] += topic[i] == 0 ? "telephone radio taxi station telephone hotel radio taxi petrol\n"
                                     : "computer video internet disco computer camera video internet film\n";
  }
  const auto views = views_of(corpus, /*detect=*/false);
  ASSERT_TRUE(views);
  EXPECT_EQ(views->language.cols(), 16U);
  EXPECT_EQ(views->content.cols(), 32U);
  EXPECT_EQ(ari(views->pseudo_language, corpus.language), 1);
  EXPECT_EQ(ari(grouped(views->language, 2), corpus.language), 1);
  EXPECT_LT(std::abs(ari(grouped(views->content, 2), corpus.language)), 0.05);
  EXPECT_GT(ari(grouped(views->content, 2), topic), 0.9);
}

TEST_F(LyricsViewsTest, TheContentHasNoMeanInAnyLanguageAndVarianceOne) {
  PlantedVectors planted(90);
  for (std::size_t c = 0; c < 40; ++c) planted.rows(7, c) = std::nanf("");
  const std::vector<std::size_t> training = testing::all_rows(60);
  const auto views = views_of(planted.rows, training);
  ASSERT_TRUE(views);
  ASSERT_EQ(manifest_.lyrics.pseudo_languages.size(), 2U);
  std::vector<std::vector<double>> sums(2, std::vector<double>(views->content.cols()));
  double variance = 0;
  for (const std::size_t row : training) {
    if (row == 7) continue;
    const auto values = views->content.row(row);
    for (std::size_t c = 0; c < values.size(); ++c) {
      sums[static_cast<std::size_t>(views->pseudo_language[row])][c] += values[c];
    }
    variance += norm(values) * norm(values) / 59;
    EXPECT_NEAR(norm(views->language.row(row)), 1, 1e-5);
  }
  for (const auto& sum : sums) EXPECT_THAT(sum, Each(::testing::DoubleNear(0, 1e-4)));
  EXPECT_NEAR(variance, 1, 1e-5);
}

TEST_F(LyricsViewsTest, ATrackWithoutWordsStaysMissing) {
  PlantedVectors planted(60);
  for (std::size_t c = 0; c < 40; ++c) planted.rows(7, c) = std::nanf("");
  const auto views = views_of(planted.rows, testing::all_rows(60));
  ASSERT_TRUE(views);
  for (std::size_t i = 0; i < 60; ++i) {
    EXPECT_EQ(views->pseudo_language[i] < 0, i == 7);
    for (const float value : views->language.row(i)) EXPECT_EQ(std::isnan(value), i == 7);
    for (const float value : views->content.row(i)) EXPECT_EQ(std::isnan(value), i == 7);
  }
}

TEST_F(LyricsViewsTest, OnlyTrainingTracksAreFittedOn) {
  PlantedVectors planted(80);
  const auto before = views_of(planted.rows, testing::all_rows(60));
  for (float& value : planted.rows.row(70)) value = 5;
  const auto after = views_of(planted.rows, testing::all_rows(60));
  ASSERT_TRUE(before && after);
  for (std::size_t i = 0; i < 80; ++i) {
    if (i == 70) continue;
    EXPECT_TRUE(std::ranges::equal(before->language.row(i), after->language.row(i))) << i;
    EXPECT_TRUE(std::ranges::equal(before->content.row(i), after->content.row(i))) << i;
  }
  EXPECT_FALSE(std::ranges::equal(before->content.row(70), after->content.row(70)));
}

TEST_F(LyricsViewsTest, OneLanguageHasNoViewAndThatIsSaid) {
  for (const bool detect : {false, true}) {
    made_.notes.clear();
    Corpus english;
    english.add(demo::english_songbooks(), 0);
    const auto views = views_of(english, detect);
    ASSERT_TRUE(views);
    EXPECT_TRUE(views->language.empty());
    EXPECT_EQ(views->content.rows(), english.texts.size());
    EXPECT_THAT(views->pseudo_language, Each(0));
    EXPECT_THAT(manifest_.lyrics.pseudo_languages, ElementsAre(english.texts.size()));
    EXPECT_THAT(made_.notes, ElementsAre(HasSubstr("The lyrics are in one language, as ")));
    EXPECT_THAT(made_.notes.front(), HasSubstr(detect ? "detected in the texts (en)" : "languages have 0.25 or more"));
    EXPECT_THAT(made_.notes.front(), HasSubstr("there is no view of the languages"));
  }
}

TEST_F(LyricsViewsTest, SongsThatComeAgainAndAgainAreNoLanguages) {
  Corpus few;
  for (int copy = 0; copy < 8; ++copy) {
    for (const demo::Lyric& lyric : demo::english_songbooks()[0].lyrics) few.add(std::string(lyric.verse), 0);
  }
  const auto views = views_of(few, /*detect=*/false);
  ASSERT_TRUE(views);
  EXPECT_TRUE(views->language.empty());
}

TEST_F(LyricsViewsTest, AFewSongsInAnotherLanguageAreToldButMakeNone) {
  Corpus corpus;
  corpus.add(demo::english_songbooks(), 0);
  corpus.add(demo::bangla_songbooks().subspan(0, 1), 1);
  corpus.texts.pop_back();
  const auto views = views_of(corpus, /*detect=*/true);
  ASSERT_TRUE(views);
  EXPECT_TRUE(views->language.empty());
  EXPECT_THAT(made_.notes, ElementsAre(HasSubstr("in one language, as detected in the texts (en), but for 4 tracks")));
}

TEST_F(LyricsViewsTest, WhatIsGivenIsTaken) {
  Corpus corpus;
  corpus.add(demo::english_songbooks(), 0);
  corpus.add(demo::bangla_songbooks(), 1);
  const auto one = views_of(corpus, /*detect=*/true, 1);
  ASSERT_TRUE(one);
  EXPECT_TRUE(one->language.empty());
  EXPECT_THAT(made_.notes.back(), HasSubstr("in one language, as given"));
  const auto three = views_of(corpus, /*detect=*/true, 3);
  ASSERT_TRUE(three);
  EXPECT_EQ(manifest_.lyrics.pseudo_languages.size(), 3U);
  EXPECT_GE(manifest_.lyrics.pseudo_languages[0], manifest_.lyrics.pseudo_languages[2]);
}

TEST_F(LyricsViewsTest, TheSameWordsEverywhereAreNoView) {
  Corpus corpus;
  for (int i = 0; i < 30; ++i) corpus.add("la la la over the river and home", 0);
  EXPECT_FALSE(views_of(corpus, /*detect=*/true));
  EXPECT_THAT(made_.notes, ElementsAre(HasSubstr("there is one view, that of the sound")));
  EXPECT_THAT(manifest_.lyrics.pseudo_languages, IsEmpty());
  made_.notes.clear();
  for (int i = 0; i < 30; ++i) corpus.add("la la la sobre el río y la casa de mi madre", 1);
  const auto languages = views_of(corpus, /*detect=*/false, 2);
  ASSERT_TRUE(languages);
  EXPECT_TRUE(languages->content.empty());
  EXPECT_EQ(ari(languages->pseudo_language, corpus.language), 1);
  EXPECT_THAT(made_.notes.back(), HasSubstr("there is no view of the content"));
  Matrix none(4, 3);
  for (float& value : none.values()) value = std::nanf("");
  EXPECT_FALSE(views_of(none, testing::all_rows(4)));
}

TEST_F(LyricsViewsTest, ManySongsAreLookedAtThroughSome) {
  const PlantedVectors planted(5000);
  const auto one = views_of(planted.rows, testing::all_rows(5000), 1);
  const auto four = views_of(planted.rows, testing::all_rows(5000), 4);
  ASSERT_TRUE(one && four);
  EXPECT_EQ(ari(one->pseudo_language, planted.language), 1);
  EXPECT_EQ(one->language, four->language);
  EXPECT_EQ(one->content, four->content);
  EXPECT_EQ(one->silhouette, four->silhouette);
}

TEST_F(LyricsViewsTest, ATrainingRowThatIsNotThereIsRefused) {
  const PlantedVectors planted(10);
  EXPECT_THROW((void)views_of(planted.rows, testing::all_rows(11)), InvalidArgument);
  StageRecord record = made_.record();
  const std::vector<std::string> few(9);
  EXPECT_THROW((void)lyrics_views(planted.rows, testing::all_rows(10), few, 0, 0, record), InvalidArgument);
}

TEST_F(LyricsViewsTest, PseudoLanguagesAreKeptWithTheRun) {
  EXPECT_THAT(load_pseudo_languages(made_.folder), IsEmpty());
  LyricsViews views;
  views.pseudo_language = {1, -1, 0, 5};
  save_pseudo_languages(made_.folder, views);
  EXPECT_THAT(load_pseudo_languages(made_.folder), ElementsAre(1, -1, 0, 5));
}

TEST(DetectedLanguages, AreOfTheTextWhateverATableSays) {
  const auto tracks = testing::labelled_tracks({"", "", "", ""});
  const std::string english(demo::english_songbooks()[0].lyrics[0].verse);
  const std::string bangla(demo::bangla_songbooks()[0].lyrics[0].verse);
  const auto found = detected_languages(
      tracks, {{"t1", "table", "fr", 3, english}, {"t0", "file", "en", 3, bangla}, {"t3", "file", "en", 3, "na na"}});
  EXPECT_THAT(found, ElementsAre("bn", "en", "", ""));
}

/// Stanzas of real songs, in French, Spanish and Bangla: close languages in few songs.
TEST_F(LyricsViewsTest, CloseLanguagesInFewSongsAreToldApartByDetection) {
  const char* data = std::getenv("SONGMAP_TEST_DATA");
  const std::filesystem::path folder = data != nullptr ? data : SONGMAP_SOURCE_DIR "/../shared/data";
  const auto songs = folder / "music" / "jamendo";
  if (!std::filesystem::exists(songs)) GTEST_SKIP() << "*** no real lyrics: set SONGMAP_TEST_DATA ***";
  Corpus corpus;
  const auto add_stanzas = [&](const char* name, std::int32_t language) {
    std::istringstream lines(read_file(songs / name));
    std::string stanza;
    int n = 0;
    for (std::string line; std::getline(lines, line);) {
      if (line.empty() || line.front() == '[') continue;
      stanza += line + "\n";
      if (++n % 6 > 0) continue;
      corpus.add(stanza, language);
      stanza.clear();
    }
  };
  add_stanzas("seculaire_feat_nyme_saru.txt", 0);
  add_stanzas("de_bonne_humeur_le_nez_tordu.txt", 0);
  add_stanzas("yuanan_miedo_yuanan.txt", 1);
  add_stanzas("te_amo_fabios_la_nueva_expresion_de_la_cancion.txt", 1);
  const std::size_t in_latin_script = corpus.texts.size();
  const auto latin = views_of(corpus, /*detect=*/true);
  ASSERT_TRUE(latin);
  EXPECT_GT(ari(latin->pseudo_language, corpus.language), 0.85);
  EXPECT_LT(ari(grouped(latin->content, 2), corpus.language), 0.1);

  for (const auto& row : library::read_lyrics_table(folder / "lyrics" / "bangla_public_domain.csv").rows) {
    if (corpus.texts.size() < in_latin_script + 30) corpus.add(row.lyrics, 2);
  }
  const auto three = views_of(corpus, /*detect=*/true);
  ASSERT_TRUE(three);
  EXPECT_EQ(manifest_.lyrics.pseudo_languages.size(), 3U);
  EXPECT_GT(ari(three->pseudo_language, corpus.language), 0.9);
  EXPECT_LT(ari(grouped(three->content, 3), corpus.language), 0.1);
}

}  // namespace
}  // namespace songmap::run
