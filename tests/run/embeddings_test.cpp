#include "songmap/run/embeddings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "run/made_run.h"
#include "run/pipeline.h"
#include "songmap/core/error.h"
#include "songmap/core/text_file.h"

namespace songmap::run {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using testing::MadeRun;
using testing::planted_request;
using testing::quick_options;
using ::testing::SizeIs;

/// A feature table of 60 tracks t0 … t59 and what extract_stage makes of it.
class PretrainedInputs : public ::testing::Test {
 protected:
  PretrainedInputs() : request_(planted_request(made_.folder.path(), "run", {}, "default", quick_options("default"))) {}

  std::filesystem::path file(const std::string& name, const std::string& text) {
    write_file(made_.folder.path() / name, text);
    return made_.folder.path() / name;
  }
  static std::string rows(std::size_t first, std::size_t last) {
    std::string text = "track_id,v1,v2\n";
    for (std::size_t i = last; i-- > first;) text += fmt::format("t{},{},{}\n", i, i, 2 * i);
    return text;
  }
  RunFolder extracted() { return extract_stage(request_, made_.context); }
  template <class Kind>
  std::string complaint() {
    try {
      (void)extracted();
    } catch (const Kind& error) {
      return error.what();
    }
    return "nothing was thrown";
  }

  MadeRun made_;
  ExtractRequest request_;
};

TEST_F(PretrainedInputs, AreKeptByTrackWithTheirSourceAndCount) {
  request_.audio_embedding = file("sound.csv", rows(0, 57));
  request_.lyrics_embedding = file("texts.csv", rows(10, 60));
  const RunFolder folder = extracted();
  const auto audio = load_embedding(folder, "audio");
  ASSERT_TRUE(audio);
  EXPECT_EQ(audio->source, request_.audio_embedding.string());
  ASSERT_EQ(audio->rows.rows(), 60U);
  for (std::size_t i = 0; i < 57; ++i) EXPECT_EQ(audio->rows(i, 1), 2.0F * static_cast<float>(i));
  for (std::size_t i = 57; i < 60; ++i) EXPECT_TRUE(std::isnan(audio->rows(i, 0)));
  EXPECT_EQ(load_embedding(folder, "lyrics")->rows(59, 0), 59);
  const Manifest manifest = load_manifest(folder.manifest());
  ASSERT_THAT(manifest.pretrained, SizeIs(2));
  EXPECT_EQ(manifest.pretrained[0].n_tracks, 57U);
  EXPECT_EQ(manifest.pretrained[1].modality, "lyrics");
  EXPECT_EQ(manifest.pretrained[1].n_columns, 2U);
  EXPECT_THAT(made_.warnings, Contains(HasSubstr("3 of 60 tracks have no vector in")));
  EXPECT_THAT(*pretrained_sentence(manifest),
              HasSubstr("the audio embedding of sound.csv (2 values, 57 of 60 tracks)"));
}

TEST_F(PretrainedInputs, ARunWithoutOneHasNone) {
  const RunFolder folder = extracted();
  EXPECT_FALSE(load_embedding(folder, "audio"));
  EXPECT_FALSE(pretrained_sentence(load_manifest(folder.manifest())));
}

TEST_F(PretrainedInputs, ANewExtractionForgetsTheLastOnes) {
  request_.audio_embedding = file("sound.csv", rows(0, 60));
  (void)extracted();
  request_.audio_embedding.clear();
  EXPECT_FALSE(load_embedding(extracted(), "audio"));
}

TEST_F(PretrainedInputs, RowsOfAnArrayFollowTheTableWithItsRejectedLinesOrWithout) {
  // Line 3, t1, cannot be used.
  const std::string table = read_file(request_.input);
  const std::size_t line = table.find("\nt1,") + 4;
  write_file(request_.input, table.substr(0, line) + "oops" + table.substr(table.find(',', line)));
  Matrix all(60, 1);
  for (std::size_t i = 0; i < 60; ++i) all(i, 0) = static_cast<float>(i);
  request_.audio_embedding = made_.folder.path() / "all.npy";
  write_npy(request_.audio_embedding, all);
  const Matrix kept = load_embedding(extracted(), "audio")->rows;
  ASSERT_EQ(kept.rows(), 59U);
  EXPECT_EQ(kept(0, 0), 0);
  EXPECT_EQ(kept(1, 0), 2);
  EXPECT_EQ(kept(58, 0), 59);
  write_npy(request_.audio_embedding, Matrix(59, 1, std::vector<float>(59, 3)));
  EXPECT_EQ(load_embedding(extracted(), "audio")->rows(58, 0), 3);
  write_npy(request_.audio_embedding, Matrix(58, 1));
  EXPECT_THAT(complaint<FormatError>(), HasSubstr("58 rows, but the collection has 60 tracks (59 of them"));
}

TEST_F(PretrainedInputs, ASampleTakesItsOwnRows) {
  request_.options.evaluation.sample = 20;
  Matrix all(60, 1);
  for (std::size_t i = 0; i < 60; ++i) all(i, 0) = static_cast<float>(i);
  request_.audio_embedding = made_.folder.path() / "all.npy";
  write_npy(request_.audio_embedding, all);
  const RunFolder folder = extracted();
  const std::vector<TrackRow> tracks = load_tracks(folder.tracks());
  const Matrix kept = load_embedding(folder, "audio")->rows;
  ASSERT_EQ(kept.rows(), 20U);
  for (std::size_t i = 0; i < 20; ++i) EXPECT_EQ(tracks[i].track_id, fmt::format("t{}", kept(i, 0)));
}

TEST_F(PretrainedInputs, WhatHasNoUseIsRefused) {
  request_.audio_model = "model.pt";
  request_.audio_embedding = file("sound.csv", rows(0, 60));
  EXPECT_THAT(complaint<InvalidArgument>(), HasSubstr("give one of them"));
  request_.audio_embedding.clear();
  request_.audio_model = std::filesystem::path(SONGMAP_SOURCE_DIR) / "tests/reference/script_models/level.pt";
  EXPECT_THAT(complaint<InvalidArgument>(), HasSubstr("is a table of features"));
  request_.audio_model.clear();
  request_.audio_model_options.rate_hz = 16000;
  EXPECT_THAT(complaint<InvalidArgument>(), HasSubstr("--audio-model, which is not given"));
  request_.audio_model_options.rate_hz = 0;
  request_.lyrics_embedding = file("texts.csv", rows(0, 60));
  request_.options.lyrics.vectors = "none";
  EXPECT_THAT(complaint<InvalidArgument>(), HasSubstr("sound alone"));
}

TEST(MarkedTitle, SaysWhatWasPretrainedElsewhere) {
  SpaceRecord space;
  space.title = "VAE";
  EXPECT_EQ(marked_title(space), "VAE");
  space.pretrained = true;
  EXPECT_EQ(marked_title(space), "VAE (pretrained elsewhere)");
}

}  // namespace
}  // namespace songmap::run
