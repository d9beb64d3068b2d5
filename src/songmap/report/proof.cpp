#include "songmap/report/proof.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>

#include "songmap/report/findings.h"
#include "songmap/report/html.h"
#include "songmap/report/plan.h"
#include "songmap/report/score_cells.h"
#include "songmap/run/metric_controls.h"
#include "songmap/run/study_tables.h"

namespace songmap::report {
namespace {

constexpr double kLevel = 0.05;
/// What two decimals show: a smaller difference the other way round contradicts nothing.
constexpr double kVisible = 0.005;
/// Differences of sums of the same numbers in another order.
constexpr double kRounding = 1e-9;

bool stands_for_a_model(const RunData& run, const SpaceRecord& space) {
  if (space.kind == "ensemble") return true;
  return space.kind == "model" && !space.methods.empty() &&
         std::ranges::none_of(run.manifest.spaces, [&](const SpaceRecord& other) {
           return other.kind == "ensemble" && other.model == space.model;
         });
}

std::optional<Step> step_of(const RunData& run, const SpaceRecord& space) {
  if (space.kind == "features") return space.name == "features" ? std::optional(Step::kFeatures) : std::nullopt;
  if (space.kind == "pca") return Step::kPca;
  if (space.kind == "metric") return Step::kMetric;
  if (space.kind == "embedding") return Step::kEmbedding;
  if (space.kind == run::kControlKind) return Step::kControl;
  if (space.kind == "fusion") return Step::kSideBySide;
  if (!stands_for_a_model(run, space)) return std::nullopt;
  const ModelRecord* model = run.model_behind(space.name);
  if (model == nullptr) return Step::kModel;
  if (model->kind == "autoencoder") return Step::kAutoencoder;
  if (model->kind == "window-vae") return Step::kWindows;
  return model->kind == "joint-vae" ? Step::kJoint : Step::kModel;
}

/// Spread over seeds of a space's score; where all seeds together are one space, that of the seeds one by one.
double spread_over_seeds(const RunData& run, const Proof& proof, const ProofRow& row) {
  double spread = 0;
  const auto take = [&](const MethodKey& key) {
    const ScoreRow* score = agreement(run, key, proof.metric, proof.target);
    if (score != nullptr && std::isfinite(score->sd)) spread = std::max(spread, score->sd);
  };
  take(proof.key(row, proof.method));
  if (const SpaceRecord* apart = seeds_apart(run, row.space)) take({apart->view, apart->name, proof.method});
  return spread;
}

/// Clusterings other than the main one by which `row` and what it is compared with stand the other way round.
std::vector<std::string> reversed(const RunData& run, const Proof& proof, const ProofRow& row,
                                  const ProofRow& reference) {
  std::vector<std::string> methods;
  for (const std::string& method : proof.methods) {
    const ScoreRow* ours = agreement(run, proof.key(row, method), proof.metric, proof.target);
    const ScoreRow* theirs = agreement(run, proof.key(reference, method), proof.metric, proof.target);
    if (method == proof.method || ours == nullptr || theirs == nullptr) continue;
    const double difference = ours->value - theirs->value;
    if (std::abs(difference) > kVisible && difference * row.compared->difference < 0) methods.push_back(method);
  }
  return methods;
}

Standing standing_of(const RunData& run, const Proof& proof, const ProofRow& row, const ProofRow& reference) {
  if (row.space == reference.space) return Standing::kLeader;
  const ComparisonRow* compared = row.compared;
  if (compared == nullptr || compared->seeds < 2 || !std::isfinite(compared->p_holm)) return Standing::kUntested;
  const double difference = std::abs(compared->difference);
  if (difference < kRounding && compared->high - compared->low < kRounding) return Standing::kAlike;
  const double ours = spread_over_seeds(run, proof, row);
  const double theirs = spread_over_seeds(run, proof, reference);
  const double error = std::sqrt((ours * ours + theirs * theirs) / static_cast<double>(compared->seeds));
  const bool excludes_zero = compared->low > 0 || compared->high < 0;
  if (compared->p_holm > kLevel || !excludes_zero || difference <= 2 * error) return Standing::kUndecided;
  if (!row.reversed.empty()) return Standing::kReversed;
  return compared->difference < 0 ? Standing::kBelow : Standing::kAbove;
}

/// Finds what the run says of `row` and `reference`, and judges it.
void place(const RunData& run, const Proof& proof, ProofRow& row, const ProofRow& reference) {
  const auto compared = std::ranges::find_if(run.comparisons, [&](const ComparisonRow& entry) {
    return entry.target == proof.target && entry.metric == proof.metric &&
           key_of(entry) == proof.key(row, proof.method) &&
           MethodKey{entry.against_view, entry.against_space, entry.against_method} ==
               proof.key(reference, proof.method);
  });
  if (compared != run.comparisons.end() && !proof.target.empty()) {
    row.compared = &*compared;
    row.reversed = reversed(run, proof, row, reference);
  }
  row.standing = standing_of(run, proof, row, reference);
}

/// "95 % interval 0.01 to 0.08, corrected p = 0.02", of the leading space over another or the other way round.
std::string numbers_of(const ComparisonRow& row, bool leader_first) {
  const double low = leader_first ? -row.high : row.low;
  const double high = leader_first ? -row.low : row.high;
  return fmt::format("95 % interval {}, corrected {}", interval_text(low, high), spelled_p(row.p_holm));
}

/// Of the two controls, that whose owners are drawn anew with each seed.
bool is_shuffled(const ProofRow& control) { return control.space == run::kShuffledControl; }

bool is_plural(const RunData& run, const std::string& space) {
  const SpaceRecord* record = run.space_record(space);
  return record != nullptr && record->kind == "features";
}

/// "; with Ward it is the other way round"
std::string reversal(const ProofRow& row) {
  if (row.reversed.empty()) return "";
  std::vector<std::string> methods;
  for (const std::string& method : row.reversed) methods.push_back(method_title(method));
  return fmt::format("; with {} it is the other way round", joined(methods));
}

/// "is above the features by 0.04 (95 % interval …)": the leading space beside another.
std::string leader_beside(const RunData& run, const ProofRow& row) {
  const std::string name = called(run, row.space);
  if (row.standing == Standing::kAlike) return fmt::format("scores the same as {}", name);
  const double difference = -row.compared->difference;
  return fmt::format("is {} {} by {} ({}{})", difference < 0 ? "below" : "above", name,
                     spelled_number(std::abs(difference)), numbers_of(*row.compared, true), reversal(row));
}

const char* why_not_told_apart(Standing standing) {
  if (standing == Standing::kAlike) return "the data does not tell them apart";
  return standing == Standing::kReversed
             ? "which is better depends on the clustering, so the data does not tell them apart"
             : "within what seeds and sampling change, so the data does not tell them apart";
}

/// The leading space beside everything simpler, each of which the run compared with it.
std::string ladder_sentence(const RunData& run, const std::string& leader,
                            const std::vector<const ProofRow*>& simpler) {
  const auto level =
      std::ranges::find_if(simpler, [](const ProofRow* row) { return row->standing != Standing::kBelow; });
  const ProofRow& simplest = *simpler.front();
  if (level == simpler.end()) {
    return fmt::format("{} {}{}: supported.", leader, leader_beside(run, simplest),
                       simpler.size() > 1 ? ", and above everything else that is simpler" : "");
  }
  const ProofRow& enough = **level;
  const std::string name = called(run, enough.space);
  const char* verdict = why_not_told_apart(enough.standing);
  if (level == simpler.begin()) {
    return fmt::format("{} {}: {}; the simplest, {}, would do.", leader, leader_beside(run, enough), verdict, name);
  }
  const std::string instead = enough.step >= Step::kAutoencoder ? fmt::format("the simpler model, {}, would do", name)
                                                                : fmt::format("{} would do without a model", name);
  return fmt::format("{} {}: supported; but it {}: {}, and {}.", leader, leader_beside(run, simplest),
                     leader_beside(run, enough), verdict, instead);
}

std::string labelled_sentence(const RunData& run, const Proof& proof) {
  const ProofRow& leading = proof.leading();
  const std::string leader = called(run, proof.leader);
  const std::string labels = target_title(proof.target);
  const ScoreRow* ours = agreement(run, proof.key(leading, proof.method), proof.metric, proof.target);
  if (ours == nullptr || !std::isfinite(ours->value)) {
    return fmt::format("The groups of {} have no score against {}: no claim.", leader, labels);
  }
  std::vector<const ProofRow*> simpler;
  for (const ProofRow& row : proof.rows) {
    if (row.step < leading.step) simpler.push_back(&row);
  }
  const std::string where = fmt::format("On these {} ({}, {} with {}), ", counted(ours->n, "track"),
                                        method_title(proof.method), metric_title(proof.metric), labels);
  if (ours->seeds < 2) {
    return where + "there is one seed only, and another random start could turn any difference around: no claim.";
  }
  const auto in = [&](Standing standing) {
    return std::ranges::find(simpler, standing, [](const ProofRow* row) { return row->standing; });
  };
  if (const auto above = in(Standing::kAbove); above != simpler.end()) {
    const ProofRow& row = **above;
    return fmt::format("{}{} {} above {} by {} ({}): the data speaks for the simpler one.", where,
                       called(run, row.space), is_plural(run, row.space) ? "are" : "is", leader,
                       spelled_number(row.compared->difference), numbers_of(*row.compared, false));
  }
  if (may_be_chance(*ours)) {
    return fmt::format(
        "{}{} agrees with {} no better than chance could, and nothing simpler is above it: these labels "
        "cannot say whether the model adds anything.",
        where, leader, labels);
  }
  if (const auto untested = in(Standing::kUntested); untested != simpler.end()) {
    return fmt::format("{}the run did not compare {} with {}: no claim.", where, leader,
                       called(run, (*untested)->space));
  }
  return where + ladder_sentence(run, leader, simpler);
}

/// Without labels there is nothing by which one space could be better than another.
std::string unlabelled_sentence(const RunData& run, const Proof& proof) {
  std::vector<std::string> loose;
  std::size_t n_tested = 0;
  for (const ProofRow& row : proof.rows) {
    const ScoreRow* silhouette = tightness(run, proof.key(row, proof.method), "silhouette", row.space);
    if (silhouette == nullptr || !std::isfinite(silhouette->value) || !std::isfinite(silhouette->chance)) continue;
    ++n_tested;
    if (silhouette->value <= silhouette->chance) loose.push_back(called(run, row.space));
  }
  const std::string text = "There are no labels, so nothing here says which of these is better, and no claim is made";
  if (n_tested == 0) return text + ".";
  if (loose.empty()) return text + ": groups are tighter than structureless data of the same spread in all of them.";
  return fmt::format("{}: groups are no tighter than structureless data of the same spread in {}.", text,
                     joined(loose));
}

}  // namespace

const ProofRow& Proof::leading() const { return *std::ranges::find(rows, leader, &ProofRow::space); }

const ProofRow* Proof::metric_row() const {
  const auto found = std::ranges::find(rows, Step::kMetric, &ProofRow::step);
  return found == rows.end() ? nullptr : &*found;
}

const SpaceRecord* seeds_apart(const RunData& run, const std::string& space) {
  const SpaceRecord* record = run.space_record(space);
  if (record == nullptr || record->kind != "ensemble") return nullptr;
  const auto found = std::ranges::find_if(run.manifest.spaces, [&](const SpaceRecord& other) {
    return other.kind == "model" && other.model == record->model;
  });
  return found == run.manifest.spaces.end() ? nullptr : &*found;
}

std::string called(const RunData& run, const std::string& space) {
  const SpaceRecord* record = run.space_record(space);
  std::string title = space_title(run, space);
  if (const std::size_t comma = title.find(", "); comma != std::string::npos) title.replace(comma, 2, " with ");
  constexpr std::string_view kWords = " + lyrics";
  if (const std::size_t at = title.find(kWords); at != std::string::npos) {
    title.replace(at, kWords.size(), " and the words beside it");
  }
  // "PCA" and "VAE" keep their letters.
  const bool word = title.size() > 1 && std::islower(static_cast<unsigned char>(title[1])) != 0;
  if (word) title[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(title[0])));
  return record != nullptr && record->kind == "pca" ? title : "the " + title;
}

