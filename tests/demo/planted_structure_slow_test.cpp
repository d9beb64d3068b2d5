// The demo library is a planted solution: songmap's own features must find its styles.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <limits>
#include <string>
#include <vector>

#include "songmap/audio/decode.h"
#include "songmap/cluster/kmeans.h"
#include "songmap/core/parallel.h"
#include "songmap/demo/library.h"
#include "songmap/demo/plan.h"
#include "songmap/demo/styles.h"
#include "songmap/features/block_scaler.h"
#include "songmap/features/recipe.h"
#include "songmap/features/scaler.h"
#include "songmap/features/track_analysis.h"
#include "songmap/metrics/external.h"

namespace songmap::demo {
namespace {

struct Described {
  Matrix values;  ///< [tracks, 323]
  std::vector<std::int32_t> style, language;
};

/// Every track of the library as it comes out of its file.
Described describe_library(const DemoOptions& options) {
  const std::filesystem::path folder =
      std::filesystem::path(testing::TempDir()) / ("demo-planted-" + std::to_string(options.seed));
  make_library(folder, options);
  const std::vector<PlannedTrack> plan = plan_library(options);
  Described out{Matrix(plan.size(), features::recipe("timbre").columns.size()), {}, {}};
  parallel_for(plan.size(), 2, [&](std::size_t i) {
    const std::vector<std::string> names = {"timbre"};
    features::TrackAnalysis analysis(names);
    audio::decode(folder / plan[i].path, {}, analysis);
    const Matrix row = std::move(analysis.finish().front().values);
    std::ranges::copy(row.values(), out.values.row(i).begin());
  });
  for (const PlannedTrack& track : plan) {
    out.style.push_back(static_cast<std::int32_t>(track.style));
    out.language.push_back(track.language == "bn" ? 1 : 0);
  }
  std::filesystem::remove_all(folder);
  return out;
}

Matrix scaled(const Matrix& values) {
  const Matrix comparable = features::transform(features::fit_scaler(values, {.kind = "logzc"}), values);
  const auto blocks = features::blocks(features::recipe("timbre"));
  return features::transform(features::fit_block_scaler(comparable, blocks), comparable);
}

double ari(const std::vector<std::int32_t>& classes, const std::vector<std::int32_t>& clusters) {
  return metrics::adjusted_rand_index(metrics::contingency(classes, clusters)).value();
}

TEST(PlantedStructure, KMeansFindsTheStylesForEverySeedAndNotTheLanguages) {
  const Described tracks = describe_library({});
  const Matrix x = scaled(tracks.values);
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    const auto model = cluster::fit_kmeans(x, {.n_clusters = styles().size(), .seed = seed});
    EXPECT_GT(ari(tracks.style, model.labels), 0.9) << seed;
    EXPECT_LT(std::abs(ari(tracks.language, model.labels)), 0.05) << seed;
  }
}

TEST(PlantedStructure, TracksOfAStyleAreNeighboursButNoCopies) {
  const Described tracks = describe_library({.seed = 7});
  const Matrix x = scaled(tracks.values);
  std::size_t agreeing = 0;
  double nearest_sum = 0;
  double spread = 0;
  std::vector<double> nearest(x.rows(), std::numeric_limits<double>::infinity());
  for (std::size_t i = 0; i < x.rows(); ++i) {
    std::size_t neighbour = i;
    for (std::size_t j = 0; j < x.rows(); ++j) {
      if (j == i) continue;
      const double distance = squared_distance(x.row(i), x.row(j));
      spread += distance / static_cast<double>(x.rows() * (x.rows() - 1));
      if (distance < nearest[i]) {
        nearest[i] = distance;
        neighbour = j;
      }
    }
    agreeing += tracks.style[i] == tracks.style[neighbour];
    nearest_sum += nearest[i];
  }
  EXPECT_GE(agreeing, 58U);
  // A copy would lie at distance 0 (codecs apart, some .001 of the spread).
  EXPECT_GT(*std::ranges::min_element(nearest) / spread, 0.02);
  EXPECT_GT(nearest_sum / static_cast<double>(x.rows()) / spread, 0.08);
}

}  // namespace
}  // namespace songmap::demo
