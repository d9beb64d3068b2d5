#include "songmap/model/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace songmap::model {

Schedule::Schedule(const VaeOptions& vae, const TrainOptions& train, std::size_t batches)
    : vae_(vae), train_(train), steps_(train.epochs * batches) {}

double Schedule::beta(std::uint64_t step) const {
  const double rise = vae_.warm_up * static_cast<double>(steps_) / static_cast<double>(vae_.cycles);
  const std::uint64_t cycle = step * vae_.cycles / steps_;
  const std::uint64_t first = (cycle * steps_ + vae_.cycles - 1) / vae_.cycles;  // step of this cycle
  return rise <= 0 ? vae_.beta : vae_.beta * std::min(1.0, static_cast<double>(step - first + 1) / rise);
}

double Schedule::learning_rate(std::uint64_t step) const {
  const double done = static_cast<double>(step) / static_cast<double>(steps_);
  const double cosine = 0.5 * (1 + std::cos(std::numbers::pi * done));
  return train_.learning_rate * (train_.final_learning_rate + (1 - train_.final_learning_rate) * cosine);
}

std::size_t Schedule::settled_epochs() const {
  if (!vae_.variational) return 0;
  const auto cycles = static_cast<double>(vae_.cycles);
  const double risen = vae_.warm_up > 0 ? (cycles - 1 + vae_.warm_up) / cycles : 0;
  return static_cast<std::size_t>(std::ceil(risen * static_cast<double>(train_.epochs)));
}

}  // namespace songmap::model
