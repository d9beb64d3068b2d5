#pragma once

#include <optional>
#include <vector>

#include "songmap/core/matrix.h"
#include "songmap/run/manifest.h"
#include "songmap/run/model_inputs.h"
#include "songmap/run/split.h"

namespace songmap::run {

/// The sound of a collection, as models read it and as it is clustered without one.
struct AudioSpace {
  Matrix features;                     ///< Scaled: [n_tracks, d].
  Matrix rows;                         ///< What models read: the features, in the noise metric where there is one.
  std::optional<ModelInputs> windows;  ///< Windows of the tracks, in the space of `rows`.
  std::vector<SpaceRecord> controls;   ///< Of the metric, where they are asked for.
  std::string name;                    ///< Of the space that `rows` are: features | within-track.
  bool pretrained = false;             ///< `rows` hold an embedding that was made elsewhere.
};

/// Scales the raw features, moves them into the noise metric where the options ask for one and the tracks have windows,
/// puts a user's own embedding beside them, and writes spaces/features.npy, within-track.npy, embedding.npy and
/// models/description.model.
/// Everything is fitted on the training tracks.
[[nodiscard]] AudioSpace audio_space(const RunFolder& folder, const FeatureOptions& options, const Split& split,
                                     StageRecord& record);

/// The space of the noise metric, as the tables list it.
inline constexpr const char* kWithinTrack = "within-track";

}  // namespace songmap::run
