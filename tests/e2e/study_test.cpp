// The study's tiers, and lyrics as people have them: on short sounds and small tables, to the end.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>

#include "audio/sound_files.h"
#include "e2e/program.h"
#include "songmap/core/csv.h"
#include "songmap/core/npy.h"
#include "songmap/core/random.h"
#include "songmap/run/tables.h"

namespace songmap::e2e {
namespace {

namespace sound = audio::testing;
using testing::HasSubstr;
using testing::Not;

/// Settings that make a run as short as it can be.
std::vector<std::string> quick(std::vector<std::string> arguments) {
  for (const char* setting :
       {"evaluation.permutations=19", "evaluation.bootstrap=20", "evaluation.shuffles=3", "train.epochs=1",
        "projection.tsne=false", "projection.umap=false", "projection.three_dimensions=false"}) {
    arguments.insert(arguments.end(), {"--set", setting});
  }
  return arguments;
}

std::string planted_table(int n, bool labelled) {
  Random random(5);
  std::string text = std::string("track_id,mfcc_a,mfcc_b,c,d") + (labelled ? ",genre" : "") + "\r\n";
  for (int i = 0; i < n; ++i) {
    text += "t" + std::to_string(i);
    for (int j = 0; j < 4; ++j) text += "," + csv_number(random.normal() + (j == i % 3 ? 9.0 : 0.0));
    text += (labelled ? "," + std::string(1, "xyz"[i % 3]) : "") + "\r\n";
  }
  return text;
}

class Study : public ProgramTest {
 protected:
  Study() { figures_ = false; }

  std::vector<std::string> methods_of(const std::string& file) const {
    std::vector<std::string> names;
    for (const auto& row : read_csv(folder_ / "run" / "results" / file).rows) names.push_back(row.at(0));
    return names;
  }

  /// Two-second chords in tracks.csv, with what else each row says.
  void add_music(const std::string& header, const std::vector<std::string>& rows) {
    fs::create_directories(folder_ / "music");
    std::string csv = "path," + header + "\n";
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const std::string name = "song" + std::to_string(i) + ".wav";
      const sound::WavFormat format{.rate_hz = 22050, .channels = 1};
      const double pitch = 110.0 * static_cast<double>(1 + i % 3);
      Random random(i);
      sound::write_bytes(folder_ / "music" / name, sound::wav(format, 44100, [&](std::size_t at, int) {
                           const double t = static_cast<double>(at) / format.rate_hz;
                           return 0.2 * std::sin(2 * std::numbers::pi * pitch * t) + 0.02 * random.normal();
                         }));
      csv += name + "," + rows[i] + "\n";
    }
    write_file(folder_ / "music" / "tracks.csv", csv);
  }

  std::map<std::string, std::string> lyrics_failures() const {
    std::map<std::string, std::string> reasons;
    for (const run::FailureRow& row : run::load_failures(folder_ / "run" / "failures.csv")) {
      if (row.stage == "lyrics") reasons[row.path] = row.reason;
    }
    return reasons;
  }
};

TEST_F(Study, TheHardTierHasTheRowsOfTheStudysTable) {
  write_file(folder_ / "table.csv", planted_table(90, true));
  write_file(folder_ / "english.csv", "lyrics\nthe river runs\nthe night is long\nstones in the rain\n");
  const Outcome outcome = songmap(quick({"run", "table.csv", "--preset", "hard", "--seeds", "2", "--lyrics-table",
                                         "english.csv", "-o", "run", "--set", "models.beta-vae.train.epochs=1"}));
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("draws 200 tracks at random, and there are 90"));
  EXPECT_THAT(outcome.err, HasSubstr("Lyrics were given to the tracks in turn, from 3 rows of 1 table"));
  std::vector<std::string> expected;
  for (const char* hybrid : {"", " Hybrid (audio+lyrics)"}) {
    for (const char* model : {"Beta-VAE", "Regular VAE", "Autoencoder"}) {
      for (const char* clustering : {"K-Means", "Agglomerative", "DBSCAN"}) {
        expected.push_back(std::string(model) + hybrid + " + " + clustering);
      }
    }
  }
  for (const char* baseline : {"PCA baseline", "Direct baseline", "Spectral features"}) {
    expected.push_back(std::string(baseline) + " + K-Means");
  }
  EXPECT_EQ(methods_of("hard_task_comprehensive_results.csv"), expected);
  EXPECT_THAT(read_csv(folder_ / "run/results/hard_task_comprehensive_results.csv").columns,
              testing::ElementsAre("Method", "Silhouette_Score", "Calinski_Harabasz", "Adjusted_Rand_Index",
                                   "Davies_Bouldin", "Normalized_MI", "Cluster_Purity", "V_Measure", "Homogeneity",
                                   "Completeness", "Num_Clusters"));
  EXPECT_THAT(read_file(folder_ / "run" / "report.html"), HasSubstr("Beside the study’s own figures"));
  // What is not defined is an empty cell, never 0.
  for (const run::ScoreRow& row : run::load_scores(folder_ / "run" / "scores.csv")) {
    if (row.method == "dbscan" && row.metric == "silhouette") {
      EXPECT_NE(row.value, 0) << row.space;
    }
  }
}

