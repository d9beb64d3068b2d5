#include "songmap/cluster/gmm.h"

#include <fmt/format.h>

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

#include "songmap/cluster/kmeans.h"
#include "songmap/core/error.h"
#include "songmap/core/options.h"
#include "songmap/core/parallel.h"

namespace songmap::cluster {
namespace {

using Rows = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using RowMap = Eigen::Map<const Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>;

constexpr std::size_t kBlock = 512;  // rows at a time

Eigen::Index index(std::size_t value) { return static_cast<Eigen::Index>(value); }

Rows block_of(MatrixView x, std::size_t first, std::size_t last) {
  return RowMap(x.data() + first * x.cols(), index(last - first), index(x.cols())).cast<double>();
}

struct Component {
  double weight = 0;
  Eigen::RowVectorXd mean;
  Eigen::MatrixXd covariance;  // diagonal: [1, d]
  Eigen::MatrixXd whitening;   // (x - mean) whitening has unit variance: L^-T; diagonal: [1, d]
  double log_scale = 0;        // log of weight and of everything else that does not depend on the row
};

// Finds `whitening` and `log_scale`; a covariance that is not positive definite gets more on its diagonal until it is.
void prepare(Component& component, Covariance kind, double floor) {
  const Eigen::Index d = component.mean.size();
  double log_determinant = 0;  // of the whitening
  if (kind == Covariance::kDiagonal) {
    component.whitening = component.covariance.cwiseInverse().cwiseSqrt();
    log_determinant = component.whitening.array().log().sum();
  } else {
    Eigen::LLT<Eigen::MatrixXd> cholesky(component.covariance);
    for (double more = floor; cholesky.info() != Eigen::Success; more *= 10) {
      component.covariance.diagonal().array() += more;
      cholesky.compute(component.covariance);
    }
    component.whitening = cholesky.matrixU().solve(Eigen::MatrixXd::Identity(d, d));
    log_determinant = component.whitening.diagonal().array().log().sum();
  }
  component.log_scale =
      std::log(component.weight) + log_determinant - 0.5 * static_cast<double>(d) * std::log(2 * std::numbers::pi);
}

// One mixture on its way: the state that expectation and maximisation take turns on.
class Mixture {
 public:
  Mixture(Covariance kind, double floor, std::vector<Component> components)
      : kind_(kind), floor_(floor), components_(std::move(components)) {}

  // Log of weight times density of every component at the rows of x: [rows, components].
  [[nodiscard]] Rows log_joint(const Rows& x) const {
    Rows result(x.rows(), index(components_.size()));
    for (std::size_t c = 0; c < components_.size(); ++c) {
      const Component& component = components_[c];
      const Rows centered = x.rowwise() - component.mean;
      const auto column = index(c);
      if (kind_ == Covariance::kDiagonal) {
        result.col(column) =
            (centered.array().rowwise() * component.whitening.row(0).array()).square().rowwise().sum().matrix();
      } else {
        result.col(column) = (centered * component.whitening).rowwise().squaredNorm();
      }
      result.col(column) = (component.log_scale - 0.5 * result.col(column).array()).matrix();
    }
    return result;
  }

  // Fills the responsibilities of every row of x; returns the mean log-likelihood of a row.
  double expect(MatrixView x, Rows& responsibilities, std::size_t threads) const {
    std::vector<double> sums(chunk_count(x.rows(), kBlock));
    parallel_chunks(x.rows(), kBlock, threads, [&](std::size_t chunk, std::size_t first, std::size_t last) {
      const Rows joint = log_joint(block_of(x, first, last));
      for (Eigen::Index i = 0; i < joint.rows(); ++i) {
        const double largest = joint.row(i).maxCoeff();
        auto row = responsibilities.row(index(first) + i);
        row = (joint.row(i).array() - largest).exp().matrix();
        const double total = row.sum();
        row /= total;
        sums[chunk] += largest + std::log(total);
      }
    });
    return std::accumulate(sums.begin(), sums.end(), 0.0) / static_cast<double>(x.rows());
  }

  void maximise(MatrixView x, const Rows& responsibilities, std::size_t threads) {
    parallel_for(components_.size(), threads, [&](std::size_t c) {
      estimate(components_[c], x, responsibilities.col(index(c)));
      prepare(components_[c], kind_, floor_);
    });
  }

  [[nodiscard]] const std::vector<Component>& components() const { return components_; }