std::optional<Proof> proof_of(const RunData& run, const std::string& target) {
  const MethodKey main = main_method(run);
  const SpaceRecord* leader = run.space_record(main.space);
  if (leader == nullptr || leader->model.empty() || run::study_tier(run.manifest) != nullptr) return std::nullopt;
  Proof proof{target, target.empty() ? "" : main_metric(run, target), main.space, main.method, leader->methods, {}};
  for (const SpaceRecord& space : run.manifest.spaces) {
    const std::optional<Step> step = step_of(run, space);
    const ModelRecord* model = run.model_behind(space.name);
    if (!step || (model != nullptr && !target.empty() && model->condition == target)) continue;
    proof.rows.push_back({space.view, space.name, *step});
  }
  std::ranges::stable_sort(proof.rows, {}, &ProofRow::step);
  const auto leading = std::ranges::find(proof.rows, main.space, &ProofRow::space);
  if (leading == proof.rows.end() || proof.rows.front().step >= leading->step) return std::nullopt;
  const auto first_control = std::ranges::find(proof.rows, Step::kControl, &ProofRow::step);
  proof.controls.assign(first_control, proof.rows.end());
  proof.rows.erase(first_control, proof.rows.end());
  for (ProofRow& row : proof.rows) place(run, proof, row, proof.leading());
  if (const ProofRow* metric = proof.metric_row()) {
    for (ProofRow& row : proof.controls) place(run, proof, row, *metric);
  } else {
    proof.controls.clear();
  }
  return proof;
}

