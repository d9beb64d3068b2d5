#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <numeric>
#include <set>
#include <vector>

#include "songmap/core/error.h"
#include "songmap/core/random.h"
#include "songmap/model/partners.h"
#include "songmap/model/train.h"

namespace songmap::model {
namespace {

namespace fs = std::filesystem;

using Rows = std::vector<std::size_t>;

TEST(Partners, AreOtherRowsOfTheSameOwner) {
  const Rows owner = {4, 4, 4, 7, 9, 9};
  const Partners partners(owner, 1);
  const Rows rows = {5, 0, 3, 2, 1, 4};
  Rows drawn;
  std::vector<std::set<std::size_t>> seen(6);
  for (std::size_t epoch = 1; epoch <= 50; ++epoch) {
    partners.draw(epoch, rows, drawn);
    ASSERT_EQ(drawn.size(), rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      EXPECT_EQ(owner[drawn[i]], owner[rows[i]]);
      EXPECT_EQ(drawn[i] == rows[i], rows[i] == 3);  // itself only where it is alone
      seen[rows[i]].insert(drawn[i]);
    }
  }
  const std::vector<std::set<std::size_t>> all = {{1, 2}, {0, 2}, {0, 1}, {3}, {5}, {4}};
  EXPECT_EQ(seen, all);
}

TEST(Partners, AreAFunctionOfSeedEpochAndRow) {
  const Rows owner(40, 3);
  Rows rows(40);
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  const auto drawn = [&](std::uint64_t seed, std::size_t epoch, std::span<const std::size_t> of) {
    Rows result;
    Partners(owner, seed).draw(epoch, of, result);
    return result;
  };
  const Rows whole = drawn(1, 2, rows);
  EXPECT_NE(drawn(1, 3, rows), whole);
  EXPECT_NE(drawn(2, 2, rows), whole);
  EXPECT_EQ(drawn(1, 2, std::span(rows).subspan(30)), Rows(whole.begin() + 30, whole.end()));
}

TEST(Partners, AllHaveTheSameChance) {
  // 39 partners, 200 epochs, 40 rows: the statistic is chi-squared with 39 x 39 degrees of freedom (39 cells of each
  // of 40 rows, less one a row), mean 1,520 and standard deviation 55.
  const std::size_t n = 40;
  const Rows owner(n, 0);
  const Partners partners(owner, 5);
  Rows rows(n);
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  std::vector<double> counts(n * n);
  Rows drawn;
  for (std::size_t epoch = 1; epoch <= 200; ++epoch) {
    partners.draw(epoch, rows, drawn);
    for (std::size_t i = 0; i < n; ++i) counts[i * n + drawn[i]] += 1;
  }
  const double expected = 200.0 / 39;
  double statistic = 0;
  for (std::size_t i = 0; i < n * n; ++i) statistic += std::pow(counts[i] - expected, 2) / expected;
  statistic -= 40 * expected;  // of the diagonal, which is impossible
  EXPECT_NEAR(statistic, 1520, 5 * 55);
}

/// Windows of tracks: each track's own values lie in two directions, and what changes from window to window, as
/// far, in three others.
struct Windows {
  explicit Windows(std::size_t n_tracks, std::size_t n_windows = 8) : x(n_tracks * n_windows, 12), truth(x) {
    Random random(1);
    Matrix directions(5, 12);
    for (float& value : directions.values()) value = static_cast<float>(random.normal() / std::sqrt(12));
    const auto add = [&](Matrix& to, std::size_t row, std::size_t direction, double size) {
      for (std::size_t j = 0; j < 12; ++j) to(row, j) += static_cast<float>(size) * directions(direction, j);
    };
    for (std::size_t track = 0; track < n_tracks; ++track) {
      const double own[] = {4 * random.normal(), 4 * random.normal()};
      for (std::size_t window = 0; window < n_windows; ++window) {
        const std::size_t row = owner.size();
        owner.push_back(track);
        for (std::size_t d = 0; d < 2; ++d) {
          add(truth, row, d, own[d]);
          add(x, row, d, own[d]);
        }
        for (std::size_t d = 2; d < 5; ++d) add(x, row, d, 4 * random.normal());
        for (std::size_t j = 0; j < 12; ++j) x(row, j) += static_cast<float>(0.2 * random.normal());
      }
    }
  }

