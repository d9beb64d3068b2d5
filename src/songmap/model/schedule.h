#pragma once

#include <cstddef>
#include <cstdint>

#include "songmap/model/options.h"

namespace songmap::model {

/// What changes from step to step of a training: the weight of the KL term and the learning rate.
class Schedule {
 public:
  /// `batches`: steps an epoch.
  Schedule(const VaeOptions& vae, const TrainOptions& train, std::size_t batches);

  /// Weight of the KL term at a step (from 0): in each of `cycles` equal parts of the training it rises linearly to
  /// beta over the first `warm_up` of the part, then stays (Bowman et al. 2016; Fu et al. 2019).
  [[nodiscard]] double beta(std::uint64_t step) const;
  /// A cosine from `learning_rate` down to `final_learning_rate` of it (Loshchilov & Hutter 2017).
  [[nodiscard]] double learning_rate(std::uint64_t step) const;
  /// Epochs until that weight is beta for good.
  [[nodiscard]] std::size_t settled_epochs() const;

 private:
  VaeOptions vae_;
  TrainOptions train_;
  std::uint64_t steps_;
};

}  // namespace songmap::model
