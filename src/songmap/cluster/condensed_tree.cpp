#include "songmap/cluster/condensed_tree.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "songmap/cluster/disjoint_sets.h"
#include "songmap/core/matrix.h"

namespace songmap::cluster {
namespace {

constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

// The full hierarchy: nodes 0 … n-1 are rows, joins of two or more nodes follow in rising order of distance.
class Hierarchy {
 public:
  explicit Hierarchy(std::span<const TreeEdge> edges) : n_(edges.size() + 1), sizes_(n_, 1) {
    std::vector<TreeEdge> sorted(edges.begin(), edges.end());
    std::ranges::stable_sort(sorted, {}, &TreeEdge::distance);
    const auto positive = std::ranges::find_if(sorted, [](const TreeEdge& edge) { return edge.distance > 0; });
    const double least = positive == sorted.end() ? 1 : positive->distance / 2.0;
    DisjointSets sets(n_);
    std::vector<std::size_t> node(n_);  // of the set with this first row
    std::iota(node.begin(), node.end(), std::size_t{0});
    for (auto first = sorted.begin(); first != sorted.end();) {
      const auto last =
          std::find_if(first, sorted.end(), [&](const TreeEdge& e) { return e.distance > first->distance; });
      add_level(std::span(first, last), 1 / std::max<double>(first->distance, least), sets, node);
      first = last;
    }
  }

  [[nodiscard]] std::size_t rows() const { return n_; }
  [[nodiscard]] std::size_t root() const { return sizes_.size() - 1; }
  [[nodiscard]] bool is_row(std::size_t node) const { return node < n_; }
  [[nodiscard]] std::size_t size(std::size_t node) const { return sizes_[node]; }
  [[nodiscard]] const std::vector<std::size_t>& parts(std::size_t join) const { return joins_[join - n_].parts; }
  [[nodiscard]] double density(std::size_t join) const { return joins_[join - n_].density; }

 private:
  struct Join {
    std::vector<std::size_t> parts;
    double density;
  };

  // Everything that edges of one length connect.
  void add_level(std::span<const TreeEdge> edges, double density, DisjointSets& sets, std::vector<std::size_t>& node) {
    std::vector<std::uint32_t> joined;
    for (const TreeEdge& edge : edges) {
      joined.push_back(sets.find(edge.from));
      joined.push_back(sets.find(edge.to));
    }
    std::ranges::sort(joined);
    const auto repeated = std::ranges::unique(joined);
    joined.erase(repeated.begin(), repeated.end());
    for (const TreeEdge& edge : edges) sets.join(edge.from, edge.to);
    for (const std::uint32_t set : joined) {
      const std::uint32_t whole = sets.find(set);
      const std::size_t part = node[set];
      if (whole == set) {  // comes before its other parts
        node[set] = sizes_.size();
        sizes_.push_back(0);
        joins_.push_back({{}, density});
      }
      sizes_[node[whole]] += sizes_[part];
      joins_[node[whole] - n_].parts.push_back(part);
    }
  }

  std::size_t n_;
  std::vector<Join> joins_;
  std::vector<std::size_t> sizes_;  // of rows and joins
};

struct Cluster {
  std::size_t parent;
  double birth;          // density at which it split off
  double death = 0;      // largest density at which a row or a cluster leaves it
  double stability = 0;  // excess of mass
  bool selected = false;
};

// Where several parts are large enough, each becomes a new cluster; smaller parts leave their cluster row by row.
class CondensedTree {
 public:
  CondensedTree(const Hierarchy& hierarchy, std::size_t min_cluster_size)
      : cluster_of_row_(hierarchy.rows()), density_of_row_(hierarchy.rows()) {
    clusters_.push_back({kNone, 0});
    std::vector<std::pair<std::size_t, std::size_t>> open{{hierarchy.root(), 0}};  // node and its cluster
    while (!open.empty()) {
      const auto [node, cluster] = open.back();
      open.pop_back();
      const double density = hierarchy.density(node);
      const auto is_large = [&](std::size_t part) { return hierarchy.size(part) >= min_cluster_size; };
      const bool splits = std::ranges::count_if(hierarchy.parts(node), is_large) > 1;
      for (const std::size_t part : hierarchy.parts(node)) {
        if (!is_large(part)) {
          leave(cluster, hierarchy.size(part), density);
          drop_rows(hierarchy, part, cluster, density);
        } else if (splits) {
          leave(cluster, hierarchy.size(part), density);
          open.emplace_back(part, clusters_.size());
          clusters_.push_back({cluster, density});
        } else {
          open.emplace_back(part, cluster);
        }
      }
    }
  }

  // Excess of mass: a cluster stands for itself when it holds more than the best choice below it. Children come after
  // their parents.
  void select() {
    std::vector<double> below(clusters_.size());
    for (std::size_t c = clusters_.size() - 1; c > 0; --c) {
      clusters_[c].selected = below[c] <= clusters_[c].stability;
      below[clusters_[c].parent] += std::max(below[c], clusters_[c].stability);
    }
    // Only the topmost choices stand.
    std::vector<bool> inside(clusters_.size());
    for (std::size_t c = 1; c < clusters_.size(); ++c) {
      const std::size_t parent = clusters_[c].parent;
      inside[c] = inside[parent] || clusters_[parent].selected;
      if (inside[c]) clusters_[c].selected = false;
    }
  }

  [[nodiscard]] DensityClusters rows() const {
    DensityClusters result;
    std::vector<std::int32_t> number(clusters_.size(), kNoise);
    std::int32_t next = 0;
    for (std::size_t i = 0; i < cluster_of_row_.size(); ++i) {
      std::size_t cluster = cluster_of_row_[i];
      while (cluster != kNone && !clusters_[cluster].selected) cluster = clusters_[cluster].parent;
      if (cluster == kNone) {
        result.labels.push_back(kNoise);
        result.probabilities.push_back(0);
        continue;
      }
      if (number[cluster] == kNoise) number[cluster] = next++;
      result.labels.push_back(number[cluster]);
      result.probabilities.push_back(std::min(1.0, density_of_row_[i] / clusters_[cluster].death));
    }
    return result;
  }

 private:
  void leave(std::size_t cluster, std::size_t size, double density) {
    clusters_[cluster].stability += (density - clusters_[cluster].birth) * static_cast<double>(size);
    clusters_[cluster].death = std::max(clusters_[cluster].death, density);
  }

  void drop_rows(const Hierarchy& hierarchy, std::size_t top, std::size_t cluster, double density) {
    std::vector<std::size_t> open{top};
    while (!open.empty()) {
      const std::size_t node = open.back();
      open.pop_back();
      if (hierarchy.is_row(node)) {
        cluster_of_row_[node] = cluster;
        density_of_row_[node] = density;
      } else {
        open.insert(open.end(), hierarchy.parts(node).begin(), hierarchy.parts(node).end());
      }
    }
  }

  std::vector<Cluster> clusters_;            // the first is the whole
  std::vector<std::size_t> cluster_of_row_;  // the last that it was in
  std::vector<double> density_of_row_;       // at which it left that
};

}  // namespace

DensityClusters dense_clusters(std::span<const TreeEdge> edges, std::size_t min_cluster_size) {
  if (edges.empty()) return {{kNoise}, {0}};
  CondensedTree tree(Hierarchy(edges), min_cluster_size);
  tree.select();
  return tree.rows();
}

}  // namespace songmap::cluster
