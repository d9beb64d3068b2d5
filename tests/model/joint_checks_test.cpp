#include "songmap/model/joint_checks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "model/joint_songs.h"
#include "model/learner_case.h"
#include "songmap/core/error.h"
#include "songmap/model/model_file.h"

namespace songmap::model {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::ThrowsMessage;

/// The model whose encoder of the words has lost everything: it says the prior of every song.
JointModel with_lost_words(const JointModel& model) {
  const std::filesystem::path file = std::filesystem::path(testing::TempDir()) / "songmap_joint_lost.model";
  model.save(file);
  ModelFile content = read_model_file(file, "joint");
  for (auto& [name, values] : content.arrays) {
    if (name.starts_with("lyrics.encoder.")) std::ranges::fill(values, 0.0F);
  }
  write_model_file(file, content);
  return load_joint_model(file);
}

TEST(JointChecks, UnseenSongsAreToldFromTheirOtherSideWhereTheyShareSomething) {
  const Songs songs({.noise = 1});
  const CrossModalReport report = held_out_checks(songs.data(), small_joint(), quick_joint(), 3);
  EXPECT_EQ(report.n_rows, 300U);
  EXPECT_EQ(report.n_folds, 3U);
  EXPECT_FALSE(report.few);
  for (const CrossModalCheck& side : report.side) {
    EXPECT_GT(side.r2_from_itself, 0.45);
    EXPECT_GT(side.r2_from_other, 0.1);
    EXPECT_LT(side.r2_from_other, side.r2_from_itself);
    EXPECT_LT(side.r2_chance, 0.03);
    EXPECT_GT(side.kl, 1);
    EXPECT_FALSE(side.collapsed);
    EXPECT_FALSE(side.ignored);
  }
  EXPECT_NEAR(report.side[kAudio].precision_share + report.side[kLyrics].precision_share, 1, 1e-9);
  for (const RetrievalCheck& found : {report.retrieval, report.retrieval_of_audio}) {
    EXPECT_DOUBLE_EQ(found.chance_median_rank, 50.5);
    EXPECT_NEAR(found.chance_reciprocal_rank, 5.187378 / 100, 1e-6);  // the 100th harmonic number
    EXPECT_LT(found.median_rank, 0.8 * found.chance_median_rank);
    EXPECT_GT(found.reciprocal_rank, 1.2 * found.chance_reciprocal_rank);
  }
  EXPECT_THAT(sentences(report), Contains(AllOf(HasSubstr("The sounds tell"), HasSubstr("% of what varies"))));
}

TEST(JointChecks, PartnersThatShareNothingAreRememberedButNotToldOfUnseenSongs) {
  const Songs songs({.n = 200, .noise = 1, .share = false});
  JointOptions options = small_joint();
  options.vae.hidden = {128};
  options.vae.input_noise = 0;
  const CrossModalReport remembered =
      cross_modal_checks(trained_joint(songs.data(), options, quick_joint(300)).model, songs.data());
  EXPECT_GT(remembered.side[kAudio].r2_from_other, 0.2);  // flattery
  EXPECT_EQ(remembered.n_folds, 0U);
  EXPECT_THAT(sentences(remembered), Contains(HasSubstr("they flatter")));
  const CrossModalReport honest = held_out_checks(songs.data(), options, quick_joint(300), 4);
  EXPECT_LT(honest.side[kAudio].r2_from_other, 0.02);
  EXPECT_LT(honest.side[kLyrics].r2_from_other, 0.02);
  for (const Modality s : kBothSides) {
    EXPECT_LT(honest.side[s].r2_from_itself, remembered.side[s].r2_from_itself - 0.05);
  }
  EXPECT_NEAR(honest.retrieval.median_rank, honest.retrieval.chance_median_rank, 6);
  EXPECT_THAT(sentences(honest), Contains(HasSubstr("tell nothing of the words")));
  EXPECT_THAT(sentences(honest), Not(Contains(HasSubstr("they flatter"))));
}

TEST(JointChecks, ASideThatWasLostIsToldOf) {
  const Songs songs({.noise = 1});
  const JointModel whole = trained_joint(songs.data()).model;
  const CrossModalReport fine = cross_modal_checks(whole, songs.data());
  const CrossModalReport lost = cross_modal_checks(with_lost_words(whole), songs.data());
  EXPECT_FALSE(fine.side[kLyrics].collapsed);
  EXPECT_TRUE(lost.side[kLyrics].collapsed);
  EXPECT_FALSE(lost.side[kAudio].collapsed);
  EXPECT_NEAR(lost.side[kLyrics].kl, 0, 1e-6);
  EXPECT_NEAR(lost.side[kLyrics].r2_from_itself, 0, 0.05);
  EXPECT_EQ(lost.side[kAudio].r2_from_itself, fine.side[kAudio].r2_from_itself);
  EXPECT_LT(lost.side[kLyrics].precision_share, 0.5 * fine.side[kLyrics].precision_share);
  EXPECT_THAT(sentences(lost), Contains(HasSubstr("has lost the words")));
  EXPECT_THAT(sentences(fine), Not(Contains(HasSubstr("has lost"))));
}

TEST(JointChecks, WordsOfNoiseCollapseInTraining) {
  const Songs songs({.n = 600, .noise = 1, .words_signal = 0});
  const CrossModalReport report = held_out_checks(songs.data(), small_joint(), quick_joint(), 3);
  EXPECT_TRUE(report.side[kLyrics].collapsed);
  EXPECT_FALSE(report.side[kAudio].collapsed);
}

TEST(JointChecks, WordsThatAreOnlyRememberedAreNotLearned) {
  // Many columns of noise by which a network can remember the sound of each song.
  const Songs songs({.n = 60, .noise = 0.5});
  const Matrix words(60, 40, normals(60 * 40, 2));
  JointOptions options = small_joint();
  options.vae.hidden = {128};
  const CrossModalReport report = held_out_checks({songs.audio, words}, options, quick_joint(200));
  EXPECT_TRUE(report.side[kLyrics].unlearned);
  EXPECT_FALSE(report.side[kLyrics].collapsed);
  EXPECT_FALSE(report.side[kAudio].unlearned);
  EXPECT_THAT(sentences(report), Contains(HasSubstr("reads in the words does not tell even them again")));
  EXPECT_THAT(sentences(report), Not(Contains(HasSubstr("has lost"))));
}

TEST(JointChecks, IdenticalSongsAreFoundByChance) {
  const Matrix audio(9, 3, std::vector<float>(27, 1.0F));
  const Matrix lyrics(9, 2, std::vector<float>(18, 1.0F));
  const CrossModalReport report =
      cross_modal_checks(trained_joint({audio, lyrics}, small_joint(), quick_joint(5)).model, {audio, lyrics});
  EXPECT_TRUE(report.few);
  EXPECT_EQ(report.retrieval.median_rank, 5);
  EXPECT_EQ(report.retrieval.chance_median_rank, 5);
  EXPECT_EQ(report.side[kAudio].r2_from_itself, 0);
  EXPECT_THAT(sentences(report), Contains(HasSubstr("Only 9 songs have both")));
}

TEST(JointChecks, AreTheSameOnAnyNumberOfThreadsAndOfRowsWithBothAlone) {
  const Songs songs({.n = 60});
  const Matrix words = without_rows(songs.lyrics, [](std::size_t i) { return i % 4 == 0; });
  const auto checked = [&](std::size_t threads) {
    return held_out_checks({songs.audio, words}, small_joint(), quick_joint(5), 5,
                           {.threads = threads, .progress = {}});
  };
  const CrossModalReport one = checked(1);
  const CrossModalReport three = checked(3);
  EXPECT_EQ(one.n_rows, 45U);
  EXPECT_EQ(one.side[kAudio].r2_from_other, three.side[kAudio].r2_from_other);
  EXPECT_EQ(one.retrieval.reciprocal_rank, three.retrieval.reciprocal_rank);
}

TEST(JointChecks, TooFewSongsAreNamed) {
  const Songs songs({.n = 20});
  const Matrix three = without_rows(songs.lyrics, [](std::size_t i) { return i >= 3; });
  const JointModel model = trained_joint({songs.audio, three}, small_joint(), quick_joint(5)).model;
  EXPECT_EQ(cross_modal_checks(model, {songs.audio, three}).n_rows, 3U);
  const Matrix one = without_rows(songs.lyrics, [](std::size_t i) { return i >= 1; });
  EXPECT_THAT(
      [&] {
        (void)cross_modal_checks(model, {songs.audio, one});
      },
      ThrowsMessage<InvalidArgument>(HasSubstr("1 of 20 rows have both audio and lyrics")));
  EXPECT_THAT(
      [&] {
        (void)held_out_checks({songs.audio, three}, small_joint(), quick_joint(5));
      },
      ThrowsMessage<InvalidArgument>(HasSubstr("3 of 20 rows have both audio and lyrics")));
  EXPECT_THAT([&] { (void)held_out_checks(songs.data(), small_joint(), quick_joint(5), 1); },
              ThrowsMessage<InvalidArgument>(HasSubstr("n_folds = 1")));
}

}  // namespace
}  // namespace songmap::model
