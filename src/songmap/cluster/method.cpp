#include "songmap/cluster/method.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "songmap/cluster/density_validity.h"
#include "songmap/core/error.h"
#include "songmap/core/options.h"

namespace songmap::cluster {
namespace {

// The options of a method, still without number of clusters and seed.
using Maker = Method (*)(const MethodOptions&);

template <Linkage kLinkage>
Method linkage_method(const MethodOptions&) {
  return LinkageOptions{.linkage = kLinkage};
}

template <Covariance kCovariance>
Method mixture_method(const MethodOptions& options) {
  GmmOptions mixture = options.gmm;
  mixture.covariance = kCovariance;
  return mixture;
}

struct Entry {
  std::string name;
  std::string title;
  bool needs_n_clusters;
  Maker make;
};

const std::vector<Entry>& entries() {
  static const std::vector<Entry> all{
      {"k-means", "K-Means", true, [](const MethodOptions& options) -> Method { return options.kmeans; }},
      {"spectral", "Spectral", true, [](const MethodOptions& options) -> Method { return options.spectral; }},
      {"ward", "Agglomerative", true, [](const MethodOptions&) -> Method { return WardOptions{}; }},
      {"complete", "Complete linkage", true, linkage_method<Linkage::kComplete>},
      {"average", "Average linkage", true, linkage_method<Linkage::kAverage>},
      {"single", "Single linkage", true, linkage_method<Linkage::kSingle>},
      {"gmm-diagonal", "Gaussian mixture (diagonal)", true, mixture_method<Covariance::kDiagonal>},
      {"gmm-full", "Gaussian mixture (full)", true, mixture_method<Covariance::kFull>},
      {"dbscan", "DBSCAN", false, [](const MethodOptions& options) -> Method { return options.dbscan; }},
      {"hdbscan", "HDBSCAN", false, [](const MethodOptions& options) -> Method { return options.hdbscan; }},
  };
  return all;
}

const Entry& entry(std::string_view name) {
  const auto found = std::ranges::find(entries(), name, &Entry::name);
  if (found != entries().end()) return *found;
  const std::string near = nearest_name(name, method_names());
  throw InvalidArgument(fmt::format("there is no clustering '{}'{}", name,
                                    near.empty() ? fmt::format("; there are {}", fmt::join(method_names(), ", "))
                                                 : fmt::format("; did you mean '{}'?", near)));
}

struct Fit {
  MatrixView x;
  const Execution& run;

  Clustering operator()(const KMeansOptions& options) const {
    KMeansModel model = fit_kmeans(x, options, run);
    return told(std::move(model.labels), {{"inertia", model.inertia}}, model.converged);
  }
  Clustering operator()(const SpectralOptions& options) const {
    SpectralResult result = fit_spectral(x, options, run);
    return told(std::move(result.labels), {}, result.converged);
  }
  Clustering operator()(const WardOptions& options) const {
    return {cut(ward_tree(x, run), options.n_clusters), {}, {}};
  }
  Clustering operator()(const LinkageOptions& options) const {
    return {cut(linkage_tree(x, options.linkage, run), options.n_clusters), {}, {}};
  }
  Clustering operator()(const GmmOptions& options) const {
    GmmModel model = fit_gmm(x, options, run);
    Clustering result =
        told(std::move(model.labels), {{"bic", model.bic}, {"log_likelihood", model.log_likelihood}}, model.converged);
    if (model.n_parameters > x.rows() * x.cols()) {
      result.undefined = fmt::format("the mixture has {} parameters, more than the {} values of the data",
                                     model.n_parameters, x.rows() * x.cols());
    }
    return result;
  }
  Clustering operator()(const DbscanOptions& options) const {
    DbscanResult result = fit_dbscan(x, options, run);
    std::vector<std::pair<std::string, double>> facts;
    if (result.eps > 0) facts.emplace_back("eps", result.eps);
    facts.emplace_back("min_samples", options.min_samples);
    return of_density(std::move(result.labels), std::move(result.undefined), std::move(facts), result.coverage,
                      result.validity);
  }
  Clustering operator()(const HdbscanOptions& options) const {
    HdbscanResult result = fit_hdbscan(x, options, run);
    return of_density(std::move(result.labels), std::move(result.undefined),
                      {{"min_cluster_size", result.min_cluster_size}, {"min_samples", result.min_samples}},
                      result.coverage, std::numeric_limits<double>::quiet_NaN());
  }

 private:
  // Adds coverage and, where there are clusters to judge, their validity, which is computed where it is not known yet.
  [[nodiscard]] Clustering of_density(std::vector<std::int32_t> labels, std::string undefined,
                                      std::vector<std::pair<std::string, double>> facts, double coverage,
                                      double validity) const {
    facts.emplace_back("coverage", coverage);
    if (undefined.empty() && std::isnan(validity)) validity = density_validity(x, labels, run);
    if (!std::isnan(validity)) facts.emplace_back("validity", validity);
    return {std::move(labels), std::move(undefined), std::move(facts)};
  }

  static Clustering told(std::vector<std::int32_t> labels, std::vector<std::pair<std::string, double>> facts,
                         bool converged) {
    if (!converged) facts.emplace_back("converged", 0);
    return {std::move(labels), {}, std::move(facts)};
  }
};

// 0 of a method that finds its own number.
std::size_t clusters_asked(const Method& method) {
  return std::visit(
      [](const auto& chosen) -> std::size_t {
        if constexpr (requires { chosen.n_clusters; }) return chosen.n_clusters;
        return 0;
      },
      method);
}

}  // namespace

void describe(OptionSet& set, MethodOptions& options) {
  set.section("kmeans");
  describe(set, options.kmeans);
  set.section("spectral");
  describe(set, options.spectral);
  set.section("gmm");
  describe(set, options.gmm);
  set.section("dbscan");
  describe(set, options.dbscan);
  set.section("hdbscan");
  describe(set, options.hdbscan);
}

const std::vector<std::string>& method_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> result;
    for (const Entry& known : entries()) result.push_back(known.name);
    return result;
  }();
  return names;
}

const std::string& method_title(std::string_view name) { return entry(name).title; }

bool needs_n_clusters(std::string_view name) { return entry(name).needs_n_clusters; }

Method method(std::string_view name, std::size_t n_clusters, std::uint64_t seed, const MethodOptions& options) {
  Method result = entry(name).make(options);
  std::visit(
      [&](auto& chosen) {
        if constexpr (requires { chosen.n_clusters; }) chosen.n_clusters = n_clusters;
        if constexpr (requires { chosen.seed; }) chosen.seed = seed;
      },
      result);
  return result;
}

Clustering fit(MatrixView x, const Method& method, const Execution& run) {
  Clustering result = std::visit(Fit{x, run}, method);
  if (result.undefined.empty() && clusters_asked(method) > 1 &&
      std::ranges::adjacent_find(result.labels, std::ranges::not_equal_to()) == result.labels.end()) {
    result.undefined = "every track fell into one cluster";
  }
  return result;
}

std::vector<std::int32_t> fit_labels(MatrixView x, const Method& method, const Execution& run) {
  return fit(x, method, run).labels;
}

}  // namespace songmap::cluster
