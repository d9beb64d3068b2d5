#include "songmap/figures/dendrogram.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numeric>

#include "songmap/core/error.h"
#include "songmap/figures/canvas.h"
#include "songmap/figures/text.h"

namespace songmap::figures {
namespace {

constexpr double kWidth = 940;
constexpr double kMargin = 28;
constexpr double kRowHeight = 17;
constexpr double kSizes = 52;
constexpr double kMostNames = 230;
constexpr double kGroups = 118;
constexpr Colour kStem = 0x7b8794;  // Above the cut.

/// A row (below n) or what a merge made.
struct Node {
  std::size_t left = 0;
  std::size_t right = 0;
  double height = 0;
  std::size_t size = 1;
  std::size_t first_row = 0;
};

/// Nodes 0 … n - 1 are rows, n + i is what merge i made; the root is last.
class Tree {
 public:
  explicit Tree(const std::vector<DendrogramMerge>& merges) : n_(merges.size() + 1), nodes_(n_) {
    std::vector<std::size_t> parent(2 * n_ - 1);
    std::iota(parent.begin(), parent.end(), std::size_t{0});
    const auto top = [&](std::size_t at) {
      while (parent[at] != at) at = parent[at] = parent[parent[at]];
      return at;
    };
    for (std::size_t i = 0; i < n_; ++i) nodes_[i].first_row = i;
    for (const DendrogramMerge& merge : merges) {
      require(merge.first < n_ && merge.second < n_,
              fmt::format("draw_dendrogram: a merge of rows {} and {}, of {}", merge.first, merge.second, n_));
      require(std::isfinite(merge.height) && merge.height >= 0, "draw_dendrogram: heights must be finite, from 0 on");
      const std::size_t a = top(merge.first);
      const std::size_t b = top(merge.second);
      require(a != b, fmt::format("draw_dendrogram: rows {} and {} are merged twice", merge.first, merge.second));
      parent[a] = parent[b] = nodes_.size();
      nodes_.push_back(
          {a, b, merge.height, nodes_[a].size + nodes_[b].size, std::min(nodes_[a].first_row, nodes_[b].first_row)});
    }
  }

  [[nodiscard]] std::size_t n() const { return n_; }
  [[nodiscard]] std::size_t root() const { return nodes_.size() - 1; }
  [[nodiscard]] const Node& operator[](std::size_t node) const { return nodes_[node]; }

  /// True for a node that is whole when the tree is cut into so many parts.
  [[nodiscard]] bool is_below_cut(std::size_t node, std::size_t n_parts) const {
    return node < n_ || node < nodes_.size() - (n_parts - 1);
  }

  [[nodiscard]] std::vector<std::size_t> rows_of(std::size_t node) const {
    std::vector<std::size_t> rows;
    std::vector<std::size_t> open{node};
    while (!open.empty()) {
      const std::size_t at = open.back();
      open.pop_back();
      if (at < n_) {
        rows.push_back(at);
      } else {
        open.insert(open.end(), {nodes_[at].right, nodes_[at].left});
      }
    }
    return rows;
  }

 private:
  std::size_t n_;
  std::vector<Node> nodes_;
};

/// The nodes that are whole in a cut into `n_parts`, from the top of the picture: of two branches the larger one first.
std::vector<std::size_t> parts_of(const Tree& tree, std::size_t n_parts) {
  std::vector<std::size_t> parts;
  std::vector<std::size_t> open{tree.root()};
  while (!open.empty()) {
    const std::size_t at = open.back();
    open.pop_back();
    if (tree.is_below_cut(at, n_parts)) {
      parts.push_back(at);
      continue;
    }
    std::size_t upper = tree[at].left;
    std::size_t lower = tree[at].right;
    const auto rank = [&](std::size_t node) { return std::pair(tree.n() - tree[node].size, tree[node].first_row); };
    if (rank(lower) < rank(upper)) std::swap(upper, lower);
    open.insert(open.end(), {lower, upper});
  }
  return parts;
}

/// Number of each group's node, in the order of first rows.
std::map<std::size_t, std::size_t> numbered_groups(const Tree& tree, std::size_t n_groups) {
  std::vector<std::size_t> groups = parts_of(tree, n_groups);
  std::ranges::sort(groups, {}, [&](std::size_t node) { return tree[node].first_row; });
  std::map<std::size_t, std::size_t> numbers;
  for (const std::size_t node : groups) numbers.emplace(node, numbers.size());
  return numbers;
}

/// The lines of the tree, in units of heights and leaves.
class TreeLines {
 public:
  TreeLines(const Tree& tree, const std::vector<std::size_t>& leaves, const std::map<std::size_t, std::size_t>& groups)
      : tree_(tree), groups_(groups) {
    for (std::size_t i = 0; i < leaves.size(); ++i) place_of_leaf_[leaves[i]] = static_cast<double>(i) + 0.5;
    draw(tree.root(), kStem);
  }

