#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace songmap::model {

/// A normal distribution of one latent dimension.
struct Gaussian {
  double mean = 0;
  double variance = 1;  ///< Above 0.
};

/// The normalised product of experts (Hinton 2002; of Gaussians: Wu & Goodman 2018): precisions add up, means are
/// weighted by them. `with_prior` counts the standard normal among the experts.
/// @throws InvalidArgument  no expert at all, or a variance that is not positive.
[[nodiscard]] Gaussian product(std::span<const Gaussian> experts, bool with_prior);

/// KL(q || N(0, 1)) in nats.
[[nodiscard]] double kl_to_standard_normal(const Gaussian& q);

/// Weights of the subsets {audio}, {lyrics}, {audio, lyrics} for a row that has these modalities: equal for those that
/// it can form, 0 for the others (a mixture of products of experts, Sutter, Daunhawer & Vogt 2021).
struct SubsetWeights {
  double audio = 0;
  double lyrics = 0;
  double both = 0;
};
[[nodiscard]] SubsetWeights subset_weights(bool has_audio, bool has_lyrics);

}  // namespace songmap::model
