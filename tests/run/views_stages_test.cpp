#include <gmock/gmock.h>

#include <cmath>
#include <map>
#include <set>

#include "run/made_run.h"
#include "songmap/core/random.h"
#include "songmap/demo/words.h"
#include "songmap/metrics/external.h"
#include "songmap/run/fusion.h"
#include "songmap/run/lyrics_control.h"
#include "songmap/run/lyrics_space.h"
#include "songmap/run/lyrics_views.h"

namespace songmap::run {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

/// 60 songs of six genres that can be heard, half of them in English and half in Bangla; every sixth has no words. What
/// training leaves is made by hand.
class ViewsThroughTheStages : public ::testing::Test {
 protected:
  ViewsThroughTheStages() {
    Random random(2);
    Matrix sound(kTracks, 8);
    std::vector<LyricsRow> lyrics;
    for (std::size_t i = 0; i < kTracks; ++i) {
      const std::size_t genre = i / 10;
      const bool bangla = i % 2 == 1;
      for (std::size_t c = 0; c < 8; ++c) sound(i, c) = static_cast<float>(random.normal() + (c == genre ? 8 : 0));
      genres_.push_back(std::string(1, static_cast<char>('a' + genre)));
      language_.push_back(bangla ? "bn" : "en");
      const auto books = bangla ? demo::bangla_songbooks() : demo::english_songbooks();
      const demo::Lyric& lyric = books[genre].lyrics[i % 10 / 2];
      if (i % 6 == 5) continue;
      lyrics.push_back({"t" + std::to_string(i), "file", language_.back(), 20,
                        std::string(lyric.verse) + std::string(lyric.refrain)});
    }
    tracks_ = testing::labelled_tracks(genres_);
    for (std::size_t i = 0; i < kTracks; ++i) tracks_[i].labels["language"] = language_[i];
    save_tracks(made_.folder.tracks(), tracks_);
    save_lyrics(made_.folder.lyrics(), lyrics);

    StageRecord record = made_.record();
    Manifest& manifest = record.manifest();
    manifest.targets = {"genre", "language"};
    manifest.seeds = {0, 1};
    const auto all = testing::all_rows(kTracks);
    const auto space = lyrics_space(tracks_, lyrics, all, {}, 0, record);
    const auto views = lyrics_views(*space, all, detected_languages(tracks_, lyrics), 0, 0, record);
    save_pseudo_languages(made_.folder, *views);
    const auto fused = fuse(sound, views->content, all, {});
    write_npy(made_.folder.space("features"), sound);
    write_npy(made_.folder.space("m.content"), fused->x);
    write_npy(made_.folder.space("joint"), sound);
    write_npy(made_.folder.space("language"), views->language);
    manifest.spaces = {{"features", "audio", "features", "", "Direct", false, 8, 0, {}},
                       {"m.content", "content", "fusion", "m", "M", false, fused->x.cols(), 8, {}},
                       {"joint", "content", "model", "joint", "Joint", false, 8, 0, {}},
                       {"language", "language", "language", "", "Language", false, 16, 0, {}}};
    manifest.main_space = "features";
    save_manifest(made_.folder.manifest(), manifest);
    options_.cluster.methods = {"k-means", "ward"};
    options_.cluster.l2 = false;
    options_.evaluation.permutations = 19;
    options_.evaluation.bootstrap = 20;
    options_.evaluation.shuffles = 29;
    options_.projection.tsne = false;
    options_.projection.umap = false;
  }

  /// Agreement of the clustering of a space with a label, and the number of its tracks.
  std::pair<double, std::size_t> agreement(const std::string& space, const std::vector<std::string>& label) const {
    std::vector<std::string> values;
    std::vector<std::int32_t> groups;
    for (const LabelRow& row : load_labels(made_.folder.labels())) {
      if (row.space != space || row.method != "k-means" || row.seed != 0) continue;
      values.push_back(label[std::stoul(row.track_id.substr(1))]);
      groups.push_back(row.cluster);
    }
    return {metrics::adjusted_rand_index(metrics::contingency(metrics::encode(values).codes, groups)).value_or(-1),
            values.size()};
  }

  static constexpr std::size_t kTracks = 60;
  static constexpr std::size_t kSung = 50;
  testing::MadeRun made_;
  RunOptions options_;
  std::vector<std::string> genres_;
  std::vector<std::string> language_;
  std::vector<TrackRow> tracks_;
};

TEST_F(ViewsThroughTheStages, EachIsGroupedScoredAndDrawnByItself) {
  cluster_stage(made_.folder, options_, made_.context);
  const Manifest manifest = load_manifest(made_.folder.manifest());
  EXPECT_EQ(n_clusters_of(manifest, "audio"), 6U);
  EXPECT_EQ(n_clusters_of(manifest, "content"), 6U);
  EXPECT_EQ(n_clusters_of(manifest, "language"), 2U);
  EXPECT_EQ(agreement("language", language_), std::pair(1.0, kSung));
  EXPECT_EQ(agreement("m.content", genres_), std::pair(1.0, kSung));
  EXPECT_LT(std::abs(agreement("m.content", language_).first), 0.1);
  EXPECT_EQ(agreement("joint", genres_), std::pair(1.0, kTracks));

  score_stage(made_.folder, options_, made_.context);
  std::map<std::string, std::set<std::string>> scored_in;
  for (const ScoreRow& row : load_scores(made_.folder.scores())) {
    if (row.metric == "silhouette") EXPECT_TRUE(std::isfinite(row.value)) << row.space << " " << row.method;
    scored_in[row.space].insert(row.scored_in);
    if (row.space == "language") EXPECT_EQ(row.k, 2U);
    if (!row.scored_in.starts_with("shuffled")) continue;
    EXPECT_GE(row.p, 1.0 / 30);
    EXPECT_LE(row.p, 1);
  }
  EXPECT_THAT(scored_in.at("m.content"), Contains(kShuffledLyrics));
  EXPECT_THAT(scored_in.at("m.content"), Contains(kShuffledInLanguage));
  for (const char* space : {"joint", "language", "features"}) {
    EXPECT_THAT(scored_in.at(space), Not(Contains(kShuffledLyrics))) << space;
  }
  EXPECT_THAT(made_.notes, Contains(HasSubstr("are no control of joint:")));

  project_stage(made_.folder, options_, made_.context);
  std::map<std::string, std::set<std::string>> drawn;
  for (const MapRow& row : load_map(made_.folder.map())) {
    drawn[row.view].insert(row.track_id);
    EXPECT_TRUE(std::isfinite(row.x) && std::isfinite(row.y));
  }
  EXPECT_EQ(drawn.at("audio").size(), kTracks);
  EXPECT_EQ(drawn.at("language").size(), kSung);
  EXPECT_EQ(drawn.at("content").size(), kSung);
  EXPECT_FALSE(drawn.at("language").contains("t5")) << "it has no words";
}

}  // namespace
}  // namespace songmap::run
