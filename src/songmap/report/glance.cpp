#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "songmap/report/html.h"
#include "songmap/report/plan.h"
#include "songmap/report/score_cells.h"
#include "songmap/report/score_rows.h"
#include "songmap/report/sections.h"
#include "songmap/run/lyrics_control.h"

/// The one table that shows every way of grouping, with what each number must be compared with below it.
namespace songmap::report {
namespace {

/// One table for each label column; tightness stands in the first alone.
class Glance {
 public:
  Glance(const RunData& run, std::string target, bool with_tightness)
      : run_(run), target_(std::move(target)), tightness_(with_tightness), common_(common_space(run)) {}

  std::string html() const {
    const std::vector<MethodKey> methods = scored_methods(run_);
    std::vector<HtmlColumn> columns{{"grouping"}};
    if (!target_.empty()) {
      for (const char* metric : kMetrics) columns.push_back({metric_title(metric), true});
    }
    if (tightness_) {
      columns.push_back({"silhouette in its own space", true});
      if (!common_.empty()) columns.push_back({fmt::format("silhouette in {}", common_), true});
      columns.push_back({"coverage", true});
      columns.push_back({"stability", true});
    }
    std::vector<std::vector<std::string>> rows;
    std::string heading;
    for (const MethodKey& method : methods) {
      if (const std::string next = method_heading(run_, method); next != heading) {
        heading = next;
        rows.push_back({escaped(heading)});
      }
      rows.push_back(row_of(method, columns.size()));
    }
    return fmt::format(
        "<div class=\"glance\">{}</div>\n",
        table_html(
            target_.empty() ? "Every grouping" : fmt::format("Every grouping, compared with {}", target_title(target_)),
            columns, rows));
  }

 private:
  static constexpr std::array<const char*, 4> kMetrics{"ami", "ari", "nmi", "purity"};

  std::vector<std::string> row_of(const MethodKey& method, std::size_t n_columns) const {
    std::vector<std::string> row{name_cell(method)};
    if (!undefined_reason(run_, method).empty()) {
      row.resize(n_columns, aside_html("–"));
      return row;
    }
    if (!target_.empty()) {
      for (const char* metric : kMetrics) row.push_back(agreement_cell(method, metric));
    }
    if (!tightness_) return row;
    row.push_back(own_silhouette_cell(method));
    if (!common_.empty()) row.push_back(score_cell_html(tightness(run_, method, "silhouette", common_), {}));
    for (const char* metric : {"coverage", "stability"}) row.push_back(score_cell_html(fact(run_, method, metric), {}));
    return row;
  }

  std::string name_cell(const MethodKey& method) const {
    const ScoreRow& any = *std::ranges::find(run_.scores, method, &key_of<ScoreRow>);
    std::string html = escaped(method_name(run_, method));
    if (method == main_method(run_)) html += " <span class=\"badge\">main</span>";
    if (const std::string reason = undefined_reason(run_, method); !reason.empty()) {
      return html + aside_html("not defined: " + reason);
    }
    return html + aside_html(fmt::format("{}, {}", counted(any.k, "group"), counted(any.n, "track")));
  }

  std::string agreement_cell(const MethodKey& method, std::string_view metric) const {
    const ScoreRow* row = agreement(run_, method, metric, target_);
    if (row == nullptr || !std::isfinite(row->value)) return score_cell_html(row, {});
    std::vector<std::string> notes;
    const bool adjusted = metric == "ami" || metric == "ari";
    if (adjusted && std::isfinite(row->low) && std::isfinite(row->high))
      notes.push_back(interval_text(row->low, row->high));
    if (!adjusted && std::isfinite(row->chance)) notes.push_back("chance " + spelled_number(row->chance));
    if (metric == "purity") {
      const ScoreRow* share = agreement(run_, method, "majority_share", target_);
      if (share != nullptr && std::isfinite(share->value)) notes.push_back("one group " + spelled_number(share->value));
    }
    if (metric == "ami" && std::isfinite(row->p)) notes.push_back(spelled_p(row->p));
    const ScoreRow* control = shuffled_agreement(run_, method, metric, target_, run::kShuffledLyrics);
    if (control != nullptr && std::isfinite(control->value)) {
      notes.push_back("others’ words " + spelled_number(control->value));
    }
    return score_cell_html(row, notes);
  }

  std::string own_silhouette_cell(const MethodKey& method) const {
    const ScoreRow* row = tightness(run_, method, "silhouette", method.space);
    std::vector<std::string> notes;
    if (row != nullptr && std::isfinite(row->chance)) notes.push_back("null " + spelled_number(row->chance));
    const ScoreRow* noise = tightness(run_, method, "silhouette_noise", method.space);
    if (noise != nullptr && std::isfinite(noise->value)) notes.push_back("noise " + spelled_number(noise->value));
    return score_cell_html(row, notes);
  }

  const RunData& run_;
  std::string target_;
  bool tightness_;
  std::string common_;
};

}  // namespace

std::string glance_html(const RunData& run) {
  std::vector<std::string> targets = scored_targets(run);
  if (targets.empty()) targets.emplace_back();
  std::string html;
  for (std::size_t i = 0; i < targets.size(); ++i) html += Glance(run, targets[i], /*with_tightness=*/i == 0).html();
  return html;
}

}  // namespace songmap::report
