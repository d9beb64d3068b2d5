#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "songmap/figures/bars.h"
#include "songmap/report/plan.h"

namespace songmap::report {
namespace {

struct MetricPanel {
  const char* metric;
  const char* note;
};
// V-measure is left out: it equals NMI with arithmetic mean.
constexpr std::array<MetricPanel, 4> kAgreement{{{"ami", "0: chance, 1: perfect"},
                                                 {"ari", "0: chance, 1: perfect"},
                                                 {"nmi", "rises with k by itself"},
                                                 {"purity", "rises with k by itself"}}};
constexpr std::array<MetricPanel, 3> kInternal{{{"silhouette", "higher: tighter groups"},
                                                {"calinski_harabasz", "higher: tighter groups"},
                                                {"davies_bouldin", "lower: tighter groups"}}};

/// A row of the picture: one clustering.
struct Method {
  std::string view;
  std::string space;
  std::string method;
  bool operator==(const Method&) const = default;
};

Method method_of(const ScoreRow& row) { return {row.view, row.space, row.method}; }

/// Picks the rows of one picture, e.g. all scores against genre.
template <class Matches>
std::vector<const ScoreRow*> select(const RunData& run, const Matches& matches) {
  std::vector<const ScoreRow*> rows;
  for (const ScoreRow& row : run.scores) {
    if (matches(row)) rows.push_back(&row);
  }
  return rows;
}

figures::Bar bar_of(const ScoreRow& row) {
  figures::Bar bar;
  bar.value = row.value;
  bar.chance = row.chance;
  if (std::isfinite(row.low) && std::isfinite(row.high)) {
    bar.low = row.low;
    bar.high = row.high;
  } else if (std::isfinite(row.sd) && std::isfinite(row.value)) {
    bar.low = row.value - row.sd;
    bar.high = row.value + row.sd;
  }
  return bar;
}

std::string whiskers_of(const std::vector<const ScoreRow*>& rows) {
  const bool intervals = std::ranges::any_of(rows, [](const ScoreRow* row) { return std::isfinite(row->low); });
  const bool spread =
      std::ranges::any_of(rows, [](const ScoreRow* row) { return std::isfinite(row->sd) && !std::isfinite(row->low); });
  if (intervals && spread) return "Whiskers: 95 % interval over tracks, or else ± one standard deviation over seeds.";
  if (intervals) return "Whiskers: 95 % interval over tracks.";
  return spread ? "Whiskers: ± one standard deviation over seeds." : "";
}

template <std::size_t N>
void plan_bars(const RunData& run, FigurePlan& plan, const std::string& name, const std::string& title,
               const std::vector<const ScoreRow*>& rows, const std::array<MetricPanel, N>& metrics,
               const std::string& chance_meaning, const std::string& caption) {
  std::vector<Method> methods;
  for (const ScoreRow* row : rows) {
    if (std::ranges::find(methods, method_of(*row)) == methods.end()) methods.push_back(method_of(*row));
  }
  // Rows of a group must follow one another; the order of first appearance is kept otherwise.
  std::vector<Method> ordered;
  for (const Method& first : methods) {
    for (const Method& other : methods) {
      const bool together = other.view == first.view && other.space == first.space;
      if (together && std::ranges::find(ordered, other) == ordered.end()) ordered.push_back(other);
    }
  }

  figures::BarsOptions options;
  options.title = title;
  const auto n_seeds = rows.empty() ? std::size_t{0} : std::ranges::max(rows, {}, &ScoreRow::seeds)->seeds;
  const std::string averaged = n_seeds > 1 ? fmt::format("Mean of up to {} seeds. ", n_seeds) : "";
  options.subtitle = averaged + whiskers_of(rows);
  const Grouping* main = run.main_grouping();
  for (const Method& method : ordered) {
    options.rows.push_back(method.method);
    options.groups.push_back(method.view.empty() ? method.space : fmt::format("{} · {}", method.view, method.space));
    options.emphasised.push_back(main != nullptr && method == Method{main->view, main->space, main->method});
  }
  if (std::ranges::none_of(options.emphasised, [](bool strong) { return strong; })) options.emphasised.clear();

  std::vector<figures::BarPanel> panels;
  bool any_chance = false;
  for (const MetricPanel& metric : metrics) {
    figures::BarPanel panel{.title = metric_title(metric.metric), .note = metric.note};
    panel.bars.resize(ordered.size(), {.computed = false});
    bool found = false;
    for (const ScoreRow* row : rows) {
      if (row->metric != metric.metric) continue;
      found = true;
      const auto at = std::ranges::find(ordered, method_of(*row)) - ordered.begin();
      panel.bars[static_cast<std::size_t>(at)] = bar_of(*row);
      any_chance = any_chance || std::isfinite(row->chance);
      if (std::abs(row->value) >= 100) panel.decimals = 0;
    }
    if (found) panels.push_back(std::move(panel));
  }
  if (panels.empty()) return;
  if (any_chance) options.chance_meaning = chance_meaning;
  PlannedFigure figure{
      .name = {}, .topic = FigureTopic::kScores, .main = true, .title = title, .caption = caption, .draw = {}};
  const std::vector<figures::BarsPage> pages = figures::bars_pages(panels, options);
  for (std::size_t i = 0; i < pages.size(); ++i) {
    PlannedFigure page = figure;
    if (i > 0) page.title += fmt::format(" (page {})", i + 1);
    page.draw = [drawn = pages[i]](const std::filesystem::path& path) {
      figures::draw_bars(path, drawn.panels, drawn.options);
    };
    plan.add(i == 0 ? name : fmt::format("{}-page-{}", name, i + 1), std::move(page));
  }
}

}  // namespace

void plan_scores(const RunData& run, FigurePlan& plan) {
  std::vector<std::string> targets;
  std::vector<std::string> common_spaces;
  for (const ScoreRow& row : run.scores) {
    if (!row.target.empty() && std::ranges::find(targets, row.target) == targets.end()) targets.push_back(row.target);
    const bool elsewhere = row.target.empty() && !row.scored_in.empty() && row.scored_in != row.space;
    if (elsewhere && std::ranges::find(common_spaces, row.scored_in) == common_spaces.end()) {
      common_spaces.push_back(row.scored_in);
    }
  }
  for (const std::string& target : targets) {
    plan_bars(run, plan, "scores-" + target, fmt::format("Do the groups agree with {}?", target_title(target)),
              select(run, [&](const ScoreRow& row) { return row.target == target; }), kAgreement,
              "what random labels would score",
              fmt::format("Agreement between the groups and {}. Only the part of a bar beyond the orange mark is more "
                          "than chance; AMI and ARI have chance at 0 by construction, so read these two first.",
                          target_title(target)));
  }
  plan_bars(
      run, plan, "scores-internal", "How tight are the groups, each in its own space?",
      select(run,
             [](const ScoreRow& row) {
               return row.target.empty() && (row.scored_in.empty() || row.scored_in == row.space);
             }),
      kInternal, "what structureless data of this size would score",
      "Tightness says nothing about meaning: a space that has collapsed to one or two dimensions scores high. "
      "Compare methods only within one space, and silhouette only with the orange mark (in a collapsed space even "
      "noise scores above it).");
  for (const std::string& space : common_spaces) {
    plan_bars(run, plan, "scores-internal-in-" + space, fmt::format("How tight are the groups, all in {}?", space),
              select(run, [&](const ScoreRow& row) { return row.target.empty() && row.scored_in == space; }), kInternal,
              "what structureless data of this size would score",
              "All methods measured with the same distances, so that they can be compared with each other.");
  }
}

}  // namespace songmap::report
