#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "songmap/report/html.h"
#include "songmap/report/plan.h"
#include "songmap/report/proof.h"
#include "songmap/report/score_cells.h"
#include "songmap/report/sections.h"
#include "songmap/run/grouping.h"

/// "Does the model add anything?": the table.
namespace songmap::report {
namespace {

const char* kind_heading(Step step) {
  if (step <= Step::kEmbedding) return "Without a model";
  if (step <= Step::kWindows) return "A model of the sound";
  return step == Step::kControl ? "Without knowledge of the tracks" : "Sound and words";
}

std::string standing_words(const ProofRow& row) {
  switch (row.standing) {
    case Standing::kLeader:
      return row.step == Step::kMetric ? "what they control" : "leads the run";
    case Standing::kUntested:
      return row.compared != nullptr ? "one seed: no claim" : "not compared";
    case Standing::kAlike:
      return "the same score";
    case Standing::kUndecided:
      return "not told apart";
    case Standing::kReversed:
      return "turns round with another clustering: not told apart";
    case Standing::kBelow:
      return "below: supported";
    case Standing::kAbove:
      return "above: supported";
  }
  return "";
}

class ProofTable {
 public:
  ProofTable(const RunData& run, const Proof& proof) : run_(run), proof_(proof) {}

  /// Agreement by one metric, and for the main one the difference to the leading space.
  std::string agreement_table(const std::string& metric) const {
    return agreement_table(metric,
                           fmt::format("{} with {}, by the same clusterings on the same tracks", metric_title(metric),
                                       target_title(proof_.target)),
                           proof_.rows);
  }

  /// The within-track metric beside what knows nothing of the tracks; empty without controls.
  std::string controls_table() const {
    if (proof_.controls.empty()) return "";
    std::vector<ProofRow> rows{*proof_.metric_row()};
    rows.front().compared = nullptr;
    rows.front().standing = Standing::kLeader;
    rows.insert(rows.end(), proof_.controls.begin(), proof_.controls.end());
    if (proof_.target.empty()) return unlabelled_table("The metric and its controls", rows);
    return agreement_table(proof_.metric, "The metric and its controls: the difference is to the metric", rows);
  }

  std::string unlabelled_table() const { return unlabelled_table("What can be said without labels", proof_.rows); }

 private:
  std::string agreement_table(const std::string& metric, const std::string& caption,
                              const std::vector<ProofRow>& rows) const {
    const bool main = metric == proof_.metric;
    std::vector<HtmlColumn> columns{{"space"}};
    for (const std::string& method : proof_.methods) columns.push_back({method_title(method), true});
    if (main) {
      columns.push_back({fmt::format("difference by {}", method_title(proof_.method)), true});
      columns.push_back({"verdict"});
    }
    return table(caption, columns, rows, [&](const ProofRow& row) {
      std::vector<std::string> cells;
      for (const std::string& method : proof_.methods) {
        cells.push_back(agreement_cell(proof_.key(row, method), metric));
      }
      if (main) {
        cells.push_back(difference_cell(row));
        cells.push_back(escaped(standing_words(row)));
      }
      return cells;
    });
  }

  std::string unlabelled_table(const std::string& caption, const std::vector<ProofRow>& rows) const {
    std::vector<HtmlColumn> columns{{"space"}};
    for (const std::string& method : proof_.methods) {
      columns.push_back({fmt::format("silhouette, {}", method_title(method)), true});
    }
    for (const std::string& method : proof_.methods) {
      if (!run::is_deterministic(method)) columns.push_back({fmt::format("stability, {}", method_title(method)), true});
    }
    columns.push_back({"stability of the model’s seeds", true});
    return table(caption, columns, rows, [&](const ProofRow& row) {
      std::vector<std::string> cells;
      for (const std::string& method : proof_.methods) cells.push_back(silhouette_cell(proof_.key(row, method)));
      for (const std::string& method : proof_.methods) {
        if (!run::is_deterministic(method)) cells.push_back(stability_cell(proof_.key(row, method)));
      }
      cells.push_back(stability_of_seeds_cell(row));
      return cells;
    });
  }

  template <class Cells>
  std::string table(const std::string& caption, const std::vector<HtmlColumn>& columns, const std::vector<ProofRow>& of,
                    const Cells& cells_of) const {
    std::vector<std::vector<std::string>> rows;
    std::string heading;
    for (const ProofRow& row : of) {
      if (const std::string next = kind_heading(row.step); next != heading) {
        heading = next;
        rows.push_back({escaped(heading)});
      }
      std::vector<std::string> cells{name_cell(row)};
      std::ranges::move(cells_of(row), std::back_inserter(cells));
      rows.push_back(std::move(cells));
    }
    return fmt::format("<div class=\"glance\">{}</div>\n", table_html(caption, columns, rows));
  }

  std::string name_cell(const ProofRow& row) const {
    std::string html = escaped(space_title(run_, row.space));
    if (row.space == proof_.leader) html += " <span class=\"badge\">leads</span>";
    const ScoreRow* any = proof_.target.empty()
                              ? fact(run_, proof_.key(row, proof_.method), "coverage")
                              : agreement(run_, proof_.key(row, proof_.method), proof_.metric, proof_.target);
    if (any != nullptr) html += aside_html(fmt::format("{}, {}", counted(any->k, "group"), counted(any->n, "track")));
    const SpaceRecord* apart = seeds_apart(run_, row.space);
    if (apart == nullptr || proof_.target.empty()) return html;
    const ScoreRow* score = agreement(run_, {apart->view, apart->name, proof_.method}, proof_.metric, proof_.target);
    if (score == nullptr || !std::isfinite(score->value)) return html;
    return html + aside_html(fmt::format("its seeds one by one, {}: {} ± {}", method_title(proof_.method),
                                         spelled_number(score->value), spelled_number(score->sd)));
  }

