#include "songmap/model/training_report.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>
#include <vector>

#include "songmap/core/linalg.h"

namespace songmap::model {
namespace {

constexpr double kActiveVariance = 0.01;
constexpr double kLeastUse = 0.25;
/// Of rows as long as spectrograms, this many are enough to tell the eigenvalues that stand out, and all that fit.
constexpr std::size_t kWide = 2048;
constexpr std::size_t kRowsOfWide = 512;

std::vector<double> mean_kl(const Posterior& posterior) {
  const std::size_t rows = posterior.mean.rows();
  std::vector<double> kl(posterior.mean.cols());
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < kl.size(); ++j) {
      const double mean = posterior.mean(i, j);
      const double log_variance = posterior.log_variance(i, j);
      kl[j] += 0.5 * (mean * mean + std::exp(log_variance) - 1 - log_variance);
    }
  }
  for (double& value : kl) value /= static_cast<double>(rows);
  return kl;
}

std::vector<double> column_variances(MatrixView x) {
  const auto n = static_cast<double>(x.rows());
  std::vector<double> variances(x.cols());
  for (std::size_t j = 0; j < x.cols(); ++j) {
    double sum = 0;
    for (std::size_t i = 0; i < x.rows(); ++i) sum += x(i, j);
    for (std::size_t i = 0; i < x.rows(); ++i) variances[j] += std::pow(x(i, j) - sum / n, 2) / n;
  }
  return variances;
}

/// Eigenvalues of the training covariance.
struct Spectrum {
  std::vector<double> values;  ///< Largest first.
  double mean_of_rest = 0;     ///< Of those after the first n_latent: the noise variance of probabilistic PCA.
};

Matrix every_so_many_rows(MatrixView x, std::size_t count) {
  std::vector<std::size_t> rows(count);
  for (std::size_t i = 0; i < count; ++i) rows[i] = i * x.rows() / count;
  return take_rows(x, rows);
}

Spectrum spectrum_of(MatrixView x, std::size_t n_latent) {
  Spectrum spectrum;
  if (x.rows() < 2) return spectrum;
  const bool sampled = x.cols() > kWide && x.rows() > kRowsOfWide;
  spectrum.values = covariance_eigenvalues(sampled ? every_so_many_rows(x, kRowsOfWide) : Matrix(x));
  if (x.cols() > n_latent) {
    const double rest = std::accumulate(spectrum.values.begin() + std::ptrdiff_t(n_latent), spectrum.values.end(), 0.0);
    spectrum.mean_of_rest = rest / static_cast<double>(x.cols() - n_latent);
  }
  return spectrum;
}

Matrix owner_means(const TrainingData& data) {
  std::vector<float> means;
  const std::size_t n = data.x.cols();
  std::size_t n_owners = 0;
  for (std::size_t first = 0, last = 0; first < data.owner.size(); first = last, ++n_owners) {
    while (last < data.owner.size() && data.owner[last] == data.owner[first]) ++last;
    for (std::size_t j = 0; j < n; ++j) {
      double sum = 0;
      for (std::size_t i = first; i < last; ++i) sum += data.x(i, j);
      means.push_back(static_cast<float>(sum / static_cast<double>(last - first)));
    }
  }
  return {n_owners, n, std::move(means)};
}

std::size_t count_above(const Spectrum& spectrum, double threshold, std::size_t most) {
  const auto above = std::ranges::count_if(spectrum.values, [&](double value) { return value > threshold; });
  return std::min(static_cast<std::size_t>(above), most);
}

void describe(TrainingReport& report, const Posterior& posterior, const Spectrum& spectrum, double variance) {
  const std::size_t n_latent = posterior.mean.cols();
  const bool variational = !posterior.log_variance.empty();
  report.kl_per_dimension.assign(n_latent, 0);
  if (variational) report.kl_per_dimension = mean_kl(posterior);
  const std::vector<double> spread = column_variances(posterior.mean);
  const double active = kActiveVariance * (variational ? 1 : std::ranges::max(spread));
  report.active_units =
      static_cast<std::size_t>(std::ranges::count_if(spread, [&](double value) { return value > active; }));
  report.sigma = std::sqrt(variance);
  report.predicted_active = static_cast<double>(count_above(spectrum, variance, n_latent));
  const std::size_t of_pca = count_above(spectrum, spectrum.mean_of_rest, n_latent);
  report.collapsed = variational && static_cast<double>(report.active_units) < kLeastUse * static_cast<double>(of_pca);
}

}  // namespace

void describe_latent_use(TrainingReport& report, const LatentModel& model, const TrainingData& data, double variance) {
  const MatrixView x = data.x;
  describe(report, model.encode(x, data.condition),
           data.owner.empty() ? spectrum_of(x, model.n_latent()) : spectrum_of(owner_means(data), model.n_latent()),
           variance);
}

void describe_latent_use(TrainingReport& report, const Posterior& posterior, MatrixView x, double variance) {
  describe(report, posterior, spectrum_of(x, posterior.mean.cols()), variance);
}

}  // namespace songmap::model
