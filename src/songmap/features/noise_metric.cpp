#include "songmap/features/noise_metric.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "songmap/core/error.h"
#include "songmap/core/linalg.h"
#include "songmap/core/random.h"

namespace songmap::features {
namespace {

void check(MatrixView tracks, MatrixView windows, std::span<const std::size_t> owner,
           const NoiseMetricOptions& options) {
  require(!tracks.empty() && tracks.cols() == windows.cols(),
          fmt::format("fit_noise_metric: {} tracks of {} columns and windows of {}: they must lie in one space",
                      tracks.rows(), tracks.cols(), windows.cols()));
  require(owner.size() == windows.rows(),
          fmt::format("fit_noise_metric: {} owners for {} windows: each needs one", owner.size(), windows.rows()));
  require(std::ranges::is_sorted(owner) && (owner.empty() || owner.back() < tracks.rows()),
          "fit_noise_metric: owners must rise and be rows of the tracks");
  require(all_finite(tracks) && all_finite(windows), "fit_noise_metric: a value is not finite");
  require(options.shrinkage >= 0 && options.shrinkage <= 1,
          fmt::format("fit_noise_metric: shrinkage = {}, but it must lie in [0, 1]", options.shrinkage));
  require(options.power >= 0 && options.power <= 1,
          fmt::format("fit_noise_metric: power = {}, but it must lie in [0, 1]", options.power));
}

/// Rows minus the mean of their owner; the number of means goes to `n_owners`.
Matrix residuals(MatrixView x, std::span<const std::size_t> owner, std::size_t& n_owners) {
  Matrix result(x.rows(), x.cols());
  n_owners = 0;
  for (std::size_t first = 0; first < owner.size();) {
    std::size_t end = first;
    while (end < owner.size() && owner[end] == owner[first]) ++end;
    ++n_owners;
    for (std::size_t c = 0; c < x.cols(); ++c) {
      double mean = 0;
      for (std::size_t i = first; i < end; ++i) mean += x(i, c) / static_cast<double>(end - first);
      for (std::size_t i = first; i < end; ++i) result(i, c) = static_cast<float>(x(i, c) - mean);
    }
    first = end;
  }
  return result;
}

/// [d * d]
std::vector<double> noise_covariance(MatrixView windows, std::span<const std::size_t> owner,
                                     const NoiseMetricOptions& options) {
  std::vector<std::size_t> owners(owner.begin(), owner.end());
  if (options.source == NoiseSource::kTotal) std::ranges::fill(owners, 0);
  Matrix shuffled;
  if (options.source == NoiseSource::kShuffledOwners) {
    shuffled = take_rows(windows, Random(options.seed, 0x0817e5).permutation(windows.rows()));
    windows = shuffled;
  }
  std::size_t n_owners = 0;
  const Matrix off = residuals(windows, owners, n_owners);
  require(windows.rows() > n_owners, "fit_noise_metric: no track has two windows, so nothing tells what is noise");
  std::vector<double> covariance = gram(off);
  for (double& value : covariance) value /= static_cast<double>(windows.rows() - n_owners);
  return covariance;
}

}  // namespace

NoiseMetricModel fit_noise_metric(MatrixView tracks, MatrixView windows, std::span<const std::size_t> owner,
                                  const NoiseMetricOptions& options) {
  check(tracks, windows, owner, options);
  const std::size_t d = tracks.cols();
  std::vector<double> covariance = noise_covariance(windows, owner, options);
  double trace = 0;
  for (std::size_t c = 0; c < d; ++c) trace += covariance[c * d + c];
  NoiseMetricModel model;
  for (const double mean : column_means(tracks)) model.mean.push_back(static_cast<float>(mean));
  model.transform = Matrix(d, d);
  for (std::size_t c = 0; c < d; ++c) model.transform(c, c) = 1;
  // Windows that are all alike hold no noise: there is nothing to weigh directions by.
  if (trace > 0) {
    for (double& value : covariance) value *= 1 - options.shrinkage;
    for (std::size_t c = 0; c < d; ++c) covariance[c * d + c] += options.shrinkage * trace / static_cast<double>(d);
    model.transform = symmetric_power(covariance, -options.power);
  }
  const Matrix mapped = transform(model, tracks);
  double variance = 0;
  for (const float value : mapped.values()) variance += static_cast<double>(value) * value;
  variance /= static_cast<double>(tracks.rows() * d);
  const auto scale = static_cast<float>(variance > 0 ? 1 / std::sqrt(variance) : 1);
  for (float& value : model.transform.values()) value *= scale;
  return model;
}

Matrix transform(const NoiseMetricModel& model, MatrixView x) {
  require(x.cols() == model.mean.size(),
          fmt::format("noise metric: {} columns, but it was fitted on {}", x.cols(), model.mean.size()));
  return songmap::transform(PcaModel{model.mean, model.transform, {}, 0}, x);
}

}  // namespace songmap::features