TEST_F(Study, TheSameSeedsGiveTheSameBytesForSeveralModelsAndStageByStage) {
  write_file(folder_ / "table.csv", planted_table(60, true));
  const std::vector<std::string> how{
      "--preset", "hard", "--protocol", "strict", "--seeds", "2", "--quiet", "--set", "models.beta-vae.train.epochs=2"};
  const auto with = [&](std::vector<std::string> first) {
    first.insert(first.end(), how.begin(), how.end());
    return quick(first);
  };
  ASSERT_EQ(songmap(with({"run", "table.csv", "-o", "one", "--threads", "1"})).exit_code, 0);
  ASSERT_EQ(songmap(with({"extract", "table.csv", "-o", "two", "--threads", "2"})).exit_code, 0);
  for (const char* stage : {"train", "cluster", "score", "project"}) {
    ASSERT_EQ(songmap({stage, "two", "--quiet", "--threads", "2"}).exit_code, 0) << stage;
  }
  for (const char* file :
       {"labels.csv", "scores.csv", "comparisons.csv", "map.csv", "curves.csv", "candidates.csv", "spaces/beta-vae.npy",
        "spaces/autoencoder.seed-2.npy", "results/hard_task_comprehensive_results.csv"}) {
    EXPECT_EQ(read_file(folder_ / "one" / file), read_file(folder_ / "two" / file)) << file;
  }
}

TEST_F(Study, WithoutLabelsOrLyricsTheRestIsDone) {
  write_file(folder_ / "table.csv", planted_table(60, false));
  const Outcome outcome = songmap(quick({"run", "table.csv", "--preset", "hard", "--seeds", "1", "-o", "run"}));
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("takes the number of groups from the labels, and there are none"));
  EXPECT_THAT(outcome.err, HasSubstr("no track has lyrics"));
  EXPECT_THAT(outcome.err, HasSubstr("the hybrid rows are left out"));
  EXPECT_THAT(methods_of("hard_task_comprehensive_results.csv"), testing::Contains("Autoencoder + K-Means"));
  EXPECT_THAT(methods_of("hard_task_comprehensive_results.csv"), Not(testing::Contains(HasSubstr("Hybrid"))));
}

TEST_F(Study, AConvolutionalModelIsLeftOutOfATable) {
  write_file(folder_ / "table.csv", planted_table(60, true));
  const Outcome outcome = songmap(quick({"run", "table.csv", "--preset", "medium", "--seeds", "1", "-o", "run"}));
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("Convolutional VAE was left out: it reads spectrograms"));
  EXPECT_THAT(methods_of("medium_task_results.csv"),
              testing::ElementsAre("PCA + K-Means (baseline)", "Direct K-Means (baseline)"));
}

TEST_F(Study, TheMediumTierRunsOnSoundAndLyrics) {
  std::vector<std::string> rows;
  for (int i = 0; i < 15; ++i)
    rows.push_back(std::string(1, "xyz"[i % 3]) + ",\"a song of number " + std::to_string(i) + "\"");
  add_music("genre,lyrics", rows);
  const Outcome outcome = songmap(quick({"run", "music/tracks.csv", "--preset", "medium", "--seeds", "1", "-o", "run",
                                         "--set", "evaluation.test_fraction=0", "--set", "vae.channels=[4,8,8,8]"}));
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(
      methods_of("medium_task_results.csv"),
      testing::ElementsAre("K-Means (audio)", "Agglomerative (audio)", "DBSCAN (audio)",
                           "Hybrid K-Means (audio+lyrics)", "Hybrid Agglomerative (audio+lyrics)",
                           "Hybrid DBSCAN (audio+lyrics)", "PCA + K-Means (baseline)", "Direct K-Means (baseline)"));
  EXPECT_EQ(read_npy(folder_ / "run/spaces/conv-vae.npy").cols(), 64U);
  EXPECT_EQ(read_npy(folder_ / "run/inspections/conv-vae.reconstructions.npy").cols(), 64U * 432);
}

