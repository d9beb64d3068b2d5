#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "songmap/model/joint_model.h"

namespace songmap::model {

/// How well one side of a song is told from the other, and from itself. Over the rows that have both sides.
struct CrossModalCheck {
  double r2_from_itself = 0;   ///< 1 - SSE / SSE of the mean row, decoding what this side alone says.
  double r2_from_other = 0;    ///< Decoding what the other side alone says. Above `r2_chance`: the two share something.
  double r2_chance = 0;        ///< The same with partners shuffled.
  double precision_share = 0;  ///< Of the joint posterior's precision without the prior, mean over latent dimensions.
  bool collapsed = false;      ///< What this side alone says is (nearly) the prior for every song.
};

/// Finding the lyrics of a song by its sound: songs by the distance of their posterior means.
struct RetrievalCheck {
  double median_rank = 0;      ///< Of the song's own words among all, from 1.
  double reciprocal_rank = 0;  ///< Mean of 1 / rank.
  double chance_median_rank = 0;
  double chance_reciprocal_rank = 0;
};

struct CrossModalReport {
  std::size_t n_rows = 0;  ///< With both sides.
  std::array<CrossModalCheck, kModalities> side;
  RetrievalCheck retrieval;
};

/// A side says nothing where its posterior holds less than this, in nats, of a song.
inline constexpr double kCollapsedKl = 0.1;

/// Over at most 2,000 rows that have both sides (the first, for the retrieval).
/// @throws InvalidArgument  no two rows have both.
[[nodiscard]] CrossModalReport cross_modal_checks(const JointModel& model, const JointData& data);

}  // namespace songmap::model