  std::string agreement_cell(const MethodKey& key, const std::string& metric) const {
    const ScoreRow* score = agreement(run_, key, metric, proof_.target);
    std::vector<std::string> notes;
    if (score != nullptr && std::isfinite(score->value)) {
      if (std::isfinite(score->low) && std::isfinite(score->high)) {
        notes.push_back(interval_text(score->low, score->high));
      }
      const bool corrected = metric == "ami" || metric == "ari";  // Chance is 0 by construction.
      if (!corrected && std::isfinite(score->chance)) notes.push_back("chance " + spelled_number(score->chance));
      if (metric == proof_.metric && std::isfinite(score->p)) notes.push_back(spelled_p(score->p));
    }
    return score_cell_html(score, notes);
  }

  std::string difference_cell(const ProofRow& row) const {
    if (row.compared == nullptr) return aside_html("–");
    return fmt::format("<strong>{}</strong>{}{}", signed_number(row.compared->difference),
                       aside_html(interval_text(row.compared->low, row.compared->high)),
                       aside_html("corrected " + spelled_p(row.compared->p_holm)));
  }

  std::string silhouette_cell(const MethodKey& key) const {
    const ScoreRow* score = tightness(run_, key, "silhouette", key.space);
    std::vector<std::string> notes;
    if (score != nullptr && std::isfinite(score->low)) notes.push_back(interval_text(score->low, score->high));
    if (score != nullptr && std::isfinite(score->chance)) notes.push_back("null " + spelled_number(score->chance));
    return score_cell_html(score, notes);
  }

  std::string stability_cell(const MethodKey& key) const { return score_cell_html(fact(run_, key, "stability"), {}); }

  /// How alike the groups are that a model's seeds give one by one: a space without a model has no seed.
  std::string stability_of_seeds_cell(const ProofRow& row) const {
    const SpaceRecord* apart = seeds_apart(run_, row.space);
    if (apart == nullptr) {
      const SpaceRecord* record = run_.space_record(row.space);
      if (record == nullptr || !record->seeded) return aside_html("–");
      apart = record;
    }
    return stability_cell({apart->view, apart->name, proof_.method});
  }

  const RunData& run_;
  const Proof& proof_;
};

std::string controls_html(const RunData& run, const Proof& proof, const ProofTable& table, bool several) {
  if (proof.controls.empty()) return "";
  const std::string by = several ? " By " + target_title(proof.target) : "";
  return fmt::format("<h3>Is it the tracks, or would any whitening do?{}</h3>\n", escaped(by)) +
         paragraph_html(controls_sentence(run, proof)) + table.controls_table();
}

}  // namespace

std::string proof_html(const RunData& run) {
  std::vector<std::string> targets = scored_targets(run);
  if (targets.empty()) targets.emplace_back();
  std::string html;
  std::string controls;
  for (const std::string& target : targets) {
    const std::optional<Proof> proof = proof_of(run, target);
    if (!proof) continue;
    const ProofTable table(run, *proof);
    if (targets.size() > 1) html += fmt::format("<h3>By {}</h3>\n", escaped(target_title(target)));
    html += fmt::format("<p class=\"card\">{}</p>\n", escaped(proof_sentence(run, *proof)));
    controls += controls_html(run, *proof, table, targets.size() > 1);
    if (target.empty()) {
      html += table.unlabelled_table();
      continue;
    }
    if (const std::string beyond = beyond_sentence(run, *proof); !beyond.empty()) html += paragraph_html(beyond);
    html += table.agreement_table(proof->metric);
    std::string others;
    for (const char* metric : {"ami", "ari", "nmi"}) {
      const bool scored = std::ranges::any_of(
          run.scores, [&](const ScoreRow& row) { return row.target == target && row.metric == metric; });
      if (metric != proof->metric && scored) others += table.agreement_table(metric);
    }
    html += folded_html(fmt::format("The same by other measures of agreement with {}", target_title(target)), others);
  }
  if (html.empty()) return "";
  const bool labelled = !targets.front().empty();
  return html +
         paragraph_html(
             labelled
                 ? "Simplest first. A cell holds the mean over seeds ± its standard deviation, the 95 % interval over "
                   "tracks, and the share of random groupings at least as good. Differences are to the leading space, "
                   "on the same tracks, their p corrected for all comparisons of the run (Holm). A difference is "
                   "called "
                   "supported where the corrected p is at most 0.05, the interval excludes 0, it is more than twice "
                   "its standard error over seeds, and no other clustering shows the opposite. "
                   "Where numbers of groups differ, each is that of the space’s own view."
                 : "Simplest first. The silhouette of each space is by its own distances and must not be compared "
                   "between rows, only with the null below it: what structureless data of the same spread gives. "
                   "Stability is the mean ARI between seeds: 1 says that the random start does not matter, not that "
                   "the groups mean something. With labels (--label-from, or columns of a CSV) this section compares "
                   "the spaces.") +
         controls;
}

}  // namespace songmap::report