// Two tracks have lyrics that cannot be used, one has none, the others do: each is told, none ends the run, and a track
// without lyrics has no place in the lyrics' space.
TEST_F(Study, LyricsThatCannotBeUsedAreToldAndLeftOut) {
  std::vector<std::string> rows;
  for (int i = 0; i < 14; ++i) rows.push_back(std::string(1, "xyz"[i % 3]));
  add_music("genre", rows);
  const auto beside = [&](int i, const std::string& bytes, const char* ending = ".txt") {
    sound::write_bytes(folder_ / "music" / ("song" + std::to_string(i) + ending), bytes);
  };
  beside(0, "caf\xe9 au lait");  // Latin-1
  beside(1, "[00:01.00]\n[00:02.00]\n", ".lrc");
  beside(2, std::string(1 << 20, 'a') + " b");
  beside(3, std::string("\xff\xfeh\0"
                        "e\0l\0l\0o\0",
                        12));
  beside(4, "[00:01.50][00:09.00]the river\n[Chorus]\n<00:03.00>runs home\n", ".lrc");
  beside(5, " \r\n\r\n");
  for (int i = 6; i < 13; ++i) beside(i, "the night is long and number " + std::to_string(i));
  const Outcome outcome =
      songmap(quick({"run", "music/tracks.csv", "--seeds", "1", "-k", "3", "-o", "run", "--set", "lyrics.fewest=5"}));
  EXPECT_EQ(outcome.exit_code, 3) << outcome.err;
  const auto rows_found = run::load_lyrics(folder_ / "run" / "lyrics.csv");
  std::map<std::string, std::string> text;
  const auto tracks = run::load_tracks(folder_ / "run" / "tracks.csv");
  for (const run::LyricsRow& row : rows_found) {
    const auto track = std::ranges::find(tracks, row.track_id, &run::TrackRow::track_id);
    ASSERT_NE(track, tracks.end());
    text[track->path] = row.text;
  }
  EXPECT_FALSE(text.contains("song0.wav"));
  EXPECT_FALSE(text.contains("song1.wav"));
  EXPECT_FALSE(text.contains("song13.wav"));
  EXPECT_EQ(text["song3.wav"], "hello");
  EXPECT_EQ(text["song4.wav"], "the river\n\nruns home");
  EXPECT_LT(text["song2.wav"].size(), std::size_t{1} << 20);

  const Matrix space = read_npy(folder_ / "run/spaces/lyrics.npy");
  ASSERT_EQ(space.rows(), 14U);
  for (std::size_t i = 0; i < tracks.size(); ++i) {
    EXPECT_EQ(std::isnan(space(i, 0)), !text.contains(tracks[i].path)) << tracks[i].path;
  }
  const auto failures = run::load_failures(folder_ / "run" / "failures.csv");
  const auto reason = [&](const std::string& path) {
    for (const run::FailureRow& row : failures) {
      if (row.path.find(path) != std::string::npos) return row.reason;
    }
    return std::string();
  };
  EXPECT_THAT(reason("song0"), HasSubstr("UTF-8"));
  EXPECT_THAT(reason("song1"), testing::Not(testing::IsEmpty()));
  EXPECT_THAT(reason("song5"), HasSubstr("cannot be used"));
  EXPECT_THAT(outcome.err, HasSubstr("The lyrics of 1 track are longer than 256 kB"));
  EXPECT_THAT(outcome.err, HasSubstr("3 texts of lyrics could not be used"));
  EXPECT_THAT(outcome.err, Not(HasSubstr("tracks failed"))) << "a track whose lyrics are bad is no bad track";
}

