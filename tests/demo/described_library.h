#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "songmap/audio/decode.h"
#include "songmap/core/parallel.h"
#include "songmap/demo/library.h"
#include "songmap/demo/plan.h"
#include "songmap/features/block_scaler.h"
#include "songmap/features/recipe.h"
#include "songmap/features/scaler.h"
#include "songmap/features/track_analysis.h"

namespace songmap::demo {

/// A demo library as songmap's own features see it.
struct DescribedLibrary {
  Matrix features;  ///< [tracks, 75]: `timbre`, logzc, blocks.
  std::vector<std::int32_t> style, language;
};

/// Makes a library in `folder`, describes every track as it comes out of its file, and removes it again.
inline DescribedLibrary describe_library(const std::filesystem::path& folder, const DemoOptions& options) {
  std::filesystem::remove_all(folder);
  make_library(folder, options);
  const std::vector<PlannedTrack> plan = plan_library(options);
  const features::Recipe& timbre = features::recipe("timbre");
  const std::vector<std::string> names = {timbre.name};
  Matrix values(plan.size(), timbre.columns.size());
  parallel_for(plan.size(), 2, [&](std::size_t i) {
    features::TrackAnalysis analysis(names);
    audio::decode(folder / plan[i].path, {}, analysis);
    const Matrix row = std::move(analysis.finish().front().values);
    std::ranges::copy(row.values(), values.row(i).begin());
  });
  std::filesystem::remove_all(folder);

  DescribedLibrary described;
  const Matrix comparable = features::transform(features::fit_scaler(values, {.kind = "logzc"}), values);
  described.features =
      features::transform(features::fit_block_scaler(comparable, features::blocks(timbre)), comparable);
  for (const PlannedTrack& track : plan) {
    described.style.push_back(static_cast<std::int32_t>(track.style));
    described.language.push_back(track.language == "bn" ? 1 : 0);
  }
  return described;
}

}  // namespace songmap::demo
