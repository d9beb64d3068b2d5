#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "songmap/core/random.h"
#include "songmap/model/train.h"

namespace songmap::model {
namespace {

/// Rows of two languages: what they share (3 normal factors) and an offset that the language alone decides.
struct Planted {
  Matrix x{800, 12};
  Matrix factors{800, 3};
  Matrix condition{800, 2};

  Planted() {
    Random random(4);
    std::vector<double> offset(12);
    for (double& value : offset) value = random.normal();
    Matrix loadings(3, 12);
    for (float& value : loadings.values()) value = static_cast<float>(random.normal());
    for (std::size_t i = 0; i < x.rows(); ++i) {
      const std::size_t language = random.below(2);
      condition(i, language) = 1;
      for (float& value : factors.row(i)) value = static_cast<float>(random.normal());
      for (std::size_t j = 0; j < x.cols(); ++j) {
        double value = (language == 0 ? 1 : -1) * offset[j] + 0.3 * random.normal();
        for (std::size_t f = 0; f < 3; ++f) value += static_cast<double>(factors(i, f)) * loadings(f, j);
        x(i, j) = static_cast<float>(value);
      }
    }
  }

  [[nodiscard]] std::vector<double> language() const {
    std::vector<double> signs(x.rows());
    for (std::size_t i = 0; i < signs.size(); ++i) signs[i] = condition(i, 0) > 0 ? 1 : -1;
    return signs;
  }
};

/// Least squares of `target` on the columns of `z` and a constant, fitted on the first half of the rows by gradient
/// descent; what it says about the second half.
std::vector<double> linear_probe(MatrixView z, const std::vector<double>& target) {
  const std::size_t half = z.rows() / 2;
  std::vector<double> weight(z.cols() + 1);
  const auto predict = [&](std::size_t i) {
    double sum = weight.back();
    for (std::size_t j = 0; j < z.cols(); ++j) sum += weight[j] * z(i, j);
    return sum;
  };
  for (int step = 0; step < 2000; ++step) {
    std::vector<double> gradient(weight.size());
    for (std::size_t i = 0; i < half; ++i) {
      const double error = (predict(i) - target[i]) / static_cast<double>(half);
      for (std::size_t j = 0; j < z.cols(); ++j) gradient[j] += error * z(i, j);
      gradient.back() += error;
    }
    for (std::size_t j = 0; j < weight.size(); ++j) weight[j] -= 0.2 * gradient[j];
  }
  std::vector<double> found;
  for (std::size_t i = half; i < z.rows(); ++i) found.push_back(predict(i));
  return found;
}

double accuracy(MatrixView z, const std::vector<double>& signs) {
  const std::vector<double> found = linear_probe(z, signs);
  double right = 0;
  for (std::size_t i = 0; i < found.size(); ++i) right += found[i] * signs[signs.size() - found.size() + i] > 0;
  return right / static_cast<double>(found.size());
}

/// Share of the factors' variance that the latent space explains, of the second half of the rows.
double explained(MatrixView z, const Planted& planted) {
  double left = 0;
  double all = 0;
  for (std::size_t f = 0; f < 3; ++f) {
    std::vector<double> target(z.rows());
    for (std::size_t i = 0; i < target.size(); ++i) target[i] = planted.factors(i, f);
    const std::vector<double> found = linear_probe(z, target);
    for (std::size_t i = 0; i < found.size(); ++i) {
      const double value = target[target.size() - found.size() + i];
      left += (value - found[i]) * (value - found[i]);
      all += value * value;
    }
  }
  return 1 - left / all;
}

TEST(TrainConditionalVae, ForgetsTheConditionAndKeepsTheRest) {
  const Planted planted;
  VaeOptions vae;
  vae.hidden = {32};
  vae.n_latent = 4;
  TrainOptions train;
  train.epochs = 60;
  train.batch = 50;
  train.learning_rate = 3e-3;
  const TrainedModel plain = train_vae(planted.x, vae, train);
  const TrainedModel conditional = train_vae({planted.x, planted.condition}, vae, train);
  ASSERT_EQ(conditional.model->n_conditions(), 2U);
  const Matrix with_language = plain.model->encode(planted.x).mean;
  const Matrix without = conditional.model->encode(planted.x, planted.condition).mean;
  const std::vector<double> language = planted.language();
  EXPECT_GT(accuracy(with_language, language), 0.95);
  EXPECT_NEAR(accuracy(without, language), 0.5, 0.08);  // chance is .5 with a standard deviation of .025
  EXPECT_GT(explained(with_language, planted), 0.9);
  EXPECT_GT(explained(without, planted), 0.9);

  // The decoder puts the language back: told the other one, it moves the row by the difference of the offsets.
  Matrix other(800, 2);
  for (std::size_t i = 0; i < 800; ++i) other(i, planted.condition(i, 0) > 0 ? 1 : 0) = 1;
  const Matrix as_it_is = conditional.model->decode(without, planted.condition);
  const Matrix moved = conditional.model->decode(without, other);
  double near = 0;
  double far = 0;
  for (std::size_t i = 0; i < 800; ++i) {
    near += squared_distance(as_it_is.row(i), planted.x.row(i));
    far += squared_distance(moved.row(i), planted.x.row(i));
  }
  EXPECT_GT(far, 10 * near);

  // Of a row whose language is unknown it makes what is finite.
  EXPECT_TRUE(all_finite(conditional.model->encode(planted.x, Matrix(800, 2)).mean));
}

TEST(TrainSeeds, TakeConditions) {
  const Planted planted;
  VaeOptions vae;
  vae.hidden = {8};
  vae.n_latent = 2;
  TrainOptions train;
  train.epochs = 2;
  const std::vector<std::uint64_t> seeds = {5, 6};
  const TrainingData data{planted.x, planted.condition};
  const auto together = train_seeds(data, vae, train, seeds, {2, {}});
  train.seed = 6;
  const TrainedModel alone = train_vae(data, vae, train);
  EXPECT_EQ(together[1].model->encode(planted.x, planted.condition).mean,
            alone.model->encode(planted.x, planted.condition).mean);
}

}  // namespace
}  // namespace songmap::model