TEST_F(Study, TablesOfLyricsAreJoinedOrSaidToBeUseless) {
  write_file(folder_ / "table.csv", planted_table(30, true));
  write_file(folder_ / "no_lyrics.csv", "track_id,words\nt0,hello\n");
  const Outcome no_column = songmap(quick({"run", "table.csv", "-o", "a", "--lyrics-table", "no_lyrics.csv"}));
  EXPECT_EQ(no_column.exit_code, 1);
  EXPECT_EQ(no_column.err,
            "songmap: 'no_lyrics.csv': no column 'lyrics'; its columns, separated by commas, are: "
            "track_id, words\n");
  EXPECT_FALSE(fs::exists(folder_ / "a")) << "it is told before anything is done";
  const Outcome missing = songmap({"extract", "table.csv", "-o", "a", "--lyrics-table", "gone.csv"});
  EXPECT_EQ(missing.exit_code, 1);
  EXPECT_EQ(missing.err, "songmap: cannot read 'gone.csv': No such file or directory\n");

  write_file(folder_ / "others.csv", "track_id,lyrics\nx,the night is long\n");
  const Outcome others = songmap({"extract", "table.csv", "-o", "d", "--lyrics-table", "others.csv"});
  EXPECT_EQ(others.exit_code, 0);
  EXPECT_THAT(others.err, HasSubstr("'others.csv': none of its 1 track_ids is a track's here"));
  const Outcome easy = songmap({"extract", "table.csv", "-o", "d", "--preset", "easy", "--lyrics-table", "others.csv"});
  EXPECT_EQ(easy.exit_code, 0);
  EXPECT_THAT(easy.err, HasSubstr("'others.csv' is not read: this run looks at sound alone"));

  write_file(folder_ / "unpaired.csv", "lyrics\nthe night is long\n");
  const Outcome unpaired =
      songmap(quick({"run", "table.csv", "-o", "b", "-k", "3", "--seeds", "1", "--lyrics-table", "unpaired.csv"}));
  EXPECT_EQ(unpaired.exit_code, 0) << unpaired.err;
  EXPECT_THAT(unpaired.err, HasSubstr("has no column track_id or path"));

  const char* topics[] = {"banjo", "taxi", "cafe", "radio", "hotel"};
  std::string paired = "track_id,language,lyrics\n";
  for (int i = 0; i < 25; ++i) {
    paired += "t" + std::to_string(i) + (i % 2 ? ",en,the river and the night " : ",fr,la rivière et la nuit ") +
              topics[i % 5] + "\n";
  }
  write_file(folder_ / "paired.csv", paired);
  ASSERT_EQ(songmap(quick({"run", "table.csv", "-o", "c", "-k", "3", "--seeds", "1", "--quiet", "--lyrics-table",
                           "paired.csv"}))
                .exit_code,
            0);
  std::map<std::string, std::size_t> labelled;
  for (const run::LabelRow& row : run::load_labels(folder_ / "c" / "labels.csv")) {
    if (row.method == "k-means") ++labelled[row.view + "/" + row.space];
  }
  EXPECT_EQ(labelled["audio/default-vae.decoded"], 30U);
  EXPECT_EQ(labelled["language/language"], 25U);
  EXPECT_EQ(labelled["content/default-vae.content"], 25U);
  bool control = false;
  for (const run::ScoreRow& row : run::load_scores(folder_ / "c" / "scores.csv")) {
    control = control || row.scored_in == "shuffled-lyrics";
    if (row.target == "lyrics_language" && row.space == "language" && row.metric == "ami") {
      EXPECT_GT(row.value, 0.9);
    }
  }
  EXPECT_TRUE(control);
}

// One language is no label, and has no words of the same language to be shuffled among.
TEST_F(Study, LyricsInOneLanguageAreAViewWithoutALabel) {
  write_file(folder_ / "table.csv", planted_table(30, true));
  std::string words = "track_id,lyrics,language\n";
  const char* topics[] = {"boat", "city", "stone", "snow"};
  for (int i = 0; i < 30; ++i) words += fmt::format("t{},the river and the night {},en\n", i, topics[i % 4]);
  write_file(folder_ / "words.csv", words);
  const Outcome outcome =
      songmap(quick({"run", "table.csv", "-o", "run", "-k", "3", "--seeds", "1", "--lyrics-table", "words.csv"}));
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("The lyrics are in one language, "));
  bool shuffled = false;
  for (const run::ScoreRow& row : run::load_scores(folder_ / "run" / "scores.csv")) {
    EXPECT_NE(row.target, "lyrics_language");
    EXPECT_NE(row.scored_in, "shuffled-lyrics-in-language");
    shuffled = shuffled || row.scored_in == "shuffled-lyrics";
  }
  EXPECT_TRUE(shuffled);
}

