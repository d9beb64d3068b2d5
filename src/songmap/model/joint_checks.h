#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "songmap/core/execution.h"
#include "songmap/model/joint_model.h"

namespace songmap::model {

/// How one side of a song is told from itself and from the other. Over the rows that have both sides.
struct CrossModalCheck {
  double r2_from_itself = 0;   ///< 1 - SSE / SSE of the mean, decoding what this side alone says.
  double r2_from_other = 0;    ///< Decoding what the other side alone says; below 0: worse than the mean.
  double r2_chance = 0;        ///< The same with partners shuffled.
  double kl = 0;               ///< Nats that this side alone tells of a song: KL of its posterior, mean over rows.
  double precision_share = 0;  ///< Of the joint posterior's precision without the prior's; both sides' add up to 1.
  bool collapsed = false;      ///< This side alone says nearly the same of every song: kl below kCollapsedKl.
  bool unlearned = false;      ///< It says something that does not tell even itself: R^2 below kUnlearnedR2.
  bool ignored = false;        ///< Beside the other side it does not count: below kIgnoredShare.
};

/// Finding a song's one side by the other: all songs' sides in the order of their distance from what the model expects.
struct RetrievalCheck {
  double median_rank = 0;      ///< Of the song's own among all, from 1; ties count half.
  double reciprocal_rank = 0;  ///< Mean of 1 / rank.
  double chance_median_rank = 0;
  double chance_reciprocal_rank = 0;
};

struct CrossModalReport {
  std::size_t n_rows = 0;   ///< That have both sides and were looked at.
  std::size_t n_folds = 0;  ///< Models that were trained without the rows they were asked about; 0: the model given.
  bool few = false;         ///< Fewer than kFewRows: its numbers say little.
  std::array<CrossModalCheck, kModalities> side;
  RetrievalCheck retrieval;           ///< Lyrics by audio.
  RetrievalCheck retrieval_of_audio;  ///< Audio by lyrics.
};

inline constexpr double kCollapsedKl = 0.5;    ///< Nats a song: fewer than it takes to halve the songs (log 2).
inline constexpr double kUnlearnedR2 = 0.05;   ///< From itself.
inline constexpr double kIgnoredShare = 0.05;  ///< Of the precision.
inline constexpr std::size_t kFewRows = 20;

/// What a trained model makes of these rows, of at most 2,000 that have both sides, evenly spread. Of rows that the
/// model was trained on it flatters: a network remembers partners, and finds them again even where the two sides have
/// nothing to do with each other. `held_out_checks` asks about songs that were not seen.
/// @throws InvalidArgument  as JointModel::encode, or fewer than two rows have both sides.
[[nodiscard]] CrossModalReport cross_modal_checks(const JointModel& model, const JointData& data);

/// The same by cross-validation: the rows with both sides are dealt into `n_folds` (fewer where there are not two rows
/// each), and each is asked of a model that was trained on all other rows, with seed and options of `train`. The models
/// are trained side by side; ranks count within a fold.
/// @throws InvalidArgument  as train_joint_seeds; n_folds is below 2; or fewer than 4 rows have both sides.
/// @throws Diverged, Cancelled
[[nodiscard]] CrossModalReport held_out_checks(const JointData& data, const JointOptions& options,
                                               const TrainOptions& train, std::size_t n_folds = 5,
                                               const Execution& run = {});

/// The report in sentences, for a person who does not know the terms: what each side tells of the other, whether a
/// song's words are found by its sound, how much each side counts, and a warning for each side that was lost.
[[nodiscard]] std::vector<std::string> sentences(const CrossModalReport& report);

}  // namespace songmap::model
