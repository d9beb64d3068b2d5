#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "songmap/core/execution.h"
#include "songmap/core/matrix.h"

namespace songmap {
class OptionSet;
}

namespace songmap::cluster {

/// What the components of a mixture may look like.
enum class Covariance {
  kDiagonal,  ///< Each column varies on its own: d variances a component.
  kFull,      ///< Any ellipsoid: d (d + 1) / 2 numbers a component.
};

/// Options of a Gaussian mixture. Checked on entry to `fit_gmm`.
struct GmmOptions {
  Covariance covariance = Covariance::kDiagonal;
  std::size_t n_clusters = 8;    ///< Components, 1 … rows of x.
  int n_init = 5;                ///< Starts, each from one start of k-means; the highest likelihood wins.
  int max_iterations = 100;      ///< A start.
  double tolerance = 1e-3;       ///< A start ends when the mean log-likelihood of a row grows less than this.
  double regularization = 1e-6;  ///< Added to every variance, in units of the mean variance of a column of x.
  std::uint64_t seed = 0;
};
/// All but the covariance, the number of clusters and the seed: those are the run's.
void describe(OptionSet& set, GmmOptions& options);

struct GmmModel {
  Covariance covariance = Covariance::kDiagonal;
  std::size_t n_clusters = 0;
  std::size_t n_features = 0;
  std::vector<double> weights;          ///< [n_clusters], sum 1.
  std::vector<double> means;            ///< [n_clusters, n_features]
  std::vector<double> covariances;      ///< [n_clusters, n_features], full: [n_clusters, n_features, n_features].
  std::vector<std::int32_t> labels;     ///< One a row of x: the component with the largest responsibility.
  Matrix responsibilities;              ///< [n, n_clusters]: how probable each component is for a row; sum 1.
  std::vector<double> log_likelihoods;  ///< Mean of a row, before each iteration and at the end: never falls but by
                                        ///< what the regularization takes.
  double log_likelihood = 0;            ///< Mean of a row.
  std::size_t n_parameters = 0;         ///< Free numbers of weights, means and covariances.
  double bic = 0;                       ///< -2 n log_likelihood + n_parameters log n (Schwarz 1978): lower is better.
  int iterations = 0;                   ///< Of the start that won.
  bool converged = false;               ///< False when max_iterations was reached: not an error.
};

/// Gaussian mixture by expectation and maximisation (Dempster, Laird & Rubin 1977) in double, in the log domain.
/// A component that starves keeps its place with the regularization as its covariance. O(n k d) time an iteration, full
/// O(n k d^2); O(n k) memory, full O(n k + k d^2).
/// @throws InvalidArgument  x is empty or not finite, or an option is out of range (n_clusters > x.rows()).
[[nodiscard]] GmmModel fit_gmm(MatrixView x, const GmmOptions& options, const Execution& run = {});

/// Mean log-likelihood of a row, in nats. @throws InvalidArgument  x has other columns, no row, or is not finite.
[[nodiscard]] double log_likelihood(const GmmModel& model, MatrixView x, const Execution& run = {});

/// The most probable component of each row: the model's own labels for its own rows.
/// @throws InvalidArgument  x has another number of columns, or is not finite.
[[nodiscard]] std::vector<std::int32_t> predict(const GmmModel& model, MatrixView x, const Execution& run = {});

}  // namespace songmap::cluster
