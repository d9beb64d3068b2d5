#pragma once

#include <memory>

#include "songmap/model/joint_learner.h"

namespace songmap::model {

/// Gradients by formulas, on the CPU.
[[nodiscard]] std::unique_ptr<JointLearner> make_derived_joint_learner(
    const std::array<std::size_t, kModalities>& n_inputs, const JointOptions& options, std::uint64_t seed);

}  // namespace songmap::model
