// The library of `songmap demo` itself, and others of its kind: see planted_structure_test.cpp.
#include <gtest/gtest.h>

#include "songmap/cluster/kmeans.h"
#include "songmap/demo/styles.h"
#include "songmap/metrics/external.h"
#include "tests/demo/described_library.h"

namespace songmap::demo {
namespace {

TEST(PlantedStructureSlow, KMeansFindsTheStylesOfWholeLibrariesForEverySeed) {
  for (std::uint64_t library_seed = 0; library_seed < 3; ++library_seed) {
    const auto folder =
        std::filesystem::path(testing::TempDir()) / ("demo-planted-whole-" + std::to_string(library_seed));
    const DescribedLibrary tracks = describe_library(folder, {.seed = library_seed});
    for (std::uint64_t seed = 0; seed < 5; ++seed) {
      const auto model = cluster::fit_kmeans(tracks.features, {.n_clusters = styles().size(), .seed = seed});
      EXPECT_GT(metrics::adjusted_rand_index(metrics::contingency(tracks.style, model.labels)).value(), 0.95)
          << library_seed << ' ' << seed;
    }
  }
}

}  // namespace
}  // namespace songmap::demo
