#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "songmap/core/matrix.h"
#include "songmap/features/noise_metric.h"
#include "songmap/run/manifest.h"
#include "songmap/run/run_folder.h"

/// Is it the tracks that the within-track metric knows of, or would any whitening do as well?
namespace songmap::run {

/// What the metric was fitted on, and how.
struct MetricFit {
  MatrixView features;                     ///< [n, d], of all tracks: what is transformed.
  MatrixView training;                     ///< [m, d], of the tracks that it was fitted on.
  MatrixView windows;                      ///< Of these tracks.
  std::span<const std::size_t> owner;      ///< Of each window, a row of `training`.
  features::NoiseMetricOptions options{};  ///< Shrinkage and power; the source is each control's own.
};

inline constexpr const char* kTotalControl = "within-track.total";
inline constexpr const char* kShuffledControl = "within-track.shuffled";

/// The same transform, with the same shrinkage and power, from a covariance that knows nothing of the tracks: that of
/// all windows together, and that of windows whose owners were shuffled, anew with each seed. Writes both to spaces/.
/// They are grouped and scored like any other space, and neither lead nor are mapped.
[[nodiscard]] std::vector<SpaceRecord> save_metric_controls(const RunFolder& folder, const MetricFit& fit,
                                                            std::span<const std::uint64_t> seeds);

/// Of a space that is there to be compared with the metric (SpaceRecord::kind).
inline constexpr const char* kControlKind = "control";

}  // namespace songmap::run
