#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "songmap/core/matrix.h"

namespace songmap::model {

/// Groups of points in a latent space: a mixture of normals with a variance of its own for each dimension. Where only
/// centres are wanted, `mean` is all that counts.
struct LatentGroups {
  std::vector<float> weight;  ///< [n_groups], above 0, sum 1.
  Matrix mean;                ///< [n_groups, n_latent]
  Matrix variance;            ///< [n_groups, n_latent], above 0.

  [[nodiscard]] std::size_t size() const { return mean.rows(); }
  [[nodiscard]] std::size_t n_latent() const { return mean.cols(); }
};

/// The same as free numbers, one after the other: logits of the weights, means, logarithms of the variances.
[[nodiscard]] std::vector<float> flat(const LatentGroups& groups);
/// @throws InvalidArgument  the numbers are not those of so many groups.
[[nodiscard]] LatentGroups groups_of(std::span<const float> flat, std::size_t n_groups, std::size_t n_latent);
[[nodiscard]] constexpr std::size_t flat_size(std::size_t n_groups, std::size_t n_latent) {
  return n_groups * (1 + 2 * n_latent);
}

/// Derivatives of a sum over rows by what it depends on. All are written to, none is read.
struct GroupGradient {
  std::span<float> mean;          ///< Of the rows: [rows, n_latent].
  std::span<float> log_variance;  ///< Of the rows: [rows, n_latent].
  std::span<float> groups;        ///< As `flat` has them.
};

/// VaDE (Jiang et al. 2017): what the mixture as a prior takes from the bound, summed over rows, in nats:
///   KL(q(z) q(c) || p(z | c) p(c)) with q(z) = N(mean, variance) of the row, and q(c) the best one there is, which is
/// proportional to p(c) exp(E_q log p(z | c)). It has a closed form and no noise (the paper draws a z for q(c)). With
/// one group of mean 0 and variance 1 it is the KL of a plain VAE.
/// @param mean, log_variance  [rows, n_latent]
/// @param gradient            spans of no length: not wanted
double mixture_divergence(const LatentGroups& groups, MatrixView mean, MatrixView log_variance,
                          const GroupGradient& gradient = {});

/// q(c) of each row: [rows, n_groups], rows sum to 1.
[[nodiscard]] Matrix mixture_membership(const LatentGroups& groups, MatrixView mean, MatrixView log_variance);

/// IDEC (Guo et al. 2017; the term is DEC's, Xie, Girshick & Farhadi 2016): sum over rows of KL(target || membership),
/// the membership being Student's t around the centres. Weights and variances of the groups play no part.
/// @param target  [rows, n_groups]
double student_divergence(const LatentGroups& groups, MatrixView mean, MatrixView target,
                          const GroupGradient& gradient = {});

/// Share of each group in each row, by Student's t of one degree of freedom: [rows, n_groups], rows sum to 1.
[[nodiscard]] Matrix student_membership(const LatentGroups& groups, MatrixView mean);

/// What DEC pulls memberships towards: squared, divided by the size of the group, rows sum to 1.
[[nodiscard]] Matrix sharpened(MatrixView membership);

}  // namespace songmap::model
