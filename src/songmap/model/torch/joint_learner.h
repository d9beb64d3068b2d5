#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "songmap/model/joint_learner.h"
#include "songmap/model/joint_options.h"

namespace songmap::model {

/// Gradients by formulas, on the CPU and one thread. First weights are a function of the seed.
[[nodiscard]] std::unique_ptr<JointLearner> make_derived_joint_learner(
    const std::array<std::size_t, kModalities>& n_inputs, const JointOptions& options, std::uint64_t seed);

}  // namespace songmap::model