 private:
  void estimate(Component& component, MatrixView x, const Eigen::VectorXd& shares) const {
    constexpr double kStarving = 1e-10;  // rows
    const Eigen::Index d = index(x.cols());
    const double total = shares.sum();
    component.weight = std::max(total, kStarving) / static_cast<double>(x.rows());
    if (total <= kStarving) {
      component.covariance = kind_ == Covariance::kDiagonal ? Eigen::MatrixXd::Constant(1, d, floor_)
                                                            : Eigen::MatrixXd(Eigen::MatrixXd::Identity(d, d) * floor_);
      return;
    }
    const auto for_blocks = [&](const auto& work) {
      for (std::size_t first = 0; first < x.rows(); first += kBlock) {
        const std::size_t last = std::min(first + kBlock, x.rows());
        work(block_of(x, first, last), shares.segment(index(first), index(last - first)));
      }
    };
    Eigen::RowVectorXd mean = Eigen::RowVectorXd::Zero(d);
    for_blocks([&](const Rows& rows, const auto& share) { mean += share.transpose() * rows; });
    component.mean = mean / total;
    if (kind_ == Covariance::kDiagonal) {
      Eigen::RowVectorXd squares = Eigen::RowVectorXd::Zero(d);
      for_blocks([&](const Rows& rows, const auto& share) {
        squares += share.transpose() * (rows.rowwise() - component.mean).array().square().matrix();
      });
      component.covariance = ((squares / total).array() + floor_).matrix();
    } else {
      Eigen::MatrixXd scatter = Eigen::MatrixXd::Zero(d, d);
      for_blocks([&](const Rows& rows, const auto& share) {
        const Eigen::MatrixXd scaled =
            ((rows.rowwise() - component.mean).array().colwise() * share.array().sqrt()).matrix();
        scatter.selfadjointView<Eigen::Lower>().rankUpdate(scaled.transpose());
      });
      component.covariance = Eigen::MatrixXd(scatter.selfadjointView<Eigen::Lower>()) / total;
      component.covariance.diagonal().array() += floor_;
    }
  }

