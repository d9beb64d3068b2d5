#include "songmap/metrics/labelings.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "songmap/metrics/group_numbers.h"
#include "songmap/metrics/table_scorer.h"

namespace songmap::metrics {
namespace {

constexpr std::size_t kMetrics = kExternalMetrics.size();

// The labels, numbered for counting.
struct Numbered {
  GroupNumbers classes;  // of labelled rows; other rows have kUnlabelled
  std::vector<std::vector<GroupNumbers>> methods;
};

// Buffers for one thread, and what its scorer remembers from half to half.
struct Workspace {
  TableScorer scorer;
  std::vector<std::size_t> rows;         // of the half, that have a class
  std::vector<std::uint32_t> row_class;  // of these
  std::vector<std::uint32_t> counts;     // [clusters, classes]
  std::vector<std::uint32_t> sizes;
  TableScorer::Margin classes;
  TableScorer::Margin clusters;

  explicit Workspace(std::size_t max_rows) : scorer(max_rows) {}

  void take_classes(const GroupNumbers& numbers, std::span<const std::size_t> half) {
    rows.clear();
    row_class.clear();
    sizes.assign(numbers.n_groups, 0);
    for (const std::size_t row : half) {
      if (numbers.numbers[row] < 0) continue;
      rows.push_back(row);
      row_class.push_back(static_cast<std::uint32_t>(numbers.numbers[row]));
      ++sizes[row_class.back()];
    }
    scorer.set_margin(sizes, classes);
  }

  [[nodiscard]] ExternalScores score(const GroupNumbers& clustering, std::size_t n_classes) {
    counts.assign(clustering.n_groups * n_classes, 0);
    sizes.assign(clustering.n_groups, 0);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      ++counts[static_cast<std::size_t>(clustering.numbers[rows[i]]) * n_classes + row_class[i]];
    }
    for (std::size_t cell = 0; cell < counts.size(); ++cell) sizes[cell / n_classes] += counts[cell];
    scorer.set_margin(sizes, clusters);
    const double expected = scorer.expected_information(rows.size(), classes, clusters);
    return scorer.scores(rows.size(), classes, clusters, expected, counts, n_classes);
  }
};

std::vector<std::optional<double>> score_rows(const Numbered& labels, std::span<const std::size_t> half) {
  // A thread keeps its workspace between the halves; what the workspace remembers is true of all data.
  thread_local std::unique_ptr<Workspace> workspace;
  const std::size_t max_rows = labels.classes.numbers.size();
  if (!workspace || workspace->scorer.max_rows() < max_rows) workspace = std::make_unique<Workspace>(max_rows);

  std::vector<std::optional<double>> means(labels.methods.size() * kMetrics);
  workspace->take_classes(labels.classes, half);
  if (workspace->rows.empty()) return means;
  for (std::size_t method = 0; method < labels.methods.size(); ++method) {
    const std::vector<GroupNumbers>& seeds = labels.methods[method];
    if (seeds.empty()) continue;
    ExternalScores sums{};
    for (const GroupNumbers& clustering : seeds) {
      const ExternalScores scores = workspace->score(clustering, labels.classes.n_groups);
      for (std::size_t m = 0; m < kMetrics; ++m) sums[m] += scores[m];
    }
    for (std::size_t m = 0; m < kMetrics; ++m) {
      means[method * kMetrics + m] = sums[m] / static_cast<double>(seeds.size());
    }
  }
  return means;
}

}  // namespace

RowStatistics mean_external_scores(std::span<const std::int32_t> classes, std::span<const Labelings> methods) {
  Numbered labels{number_groups(classes, Negative::kNoLabel), {}};
  for (const Labelings& method : methods) {
    std::vector<GroupNumbers>& seeds = labels.methods.emplace_back();
    for (const auto& clusters : method) {
      check_clusters(clusters, classes.size(), "mean_external_scores");
      seeds.push_back(number_groups(clusters, Negative::kGroup));
    }
  }
  return [labels = std::make_shared<const Numbered>(std::move(labels))](std::span<const std::size_t> rows) {
    return score_rows(*labels, rows);
  };
}

}  // namespace songmap::metrics
