#pragma once

#include "songmap/core/matrix.h"
#include "songmap/model/latent_model.h"
#include "songmap/model/train.h"

namespace songmap::model {

/// Fills in what the finished model says about the rows that it was trained on: KL per dimension, active units and what
/// they should be, collapse. `variance` is sigma^2.
void describe_latent_use(TrainingReport& report, const LatentModel& model, MatrixView x, double variance);

}  // namespace songmap::model
