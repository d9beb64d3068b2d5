#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "songmap/report/data.h"
#include "songmap/report/score_rows.h"

/// Whether a model adds anything to what it reads: the space that leads the run beside everything simpler, grouped in
/// the same ways on the same tracks.
namespace songmap::report {

/// From what anybody could compute to what takes the most to train.
enum class Step { kFeatures, kPca, kMetric, kEmbedding, kAutoencoder, kModel, kWindows, kSideBySide, kJoint, kControl };

/// Where a space stands beside the leading one (a control: beside the metric), by the run's main clustering.
enum class Standing {
  kLeader,
  kUntested,   ///< The run did not compare the two, or had one seed only.
  kAlike,      ///< The same score on every half of the tracks.
  kUndecided,  ///< Their difference is within what seeds and sampling change.
  kReversed,   ///< Told apart by the main clustering, and the other way round by another one.
  kBelow,      ///< Told apart: corrected p at most .05, beyond the spread over seeds, no clustering against it.
  kAbove,
};

struct ProofRow {
  std::string view;
  std::string space;
  Step step = Step::kFeatures;
  Standing standing = Standing::kUntested;
  const ComparisonRow* compared = nullptr;  ///< This space against the leading one; null: not compared.
  std::vector<std::string> reversed = {};   ///< Other clusterings by which the difference has the other sign.
};

/// One label column, or none.
struct Proof {
  std::string target;  ///< Empty: there are no labels.
  std::string metric;  ///< ami | ari
  std::string leader;  ///< Space.
  std::string method;  ///< The run's main clustering.
  std::vector<std::string> methods;
  std::vector<ProofRow> rows;  ///< The simplest first.
  /// The within-track metric without what it knows of the tracks (run/metric_controls.h): each beside the metric, which
  /// is the leading one here. Empty where the run has none.
  std::vector<ProofRow> controls = {};

  [[nodiscard]] const ProofRow& leading() const;
  /// The within-track metric; null where it is not used.
  [[nodiscard]] const ProofRow* metric_row() const;
  [[nodiscard]] MethodKey key(const ProofRow& row, const std::string& by) const { return {row.view, row.space, by}; }
};

/// Nothing where no model leads, where there is nothing simpler beside it, or for the presets of the study, which has
/// its own table. `run` must outlive the result.
[[nodiscard]] std::optional<Proof> proof_of(const RunData& run, const std::string& target);

/// Which of the spaces the data supports, in one sentence that claims no more than that.
[[nodiscard]] std::string proof_sentence(const RunData& run, const Proof& proof);

/// What stands beyond the leading space (the joint model …), in one sentence; empty where nothing does.
[[nodiscard]] std::string beyond_sentence(const RunData& run, const Proof& proof);

/// Whether it is the tracks that the metric owes its score to, in one sentence; empty without controls.
[[nodiscard]] std::string controls_sentence(const RunData& run, const Proof& proof);

/// The space of a model's seeds one by one, where all of them together stand for it; null: there is none.
[[nodiscard]] const SpaceRecord* seeds_apart(const RunData& run, const std::string& space);

/// "the features", "the within-track metric", "the VAE with 5 seeds together".
[[nodiscard]] std::string called(const RunData& run, const std::string& space);

}  // namespace songmap::report
