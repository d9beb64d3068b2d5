#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "songmap/core/matrix.h"
#include "songmap/run/manifest.h"

/// Sentences about what weakens a result, each in the form "what it is: what follows". Stages warn with them and the
/// report tells them, in the same words, so that neither says twice what the other has said.
namespace songmap::run {

/// Below this many tracks a cluster, purity and NMI are high by chance.
inline constexpr double kEnoughTracksPerCluster = 20;

/// Nothing where there are enough.
[[nodiscard]] std::optional<std::string> caution_of_few_tracks(std::size_t n_tracks, std::size_t n_clusters);

/// Tracks whose values are exactly those of an earlier one; nothing where there are none.
[[nodiscard]] std::optional<std::string> caution_of_duplicates(MatrixView features);

/// k was the number of classes of the label column `target`.
[[nodiscard]] std::string caution_of_label_k(std::size_t n_clusters, const std::string& target);

/// Posterior collapse; nothing where no seed collapsed.
[[nodiscard]] std::optional<std::string> caution_of_collapse(const ModelRecord& model);

/// One of the two, sound or words, makes up nearly all of a fused space; nothing where both count.
[[nodiscard]] std::optional<std::string> caution_of_modality(const std::string& space, double audio_share);

}  // namespace songmap::run