TEST_F(Study, WrongUsageNamesTheOptionAndTheRule) {
  write_file(folder_ / "table.csv", planted_table(30, true));
  // One sentence, exit code 2.
  const auto error_of = [&](std::vector<std::string> extra) {
    std::vector<std::string> arguments{"run", "table.csv", "-o", "x", "--seeds", "1"};
    arguments.insert(arguments.end(), extra.begin(), extra.end());
    const Outcome outcome = songmap(quick(arguments));
    EXPECT_EQ(outcome.exit_code, 2) << extra.front();
    EXPECT_EQ(std::ranges::count(outcome.err, '\n'), 1) << outcome.err;
    return outcome.err;
  };
  EXPECT_THAT(error_of({"--condition", "mood"}),
              HasSubstr("--condition mood: no track has such a label; there are genre"));
  EXPECT_THAT(error_of({"--protocol", "strict"}), HasSubstr("the preset default is not of the study"));
  EXPECT_THAT(error_of({"--preset", "hard", "--protocol", "loose"}), HasSubstr("there are study, strict"));
  for (const char* count : {"many", "0", "-3", "2.5"}) {
    EXPECT_EQ(error_of({std::string("--clusters=") + count}),
              std::string("songmap: --clusters ") + count + " is not allowed: a whole number of at least 1, or auto\n");
  }
  EXPECT_THAT(error_of({"--method", "dbscam"}),
              HasSubstr("--method: cluster.methods = dbscam is not allowed: some of"));
  EXPECT_THAT(error_of({"--features", "length,c"}), HasSubstr("the table has no column 'length'"));
  EXPECT_THAT(error_of({"--features", "genre,c"}), HasSubstr("'genre' is a label, and no label reaches a model"));
  EXPECT_THAT(error_of({"--set", "models.vae.vae.bata=3"}), HasSubstr("did you mean 'vae.beta'"));
  EXPECT_THAT(error_of({"--set", "models.other.vae.beta=3"}), HasSubstr("there is no model 'other' in run.models"));
  EXPECT_THAT(error_of({"--preset", "medium", "--set", "features.recipe=study-vectr"}), HasSubstr("study-vector"));
  EXPECT_EQ(songmap({"extract", "table.csv", "-o", "auto", "--clusters", "auto"}).exit_code, 0);
}

TEST_F(Study, TheLengthOfATrackIsNoFeatureAndTheReasonIsTold) {
  write_file(folder_ / "table.csv", "filename,length,tempo,energy\na,661794,1,2\nb,661500,2,1\nc,660000,2,2\n");
  const Outcome left_out = songmap({"extract", "table.csv", "-o", "run"});
  EXPECT_EQ(left_out.exit_code, 0);
  EXPECT_THAT(left_out.err, HasSubstr("The column 'length' is not used as a feature: it tells which source"));
  EXPECT_EQ(read_npy(folder_ / "run/spaces/raw.npy").cols(), 2U);
  const Outcome refused = songmap({"extract", "table.csv", "-o", "run", "--features", "length,tempo"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("'length' cannot be a feature: it tells which source a file comes from"));
}

TEST_F(Study, EveryClusteringCanBeAskedFor) {
  write_file(folder_ / "table.csv", planted_table(60, true));
  ASSERT_EQ(songmap(quick({"run", "table.csv", "-o", "run", "--seeds", "1", "--quiet"})).exit_code, 0);
  const Outcome outcome = songmap({"cluster", "run", "--clusters", "3", "--method",
                                   "k-means,spectral,ward,complete,average,single,gmm-diagonal,gmm-full,dbscan,hdbscan,"
                                   "umap-k-means",
                                   "--set", "hdbscan.embed=none"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  std::map<std::string, std::size_t> groups;
  for (const run::ClusteringRow& row : run::load_clusterings(folder_ / "run" / "clusterings.csv")) {
    if (row.space == "features") groups[row.method] = row.k;
  }
  EXPECT_EQ(groups.size(), 11U);
  for (const auto& [method, k] : groups) {
    if (method != "hdbscan") {
      EXPECT_EQ(k, 3U) << method;
    }
  }
  EXPECT_GE(groups["hdbscan"], 2U) << "it finds its own number";
  ASSERT_EQ(songmap({"score", "run", "--quiet"}).exit_code, 0);
}

}  // namespace
}  // namespace songmap::e2e
