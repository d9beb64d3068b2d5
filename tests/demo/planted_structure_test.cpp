// The demo library is a planted solution: songmap's own features must find its styles.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <limits>

#include "songmap/cluster/kmeans.h"
#include "songmap/demo/styles.h"
#include "songmap/metrics/external.h"
#include "tests/demo/described_library.h"

namespace songmap::demo {
namespace {

double ari(const std::vector<std::int32_t>& classes, const std::vector<std::int32_t>& clusters) {
  return metrics::adjusted_rand_index(metrics::contingency(classes, clusters)).value();
}

class PlantedStructure : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    const std::filesystem::path folder = std::filesystem::path(testing::TempDir()) / ("demo-planted-" + std::to_string(getpid()));
    tracks_ = describe_library(folder, {.tracks_per_style = 6, .length_s = 8});
  }
  static DescribedLibrary tracks_;
};
DescribedLibrary PlantedStructure::tracks_;

TEST_F(PlantedStructure, KMeansFindsTheStylesForEverySeedAndNotTheLanguages) {
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    const auto model = cluster::fit_kmeans(tracks_.features, {.n_clusters = styles().size(), .seed = seed});
    EXPECT_GT(ari(tracks_.style, model.labels), 0.9) << seed;
    EXPECT_LT(std::abs(ari(tracks_.language, model.labels)), 0.06) << seed;
  }
}

TEST_F(PlantedStructure, TracksOfAStyleAreNeighboursButNoCopies) {
  const Matrix& x = tracks_.features;
  double spread = 0;
  double smallest = std::numeric_limits<double>::infinity();
  std::size_t agreeing = 0;
  for (std::size_t i = 0; i < x.rows(); ++i) {
    std::size_t neighbour = i;
    double nearest = std::numeric_limits<double>::infinity();
    for (std::size_t j = 0; j < x.rows(); ++j) {
      if (j == i) continue;
      const double distance = squared_distance(x.row(i), x.row(j));
      spread += distance / static_cast<double>(x.rows() * (x.rows() - 1));
      if (distance < nearest) {
        nearest = distance;
        neighbour = j;
      }
    }
    smallest = std::min(smallest, nearest);
    agreeing += tracks_.style[i] == tracks_.style[neighbour];
  }
  EXPECT_EQ(agreeing, x.rows());
  EXPECT_GT(smallest / spread, 0.02);
}

}  // namespace
}  // namespace songmap::demo