  /// Rows of x, y, dx, dy, colour.
  [[nodiscard]] const std::vector<std::vector<double>>& lines() const { return lines_; }

 private:
  /// Draws all right of `node`; returns its place along the leaves.
  double draw(std::size_t node, Colour colour) {
    if (const auto group = groups_.find(node); group != groups_.end()) colour = nth_style(group->second).colour;
    if (const auto leaf = place_of_leaf_.find(node); leaf != place_of_leaf_.end()) return leaf->second;
    const double height = tree_[node].height;
    std::array<double, 2> places{};
    std::size_t side = 0;
    for (const std::size_t child : {tree_[node].left, tree_[node].right}) {
      const auto group = groups_.find(child);
      const Colour own = group != groups_.end() ? nth_style(group->second).colour : colour;
      places[side] = draw(child, own);
      const double end = place_of_leaf_.contains(child) ? 0 : tree_[child].height;
      lines_.push_back({height, places[side], end - height, 0, double(own)});
      ++side;
    }
    lines_.push_back({height, places[0], 0, places[1] - places[0], double(colour)});
    return (places[0] + places[1]) / 2;
  }

  const Tree& tree_;
  const std::map<std::size_t, std::size_t>& groups_;
  std::map<std::size_t, double> place_of_leaf_;
  std::vector<std::vector<double>> lines_;
};

/// "rock (12)": the most frequent category of a branch, or the name of its only row.
std::string branch_name(const Tree& tree, std::size_t node, const DendrogramOptions& options) {
  if (tree[node].size == 1 && !options.row_names.empty()) return options.row_names[node];
  if (options.categories.empty()) return "";
  std::map<std::string, std::size_t> counts;
  for (const std::size_t row : tree.rows_of(node)) ++counts[options.categories[row]];
  const auto most = std::ranges::max_element(counts, {}, [](const auto& entry) { return entry.second; });
  const std::string name = most->first.empty() ? "no label" : most->first;
  return tree[node].size == 1 ? name : fmt::format("{} ({})", name, most->second);
}

void check(const std::vector<DendrogramMerge>& merges, const DendrogramOptions& options) {
  require(!merges.empty(), "draw_dendrogram: there must be at least one merge");
  const std::size_t n = merges.size() + 1;
  require(options.n_groups <= n, fmt::format("draw_dendrogram: {} groups of {} rows", options.n_groups, n));
  require(options.n_leaves >= 2, "draw_dendrogram: n_leaves must be at least 2");
  for (const auto* column : {&options.row_names, &options.categories}) {
    require(column->empty() || column->size() == n,
            fmt::format("draw_dendrogram: {} names or categories for {} rows", column->size(), n));
  }
}

}  // namespace

void draw_dendrogram(const std::filesystem::path& without_extension, const std::vector<DendrogramMerge>& merges,
                     const DendrogramOptions& options) {
  check(merges, options);
  const Tree tree(merges);
  const std::size_t n_groups = std::max<std::size_t>(options.n_groups, 1);
  const std::vector<std::size_t> leaves = parts_of(tree, std::min(tree.n(), std::max(options.n_leaves, n_groups)));
  const bool cut = options.n_groups > 1;
  const std::map<std::size_t, std::size_t> groups =
      cut ? numbered_groups(tree, n_groups) : std::map<std::size_t, std::size_t>{};

  const bool named = !options.categories.empty() || !options.row_names.empty();
  std::vector<std::string> branch_names;
  double widest = 5;
  for (const std::size_t leaf : leaves) {
    branch_names.push_back(branch_name(tree, leaf, options));
    widest = std::max(widest, text_width(branch_names.back()));
  }
  const double names_width = named ? std::min(11.5 * widest + 24, kMostNames) : 0;
  const double labels = kSizes + names_width + (cut ? kGroups : 0);
  const double top = Canvas::header_height(kWidth, options.subtitle) + 40;
  const Box box{kMargin + 4, top, kWidth - 2 * kMargin - labels - 12, kRowHeight * static_cast<double>(leaves.size())};
  Canvas canvas(kWidth, box.bottom() + 62, options.title, options.subtitle);

  double highest = 0;
  for (const DendrogramMerge& merge : merges) highest = std::max(highest, merge.height);
  const double reach = highest > 0 ? 1.04 * highest : 1;
  const auto n_lines = static_cast<double>(leaves.size());
  std::string elements = fmt::format("{} using 1:2:3:4:5 with vectors nohead linewidth 1.8 linecolor rgb variable",
                                     canvas.data(TreeLines(tree, leaves, groups).lines()));
  if (cut) {
    // Anywhere between the last merge inside of groups and the first between them gives the same groups.
    const double above = merges[merges.size() - n_groups + 1].height;
    const double below = n_groups < tree.n() ? merges[merges.size() - n_groups].height : 0;
    const double height = (above + below) / 2;
    elements += fmt::format(", {} using 1:2:(0):3 with vectors nohead linewidth 1.2 dashtype (7,4) linecolor rgb '{}'",
                            canvas.data({{height, 0, n_lines}}), hex(kInk));
    const double x = box.right() - box.width * height / reach;
    canvas.line({x, box.top - 9}, {x, box.top}, kInk, 1.2);
    const std::string label = fmt::format("cut into {} groups", n_groups);
    const double half = 5.75 * text_width(label);
    canvas.text({std::clamp(x, box.left + half, box.right() - half), box.top - 18}, label,
                {.size = 11.5, .align = Align::kCentre});
  }
  canvas.panel(box, {reach, 0, round_ticks(0, reach, 6), true}, {n_lines, 0, {}, false}, elements, false);
  canvas.text({box.left + box.width / 2, box.bottom() + 38}, options.height_label,
              {.size = 11.5, .colour = kSoftInk, .align = Align::kCentre});

  const double sizes = box.right() + 12;
  const double names = sizes + kSizes;
  const double group_bars = names + names_width;
  const TextStyle heading{.size = 11.5, .colour = kSoftInk, .bold = true};
  canvas.text({sizes, top - 18}, "tracks", heading);
  if (named) canvas.text({names, top - 18}, options.categories.empty() ? "name" : "mostly", heading);
  if (cut) canvas.text({group_bars + 14, top - 18}, "group", heading);
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    const double y = top + kRowHeight * (static_cast<double>(i) + 0.5);
    canvas.text({sizes + 30, y}, fmt::format("{}", tree[leaves[i]].size), {.size = 11.5, .align = Align::kRight});
    canvas.text({names, y}, shortened(branch_names[i], (names_width - 20) / 11.5), {.size = 11.5});
  }
  std::size_t first = 0;
  for (const std::size_t node : parts_of(tree, n_groups)) {
    if (!cut) break;
    std::size_t last = first;
    for (std::size_t rows = 0; rows < tree[node].size; ++last) rows += tree[leaves[last]].size;
    const double y = top + kRowHeight * static_cast<double>(first);
    const double height = kRowHeight * static_cast<double>(last - first);
    const std::size_t number = groups.at(node);
    canvas.fill({group_bars, y + 1.5, 5, height - 3}, nth_style(number).colour);
    canvas.text({group_bars + 14, y + height / 2}, fmt::format("{}", number), {.size = 12, .bold = true});
    canvas.text({group_bars + 40, y + height / 2},
                fmt::format("{} track{}", tree[node].size, tree[node].size == 1 ? "" : "s"),
                {.size = 11, .colour = kSoftInk});
    first = last;
  }
  canvas.save(without_extension);
}

}  // namespace songmap::figures
