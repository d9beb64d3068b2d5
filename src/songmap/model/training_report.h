#pragma once

#include "songmap/model/latent_model.h"
#include "songmap/model/train.h"

namespace songmap::model {

/// Fills in what the finished model says about the data that it was trained on: KL per dimension, active units and what
/// they should be, collapse. `variance` is sigma^2.
void describe_latent_use(TrainingReport& report, const LatentModel& model, const TrainingData& data, double variance);

/// The same of a posterior, and of rows in which noise of that variance stands on every column.
void describe_latent_use(TrainingReport& report, const Posterior& posterior, MatrixView x, double variance);

}  // namespace songmap::model
