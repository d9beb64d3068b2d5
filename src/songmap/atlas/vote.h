#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "songmap/atlas/state.h"
#include "songmap/core/execution.h"
#include "songmap/core/matrix.h"
#include "songmap/neighbors/search.h"
#include "songmap/run/tables.h"

namespace songmap::atlas {

/// Fitted tracks that vote on a new one.
inline constexpr std::size_t kVoters = 15;

/// What 99 of 100 values stay at or below; 0 of none.
[[nodiscard]] double usual(std::vector<double> values);
/// A value in units of the usual one; infinite where any other than 0 is unusual.
[[nodiscard]] double in_usual(double value, double usual);

/// What the mean distance to the kVoters nearest others stays below for 99 of 100 rows of x; of more than a thousand
/// rows, for those of a thousand that lie evenly among them. O(min(n, 1000) n d).
[[nodiscard]] double usual_distance(MatrixView x, const Execution& run = {});

/// What is known of the fitted tracks, to place others by.
class Electorate {
 public:
  /// @param x       [n, d] as they were clustered
  /// @param labels  [n], kNoise allowed
  /// @param places  [n][pictures], the same pictures for each; empty: there is no map
  /// @param usual_distance  see usual_distance
  Electorate(MatrixView x, std::vector<std::int32_t> labels, std::vector<std::vector<MapPlace>> places,
             double usual_distance);

  struct Vote {
    std::int32_t cluster = 0;      ///< Of most voters; of equally many, of those that are nearest. kNoise if all are.
    double strength = 0;           ///< Their share of the voters.
    double distance = 0;           ///< Mean distance of the voters, in that which 99 of 100 fitted tracks stay below.
    std::vector<MapPlace> places;  ///< Mean of the voters' places, each weighted by the inverse of its distance.
  };
  /// The place of a row that was not fitted. Where it equals a fitted row, that row's place.
  [[nodiscard]] Vote place(std::span<const float> row) const;

 private:
  neighbors::Search search_;
  std::vector<std::int32_t> labels_;
  std::vector<std::vector<MapPlace>> places_;  ///< [n][pictures]
  double usual_distance_ = 0;
};

}  // namespace songmap::atlas
