#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "songmap/report/html.h"
#include "songmap/report/plan.h"
#include "songmap/report/score_rows.h"
#include "songmap/report/sections.h"

namespace songmap::report {
namespace {

constexpr std::array kAgreement{"ami", "ari", "nmi", "purity", "majority_share", "homogeneity", "completeness"};
constexpr std::array kInternal{"silhouette", "silhouette_noise", "calinski_harabasz", "davies_bouldin"};

int decimals_of(std::string_view metric) { return metric == "calinski_harabasz" ? 1 : 3; }

/// Value ± spread, and below it interval, chance and p as far as they are defined.
std::string score_cell(const ScoreRow* row) {
  if (row == nullptr) return "<span class=\"aside\">–</span>";
  const int decimals = decimals_of(row->metric);
  if (!std::isfinite(row->value)) return "<span class=\"aside\">not defined</span>";
  std::string html = fmt::format("<strong>{}</strong>", spelled_number(row->value, decimals));
  if (std::isfinite(row->sd)) html += fmt::format(" ± {}", spelled_number(row->sd, decimals));
  std::vector<std::string> notes;
  if (std::isfinite(row->low) && std::isfinite(row->high)) {
    notes.push_back(fmt::format("{} to {}", spelled_number(row->low, decimals), spelled_number(row->high, decimals)));
  }
  const bool adjusted = row->metric == "ami" || row->metric == "ari";  // Chance is 0 by construction.
  if (std::isfinite(row->chance) && !(adjusted && std::abs(row->chance) < 0.005)) {
    notes.push_back(
        fmt::format("{} {}", row->target.empty() ? "null" : "chance", spelled_number(row->chance, decimals)));
  }
  if (std::isfinite(row->p)) notes.push_back(spelled_p(row->p));
  for (const std::string& note : notes) html += fmt::format("<span class=\"aside\">{}</span>", escaped(note));
  return html;
}

/// A row for each clustering, a column for each metric that occurs; `find(method, metric)` gives the score.
template <std::size_t N, class Find>
std::string score_table(const RunData& run, const std::array<const char*, N>& metrics, const Find& find,
                        std::string_view caption) {
  const std::vector<MethodKey> methods = scored_methods(run);
  std::vector<const char*> shown;
  for (const char* metric : metrics) {
    if (std::ranges::any_of(methods, [&](const MethodKey& method) { return find(method, metric) != nullptr; })) {
      shown.push_back(metric);
    }
  }
  std::vector<HtmlColumn> columns{{"method"}};
  for (const char* metric : shown) columns.push_back({metric_title(metric), true});
  std::vector<std::vector<std::string>> table;
  for (const MethodKey& method : methods) {
    const ScoreRow* any = nullptr;
    std::vector<std::string> cells{escaped(method_name(run, method))};
    for (const char* metric : shown) {
      const ScoreRow* row = find(method, metric);
      if (any == nullptr) any = row;
      cells.push_back(score_cell(row));
    }
    if (any == nullptr) continue;
    cells[0] +=
        fmt::format("<span class=\"aside\">{} in {}: {}, {}, {}</span>", escaped(method.method), escaped(method.space),
                    counted(any->k, "group"), counted(any->n, "track"), counted(any->seeds, "seed"));
    table.push_back(std::move(cells));
  }
  return table.empty() ? "" : table_html(caption, columns, table);
}

std::string full_tables_html(const RunData& run) {
  std::string html;
  for (const std::string& target : scored_targets(run)) {
    html += score_table(
        run, kAgreement,
        [&](const MethodKey& method, std::string_view metric) { return agreement(run, method, metric, target); },
        fmt::format("Agreement with {}", target_title(target)));
  }
  html += score_table(
      run, kInternal,
      [&](const MethodKey& method, std::string_view metric) { return tightness(run, method, metric, method.space); },
      "Tightness, each clustering in its own space (not comparable between spaces)");
  if (const std::string common = common_space(run); !common.empty()) {
    html += score_table(
        run, kInternal,
        [&](const MethodKey& method, std::string_view metric) { return tightness(run, method, metric, common); },
        fmt::format("Tightness, all clusterings measured in {}", common));
  }
  html += score_table(
      run, std::array{"coverage", "stability"},
      [&](const MethodKey& method, std::string_view metric) { return fact(run, method, metric); },
      "Coverage (share of tracks that are in a group) and stability (mean ARI between the seeds)");
  return html;
}

}  // namespace

std::string scores_html(const RunData& run) {
  if (run.scores.empty()) return "";
  return paragraph_html(
             "Each cell holds the mean over seeds ± its standard deviation. Below it stands what it must be compared "
             "with: the 95 % interval over tracks; what chance gives; for purity what one single group would have; for "
             "silhouette what structureless data gives that spreads as this space does (null) or equally in all "
             "directions (noise); p, the share of random groupings at least as good. Compare silhouettes between rows "
             "only where all are measured in one space. “Not defined” means that the score makes no sense there, for "
             "example with a single group; it is not 0.") +
         glance_html(run) + condition_html(run) + control_html(run) + comparisons_html(run) +
         folded_html("Every score in full", full_tables_html(run));
}

}  // namespace songmap::report
