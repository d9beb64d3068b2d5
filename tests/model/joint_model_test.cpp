#include "songmap/model/joint_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <numeric>

#include "model/joint_songs.h"
#include "songmap/core/error.h"
#include "songmap/model/model_file.h"

namespace songmap::model {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

/// y by the columns of x: the coefficients of the constant and of each column, by Gauss-Jordan elimination.
std::vector<double> regression(const Matrix& x, const std::vector<double>& y) {
  const std::size_t d = x.cols() + 1;
  std::vector<std::vector<double>> a(d, std::vector<double>(d + 1));
  const auto value = [&](std::size_t i, std::size_t c) { return c == 0 ? 1.0 : x(i, c - 1); };
  for (std::size_t i = 0; i < x.rows(); ++i) {
    for (std::size_t r = 0; r < d; ++r) {
      for (std::size_t c = 0; c < d; ++c) a[r][c] += value(i, r) * value(i, c);
      a[r][d] += value(i, r) * y[i];
    }
  }
  for (std::size_t r = 0; r < d; ++r) a[r][r] += 1e-6;
  for (std::size_t p = 0; p < d; ++p) {
    for (std::size_t r = 0; r < d; ++r) {
      const double f = r == p ? 0 : a[r][p] / a[p][p];
      for (std::size_t c = 0; c <= d; ++c) a[r][c] -= f * a[p][c];
    }
  }
  std::vector<double> coefficients(d);
  for (std::size_t c = 0; c < d; ++c) coefficients[c] = a[c][d] / a[c][c];
  return coefficients;
}

/// R^2 of y by the columns of x, with the coefficients found on other rows.
double r_squared(const std::vector<double>& coefficients, const Matrix& x, const std::vector<double>& y) {
  const double mean = std::accumulate(y.begin(), y.end(), 0.0) / static_cast<double>(y.size());
  double error = 0;
  double total = 0;
  for (std::size_t i = 0; i < x.rows(); ++i) {
    double predicted = coefficients[0];
    for (std::size_t c = 0; c < x.cols(); ++c) predicted += coefficients[c + 1] * x(i, c);
    error += std::pow(y[i] - predicted, 2);
    total += std::pow(y[i] - mean, 2);
  }
  return 1 - error / total;
}

/// How much of the mean predictor's error is explained.
double r_squared(MatrixView x, MatrixView predicted, const std::vector<float>& mean) {
  double error = 0;
  double total = 0;
  for (std::size_t i = 0; i < x.rows(); ++i) {
    error += squared_distance(x.row(i), predicted.row(i));
    total += squared_distance(x.row(i), mean);
  }
  return 1 - error / total;
}

double mean_distance(const Matrix& a, const Matrix& b, std::size_t step, std::size_t shift) {
  double sum = 0;
  for (std::size_t i = 0; i < a.rows(); i += step) {
    sum += std::sqrt(squared_distance(a.row(i), b.row((i + shift) % a.rows())));
  }
  return sum;
}

bool same(const JointModel& a, const JointModel& b, const JointData& data) {
  const Posterior of_a = a.encode(data);
  const Posterior of_b = b.encode(data);
  return of_a.mean == of_b.mean && of_a.log_variance == of_b.log_variance &&
         a.decode(of_a.mean).audio == b.decode(of_a.mean).audio &&
         a.decode(of_a.mean).lyrics == b.decode(of_a.mean).lyrics && a.sigma(kAudio) == b.sigma(kAudio) &&
         a.sigma(kLyrics) == b.sigma(kLyrics);
}

class JointModelTest : public testing::TestWithParam<const char*> {};

TEST_P(JointModelTest, BothSidesTellMoreOfTheSharedFactorThanEither) {
  const Songs seen({.n = 400});
  const Songs unseen({.n = 400, .seed = 8});
  const JointModel model = trained_joint(seen.data(), small_joint(GetParam())).model;
  const auto told = [&](const JointData& known, const JointData& asked) {
    return r_squared(regression(model.encode(known).mean, seen.shared), model.encode(asked).mean, unseen.shared);
  };
  const double both = told(seen.data(), unseen.data());
  EXPECT_GT(both, 0.7);
  EXPECT_GT(both, told({seen.audio, {}}, {unseen.audio, {}}) + 0.03);
  EXPECT_GT(both, told({{}, seen.lyrics}, {{}, unseen.lyrics}) + 0.03);
}

TEST_P(JointModelTest, OneSideOfUnseenSongsTellsMoreOfTheOtherThanItsMean) {
  const Songs seen({.n = 400, .noise = 1});
  const Songs unseen({.n = 200, .noise = 1, .seed = 8});
  // Two songs in three have words, and some of the others no sound.
  const Matrix words = without_rows(seen.lyrics, [](std::size_t i) { return i % 3 == 0; });
  const Matrix sound = without_rows(seen.audio, [](std::size_t i) { return i % 9 == 1; });
  const JointModel model = trained_joint({sound, words}, small_joint(GetParam())).model;
  const JointDecoded by_audio = model.decode(model.encode_one(kAudio, unseen.audio).mean);
  const JointDecoded by_lyrics = model.decode(model.encode_one(kLyrics, unseen.lyrics).mean);
  EXPECT_GT(r_squared(unseen.audio, by_audio.audio, model.mean(kAudio)), 0.45);
  EXPECT_GT(r_squared(unseen.lyrics, by_lyrics.lyrics, model.mean(kLyrics)), 0.45);
  EXPECT_GT(r_squared(unseen.lyrics, by_audio.lyrics, model.mean(kLyrics)), 0.1);
  EXPECT_GT(r_squared(unseen.audio, by_lyrics.audio, model.mean(kAudio)), 0.1);
}

TEST(JointModel, ASongWithoutWordsLiesNearWhereItLiesWithThem) {
  const Songs songs({.noise = 1});
  const Matrix some = without_rows(songs.lyrics, [](std::size_t i) { return i % 3 == 0; });
  const JointModel model = trained_joint({songs.audio, some}).model;
  const Matrix with = joint_space(model, songs.data());
  const Matrix without = joint_space(model, {songs.audio, some});
  EXPECT_TRUE(all_finite(without));
  EXPECT_LT(mean_distance(with, without, 3, 0), 0.6 * mean_distance(with, without, 3, 150));
}

TEST(JointModel, NoiseOfEachSideIsLearnedOnItsOwnInItsOwnUnits) {
  Songs songs({.n = 600, .noise = 1});
  for (float& value : songs.lyrics.values()) value *= 100;
  JointOptions options = small_joint("poe");  // of the mixture, the noise also holds what the other side cannot tell
  options.vae.input_noise = 0;
  const TrainedJoint trained = trained_joint(songs.data(), options);
  EXPECT_NEAR(trained.model.sigma(kAudio), 1, 0.2);
  EXPECT_NEAR(trained.model.sigma(kLyrics), 100, 20);
  EXPECT_GE(trained.report.active_units, 3U);
  EXPECT_GE(trained.report.predicted_active, 3);
  EXPECT_FALSE(trained.report.collapsed);
  EXPECT_EQ(trained.report.kl_per_dimension.size(), 4U);
  EXPECT_EQ(trained.report.epochs.size(), 100U);
  EXPECT_LT(trained.report.epochs.back().total, trained.report.epochs[30].total);
}

TEST(JointModel, WithoutWordsAnywhereItIsThePlainVae) {
  const Songs songs({.noise = 1});
  const Matrix nothing = without_rows(songs.lyrics, [](std::size_t) { return true; });
  for (const char* posterior : {"mopoe", "poe"}) {
    const JointOptions options = small_joint(posterior);
    const TrainedJoint joint = trained_joint({songs.audio, nothing}, options);
    const Posterior posterior_of_audio = joint.model.encode_one(kAudio, songs.audio);
    const JointDecoded decoded = joint.model.decode(posterior_of_audio.mean);
    const auto plain = train_vae(songs.audio, options.vae, quick_joint());
    const Matrix rebuilt = plain.model->decode(plain.model->encode(songs.audio).mean);
    EXPECT_NEAR(r_squared(songs.audio, decoded.audio, joint.model.mean(kAudio)),
                r_squared(songs.audio, rebuilt, joint.model.mean(kAudio)), 0.05);
    EXPECT_EQ(joint.model.n_rows(kLyrics), 0U);
    EXPECT_EQ(decoded.lyrics, Matrix(300, 8));
    const Matrix space = joint_space(joint.model, {songs.audio, nothing});
    EXPECT_TRUE(all_finite(space));
    EXPECT_EQ(take_cols(space, 12, 8), Matrix(300, 8));
    EXPECT_GE(joint.report.active_units, 2U);
    EXPECT_THAT([&] { (void)joint.model.encode_one(kLyrics, songs.lyrics); },
                ThrowsMessage<InvalidArgument>(HasSubstr("was trained without lyrics")));
  }
}

TEST(JointModel, SpaceHasBothSidesAtUnitVarianceAndNoPlaceForWhatIsNotThere) {
  const Songs songs({.n = 60});
  const JointModel model = trained_joint(songs.data(), small_joint(), quick_joint(20)).model;
  const auto gone = [](std::size_t i) { return i == 5; };
  const Matrix audio = without_rows(songs.audio, gone);
  const Matrix lyrics = without_rows(songs.lyrics, [](std::size_t i) { return i == 5 || i == 7; });
  const Matrix space = joint_space(model, {audio, lyrics});
  ASSERT_EQ(space.cols(), 20U);
  for (const std::size_t first : {0U, 12U}) {
    double total = 0;
    for (std::size_t c = first; c < (first == 0 ? 12U : 20U); ++c) {
      double sum = 0;
      double squares = 0;
      for (std::size_t i = 0; i < 60; ++i) {
        if (i == 5) continue;
        sum += space(i, c);
        squares += space(i, c) * space(i, c);
      }
      total += squares / 59 - sum / 59 * sum / 59;
    }
    EXPECT_NEAR(total, 1, 1e-4);
  }
  for (std::size_t i = 0; i < 60; ++i) {
    for (const float value : space.row(i)) EXPECT_EQ(std::isnan(value), i == 5);
  }
  EXPECT_TRUE(std::isnan(model.encode({audio, lyrics}).mean(5, 0)));
}

TEST(JointModel, TheSameSeedGivesTheSameBytesAloneAndBesideOthers) {
  const Songs songs({.n = 60});
  const Matrix words = without_rows(songs.lyrics, [](std::size_t i) { return i % 4 == 0; });
  const JointData data{songs.audio, words};
  const std::vector<std::uint64_t> seeds{3, 4, 5};
  const auto together = train_joint_seeds(data, small_joint(), quick_joint(5), seeds, {.threads = 3, .progress = {}});
  const auto again = train_joint_seeds(data, small_joint(), quick_joint(5), seeds, {.threads = 1, .progress = {}});
  const JointModel alone = trained_joint(data, small_joint(), quick_joint(5)).model;
  EXPECT_TRUE(same(together[0].model, alone, data));
  EXPECT_TRUE(same(together[2].model, again[2].model, data));
  EXPECT_FALSE(same(together[0].model, together[1].model, data));
}

TEST(JointModel, AFileGivesTheModelBack) {
  const Songs songs({.n = 60});
  const std::filesystem::path file = std::filesystem::path(testing::TempDir()) / "songmap_joint.model";
  for (const char* posterior : {"mopoe", "poe"}) {
    const JointModel model = trained_joint(songs.data(), small_joint(posterior), quick_joint(5)).model;
    model.save(file);
    const JointModel read = load_joint_model(file);
    EXPECT_TRUE(same(model, read, songs.data()));
    EXPECT_EQ(read.mean(kLyrics), model.mean(kLyrics));
    EXPECT_EQ(read.n_rows(kLyrics), 60U);
  }
  EXPECT_THROW((void)load_model(file), FormatError);
  ModelFile damaged = read_model_file(file, "joint");
  damaged.arrays.erase("lyrics.mean");
  write_model_file(file, damaged);
  EXPECT_THAT([&] { (void)load_joint_model(file); }, ThrowsMessage<FormatError>(HasSubstr("it has no array 'mean'")));
  EXPECT_THROW((void)load_joint_model(file.parent_path() / "not_there.model"), IoError);
}

TEST(JointModel, ProgressCountsAllSeedsAndCanCancel) {
  const Songs songs({.n = 40});
  const std::vector<std::uint64_t> seeds{1, 2};
  std::vector<double> done;
  const Execution watched{2, [&](const Progress& at) {
                            EXPECT_EQ(at.total, 8);
                            done.push_back(at.done);
                            return true;
                          }};
  static_cast<void>(train_joint_seeds(songs.data(), small_joint(), quick_joint(4), seeds, watched));
  EXPECT_EQ(done.size(), 8U);
  EXPECT_TRUE(std::ranges::is_sorted(done));
  EXPECT_EQ(done.back(), 8);
  const Execution stopped{2, [](const Progress& at) { return at.done < 2; }};
  EXPECT_THROW((void)train_joint_seeds(songs.data(), small_joint(), quick_joint(1000), seeds, stopped), Cancelled);
}

TEST(JointModel, ALossThatIsNotFiniteIsToldWithTheEpoch) {
  const Songs songs({.n = 40});
  TrainOptions train = quick_joint(50);
  train.learning_rate = 1e9;
  EXPECT_THAT([&] { (void)trained_joint(songs.data(), small_joint(), train); },
              ThrowsMessage<Diverged>(HasSubstr("training of the joint model diverged in epoch")));
}

TEST(JointModel, WrongDataIsNamed) {
  const Songs songs({.n = 10});
  const auto complaint = [](const Matrix& audio, const Matrix& lyrics) {
    return [&audio, &lyrics] { (void)trained_joint({audio, lyrics}, small_joint(), quick_joint(1)); };
  };
  Matrix words = songs.lyrics;
  words(3, 2) = kNaN;
  EXPECT_THAT(complaint(songs.audio, words),
              ThrowsMessage<InvalidArgument>(HasSubstr("row 3 of the lyrics holds values that are not finite")));
  words(3, 2) = std::numeric_limits<float>::infinity();
  EXPECT_THAT(complaint(songs.audio, words), ThrowsMessage<InvalidArgument>(HasSubstr("row 3 of the lyrics")));
  const Matrix one_text = without_rows(songs.lyrics, [](std::size_t i) { return i > 0; });
  EXPECT_THAT(complaint(songs.audio, one_text),
              ThrowsMessage<InvalidArgument>(HasSubstr("1 of 10 rows have both audio and lyrics")));
  const Matrix front = without_rows(songs.audio, [](std::size_t i) { return i >= 5; });
  const Matrix back = without_rows(songs.lyrics, [](std::size_t i) { return i < 5; });
  EXPECT_THAT(complaint(front, back), ThrowsMessage<InvalidArgument>(HasSubstr("0 of 10 rows have both")));
  const auto all = [](std::size_t) { return true; };
  const Matrix silence = without_rows(songs.audio, all);
  const Matrix no_words = without_rows(songs.lyrics, all);
  EXPECT_THAT(complaint(silence, no_words), ThrowsMessage<InvalidArgument>(HasSubstr("0 of 10 rows have audio or")));
  const Matrix shorter(9, 8);
  EXPECT_THAT(complaint(songs.audio, shorter), ThrowsMessage<InvalidArgument>(HasSubstr("lyrics 9 x 8")));
  const Matrix no_columns(10, 0);
  EXPECT_THAT(complaint(songs.audio, no_columns), ThrowsMessage<InvalidArgument>(HasSubstr("rows of NaN")));
  const JointModel model = trained_joint(songs.data(), small_joint(), quick_joint(1)).model;
  EXPECT_THAT(
      [&] {
        (void)model.encode({songs.lyrics, {}});
      },
      ThrowsMessage<InvalidArgument>(HasSubstr("audio has 8 columns: this joint model takes 12")));
  EXPECT_THAT([&] { (void)model.encode({}); }, ThrowsMessage<InvalidArgument>(HasSubstr("there are no rows")));
}

TEST(JointModel, LyricsForThreeTracksTwoSongsAndIdenticalOnesGiveFiniteNumbers) {
  const Songs songs({.n = 50});
  const Matrix three = without_rows(songs.lyrics, [](std::size_t i) { return i >= 3; });
  const Matrix two_audio(2, 3, {1, 2, 3, 4, 5, 7});
  const Matrix two_lyrics(2, 2, {1, 0, 0, 1});
  const Matrix same_audio(40, 3, std::vector<float>(120, 2.5F));
  const Matrix same_lyrics(40, 2, std::vector<float>(80, -1.0F));
  const Matrix other_lyrics = Songs({.n = 40}).lyrics;
  for (const JointData& data : {JointData{songs.audio, three}, JointData{two_audio, two_lyrics},
                                JointData{same_audio, same_lyrics}, JointData{same_audio, other_lyrics}}) {
    for (const char* posterior : {"mopoe", "poe"}) {
      const TrainedJoint trained = trained_joint(data, small_joint(posterior), quick_joint(30));
      EXPECT_TRUE(all_finite(joint_space(trained.model, data)));
      EXPECT_TRUE(std::isfinite(trained.report.epochs.back().total));
      EXPECT_TRUE(std::isfinite(trained.report.sigma));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Posteriors, JointModelTest, testing::Values("mopoe", "poe"));

}  // namespace
}  // namespace songmap::model
