#include <fmt/format.h>

#include <algorithm>

#include "songmap/figures/bars.h"
#include "songmap/report/plan.h"
#include "songmap/report/proof.h"
#include "songmap/report/score_cells.h"

/// "Does the model add anything?": the picture.
namespace songmap::report {
namespace {

void plan_proof(const RunData& run, const Proof& proof, FigurePlan& plan) {
  const bool labelled = !proof.target.empty();
  std::vector<figures::BarPanel> panels;
  std::vector<const ScoreRow*> shown;
  for (const std::string& method : proof.methods) {
    figures::BarPanel panel{.title = method_title(method), .note = labelled ? "0: chance, 1: perfect" : ""};
    for (const ProofRow& row : proof.rows) {
      const MethodKey key = proof.key(row, method);
      const ScoreRow* score =
          labelled ? agreement(run, key, proof.metric, proof.target) : tightness(run, key, "silhouette", row.space);
      shown.push_back(score);
      panel.bars.push_back(bar_of(score));
    }
    if (std::ranges::any_of(panel.bars, &figures::Bar::computed)) panels.push_back(std::move(panel));
  }
  if (panels.empty()) return;
  figures::BarsOptions options;
  options.title = labelled ? fmt::format("Does the model add anything? {} with {}", metric_title(proof.metric),
                                         target_title(proof.target))
                           : "Is there structure in each space? Silhouette beside its null";
  options.subtitle = "The same tracks and clusterings in every space, the simplest first. " + whiskers_of(shown);
  options.chance_meaning =
      labelled ? "what random labels would score" : "what structureless data of the same spread would score";
  for (const ProofRow& row : proof.rows) {
    options.rows.push_back(space_title(run, row.space));
    options.emphasised.push_back(row.space == proof.leader);
  }
  const std::vector<figures::BarsPage> pages = figures::bars_pages(panels, options);
  for (std::size_t i = 0; i < pages.size(); ++i) {
    PlannedFigure figure{
        .name = {},
        .topic = FigureTopic::kProof,
        .fold = i == 0 ? "" : "The same by further clusterings",
        .title = options.title,
        .caption = labelled ? "In the strong colour: the space that leads the run. Where whiskers overlap widely, the "
                              "tracks do not tell two spaces apart; the table has the paired differences."
                            : "In the strong colour: the space that leads the run. Only what lies beyond the orange "
                              "mark is structure, and no bar may be compared with another: each is measured by its "
                              "own distances.",
        .draw = [page = pages[i]](const std::filesystem::path& path) {
          figures::draw_bars(path, page.panels, page.options);
        }};
    const std::string name = labelled ? "proof-" + proof.target : "proof";
    plan.add(i == 0 ? name : fmt::format("{}-page-{}", name, i + 1), std::move(figure));
  }
}

}  // namespace

void plan_proofs(const RunData& run, FigurePlan& plan) {
  std::vector<std::string> targets = scored_targets(run);
  if (targets.empty()) targets.emplace_back();
  for (const std::string& target : targets) {
    if (const std::optional<Proof> proof = proof_of(run, target)) plan_proof(run, *proof, plan);
  }
}

}  // namespace songmap::report
