#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "songmap/core/matrix.h"

namespace songmap {
class OptionSet;
}

namespace songmap::features {

/// How columns are made comparable.
struct ScalerOptions {
  /// none   as they are
  /// z      per column: mean 0, standard deviation 1
  /// logzc  per column: logarithm where the column is positive, has a skewness above .5 and a smaller one after it;
  ///        z; clipped at ±4; z again
  /// track  per row: mean 0, standard deviation 1 over the row's values (the study's; it mixes units)
  /// rank   per column: share of rows below (ties count half), shifted and scaled to mean 0, deviation 1
  std::string kind = "z";
};
void describe(OptionSet& set, ScalerOptions& options);

/// A fitted scaler; applies to new rows. Vectors that the kind does not need are empty. Plain values, to be stored as
/// they are.
struct ScalerModel {
  std::string kind;
  std::size_t cols = 0;
  std::vector<std::uint8_t> logarithm;  ///< logzc: 1 where the logarithm is taken.
  std::vector<double> smallest;         ///< logzc: smallest value seen; what is below counts as this in a logarithm.
  std::vector<double> mean;             ///< z, logzc
  std::vector<double> deviation;        ///< z, logzc: divisor n; 0 marks a constant column, which becomes 0.
  std::vector<double> clipped_mean;     ///< logzc: after clipping
  std::vector<double> clipped_deviation;
  Matrix sorted;  ///< rank: [cols, rows seen], each row rising.
};

/// @throws InvalidArgument  unknown kind, or x is empty or not finite.
[[nodiscard]] ScalerModel fit_scaler(MatrixView x, const ScalerOptions& options);

/// @throws InvalidArgument  x has another number of columns, or is not finite.
[[nodiscard]] Matrix transform(const ScalerModel& model, MatrixView x);

/// Back to the units of the columns: what was clipped comes back at its bound, a constant column as its value.
/// @throws InvalidArgument  x has another number of columns, is not finite, or was scaled row by row (track), which
///                          forgets the units.
[[nodiscard]] Matrix inverse_transform(const ScalerModel& model, MatrixView x);

/// Each row standardised over its own values; a row of equal values becomes zeros.
[[nodiscard]] Matrix standardised_rows(MatrixView x);

}  // namespace songmap::features
