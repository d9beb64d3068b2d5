#include "songmap/model/latent_model.h"

#include <fmt/format.h>

#include <string_view>

#include "songmap/core/error.h"

namespace songmap::model {
namespace {

void check_rows(std::string_view name, MatrixView x, std::size_t n_cols, MatrixView condition,
                std::size_t n_conditions) {
  require(x.cols() == n_cols, fmt::format("{} has {} columns; this model takes {}", name, x.cols(), n_cols));
  require(all_finite(x), fmt::format("{} holds values that are not finite", name));
  if (n_conditions == 0) {
    require(condition.empty(), fmt::format("condition has {} columns; this model takes none", condition.cols()));
  } else {
    require(condition.rows() == x.rows() && condition.cols() == n_conditions,
            fmt::format("condition is {} x {}; this model takes {} x {} with these rows", condition.rows(),
                        condition.cols(), x.rows(), n_conditions));
    require(all_finite(condition), "condition holds values that are not finite");
  }
}

}  // namespace

Posterior LatentModel::encode(MatrixView x, MatrixView condition) const {
  check_rows("x", x, n_inputs(), condition, n_conditions());
  return encode_rows(x, condition);
}

Matrix LatentModel::decode(MatrixView z, MatrixView condition) const {
  check_rows("z", z, n_latent(), condition, n_conditions());
  return decode_rows(z, condition);
}

}  // namespace songmap::model
