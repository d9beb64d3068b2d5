#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "songmap/cluster/gmm.h"
#include "songmap/metrics/external.h"
#include "tests/reference/numerics_reference.h"

namespace songmap::cluster {
namespace {

void expect_near(const std::vector<double>& values, std::size_t first, const std::vector<double>& expected) {
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(values[first + i], expected[i], 1e-4);
}

std::vector<double> flat(const nlohmann::json& values) {
  if (values.is_number()) return {values.get<double>()};
  std::vector<double> result;
  for (const auto& value : values) {
    const std::vector<double> inner = flat(value);
    result.insert(result.end(), inner.begin(), inner.end());
  }
  return result;
}

// Both sides run until nothing moves, from ten starts, and find the same mixture of three overlapping ellipsoids.
TEST(GmmParity, MixturesAreThoseOfScikitLearn) {
  const auto reference = testing::json_reference("linkage_mixtures.json")["mixtures"];
  const Matrix x = testing::json_matrix(reference["x"]);
  for (const std::string kind : {"diagonal", "full"}) {
    GmmOptions options;
    options.covariance = kind == "full" ? Covariance::kFull : Covariance::kDiagonal;
    options.n_clusters = 3;
    options.n_init = 10;
    options.tolerance = 1e-12;
    options.max_iterations = 20000;
    const GmmModel model = fit_gmm(x, options);
    const auto& expected = reference[kind];
    EXPECT_TRUE(model.converged);
    EXPECT_NEAR(model.log_likelihood, expected["log_likelihood"].get<double>(), 1e-6) << kind;
    EXPECT_NEAR(model.bic, expected["bic"].get<double>(), 1e-3) << kind;
    const auto labels = expected["labels"].get<std::vector<std::int32_t>>();
    EXPECT_EQ(metrics::adjusted_rand_index(metrics::contingency(labels, model.labels)), 1.0) << kind;
    std::vector<std::size_t> order(3);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {}, [&](std::size_t c) { return model.weights[c]; });
    for (std::size_t c = 0; c < 3; ++c) {
      EXPECT_NEAR(model.weights[order[c]], expected["weights"][c].get<double>(), 1e-5) << kind;
      expect_near(model.means, 3 * order[c], flat(expected["means"][c]));
      const std::vector<double> covariance = flat(expected["covariances"][c]);
      expect_near(model.covariances, covariance.size() * order[c], covariance);
    }
  }
}

}  // namespace
}  // namespace songmap::cluster
