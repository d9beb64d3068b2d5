#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "songmap/core/matrix.h"

namespace songmap::features {

/// Where the noise covariance comes from. The last two are controls: what they lift owes nothing to the tracks.
enum class NoiseSource {
  kWithinTrack,     ///< Windows around the mean of their track.
  kTotal,           ///< Windows around the mean of all.
  kShuffledOwners,  ///< Windows around the mean of as many random ones.
};

struct NoiseMetricOptions {
  double shrinkage = 0.5;  ///< Share of the round covariance of equal trace: larger is more cautious.
  double power = 0.5;      ///< 0.5: the noise is whitened; 0.25: half of the way; 0: only centred and rescaled.
  NoiseSource source = NoiseSource::kWithinTrack;
  std::uint64_t seed = 0;  ///< Of kShuffledOwners.
};

/// A linear map after which Euclidean distances are those of the noise metric; applies to new rows.
struct NoiseMetricModel {
  std::vector<float> mean;  ///< [d], of the tracks.
  Matrix transform;         ///< [d, d], symmetric: scale * C^-power.
};

/// Within-class covariance normalisation with the track as the class (Hatch, Kajarekar & Stolcke 2006): what differs
/// between windows of one track is noise, and directions count the less the more of it they hold. C is the pooled
/// covariance S of the windows around their track's mean, shrunk: (1 - shrinkage) S + shrinkage tr(S)/d I. The tracks
/// have mean variance 1 after the transform. No label is used: a track is its own.
/// `tracks` [n, d] are what will be compared; `windows` [m, d] are in the same space, `owner` [m] (rising, below n)
/// tells whose each is.
/// @throws InvalidArgument  shapes that do not agree, values that are not finite, options out of range, or no track
///                          with two windows.
[[nodiscard]] NoiseMetricModel fit_noise_metric(MatrixView tracks, MatrixView windows,
                                                std::span<const std::size_t> owner,
                                                const NoiseMetricOptions& options = {});

/// The shrinkage with which the noise covariance of some tracks makes the windows of the others most probable, of
/// .01, .02, .05, .1, .15, .2, .3, .5, .7 and .9; by five folds of the tracks that have two windows at least. With less
/// than ten such tracks there is too little to hold out: .5.
/// @throws InvalidArgument  one owner a window, rising, is needed, and values that are finite.
[[nodiscard]] double held_out_shrinkage(MatrixView windows, std::span<const std::size_t> owner, std::uint64_t seed = 0);

/// (x - mean) transform. @throws InvalidArgument  x has another number of columns.
[[nodiscard]] Matrix transform(const NoiseMetricModel& model, MatrixView x);

/// Back to the space that it was fitted in. @throws InvalidArgument  x has another number of columns.
[[nodiscard]] Matrix inverse_transform(const NoiseMetricModel& model, MatrixView x);

}  // namespace songmap::features
