#include "songmap/run/cautions.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <string_view>
#include <unordered_set>

namespace songmap::run {

std::optional<std::string> caution_of_few_tracks(std::size_t n_tracks, std::size_t n_clusters) {
  if (n_tracks == 0 || n_clusters == 0) return std::nullopt;
  const double per_cluster = static_cast<double>(n_tracks) / static_cast<double>(n_clusters);
  if (per_cluster >= kEnoughTracksPerCluster) return std::nullopt;
  return fmt::format(
      "There are few tracks a group: {} in {} groups make {:.1f} each. Below {:.0f}, purity, NMI, homogeneity and "
      "completeness are high even for random groups; read ARI, AMI and the chance values.",
      n_tracks, n_clusters, per_cluster, kEnoughTracksPerCluster);
}

std::optional<std::string> caution_of_duplicates(MatrixView features) {
  std::unordered_set<std::string_view> seen;
  std::size_t copies = 0;
  for (std::size_t i = 0; i < features.rows(); ++i) {
    const std::span<const float> row = features.row(i);
    copies += seen.insert({reinterpret_cast<const char*>(row.data()), row.size_bytes()}).second ? 0 : 1;
  }
  if (copies == 0) return std::nullopt;
  return fmt::format(
      "{} of {} tracks have exactly the values of another one: copies are always grouped together, which makes groups "
      "look firmer and scores surer than they are.",
      copies, features.rows());
}

std::string caution_of_label_k(std::size_t n_clusters, const std::string& target) {
  return fmt::format(
      "The number of groups came from the labels: {} is the number of classes of '{}', taken from there as the study "
      "did. A new collection would not have that help; give --clusters K, or --set cluster.n_clusters_from=gap.",
      n_clusters, target);
}

std::optional<std::string> caution_of_collapse(const ModelRecord& model) {
  const auto collapsed = std::ranges::count(model.collapsed, true);
  if (collapsed == 0) return std::nullopt;
  std::string active;
  if (!model.active_units.empty()) {
    const auto [least, most] = std::ranges::minmax(model.active_units);
    active = least == most ? fmt::format("{:.0f}", least) : fmt::format("{:.0f} to {:.0f}", least, most);
    active = fmt::format(", {} of {} dimensions carry anything", active, model.n_latent);
  }
  return fmt::format(
      "The latent space of {} has collapsed: with {} of {} seeds{}. A silhouette is high in so few dimensions whatever "
      "the data; do not read it as structure.",
      model.name, collapsed, model.collapsed.size(), active);
}

std::optional<std::string> caution_of_modality(const std::string& space, double audio_share) {
  constexpr double kNearlyAll = 0.9;
  const bool sound = audio_share > kNearlyAll;
  if (!sound && audio_share >= 1 - kNearlyAll) return std::nullopt;
  return fmt::format(
      "In the fused space {} {:.0f} % of the variance is {}: the other side hardly counts, and the result says little "
      "about sound and words together.",
      space, 100 * (sound ? audio_share : 1 - audio_share), sound ? "sound" : "words");
}

}  // namespace songmap::run