std::string proof_sentence(const RunData& run, const Proof& proof) {
  if (proof.target.empty()) return unlabelled_sentence(run, proof);
  std::string text = labelled_sentence(run, proof);
  if (run.space_record(proof.leader)->pretrained && !run.space_record(proof.rows.front().space)->pretrained) {
    text += fmt::format(
        " The leading space saw an embedding that was pretrained elsewhere: a difference to {} may be the embedding’s "
        "and "
        "not the model’s.",
        called(run, proof.rows.front().space));
  }
  return text;
}

std::string beyond_sentence(const RunData& run, const Proof& proof) {
  const ScoreRow* ours = agreement(run, proof.key(proof.leading(), proof.method), proof.metric, proof.target);
  const bool chance = ours == nullptr || may_be_chance(*ours);
  std::vector<std::string> parts;
  for (const ProofRow& row : proof.rows) {
    if (row.step <= proof.leading().step || row.standing == Standing::kUntested) continue;
    // Where nothing follows the labels, only what rises above that is worth a word.
    if (chance && row.standing != Standing::kAbove) continue;
    const std::string name = called(run, row.space);
    if (row.standing == Standing::kAlike) {
      parts.push_back(name + " scores the same");
      continue;
    }
    const double difference = row.compared->difference;
    const bool told = row.standing == Standing::kBelow || row.standing == Standing::kAbove;
    parts.push_back(fmt::format("{} is {} it by {} ({}{}): {}", name, difference < 0 ? "below" : "above",
                                spelled_number(std::abs(difference)), numbers_of(*row.compared, false), reversal(row),
                                told ? "supported" : "not told apart"));
  }
  if (parts.empty()) return "";
  std::string text = "What takes more than it: ";
  for (std::size_t i = 0; i < parts.size(); ++i) text += (i > 0 ? "; " : "") + parts[i];
  return text + ".";
}

