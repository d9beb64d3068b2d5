#pragma once

#include <optional>
#include <string>
#include <vector>

#include "songmap/report/data.h"
#include "songmap/report/score_rows.h"

/// Sentences that follow from a run's numbers, in plain words. None says more than the numbers do.
namespace songmap::report {

enum class Trust { kCaution, kGood, kNote };  ///< In the order in which they are told.

struct Finding {
  Trust trust = Trust::kNote;
  std::string heading;  ///< A few words.
  std::string text;     ///< A sentence or two with the numbers.
};

/// The model whose space the main clustering works in; null when there is none.
[[nodiscard]] const ModelRecord* main_model(const RunData& run);

/// True when a label's agreement was tested and chance could give as much.
[[nodiscard]] bool may_be_chance(const ScoreRow& row);

/// The score of the run's main clustering: the internal ones (no target) in its own space. Null when there is none.
[[nodiscard]] const ScoreRow* main_score(const RunData& run, std::string_view metric, std::string_view target);

/// AMI against a label, or ARI where there is no AMI; null when neither is there.
[[nodiscard]] const ScoreRow* main_agreement(const RunData& run, std::string_view target);

/// How well the groups agree with a label, judged by AMI (or ARI) and its p value; empty without such a score.
[[nodiscard]] std::string agreement_sentence(const RunData& run, const std::string& target);

/// Whether another space or method does as well; empty when there is nothing to compare with, or nothing but chance.
[[nodiscard]] std::string comparison_sentence(const RunData& run, const std::string& target);

/// How the main groupings of the other views agree with a label; empty when there is no other view.
[[nodiscard]] std::string views_sentence(const RunData& run, const std::string& target);

/// A fused clustering beside the same with the words of other tracks.
struct ControlVerdict {
  MethodKey method;
  const ScoreRow* real = nullptr;
  const ScoreRow* any = nullptr;          ///< Words of any track; null when that was not tried.
  const ScoreRow* in_language = nullptr;  ///< Words of a track in the same language; null when that was not tried.
  bool beats_any = true;                  ///< At most one pairing in 20 does as well as the real one.
  bool beats_in_language = true;
};
[[nodiscard]] std::vector<ControlVerdict> control_verdicts(const RunData& run, const std::string& target);

/// Whether the words of the tracks themselves do better than those of others; empty without fused clusterings.
[[nodiscard]] std::string control_sentence(const RunData& run, const std::string& target);

/// Which clusterings differ from the main one, after Holm's correction; empty without comparisons.
[[nodiscard]] std::string differing_sentence(const RunData& run, const std::string& target);

/// What was done, in one to three sentences.
[[nodiscard]] std::string what_was_done(const RunData& run);

/// Everything that bears on how far the results can be trusted.
[[nodiscard]] std::vector<Finding> trust_findings(const RunData& run);

/// The cautions among the findings in one or two sentences.
[[nodiscard]] std::string trust_summary(const std::vector<Finding>& findings);

/// Number of groups of the main clustering, noise not counted.
[[nodiscard]] std::size_t main_group_count(const RunData& run);

}  // namespace songmap::report
