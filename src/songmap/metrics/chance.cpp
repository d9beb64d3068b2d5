#include "songmap/metrics/chance.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "songmap/core/error.h"
#include "songmap/core/parallel.h"
#include "songmap/core/random.h"
#include "songmap/metrics/group_numbers.h"
#include "songmap/metrics/internal.h"
#include "songmap/metrics/table_scorer.h"

namespace songmap::metrics {
namespace {

constexpr std::size_t kMetrics = kExternalMetrics.size();
constexpr std::size_t kPurity = 3;
static_assert(kExternalMetrics[kPurity].name == "purity");
// Shuffles that one stream gives, since to seed a stream costs as much as to shuffle hundreds of rows.
constexpr std::size_t kDrawsAStream = 16;

// A clustering of the labelled rows, ready to be counted against shuffled classes.
struct Clustering {
  std::vector<std::uint32_t> cells;  // index of a row's cluster in a table [clusters, classes]
  std::size_t n_cells = 0;
  TableScorer::Margin margin;
  double expected_information = 0;
  ExternalScores observed{};
};

// Of some shuffles: how many score at least as high as the clustering, and the sum of their purities.
struct Tally {
  std::array<std::uint64_t, kMetrics> reached{};
  double purity = 0;
};

std::vector<std::uint32_t> sizes_of(const GroupNumbers& groups) {
  std::vector<std::uint32_t> sizes(groups.n_groups);
  for (const std::int32_t number : groups.numbers) ++sizes[static_cast<std::size_t>(number)];
  return sizes;
}

// The labelled rows with their classes and clusterings.
class ShuffledTables {
 public:
  // `classes` of all rows, of which `n` are labelled.
  ShuffledTables(std::span<const std::int32_t> classes, std::size_t n,
                 std::span<const std::vector<std::int32_t>> labelings)
      : scorer_(n) {
    const GroupNumbers groups = number_groups(labelled(classes, classes), Negative::kNoLabel);
    n_classes_ = groups.n_groups;
    row_class_.assign(groups.numbers.begin(), groups.numbers.end());
    scorer_.set_margin(sizes_of(groups), class_margin_);
    for (const std::vector<std::int32_t>& labels : labelings) add(labelled(labels, classes));
  }

  [[nodiscard]] std::size_t count() const { return clusterings_.size(); }

  void tally_shuffle(Random& random, std::vector<std::uint32_t>& classes, std::vector<Tally>& tallies) const {
    random.shuffle(std::span(classes));
    std::vector<std::uint32_t> counts;
    for (std::size_t c = 0; c < count(); ++c) {
      const ExternalScores scores = score(clusterings_[c], classes, counts);
      for (std::size_t m = 0; m < kMetrics; ++m) {
        // The same table may be summed in another order: equal up to rounding counts as reached.
        tallies[c].reached[m] += scores[m] >= clusterings_[c].observed[m] - 1e-12 ? 1 : 0;
      }
      tallies[c].purity += scores[kPurity];
    }
  }
  [[nodiscard]] const std::vector<std::uint32_t>& row_class() const { return row_class_; }

  [[nodiscard]] ExternalChances chances(std::size_t c, const Tally& tally, std::size_t permutations) const {
    const auto shuffles = static_cast<double>(permutations);
    const ExternalScores expected =
        scorer_.expected_scores(row_class_.size(), class_margin_, clusterings_[c].margin,
                                clusterings_[c].expected_information, tally.purity / shuffles);
    ExternalChances result;
    for (std::size_t m = 0; m < kMetrics; ++m) {
      result[m] = {expected[m], static_cast<double>(1 + tally.reached[m]) / (1 + shuffles)};
    }
    return result;
  }

 private:
  static std::vector<std::int32_t> labelled(std::span<const std::int32_t> labels,
                                            std::span<const std::int32_t> classes) {
    std::vector<std::int32_t> result;
    for (std::size_t i = 0; i < classes.size(); ++i) {
      if (classes[i] >= 0) result.push_back(labels[i]);
    }
    return result;
  }

  void add(std::span<const std::int32_t> labels) {
    const GroupNumbers groups = number_groups(labels, Negative::kGroup);
    Clustering& clustering = clusterings_.emplace_back();
    clustering.n_cells = groups.n_groups * n_classes_;
    for (const std::int32_t number : groups.numbers) {
      clustering.cells.push_back(static_cast<std::uint32_t>(static_cast<std::size_t>(number) * n_classes_));
    }
    scorer_.set_margin(sizes_of(groups), clustering.margin);
    clustering.expected_information = scorer_.expected_information(row_class_.size(), class_margin_, clustering.margin);
    std::vector<std::uint32_t> counts;
    clustering.observed = score(clustering, row_class_, counts);
  }