  Matrix x;
  Matrix truth;  ///< Of each window, the values of its track alone.
  Rows owner;
};

VaeOptions small_vae() {
  VaeOptions vae;
  vae.hidden = {24};
  vae.n_latent = 4;
  return vae;
}

TrainOptions short_training(std::size_t epochs) {
  TrainOptions train;
  train.epochs = epochs;
  train.seed = 3;
  return train;
}

double mean_squared_error(const Matrix& a, const Matrix& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.rows(); ++i) sum += squared_distance(a.row(i), b.row(i));
  return sum / static_cast<double>(a.values().size());
}

double error_of_decoded_mean(const Windows& windows, const TrainedModel& trained) {
  return mean_squared_error(trained.model->decode(trained.model->encode(windows.x).mean), windows.truth);
}

TEST(TrainPairs, RebuildsWhatTheWindowsOfATrackHaveInCommon) {
  const Windows windows(150);
  TrainOptions train = short_training(40);
  train.batch = 64;
  train.learning_rate = 4e-3;
  const TrainedModel alone = train_vae(windows.x, small_vae(), train);
  const TrainedModel pairs = train_vae({windows.x, {}, windows.owner}, small_vae(), train);
  const double raw = mean_squared_error(windows.x, windows.truth);
  EXPECT_GT(error_of_decoded_mean(windows, alone), 0.5 * raw);
  EXPECT_LT(error_of_decoded_mean(windows, pairs), 0.2 * raw);
  EXPECT_EQ(pairs.report.predicted_active, 2);
  EXPECT_FALSE(pairs.report.collapsed);
}

TEST(TrainPairs, WithNoPartnersIsTrainingOnTheRows) {
  const Windows windows(30, 1);
  const TrainedModel alone = train_vae(windows.x, small_vae(), short_training(3));
  const TrainedModel pairs = train_vae({windows.x, {}, windows.owner}, small_vae(), short_training(3));
  EXPECT_EQ(pairs.model->encode(windows.x).mean, alone.model->encode(windows.x).mean);
}

TEST(TrainPairs, DrawsTargetsAnewInEveryEpoch) {
  // Nothing else is random, and nothing is learnt.
  const Windows windows(10);
  VaeOptions vae = small_vae();
  vae.variational = false;
  vae.input_noise = 0;
  TrainOptions train = short_training(3);
  train.learning_rate = 1e-12;
  const std::vector<Epoch> alone = train_vae(windows.x, vae, train).report.epochs;
  const std::vector<Epoch> pairs = train_vae({windows.x, {}, windows.owner}, vae, train).report.epochs;
  for (std::size_t i = 1; i < 3; ++i) {
    EXPECT_NEAR(alone[i].total, alone[0].total, 1e-5);
    EXPECT_GT(std::abs(pairs[i].total - pairs[0].total), 1e-3);
  }
}

TEST(TrainPairs, StoppedAndResumedIsOneRun) {
  const Windows windows(20, 4);
  const TrainingData data(windows.x, {}, windows.owner);
  TrainOptions train = short_training(9);
  train.held_out = 0.25;
  train.patience = 5;
  const TrainedModel whole = train_vae(data, small_vae(), train);
  train.checkpoint = fs::path(testing::TempDir()) / "songmap_train_pairs_resume";
  fs::remove(train.checkpoint);
  const Execution stopped{1, [](const Progress& at) { return at.done < 4; }};
  EXPECT_THROW(static_cast<void>(train_vae(data, small_vae(), train, stopped)), Cancelled);
  train.resume = true;
  const TrainedModel resumed = train_vae(data, small_vae(), train);
  EXPECT_EQ(resumed.model->encode(windows.x).mean, whole.model->encode(windows.x).mean);
  ASSERT_EQ(resumed.report.epochs.size(), whole.report.epochs.size());
  for (std::size_t i = 0; i < whole.report.epochs.size(); ++i) {
    EXPECT_EQ(resumed.report.epochs[i].total, whole.report.epochs[i].total);
    EXPECT_EQ(resumed.report.epochs[i].held_out, whole.report.epochs[i].held_out);
  }
  Rows others = windows.owner;
  others[1] = 0;
  others[4] = 0;
  EXPECT_THROW(static_cast<void>(train_vae({windows.x, {}, others}, small_vae(), train)), InvalidArgument);
}

TEST(TrainPairs, HoldsOutWholeOwners) {
  // One track is far from the others. Held out, it is far in all of its windows, and no window of it is trained on:
  // the noise that is learnt does not know it.
  Windows windows(5, 6);
  for (std::size_t i = 0; i < 6; ++i) windows.x(i, 0) += 100;
  TrainOptions train = short_training(1);
  train.held_out = 0.2;
  bool held_out_once = false;
  bool trained_once = false;
  for (train.seed = 0; train.seed < 12; ++train.seed) {
    const Epoch epoch = train_vae({windows.x, {}, windows.owner}, small_vae(), train).report.epochs.front();
    held_out_once = held_out_once || epoch.held_out > 50 * epoch.reconstruction;
    trained_once = trained_once || epoch.held_out < epoch.reconstruction;
    EXPECT_TRUE(epoch.held_out > 50 * epoch.reconstruction || epoch.held_out < epoch.reconstruction);
  }
  EXPECT_TRUE(held_out_once);
  EXPECT_TRUE(trained_once);
}

TEST(TrainPairs, RejectsOwnersThatDoNotFit) {
  const Windows windows(5, 2);
  const auto message = [&](const Rows& owner) -> std::string {
    try {
      static_cast<void>(train_vae({windows.x, {}, owner}, small_vae(), short_training(1)));
    } catch (const InvalidArgument& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_THAT(message(Rows(9)), testing::HasSubstr("9 owners and 10 rows"));
  EXPECT_THAT(message({0, 0, 1, 1, 0, 0, 2, 2, 3, 3}), testing::HasSubstr("do not rise"));
  EXPECT_EQ(message({0, 0, 1, 1, 1, 1, 5, 5, 9, 9}), "");
}

}  // namespace
}  // namespace songmap::model
