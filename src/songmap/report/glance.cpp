#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "songmap/report/html.h"
#include "songmap/report/plan.h"
#include "songmap/report/score_rows.h"
#include "songmap/report/sections.h"
#include "songmap/run/lyrics_control.h"

/// The one table that shows every way of grouping, with what each number must be compared with below it.
namespace songmap::report {
namespace {

constexpr std::size_t kMostTargets = 2;

std::string aside(const std::string& text) { return fmt::format("<span class=\"aside\">{}</span>", escaped(text)); }

/// Value, spread, and whatever else stands below it.
std::string cell(const ScoreRow* row, const std::vector<std::string>& notes, int decimals = 2) {
  if (row == nullptr) return aside("–");
  if (!std::isfinite(row->value)) return aside("not defined");
  std::string html = fmt::format("<strong>{}</strong>", spelled_number(row->value, decimals));
  if (std::isfinite(row->sd) && row->seeds > 1) html += fmt::format(" ± {}", spelled_number(row->sd, decimals));
  for (const std::string& note : notes) html += aside(note);
  return html;
}

std::string interval(const ScoreRow* row) {
  return fmt::format("{} to {}", spelled_number(row->low), spelled_number(row->high));
}

class Glance {
 public:
  explicit Glance(const RunData& run) : run_(run), targets_(scored_targets(run)), common_(common_space(run)) {
    if (targets_.size() > kMostTargets) targets_.resize(kMostTargets);
  }

  std::string html() const {
    const std::vector<MethodKey> methods = scored_methods(run_);
    if (methods.empty()) return "";
    std::vector<HtmlColumn> columns{{"method"}};
    for (const std::string& target : targets_) {
      for (const char* metric : kMetrics) columns.push_back({fmt::format("{} {}", target, metric_title(metric)), true});
    }
    columns.push_back({"silhouette, own space", true});
    if (!common_.empty()) columns.push_back({fmt::format("silhouette in {}", common_), true});

    std::vector<std::vector<std::string>> rows;
    std::string heading;
    for (const MethodKey& method : methods) {
      if (const std::string next = method_heading(run_, method); next != heading) {
        heading = next;
        rows.push_back({escaped(heading)});
      }
      rows.push_back(row_of(method, columns.size()));
    }
    return fmt::format("<div class=\"glance\">{}</div>\n",
                       table_html("Every way of grouping at a glance", columns, rows));
  }

 private:
  static constexpr std::array<const char*, 4> kMetrics{"ami", "ari", "nmi", "purity"};

  std::vector<std::string> row_of(const MethodKey& method, std::size_t n_columns) const {
    std::vector<std::string> row{name_cell(method)};
    if (!undefined_reason(run_, method).empty()) {
      row.resize(n_columns, aside("–"));
      return row;
    }
    for (const std::string& target : targets_) {
      for (const char* metric : kMetrics) row.push_back(agreement_cell(method, metric, target));
    }
    row.push_back(own_silhouette_cell(method));
    if (!common_.empty()) row.push_back(cell(tightness(run_, method, "silhouette", common_), {}));
    return row;
  }

  std::string name_cell(const MethodKey& method) const {
    const ScoreRow& any = *std::ranges::find(run_.scores, method, &key_of<ScoreRow>);
    std::string html = escaped(method_name(run_, method));
    if (method == main_method(run_)) html += " <span class=\"badge\">main</span>";
    if (const std::string reason = undefined_reason(run_, method); !reason.empty()) {
      return html + aside("not defined: " + reason);
    }
    std::string facts = counted(any.k, "group");
    const ScoreRow* coverage = fact(run_, method, "coverage");
    if (coverage != nullptr && coverage->value < 0.9995) {
      facts += fmt::format(", {:.0f} % of tracks in one", 100 * coverage->value);
    }
    const ScoreRow* stability = fact(run_, method, "stability");
    if (stability != nullptr && std::isfinite(stability->value)) {
      facts += fmt::format(", stability {}", spelled_number(stability->value));
    }
    return html + aside(facts);
  }

  std::string agreement_cell(const MethodKey& method, std::string_view metric, const std::string& target) const {
    const ScoreRow* row = agreement(run_, method, metric, target);
    if (row == nullptr || !std::isfinite(row->value)) return cell(row, {});
    std::vector<std::string> notes;
    const bool adjusted = metric == "ami" || metric == "ari";
    if (adjusted && std::isfinite(row->low) && std::isfinite(row->high)) notes.push_back(interval(row));
    if (!adjusted && std::isfinite(row->chance)) notes.push_back("chance " + spelled_number(row->chance));
    if (metric == "purity") {
      const ScoreRow* share = agreement(run_, method, "majority_share", target);
      if (share != nullptr && std::isfinite(share->value)) notes.push_back("one group " + spelled_number(share->value));
    }
    if (metric == "ami" && std::isfinite(row->p)) notes.push_back(spelled_p(row->p));
    const ScoreRow* control = shuffled_agreement(run_, method, metric, target, run::kShuffledLyrics);
    if (control != nullptr && std::isfinite(control->value)) {
      notes.push_back("others’ words " + spelled_number(control->value));
    }
    return cell(row, notes);
  }

  std::string own_silhouette_cell(const MethodKey& method) const {
    const ScoreRow* row = tightness(run_, method, "silhouette", method.space);
    std::vector<std::string> notes;
    if (row != nullptr && std::isfinite(row->chance)) notes.push_back("null " + spelled_number(row->chance));
    const ScoreRow* noise = tightness(run_, method, "silhouette_noise", method.space);
    if (noise != nullptr && std::isfinite(noise->value)) notes.push_back("noise " + spelled_number(noise->value));
    return cell(row, notes);
  }

  const RunData& run_;
  std::vector<std::string> targets_;
  std::string common_;
};

}  // namespace

std::string glance_html(const RunData& run) { return Glance(run).html(); }

}  // namespace songmap::report
