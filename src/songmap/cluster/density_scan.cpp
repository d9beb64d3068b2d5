#include "songmap/cluster/density_scan.h"

#include <fmt/format.h>

#include <algorithm>

#include "songmap/cluster/density_validity.h"
#include "songmap/cluster/k_distances.h"
#include "songmap/cluster/radius_clusters.h"
#include "songmap/cluster/reachability_tree.h"
#include "songmap/neighbors/knn.h"

namespace songmap::cluster {
namespace {

// Labels of DBSCAN for one eps after the other, from small to large. Two core rows are connected within eps exactly
// when the spanning tree of mutual reachability connects them by edges up to eps (Campello et al. 2013), and a row that
// is not core has all its neighbours within eps among its min_samples - 1 nearest.
class Sweep {
 public:
  Sweep(MatrixView x, std::size_t min_samples, const Execution& run)
      : near_(neighbors::nearest_neighbors(x, std::max<std::size_t>(min_samples, 2) - 1, run)), sets_(x.rows()) {
    for (std::size_t i = 0; i < x.rows(); ++i) distances_.push_back(near_.distances_of(i).back());
    core_ = min_samples > 1 ? distances_ : std::vector<float>(x.rows());
    edges_ = reachability_tree(x, core_, run);
    std::ranges::stable_sort(edges_, {}, &TreeEdge::distance);
  }

  /// To the neighbour that makes a row core, sorted.
  [[nodiscard]] std::vector<double> sorted_distances() const {
    std::vector<double> sorted(distances_.begin(), distances_.end());
    std::ranges::sort(sorted);
    return sorted;
  }

  [[nodiscard]] std::vector<std::int32_t> labels(double eps) {
    for (; next_ < edges_.size() && edges_[next_].distance <= eps; ++next_) {
      sets_.join(edges_[next_].from, edges_[next_].to);
    }
    std::vector<std::uint8_t> is_core;
    for (const float distance : core_) is_core.push_back(distance <= eps ? 1 : 0);
    std::vector<BorderPair> borders;
    for (std::uint32_t i = 0; i < is_core.size(); ++i) {
      for (std::size_t j = 0; is_core[i] == 0 && j < near_.k && near_.distances_of(i)[j] <= eps; ++j) {
        if (is_core[near_.of(i)[j]] != 0) borders.emplace_back(i, near_.of(i)[j]);
      }
    }
    return number_clusters(sets_, is_core, borders);
  }

 private:
  neighbors::Neighbors near_;
  std::vector<float> distances_;
  std::vector<float> core_;
  std::vector<TreeEdge> edges_;  // by length
  std::size_t next_ = 0;         // the first edge that is not joined yet
  DisjointSets sets_;
};

std::vector<double> candidate_values(const std::vector<double>& sorted, const DbscanOptions& options) {
  std::vector<double> values;
  for (std::size_t i = 0; i < options.n_candidates; ++i) {
    const double part =
        options.n_candidates > 1 ? static_cast<double>(i) / static_cast<double>(options.n_candidates - 1) : 0.0;
    const double value = quantile(sorted, options.low_quantile + part * (options.high_quantile - options.low_quantile));
    if (value > 0 && (values.empty() || value > values.back())) values.push_back(value);
  }
  return values;
}

bool admissible(const EpsCandidate& candidate, const DbscanOptions& options) {
  return candidate.n_clusters >= options.min_clusters && candidate.coverage >= options.min_coverage &&
         candidate.largest <= options.max_largest;
}

std::string nothing_admissible(const std::vector<EpsCandidate>& candidates, const DbscanOptions& options) {
  if (candidates.empty())
    return fmt::format("most tracks lie on {} others or more: no eps can be told from 0", options.min_samples - 1);
  const auto enough = [&](const EpsCandidate& c) { return c.n_clusters >= options.min_clusters; };
  const auto covering = [&](const EpsCandidate& c) { return c.coverage >= options.min_coverage; };
  std::string why;
  if (std::ranges::none_of(candidates, enough)) {
    why = "there are never so many clusters";
  } else if (std::ranges::none_of(candidates, [&](const auto& c) { return enough(c) && covering(c); })) {
    why = "with so many clusters the rest is noise";
  } else {
    why = "one cluster always holds more";
  }
  return fmt::format(
      "no eps from {:.4g} to {:.4g} gives at least {} clusters that hold {:.0f} % of the tracks, none of them above "
      "{:.0f} %: {}",
      candidates.front().eps, candidates.back().eps, options.min_clusters, 100 * options.min_coverage,
      100 * options.max_largest, why);
}

}  // namespace

EpsCandidate describe_labels(const std::vector<std::int32_t>& labels) {
  EpsCandidate result;
  std::vector<std::size_t> sizes;
  std::size_t covered = 0;
  for (const std::int32_t label : labels) {
    if (label == kNoise) continue;
    ++covered;
    sizes.resize(std::max<std::size_t>(sizes.size(), static_cast<std::size_t>(label) + 1));
    ++sizes[static_cast<std::size_t>(label)];
  }
  const auto n = static_cast<double>(labels.size());
  result.n_clusters = sizes.size();
  result.coverage = static_cast<double>(covered) / n;
  result.largest = sizes.empty() ? 0 : static_cast<double>(std::ranges::max(sizes)) / n;
  return result;
}

DbscanResult scan_eps(MatrixView x, const DbscanOptions& options, const Execution& run) {
  DbscanResult result;
  result.labels.assign(x.rows(), kNoise);
  if (x.rows() < std::max<std::size_t>(options.min_samples, 2)) {
    result.undefined = fmt::format("{} tracks are fewer than min_samples, {}", x.rows(), options.min_samples);
    return result;
  }
  Sweep sweep(x, options.min_samples, run);
  std::vector<std::int32_t> labels_before;
  const EpsCandidate* best = nullptr;
  const std::vector<double> values = candidate_values(sweep.sorted_distances(), options);
  result.candidates.reserve(values.size());
  for (const double eps : values) {
    run.report({"DBSCAN", static_cast<double>(result.candidates.size()), static_cast<double>(values.size()), "eps"});
    std::vector<std::int32_t> labels = sweep.labels(eps);
    EpsCandidate candidate = describe_labels(labels);
    candidate.eps = eps;
    candidate.admissible = admissible(candidate, options);
    if (candidate.admissible) {
      candidate.validity =
          labels == labels_before ? result.candidates.back().validity : density_validity(x, labels, run);
      labels_before = labels;
    }
    result.candidates.push_back(candidate);
    if (candidate.admissible && (best == nullptr || candidate.validity > best->validity)) {
      best = &result.candidates.back();
      result.labels = std::move(labels);
    }
  }
  if (best == nullptr) {
    result.undefined = nothing_admissible(result.candidates, options);
    return result;
  }
  result.eps = best->eps;
  result.coverage = best->coverage;
  result.validity = best->validity;
  return result;
}

}  // namespace songmap::cluster