std::string controls_sentence(const RunData& run, const Proof& proof) {
  if (proof.controls.empty()) return "";
  if (proof.target.empty()) {
    return "Without labels nothing says whether the within-track metric is better than the same transform without "
           "knowledge of the tracks.";
  }
  const ScoreRow* metric = agreement(run, proof.key(*proof.metric_row(), proof.method), proof.metric, proof.target);
  if (metric == nullptr || !std::isfinite(metric->value) || may_be_chance(*metric)) {
    return fmt::format("The within-track metric agrees with {} no better than chance could: its controls say nothing.",
                       target_title(proof.target));
  }
  const auto value_of = [&](const ProofRow& row) {
    const ScoreRow* score = agreement(run, proof.key(row, proof.method), proof.metric, proof.target);
    return score == nullptr ? kNotDefined : score->value;
  };
  std::string text = fmt::format("The within-track metric scores {}", spelled_number(value_of(*proof.metric_row())));
  for (const ProofRow& row : proof.controls) {
    text += fmt::format("; the same transform from {} {}", is_shuffled(row) ? "shuffled owners" : "all windows",
                        spelled_number(value_of(row)));
    if (row.compared != nullptr) text += fmt::format(" ({})", numbers_of(*row.compared, false));
  }
  const auto all_are = [&](Standing standing) {
    return std::ranges::all_of(proof.controls, [&](const ProofRow& row) { return row.standing == standing; });
  };
  const auto any_is = [&](Standing standing) {
    return std::ranges::any_of(proof.controls, [&](const ProofRow& row) { return row.standing == standing; });
  };
  if (any_is(Standing::kUntested)) return text + ": with one seed or no comparison, no claim.";
  if (any_is(Standing::kAbove))
    return text +
           ": a transform that knows nothing of the tracks does better, so what the metric gives is not owed to them.";
  if (!all_are(Standing::kBelow))
    return text +
           ": the data does not tell them all apart, so whitening alone may do as much, and nothing shows that it is "
           "the tracks that count.";
  const ProofRow& simplest = proof.rows.front();
  const bool lifted = simplest.step == Step::kFeatures && value_of(*proof.metric_row()) > value_of(simplest);
  return text +
         (lifted ? ": it is the identity of the tracks, not whitening."
                 : ": whitening without the tracks costs more, but the metric is not above the features themselves.");
}

}  // namespace songmap::report
