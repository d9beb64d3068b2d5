#include "songmap/run/deep_grouping.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <utility>

#include "songmap/cluster/gmm.h"
#include "songmap/cluster/kmeans.h"
#include "songmap/core/error.h"
#include "songmap/run/model_specs.h"

namespace songmap::run {
namespace {

constexpr std::string_view kAutoencoderGmm = "autoencoder-gmm";
constexpr std::string_view kVade = "vade";
constexpr std::string_view kAutoencoderKMeans = "autoencoder-k-means";
constexpr std::string_view kIdec = "idec";

constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kTitles{
    {{kAutoencoderGmm, "Autoencoder + Gaussian mixture"},
     {kVade, "VaDE"},
     {kAutoencoderKMeans, "Autoencoder + K-Means"},
     {kIdec, "IDEC"}}};

std::vector<float> floats(const std::vector<double>& values) { return {values.begin(), values.end()}; }

model::LatentGroups groups_of(const cluster::GmmModel& mixture) {
  const std::size_t k = mixture.n_clusters;
  const std::size_t d = mixture.n_features;
  model::LatentGroups groups{floats(mixture.weights), Matrix(k, d, floats(mixture.means)),
                             Matrix(k, d, floats(mixture.covariances))};
  // A component that starved has no weight: of a prior it would never come back.
  for (float& weight : groups.weight) weight = std::max(weight, 1e-3F / static_cast<float>(k));
  return groups;
}

model::LatentGroups groups_of(Matrix centers) {
  const std::size_t k = centers.rows();
  const std::size_t d = centers.cols();
  return {std::vector<float>(k, 1 / static_cast<float>(k)), std::move(centers),
          Matrix(k, d, std::vector<float>(k * d, 1))};
}

}  // namespace

const std::vector<std::string>& deep_method_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const auto& [name, title] : kTitles) all.emplace_back(name);
    return all;
  }();
  return names;
}

bool is_deep(const std::string& method) {
  return std::ranges::find(deep_method_names(), method) != deep_method_names().end();
}

std::string deep_method_title(const std::string& method) {
  return std::string(std::ranges::find(kTitles, method, [](const auto& entry) { return entry.first; })->second);
}

std::string starting_point(const std::string& method) {
  if (method == kVade) return std::string(kAutoencoderGmm);
  if (method == kIdec) return std::string(kAutoencoderKMeans);
  return method;
}

cluster::Clustering deep_group(MatrixView x, const std::string& method, std::size_t n_clusters, std::uint64_t seed,
                               const cluster::MethodOptions& clusterings, const model::DeepOptions& options,
                               const Execution& run) {
  require(n_clusters >= 1 && n_clusters <= x.rows(), "there are fewer tracks than clusters");
  model::VaeOptions vae;
  model::TrainOptions train;
  fit_size(x.rows(), vae, train);
  train.seed = seed;
  const model::StartingPoint start = model::train_starting_point(x, vae, train, run);

  const std::string first = starting_point(method);
  const cluster::Method grouping =
      cluster::method(first == kAutoencoderGmm ? "gmm-diagonal" : "k-means", n_clusters, seed, clusterings);
  if (method == first) return cluster::fit(start.codes, grouping, run);

  const bool vade = method == kVade;
  const model::LatentGroups groups =
      vade ? groups_of(cluster::fit_gmm(start.codes, std::get<cluster::GmmOptions>(grouping), run))
           : groups_of(cluster::fit_kmeans(start.codes, std::get<cluster::KMeansOptions>(grouping), run).centers);
  model::DeepClusters found =
      model::refine(x, start, groups, vade ? model::DeepMethod::kVade : model::DeepMethod::kIdec, options, train, run);
  cluster::Clustering result{std::move(found.labels), {}, {{"moved", found.moved}}};
  result.facts.emplace_back("epochs", static_cast<double>(found.epochs));
  if (n_clusters > 1 && std::ranges::adjacent_find(result.labels, std::not_equal_to<>()) == result.labels.end()) {
    result.undefined = "every track fell into one cluster";
  }
  return result;
}

}  // namespace songmap::run
