#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "songmap/report/html.h"
#include "songmap/report/plan.h"
#include "songmap/report/sections.h"

namespace songmap::report {
namespace {

// V-measure equals NMI (both by the arithmetic mean), and the majority share stands with purity.
constexpr std::array kAgreement{"ami", "ari", "nmi", "purity", "homogeneity", "completeness"};
constexpr std::array kLeftOut{"v_measure", "majority_share"};
constexpr std::array kInternal{"silhouette", "calinski_harabasz", "davies_bouldin"};

int decimals_of(std::string_view metric) { return metric == "calinski_harabasz" ? 1 : 3; }

/// Value ± spread, and below it interval, chance and p as far as they are defined.
std::string score_cell(const ScoreRow& row, double majority_share) {
  const int decimals = decimals_of(row.metric);
  if (!std::isfinite(row.value)) return "<span class=\"aside\">not defined</span>";
  std::string html = fmt::format("<strong>{}</strong>", spelled_number(row.value, decimals));
  if (std::isfinite(row.sd)) html += fmt::format(" ± {}", spelled_number(row.sd, decimals));
  std::vector<std::string> notes;
  if (std::isfinite(row.low) && std::isfinite(row.high)) {
    notes.push_back(fmt::format("{} to {}", spelled_number(row.low, decimals), spelled_number(row.high, decimals)));
  }
  const bool adjusted = row.metric == "ami" || row.metric == "ari";  // Chance is 0 by construction.
  if (std::isfinite(row.chance) && !(adjusted && std::abs(row.chance) < 0.005)) {
    notes.push_back(fmt::format("{} {}", row.target.empty() ? "null" : "chance", spelled_number(row.chance, decimals)));
  }
  if (row.metric == "purity" && std::isfinite(majority_share)) {
    notes.push_back(fmt::format("one group {}", spelled_number(majority_share, decimals)));
  }
  if (std::isfinite(row.p)) notes.push_back(spelled_p(row.p));
  for (const std::string& note : notes) html += fmt::format("<span class=\"aside\">{}</span>", escaped(note));
  return html;
}

/// One table: a row for each clustering, a column for each metric that occurs.
template <std::size_t N>
std::string score_table(const RunData& run, const std::vector<const ScoreRow*>& rows,
                        const std::array<const char*, N>& metrics, std::string_view caption) {
  std::vector<std::string> shown;
  for (const char* metric : metrics) {
    if (std::ranges::any_of(rows, [&](const ScoreRow* row) { return row->metric == metric; }))
      shown.emplace_back(metric);
  }
  for (const ScoreRow* row : rows) {
    const bool known = std::ranges::find(metrics, std::string_view(row->metric)) != metrics.end();
    const bool left_out = std::ranges::find(kLeftOut, std::string_view(row->metric)) != kLeftOut.end();
    if (!known && !left_out && std::ranges::find(shown, row->metric) == shown.end()) shown.push_back(row->metric);
  }
  std::vector<HtmlColumn> columns{{"method"}};
  for (const std::string& metric : shown) columns.push_back({metric_title(metric), true});

  const Grouping* main = run.main_grouping();
  std::vector<std::vector<std::string>> table;
  std::vector<const ScoreRow*> firsts;
  const auto same = [](const ScoreRow* a, const ScoreRow* b) {
    return a->view == b->view && a->space == b->space && a->method == b->method;
  };
  for (const ScoreRow* row : rows) {
    const auto found = std::ranges::find_if(firsts, [&](const ScoreRow* first) { return same(first, row); });
    const auto at = static_cast<std::size_t>(found - firsts.begin());
    if (found == firsts.end()) {
      firsts.push_back(row);
      const bool is_main =
          main != nullptr && row->view == main->view && row->space == main->space && row->method == main->method;
      std::vector<std::string> cells(columns.size(), "<span class=\"aside\">–</span>");
      cells[0] = fmt::format("{} on {}{}<span class=\"aside\">{}{}{}, {}, {}</span>", escaped(row->method),
                             escaped(row->space), is_main ? " <span class=\"badge\">main</span>" : "",
                             escaped(row->view), row->view.empty() ? "" : " · ", counted(row->k, "group"),
                             counted(row->n, "track"), counted(row->seeds, "seed"));
      table.push_back(std::move(cells));
    }
    const auto column = static_cast<std::size_t>(std::ranges::find(shown, row->metric) - shown.begin());
    if (column == shown.size()) continue;
    const auto share = std::ranges::find_if(
        rows, [&](const ScoreRow* other) { return other->metric == "majority_share" && same(other, row); });
    table[at][1 + column] = score_cell(*row, share == rows.end() ? kNotDefined : (*share)->value);
  }
  return table_html(caption, columns, table);
}

}  // namespace

std::string scores_html(const RunData& run) {
  if (run.scores.empty()) return "";
  std::string html = paragraph_html(
      "Each cell holds the mean over seeds ± its standard deviation; below it, where computed, the 95 % interval over "
      "tracks, what chance (for silhouette: structureless data, the null) would give, and p: the share of random "
      "groupings at least as good. With purity stands what one single group would have. “Not defined” means that the "
      "score makes no sense there, for example with a single "
      "group; it is not 0.");
  std::vector<std::string> targets;
  std::vector<std::string> spaces;
  for (const ScoreRow& row : run.scores) {
    const bool own = row.scored_in.empty() || row.scored_in == row.space;
    std::vector<std::string>& list = row.target.empty() ? spaces : targets;
    const std::string& name = row.target.empty() ? (own ? std::string() : row.scored_in) : row.target;
    if (std::ranges::find(list, name) == list.end()) list.push_back(name);
  }
  for (const std::string& target : targets) {
    std::vector<const ScoreRow*> rows;
    for (const ScoreRow& row : run.scores) {
      if (row.target == target) rows.push_back(&row);
    }
    html += score_table(run, rows, kAgreement, fmt::format("Agreement with {}", target_title(target)));
  }
  std::ranges::stable_sort(spaces);
  for (const std::string& space : spaces) {
    std::vector<const ScoreRow*> rows;
    for (const ScoreRow& row : run.scores) {
      const bool own = row.scored_in.empty() || row.scored_in == row.space;
      // Methods that work in the common space itself belong into its table too.
      if (row.target.empty() && (space.empty() ? own : row.scored_in == space)) rows.push_back(&row);
    }
    html += score_table(run, rows, kInternal,
                        space.empty() ? "Tightness, each clustering in its own space (not comparable between spaces)"
                                      : fmt::format("Tightness, all clusterings measured in {}", space));
  }
  return html;
}

}  // namespace songmap::report
