#include "songmap/model/deep_clustering.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "model/learner_case.h"
#include "songmap/core/error.h"

namespace songmap::model {
namespace {

constexpr std::size_t kGroups = 3;

/// 40 points around each of three corners in eight dimensions, one after the other in turn.
Matrix blobs(double spread = 0.7) {
  Random random(2);
  Matrix x(40 * kGroups, 8);
  for (std::size_t i = 0; i < x.rows(); ++i) {
    for (std::size_t c = 0; c < x.cols(); ++c) {
      x(i, c) = static_cast<float>(spread * random.normal() + (c % kGroups == i % kGroups ? 2 : 0));
    }
  }
  return x;
}

VaeOptions small() {
  VaeOptions vae;
  vae.hidden = {16};
  vae.n_latent = 3;
  return vae;
}

TrainOptions quick() {
  TrainOptions train;
  train.epochs = 60;
  train.batch = 30;
  train.learning_rate = 3e-3;
  train.seed = 5;
  return train;
}

const StartingPoint& start() {
  static const StartingPoint made = train_starting_point(blobs(), small(), quick());
  return made;
}

/// Mean and variance of the codes of each blob, every `contaminate`-th row being counted to the next blob.
LatentGroups groups_of_codes(MatrixView codes, std::size_t contaminate) {
  LatentGroups groups{std::vector<float>(kGroups, 1.0F / kGroups), Matrix(kGroups, codes.cols()),
                      Matrix(kGroups, codes.cols())};
  const auto group_of = [&](std::size_t i) { return (i % contaminate == 0 ? i + 1 : i) % kGroups; };
  std::vector<double> size(kGroups);
  for (std::size_t i = 0; i < codes.rows(); ++i) size[group_of(i)] += 1;
  for (const bool of_variance : {false, true}) {
    for (std::size_t i = 0; i < codes.rows(); ++i) {
      const std::size_t c = group_of(i);
      for (std::size_t j = 0; j < codes.cols(); ++j) {
        const double apart = codes(i, j) - groups.mean(c, j);
        float& to = of_variance ? groups.variance(c, j) : groups.mean(c, j);
        to += static_cast<float>((of_variance ? apart * apart : static_cast<double>(codes(i, j))) / size[c]);
      }
    }
  }
  return groups;
}

/// Share of the rows that are in the group of their blob.
double share_right(const std::vector<std::int32_t>& labels) {
  std::size_t right = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) right += labels[i] == static_cast<std::int32_t>(i % kGroups);
  return static_cast<double>(right) / static_cast<double>(labels.size());
}

TEST(StartingPoint, RebuildsItsRowsAndIsAFunctionOfTheSeed) {
  const Matrix x = blobs();
  double variance = 0;
  for (std::size_t c = 0; c < x.cols(); ++c) {
    double sum = 0;
    double squares = 0;
    for (std::size_t i = 0; i < x.rows(); ++i) {
      sum += x(i, c);
      squares += x(i, c) * x(i, c);
    }
    variance += squares / 120 - std::pow(sum / 120, 2);
  }
  EXPECT_LT(start().noise_variance, 0.6 * variance / 8);  // one number for all eight columns would be 1
  EXPECT_EQ(start().codes.rows(), 120U);
  EXPECT_EQ(start().codes.cols(), 3U);
  EXPECT_EQ(train_starting_point(x, small(), quick()).parameters, start().parameters);
  TrainOptions other = quick();
  other.seed = 6;
  EXPECT_NE(train_starting_point(x, small(), other).parameters, start().parameters);
}

class Refine : public testing::TestWithParam<DeepMethod> {};

TEST_P(Refine, MendsGroupsThatBeginWrong) {
  // Six of ten rows of a blob are counted to their own group, the others to the next one.
  LatentGroups wrong = groups_of_codes(start().codes, /*contaminate=*/1000);
  const Matrix right = wrong.mean;
  for (std::size_t c = 0; c < kGroups; ++c) {
    for (std::size_t j = 0; j < right.cols(); ++j) {
      wrong.mean(c, j) = 0.55F * right(c, j) + 0.45F * right((c + 1) % kGroups, j);
    }
  }
  DeepOptions options;
  options.learning_rate = 1;
  options.epochs = 3;
  options.tolerance = 0;
  const DeepClusters found = refine(blobs(), start(), wrong, GetParam(), options, quick());
  EXPECT_GT(share_right(found.labels), 0.95);
  double before = 0;
  double after = 0;
  const Matrix now = groups_of_codes(found.codes, 1000).mean;
  for (std::size_t c = 0; c < kGroups; ++c) {
    before += squared_distance(wrong.mean.row(c), right.row(c));
    after += squared_distance(found.groups.mean.row(c), now.row(c));
  }
  EXPECT_LT(after, 0.5 * before);
  for (std::size_t i = 0; i < found.membership.rows(); ++i) {
    double sum = 0;
    for (const float share : found.membership.row(i)) sum += share;
    EXPECT_NEAR(sum, 1, 1e-5);
  }
}

TEST_P(Refine, IsAFunctionOfTheSeed) {
  const LatentGroups groups = groups_of_codes(start().codes, 7);
  DeepOptions options;
  options.tolerance = 0;
  const DeepClusters once = refine(blobs(), start(), groups, GetParam(), options, quick());
  const DeepClusters again = refine(blobs(), start(), groups, GetParam(), options, quick());
  EXPECT_EQ(once.codes, again.codes);
  EXPECT_EQ(once.labels, again.labels);
  EXPECT_NE(once.codes, start().codes);
}

TEST_P(Refine, WithoutEpochsNothingMoves) {
  DeepOptions options;
  options.epochs = 0;
  const DeepClusters found =
      refine(blobs(), start(), groups_of_codes(start().codes, 1000), GetParam(), options, quick());
  EXPECT_EQ(found.moved, 0);
  EXPECT_EQ(found.epochs, 0U);
  EXPECT_EQ(found.codes, start().codes);
}

INSTANTIATE_TEST_SUITE_P(Methods, Refine, testing::Values(DeepMethod::kVade, DeepMethod::kIdec),
                         [](const auto& given) { return given.param == DeepMethod::kVade ? "Vade" : "Idec"; });

TEST(RefineIdec, EndsWhereNoRowChangesItsGroup) {
  DeepOptions options;
  options.tolerance = 0.01;
  const DeepClusters found = refine(blobs(0.2), train_starting_point(blobs(0.2), small(), quick()),
                                    groups_of_codes(train_starting_point(blobs(0.2), small(), quick()).codes, 1000),
                                    DeepMethod::kIdec, options, quick());
  EXPECT_EQ(found.epochs, 35U);  // 140 steps of four batches an epoch
  EXPECT_EQ(share_right(found.labels), 1);
}

TEST(DeepClustering, SaysWhatIsWrong) {
  Matrix x = blobs();
  const LatentGroups groups = groups_of_codes(start().codes, 1000);
  VaeOptions conv = small();
  conv.network = "conv";
  EXPECT_THROW((void)train_starting_point(x, conv, quick()), InvalidArgument);
  EXPECT_THROW((void)train_starting_point(Matrix(), small(), quick()), InvalidArgument);
  EXPECT_THROW((void)refine(take_cols(x, 0, 4), start(), groups, DeepMethod::kVade, {}, quick()), InvalidArgument);
  LatentGroups flat_group = groups;
  flat_group.variance(1, 1) = 0;
  EXPECT_THROW((void)refine(x, start(), flat_group, DeepMethod::kVade, {}, quick()), InvalidArgument);
  LatentGroups elsewhere = groups;
  elsewhere.mean = Matrix(kGroups, 5);
  EXPECT_THROW((void)refine(x, start(), elsewhere, DeepMethod::kIdec, {}, quick()), InvalidArgument);
  x(3, 2) = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THROW((void)train_starting_point(x, small(), quick()), InvalidArgument);
}

TEST(DeepClustering, TooLargeAStepIsSaid) {
  TrainOptions wild = quick();
  wild.learning_rate = 1e12;
  wild.clip_norm = 0;
  EXPECT_THROW((void)train_starting_point(blobs(), small(), wild), Diverged);
}

TEST(DeepClustering, CanBeCancelled) {
  const Execution run{1, [](const Progress&) { return false; }};
  EXPECT_THROW((void)train_starting_point(blobs(), small(), quick(), run), Cancelled);
}

}  // namespace
}  // namespace songmap::model