  Covariance kind_;
  double floor_;  // added to every variance
  std::vector<Component> components_;
};

// In the units of x: what the regularization adds to a variance. 1 stands for the variance of data that do not vary.
double variance_floor(MatrixView x, double regularization) {
  Eigen::RowVectorXd mean = Eigen::RowVectorXd::Zero(index(x.cols()));
  double squares = 0;
  for (std::size_t first = 0; first < x.rows(); first += kBlock) {
    mean += block_of(x, first, std::min(first + kBlock, x.rows())).colwise().sum();
  }
  mean /= static_cast<double>(x.rows());
  for (std::size_t first = 0; first < x.rows(); first += kBlock) {
    squares += (block_of(x, first, std::min(first + kBlock, x.rows())).rowwise() - mean).squaredNorm();
  }
  const double variance = squares / static_cast<double>(x.rows() * x.cols());
  return regularization * (variance > 0 ? variance : 1);
}

std::size_t parameter_count(Covariance kind, std::size_t k, std::size_t d) {
  return k * (kind == Covariance::kDiagonal ? d : d * (d + 1) / 2) + k * d + k - 1;
}

struct Fit {
  Mixture mixture;
  Rows responsibilities;
  std::vector<double> log_likelihoods;
  bool converged = false;
};

Fit run_start(MatrixView x, const GmmOptions& options, double floor, std::size_t start, const Execution& run) {
  const std::size_t threads = run.thread_count();
  KMeansOptions kmeans;
  kmeans.n_clusters = options.n_clusters;
  kmeans.n_init = 1;
  kmeans.seed = options.seed * static_cast<std::uint64_t>(options.n_init) + start;
  const KMeansModel groups = fit_kmeans(x, kmeans, run);
  std::vector<Component> components(options.n_clusters);
  for (std::size_t c = 0; c < components.size(); ++c) components[c].mean = block_of(groups.centers, c, c + 1);
  Fit fit{Mixture(options.covariance, floor, std::move(components)),
          Rows::Zero(index(x.rows()), index(options.n_clusters)),
          {}};
  for (std::size_t i = 0; i < x.rows(); ++i) fit.responsibilities(index(i), groups.labels[i]) = 1;
  fit.mixture.maximise(x, fit.responsibilities, threads);
  fit.log_likelihoods.push_back(fit.mixture.expect(x, fit.responsibilities, threads));
  for (int iteration = 0; iteration < options.max_iterations && !fit.converged; ++iteration) {
    run.report({"Gaussian mixture", static_cast<double>(start), static_cast<double>(options.n_init), "starts"});
    fit.mixture.maximise(x, fit.responsibilities, threads);
    fit.log_likelihoods.push_back(fit.mixture.expect(x, fit.responsibilities, threads));
    fit.converged = std::abs(fit.log_likelihoods.back() - *(fit.log_likelihoods.end() - 2)) < options.tolerance;
  }
  return fit;
}

std::vector<std::int32_t> most_probable(const Rows& scores) {
  std::vector<std::int32_t> labels;
  for (Eigen::Index i = 0; i < scores.rows(); ++i) {
    Eigen::Index best = 0;
    scores.row(i).maxCoeff(&best);
    labels.push_back(static_cast<std::int32_t>(best));
  }
  return labels;
}

// The mixture of a model, to be asked about rows.
Mixture mixture_of(const GmmModel& model) {
  const Eigen::Index d = index(model.n_features);
  const Eigen::Index numbers = model.covariance == Covariance::kDiagonal ? d : d * d;
  std::vector<Component> components(model.n_clusters);
  for (std::size_t c = 0; c < model.n_clusters; ++c) {
    components[c].weight = model.weights[c];
    components[c].mean = Eigen::Map<const Eigen::RowVectorXd>(model.means.data() + index(c) * d, d);
    components[c].covariance =
        Eigen::Map<const Eigen::MatrixXd>(model.covariances.data() + index(c) * numbers, numbers / d, d);
    prepare(components[c], model.covariance, 0);
  }
  return {model.covariance, 0, std::move(components)};
}

void check(MatrixView x, const GmmOptions& options) {
  require(!x.empty(), "fit_gmm: the matrix is empty");
  require(
      options.n_clusters >= 1 && options.n_clusters <= x.rows(),
      fmt::format("fit_gmm: n_clusters is {}, but must be 1 to the number of rows, {}", options.n_clusters, x.rows()));
  require(options.n_init >= 1, fmt::format("fit_gmm: n_init is {}, but must be at least 1", options.n_init));
  require(options.max_iterations >= 1,
          fmt::format("fit_gmm: max_iterations is {}, but must be at least 1", options.max_iterations));
  require(options.tolerance >= 0, fmt::format("fit_gmm: tolerance is {}, but must not be negative", options.tolerance));
  require(options.regularization > 0,
          fmt::format("fit_gmm: regularization is {}, but must be above 0", options.regularization));
  require(all_finite(x), "fit_gmm: the matrix holds values that are not finite");
}

void check(const GmmModel& model, MatrixView x, const char* what) {
  require(x.cols() == model.n_features,
          fmt::format("Gaussian mixture, {}: {} columns, but it was fitted on {}", what, x.cols(), model.n_features));
  require(all_finite(x), fmt::format("Gaussian mixture, {}: the matrix holds values that are not finite", what));
}

}  // namespace

void describe(OptionSet& set, GmmOptions& options) {
  set.add("n_init", &options.n_init, at_least(1), "starts, each from k-means; the highest likelihood wins");
  set.add("max_iterations", &options.max_iterations, at_least(1), "rounds of a start");
  set.add("tolerance", &options.tolerance, at_least(0), "a start ends when the mean log-likelihood grows less");
  set.add("regularization", &options.regularization, Range{1e-12, 1},
          "added to every variance, in units of the mean variance of a column");
}

GmmModel fit_gmm(MatrixView x, const GmmOptions& options, const Execution& run) {
  check(x, options);
  const double floor = variance_floor(x, options.regularization);
  Fit best = run_start(x, options, floor, 0, run);
  for (std::size_t start = 1; start < static_cast<std::size_t>(options.n_init); ++start) {
    Fit fit = run_start(x, options, floor, start, run);
    if (fit.log_likelihoods.back() > best.log_likelihoods.back()) best = std::move(fit);
  }

  GmmModel model;
  model.covariance = options.covariance;
  model.n_clusters = options.n_clusters;
  model.n_features = x.cols();
  for (const Component& component : best.mixture.components()) {
    model.weights.push_back(component.weight);
    model.means.insert(model.means.end(), component.mean.begin(), component.mean.end());
    const auto covariance = component.covariance.reshaped();
    model.covariances.insert(model.covariances.end(), covariance.begin(), covariance.end());
  }
  model.labels = most_probable(best.responsibilities);
  model.responsibilities = Matrix(x.rows(), options.n_clusters);
  std::ranges::copy(best.responsibilities.reshaped<Eigen::RowMajor>().cast<float>(),
                    model.responsibilities.values().begin());
  model.iterations = static_cast<int>(best.log_likelihoods.size()) - 1;
  model.log_likelihoods = std::move(best.log_likelihoods);
  model.log_likelihood = model.log_likelihoods.back();
  model.converged = best.converged;
  model.n_parameters = parameter_count(options.covariance, options.n_clusters, x.cols());
  const auto n = static_cast<double>(x.rows());
  model.bic = -2 * n * model.log_likelihood + static_cast<double>(model.n_parameters) * std::log(n);
  return model;
}

double log_likelihood(const GmmModel& model, MatrixView x, const Execution& run) {
  require(!x.empty(), "Gaussian mixture, log_likelihood: the matrix is empty");
  check(model, x, "log_likelihood");
  Rows responsibilities(index(x.rows()), index(model.n_clusters));
  return mixture_of(model).expect(x, responsibilities, run.thread_count());
}

std::vector<std::int32_t> predict(const GmmModel& model, MatrixView x, const Execution& run) {
  check(model, x, "predict");
  Rows responsibilities(index(x.rows()), index(model.n_clusters));
  mixture_of(model).expect(x, responsibilities, run.thread_count());
  return most_probable(responsibilities);
}

}  // namespace songmap::cluster
