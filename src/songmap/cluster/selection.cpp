#include "songmap/cluster/selection.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "songmap/cluster/gmm.h"
#include "songmap/cluster/kmeans.h"
#include "songmap/core/error.h"
#include "songmap/core/linalg.h"
#include "songmap/core/parallel.h"
#include "songmap/core/random.h"

namespace songmap::cluster {
namespace {

constexpr int kStarts = 3;  // of each k-means and mixture: there are hundreds

Execution one_thread() {
  Execution run;
  run.threads = 1;
  return run;
}

// Two random subsets of the rows, and where the rows that are in both stand in each.
struct SubsetPair {
  Matrix first;
  Matrix second;
  std::vector<std::size_t> shared_in_first;
  std::vector<std::size_t> shared_in_second;
};

SubsetPair subset_pair(MatrixView x, double share, std::uint64_t seed, std::size_t pair) {
  const auto size = static_cast<std::size_t>(std::ceil(share * static_cast<double>(x.rows())));
  const auto subset = [&](std::size_t which) {
    std::vector<std::size_t> rows = Random(seed, 2 * pair + which).permutation(x.rows());
    rows.resize(size);
    std::ranges::sort(rows);
    return rows;
  };
  const std::vector<std::size_t> first = subset(0);
  const std::vector<std::size_t> second = subset(1);
  SubsetPair result{take_rows(x, first), take_rows(x, second), {}, {}};
  for (std::size_t i = 0, j = 0; i < size && j < size;) {
    if (first[i] == second[j]) {
      result.shared_in_first.push_back(i++);
      result.shared_in_second.push_back(j++);
    } else {
      ++(first[i] < second[j] ? i : j);
    }
  }
  return result;
}

std::vector<std::int32_t> shared_labels(MatrixView x, std::size_t k, std::uint64_t seed,
                                        const std::vector<std::size_t>& rows) {
  KMeansOptions options;
  options.n_clusters = k;
  options.n_init = kStarts;
  options.seed = seed;
  const KMeansModel model = fit_kmeans(x, options, one_thread());
  std::vector<std::int32_t> labels;
  for (const std::size_t row : rows) labels.push_back(model.labels[row]);
  return labels;
}

void add_stability(std::vector<KCandidate>& candidates, MatrixView x, const SelectionOptions& options,
                   const Agreement& agreement, std::size_t threads) {
  std::vector<std::vector<double>> agreements(options.subset_pairs);
  parallel_for(options.subset_pairs, threads, [&](std::size_t p) {
    const SubsetPair pair = subset_pair(x, options.subset_share, options.gap.seed, p);
    for (const KCandidate& candidate : candidates) {
      const bool defined = candidate.k > 1 && candidate.k <= pair.shared_in_first.size();
      // The second subset has starts of its own: equal ones would flatter.
      agreements[p].push_back(
          defined
              ? agreement(shared_labels(pair.first, candidate.k, options.gap.seed + 2 * p, pair.shared_in_first),
                          shared_labels(pair.second, candidate.k, options.gap.seed + 2 * p + 1, pair.shared_in_second))
              : KCandidate::kNotDefined);
    }
  });
  for (std::size_t c = 0; c < candidates.size(); ++c) {
    double sum = 0;
    for (const std::vector<double>& of_pair : agreements) sum += of_pair[c];
    candidates[c].stability = sum / static_cast<double>(options.subset_pairs);
  }
}

void add_bic(std::vector<KCandidate>& candidates, MatrixView x, std::uint64_t seed, std::size_t threads) {
  parallel_for(candidates.size(), threads, [&](std::size_t c) {
    GmmOptions options;
    options.n_clusters = candidates[c].k;
    options.n_init = kStarts;
    options.seed = seed;
    candidates[c].bic = fit_gmm(x, options, one_thread()).bic;
  });
}

void add_eigengap(std::vector<KCandidate>& candidates, MatrixView x, const SelectionOptions& options,
                  const Execution& run) {
  SpectralOptions spectral = options.spectral;
  spectral.seed = options.gap.seed;
  const std::vector<double> values = graph_eigenvalues(x, candidates.size() + 1, spectral, {run.threads, {}});
  for (std::size_t c = 0; c + 1 < values.size(); ++c) candidates[c].eigengap = values[c] - values[c + 1];
}

}  // namespace

SelectionResult select_n_clusters(MatrixView x, const SelectionOptions& options, const Agreement& agreement,
                                  const Execution& run) {
  require(!x.empty(), "select_n_clusters: the matrix is empty");
  require(all_finite(x), "select_n_clusters: the matrix holds values that are not finite");
  require(options.subset_pairs > 0, "select_n_clusters: subset_pairs must be at least 1");
  require(
      options.subset_share > 0 && options.subset_share <= 1,
      fmt::format("select_n_clusters: subset_share is {}, but must be above 0 and at most 1", options.subset_share));
  const auto report = [&](int done) { run.report({"number of clusters", static_cast<double>(done), 4, "criteria"}); };
  report(0);
  const Matrix sample = sampled_rows(x, options.gap.max_rows, options.gap.seed);
  const GapResult gap = gap_statistic(sample, options.gap, run);
  SelectionResult result{gap.n_clusters, gap.found, {}};
  const std::size_t count =
      std::min({gap.gap.size(), options.gap.max_clusters, std::max<std::size_t>(1, sample.rows() / 2)});
  for (std::size_t c = 0; c < count; ++c) {
    KCandidate& candidate = result.candidates.emplace_back();
    candidate.k = c + 1;
    candidate.gap = gap.gap[c];
    candidate.gap_se = gap.standard_error[c];
  }
  const Matrix reduced = transform(fit_pca(sample, options.gap.components), sample);
  report(1);
  add_stability(result.candidates, reduced, options, agreement, run.thread_count());
  report(2);
  add_bic(result.candidates, reduced, options.gap.seed, run.thread_count());
  report(3);
  add_eigengap(result.candidates, sample, options, run);
  report(4);
  return result;
}

}  // namespace songmap::cluster
