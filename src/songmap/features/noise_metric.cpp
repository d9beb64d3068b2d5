#include "songmap/features/noise_metric.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

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

/// (1 - shrinkage) S + shrinkage tr(S)/d I
void shrink(std::vector<double>& covariance, std::size_t d, double shrinkage) {
  double trace = 0;
  for (std::size_t c = 0; c < d; ++c) trace += covariance[c * d + c];
  for (double& value : covariance) value *= 1 - shrinkage;
  for (std::size_t c = 0; c < d; ++c) covariance[c * d + c] += shrinkage * trace / static_cast<double>(d);
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
    shrink(covariance, d, options.shrinkage);
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

double held_out_shrinkage(MatrixView windows, std::span<const std::size_t> owner, std::uint64_t seed) {
  constexpr std::size_t kFolds = 5;
  constexpr std::size_t kFewest = 10;  // tracks with two windows
  constexpr double kCautious = 0.5;
  constexpr std::array<double, 10> kCandidates{0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.7, 0.9};
  require(owner.size() == windows.rows() && std::ranges::is_sorted(owner) && all_finite(windows),
          "held_out_shrinkage: one owner a window, rising, and finite values are needed");
  std::vector<std::pair<std::size_t, std::size_t>> tracks;  // first and last + 1 window of those that have several
  for (std::size_t first = 0, end = 0; first < owner.size(); first = end) {
    while (end < owner.size() && owner[end] == owner[first]) ++end;
    if (end - first > 1) tracks.emplace_back(first, end);
  }
  if (tracks.size() < kFewest) return kCautious;

  // Sums over the residuals of each fold, which are all that the likelihood needs.
  const std::size_t d = windows.cols();
  std::size_t n_owners = 0;
  const Matrix off = residuals(windows, owner, n_owners);
  const std::vector<std::size_t> order = Random(seed, 0x5a71).permutation(tracks.size());
  std::vector<std::vector<double>> scatter(kFolds);
  std::vector<double> freedom(kFolds);
  std::vector<double> whole(d * d);
  for (std::size_t fold = 0; fold < kFolds; ++fold) {
    std::vector<std::size_t> rows;
    for (std::size_t t = fold; t < order.size(); t += kFolds) {
      const auto [first, end] = tracks[order[t]];
      for (std::size_t i = first; i < end; ++i) rows.push_back(i);
      freedom[fold] += static_cast<double>(end - first - 1);
    }
    scatter[fold] = gram(take_rows(off, rows));
    for (std::size_t k = 0; k < whole.size(); ++k) whole[k] += scatter[fold][k];
  }

  double best = kCautious;
  double highest = -std::numeric_limits<double>::infinity();
  for (const double shrinkage : kCandidates) {
    double likelihood = 0;
    for (std::size_t fold = 0; fold < kFolds; ++fold) {
      std::vector<double> covariance(d * d);
      double trace = 0;
      const double others = std::accumulate(freedom.begin(), freedom.end(), -freedom[fold]);
      for (std::size_t k = 0; k < covariance.size(); ++k) covariance[k] = (whole[k] - scatter[fold][k]) / others;
      for (std::size_t c = 0; c < d; ++c) trace += covariance[c * d + c];
      if (!(trace > 0)) return kCautious;  // windows that are all alike
      shrink(covariance, d, shrinkage);
      likelihood += gaussian_log_likelihood(covariance, scatter[fold], freedom[fold]);
    }
    if (likelihood <= highest) continue;
    highest = likelihood;
    best = shrinkage;
  }
  return best;
}

Matrix transform(const NoiseMetricModel& model, MatrixView x) {
  require(x.cols() == model.mean.size(),
          fmt::format("noise metric: {} columns, but it was fitted on {}", x.cols(), model.mean.size()));
  return songmap::transform(PcaModel{model.mean, model.transform, {}, 0}, x);
}

Matrix inverse_transform(const NoiseMetricModel& model, MatrixView x) {
  require(x.cols() == model.mean.size(),
          fmt::format("noise metric: {} columns, but it was fitted on {}", x.cols(), model.mean.size()));
  const std::vector<double> map(model.transform.values().begin(), model.transform.values().end());
  const Matrix inverse = symmetric_power(map, -1);
  Matrix result = songmap::transform(PcaModel{std::vector<float>(x.cols()), inverse, {}, 0}, x);
  for (std::size_t i = 0; i < result.rows(); ++i) {
    for (std::size_t c = 0; c < result.cols(); ++c) result(i, c) += model.mean[c];
  }
  return result;
}

}  // namespace songmap::features