  [[nodiscard]] ExternalScores score(const Clustering& clustering, std::span<const std::uint32_t> classes,
                                     std::vector<std::uint32_t>& counts) const {
    counts.assign(clustering.n_cells, 0);
    for (std::size_t i = 0; i < classes.size(); ++i) ++counts[clustering.cells[i] + classes[i]];
    return scorer_.scores(classes.size(), class_margin_, clustering.margin, clustering.expected_information, counts,
                          n_classes_);
  }

  TableScorer scorer_;
  std::size_t n_classes_ = 0;
  std::vector<std::uint32_t> row_class_;
  TableScorer::Margin class_margin_;
  std::vector<Clustering> clusterings_;
};

}  // namespace

std::optional<std::vector<ExternalChances>> external_chances(std::span<const std::int32_t> classes,
                                                             std::span<const std::vector<std::int32_t>> labelings,
                                                             const ChanceOptions& options, const Execution& run) {
  require(options.permutations >= 1,
          fmt::format("external_chance: permutations is {}, but must be at least 1", options.permutations));
  for (const std::vector<std::int32_t>& labels : labelings) check_clusters(labels, classes.size(), "external_chance");
  const auto n = static_cast<std::size_t>(std::ranges::count_if(classes, [](std::int32_t code) { return code >= 0; }));
  if (n == 0) return std::nullopt;

  const ShuffledTables tables(classes, n, labelings);
  const auto permutations = static_cast<std::size_t>(options.permutations);
  std::vector<std::vector<Tally>> tallies(chunk_count(permutations, kDrawsAStream), std::vector<Tally>(tables.count()));
  parallel_chunks(permutations, kDrawsAStream, run.thread_count(),
                  [&](std::size_t chunk, std::size_t first, std::size_t last) {
                    Random random(options.seed, chunk);
                    std::vector<std::uint32_t> shuffled = tables.row_class();
                    for (std::size_t p = first; p < last; ++p) tables.tally_shuffle(random, shuffled, tallies[chunk]);
                  });

  std::vector<ExternalChances> result;
  for (std::size_t c = 0; c < tables.count(); ++c) {
    Tally total;
    for (const std::vector<Tally>& chunk : tallies) {
      for (std::size_t m = 0; m < kMetrics; ++m) total.reached[m] += chunk[c].reached[m];
      total.purity += chunk[c].purity;
    }
    result.push_back(tables.chances(c, total, permutations));
  }
  return result;
}

std::optional<ExternalChances> external_chance(std::span<const std::int32_t> classes,
                                               std::span<const std::int32_t> clusters, const ChanceOptions& options,
                                               const Execution& run) {
  const std::vector<std::vector<std::int32_t>> alone{{clusters.begin(), clusters.end()}};
  const auto chances = external_chances(classes, alone, options, run);
  return chances ? std::optional(chances->front()) : std::nullopt;
}

std::optional<double> silhouette_null(std::size_t n, std::span<const double> eigenvalues, std::size_t n_clusters,
                                      const Clusterer& cluster, std::uint64_t seed, int repetitions,
                                      const Execution& run) {
  require(!eigenvalues.empty(), "silhouette_null: there must be at least one dimension");
  require(repetitions >= 1, "silhouette_null: repetitions must be at least 1");
  std::vector<double> scale;
  for (const double value : eigenvalues) {
    require(std::isfinite(value) && value >= 0, fmt::format("silhouette_null: an eigenvalue is {}", value));
    scale.push_back(std::sqrt(value));
  }
  if (n_clusters < 2 || n_clusters >= n) return std::nullopt;
  double sum = 0;
  for (int repetition = 0; repetition < repetitions; ++repetition) {
    Random random(seed, static_cast<std::uint64_t>(repetition));
    Matrix noise(n, scale.size());
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < scale.size(); ++j) noise(i, j) = static_cast<float>(scale[j] * random.normal());
    }
    const auto score = silhouette(noise, cluster(noise, n_clusters, random.bits()), run);
    if (!score) return std::nullopt;
    sum += *score;
  }
  return sum / repetitions;
}

std::optional<double> silhouette_null(std::size_t n, std::size_t d, std::size_t n_clusters, const Clusterer& cluster,
                                      std::uint64_t seed, int repetitions, const Execution& run) {
  return silhouette_null(n, std::vector<double>(d, 1.0), n_clusters, cluster, seed, repetitions, run);
}

}  // namespace songmap::metrics
