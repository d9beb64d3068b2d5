#include "songmap/run/inspection.h"

#include <gmock/gmock.h>

#include <cmath>

#include "run/made_run.h"
#include "songmap/core/csv.h"

namespace songmap::run {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

/// A code that is the first two of three inputs, and a decoder that gives them back and 100 times the mean condition.
class FirstTwo final : public model::LatentModel {
 public:
  explicit FirstTwo(std::size_t n_conditions) : n_conditions_(n_conditions) {}
  [[nodiscard]] std::size_t n_inputs() const override { return 3; }
  [[nodiscard]] std::size_t n_latent() const override { return 2; }
  [[nodiscard]] std::size_t n_conditions() const override { return n_conditions_; }
  void save(const std::filesystem::path&) const override {}

 private:
  [[nodiscard]] model::Posterior encode_rows(MatrixView x, MatrixView) const override {
    return {take_cols(x, 0, 2), {}};
  }
  [[nodiscard]] Matrix decode_rows(MatrixView z, MatrixView condition) const override {
    Matrix x(z.rows(), 3);
    for (std::size_t i = 0; i < z.rows(); ++i) {
      x(i, 0) = z(i, 0);
      x(i, 1) = z(i, 1);
      x(i, 2) = condition.empty() ? 0 : 100 * condition(i, 0);
    }
    return x;
  }
  std::size_t n_conditions_;
};

class Inspection : public ::testing::Test {
 protected:
  Inspection() : inputs_(21, 3) {
    std::vector<std::string> genres;
    for (std::size_t i = 0; i < 21; ++i) {
      genres.push_back("a");
      inputs_(i, 0) = i % 2 == 0 ? 5 : 1;                    // mean 65 / 21, spread about 2
      inputs_(i, 1) = i % 2 == 0 ? 1 : -1;                   // spread about 1
      inputs_(i, 2) = 3 * static_cast<float>((i * 8) % 21);  // lost: the error is 3 times its square over 3
    }
    tracks_ = testing::labelled_tracks(genres);
  }
  [[nodiscard]] std::filesystem::path file(const std::string& suffix) const {
    return made_.folder.inspections() / ("toy." + suffix);
  }

  testing::MadeRun made_;
  Matrix inputs_;
  std::vector<TrackRow> tracks_;
};

TEST_F(Inspection, ErrorsAreOfEveryTrackAndExamplesGoFromWellToBadly) {
  const FirstTwo model(0);
  save_inspections(made_.folder, "toy", {model, inputs_, {}, {0.5, 2}}, tracks_, testing::all_rows(21));
  const CsvTable errors = read_csv(file("examples.csv"));
  EXPECT_THAT(errors.columns, ElementsAre("track_id", "error"));
  ASSERT_THAT(errors.rows, SizeIs(21));
  for (std::size_t i = 0; i < 21; ++i) {
    EXPECT_EQ(errors.rows[i][0], tracks_[i].track_id);
    EXPECT_DOUBLE_EQ(std::stod(errors.rows[i][1]), inputs_(i, 2) * inputs_(i, 2) / 3);
  }
  const CsvTable chosen = read_csv(file("example_tracks.csv"));
  ASSERT_THAT(chosen.rows, SizeIs(4));
  const Matrix pairs = read_npy(file("reconstructions.npy"));
  ASSERT_EQ(pairs.rows(), 8U);
  double before = -1;
  for (std::size_t i = 0; i < 4; ++i) {
    const auto track = static_cast<std::size_t>(std::stoul(chosen.rows[i][0].substr(1)));
    for (std::size_t c = 0; c < 3; ++c) EXPECT_EQ(pairs(2 * i, c), inputs_(track, c));
    EXPECT_EQ(pairs(2 * i + 1, 0), inputs_(track, 0));
    EXPECT_EQ(pairs(2 * i + 1, 2), 0);
    EXPECT_GT(inputs_(track, 2), before);
    before = inputs_(track, 2);
  }
}

TEST_F(Inspection, ExamplesAreOfTheTracksThatAreShown) {
  const FirstTwo model(0);
  save_inspections(made_.folder, "toy", {model, inputs_, {}, {}}, tracks_, std::vector<std::size_t>{3, 4});
  EXPECT_THAT(read_csv(file("example_tracks.csv")).rows, SizeIs(2));
  EXPECT_THAT(read_csv(file("examples.csv")).rows, SizeIs(21));
}

TEST_F(Inspection, TraversalsGoOverThreeDeviationsByFallingKl) {
  const FirstTwo model(0);
  save_inspections(made_.folder, "toy", {model, inputs_, {}, {0.5, 2}}, tracks_, testing::all_rows(21));
  const CsvTable dimensions = read_csv(file("traversal.csv"));
  EXPECT_THAT(dimensions.rows, ElementsAre(ElementsAre("1", "2"), ElementsAre("0", "0.5")));
  const Matrix steps = read_npy(file("traversal.npy"));
  ASSERT_EQ(steps.rows(), 2 * kTraversalSteps);
  const double mean0 = (11 * 5.0 + 10 * 1.0) / 21;
  const double mean1 = (11 * 1.0 - 10 * 1.0) / 21;
  const double deviation1 = std::sqrt(1 - mean1 * mean1);
  for (std::size_t s = 0; s < kTraversalSteps; ++s) {
    EXPECT_NEAR(steps(s, 0), mean0, 1e-5);
    EXPECT_NEAR(steps(s, 1), mean1 + (static_cast<double>(s) - 3) * deviation1, 1e-5);
  }
  for (std::size_t s = 0; s < kTraversalSteps; ++s) {
    EXPECT_NEAR(steps(kTraversalSteps + s, 0), mean0 + (static_cast<double>(s) - 3) * 2 * deviation1, 1e-5);
    EXPECT_NEAR(steps(kTraversalSteps + s, 1), mean1, 1e-5);
  }
}

TEST_F(Inspection, WithoutKlTheWidestDimensionComesFirst) {
  const FirstTwo model(0);
  save_inspections(made_.folder, "toy", {model, inputs_, {}, {0, 0}}, tracks_, testing::all_rows(21));
  EXPECT_EQ(read_csv(file("traversal.csv")).rows.at(0).at(0), "0");
}

TEST_F(Inspection, ATraversalSaysNothingOfTheCondition) {
  const FirstTwo model(2);
  Matrix condition(21, 2);
  for (std::size_t i = 0; i < 21; ++i) condition(i, i < 7 ? 0 : 1) = 1;
  save_inspections(made_.folder, "toy", {model, inputs_, condition, {1, 2}}, tracks_, testing::all_rows(21));
  const Matrix steps = read_npy(file("traversal.npy"));
  for (std::size_t i = 0; i < steps.rows(); ++i) EXPECT_NEAR(steps(i, 2), 100.0 / 3, 1e-4);
}

}  // namespace
}  // namespace songmap::run
