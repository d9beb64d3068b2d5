#include "songmap/model/latent_groups.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "songmap/core/error.h"

namespace songmap::model {
namespace {

/// Numbers of the mixture that every row needs.
struct Prepared {
  explicit Prepared(const LatentGroups& groups) : precision(groups.size(), groups.n_latent()), constant(groups.size()) {
    for (std::size_t c = 0; c < groups.size(); ++c) {
      constant[c] = std::log(static_cast<double>(groups.weight[c]));
      for (std::size_t j = 0; j < groups.n_latent(); ++j) {
        precision(c, j) = 1 / groups.variance(c, j);
        constant[c] -= 0.5 * std::log(static_cast<double>(groups.variance(c, j)));
      }
    }
  }

  Matrix precision;
  std::vector<double> constant;  // log weight - 0.5 sum of the log variances
};

/// Turns logarithms into shares that sum to 1, and gives the logarithm of their sum.
double softmax(std::span<double> logs) {
  const double largest = std::ranges::max(logs);
  double sum = 0;
  for (double& value : logs) sum += value = std::exp(value - largest);
  for (double& value : logs) value /= sum;
  return largest + std::log(sum);
}

/// q(c) of one row, and the logarithm of what it was divided by.
double membership_of(const LatentGroups& groups, const Prepared& prepared, std::span<const float> mean,
                     std::span<const float> variance, std::span<double> share) {
  for (std::size_t c = 0; c < groups.size(); ++c) {
    double distance = 0;
    for (std::size_t j = 0; j < mean.size(); ++j) {
      const double apart = static_cast<double>(mean[j]) - groups.mean(c, j);
      distance += (apart * apart + variance[j]) * prepared.precision(c, j);
    }
    share[c] = prepared.constant[c] - 0.5 * distance;
  }
  return softmax(share);
}

std::vector<float> exponentials(std::span<const float> logs) {
  std::vector<float> result(logs.size());
  std::ranges::transform(logs, result.begin(), [](float value) { return std::exp(value); });
  return result;
}

/// Student's t of one row around each centre, not yet divided by its sum, which is returned.
double student_kernel(const LatentGroups& groups, std::span<const float> mean, std::span<double> kernel) {
  double sum = 0;
  for (std::size_t c = 0; c < groups.size(); ++c) {
    kernel[c] = 1 / (1 + squared_distance(mean, groups.mean.row(c)));
    sum += kernel[c];
  }
  return sum;
}

}  // namespace

std::vector<float> flat(const LatentGroups& groups) {
  std::vector<float> values;
  values.reserve(flat_size(groups.size(), groups.n_latent()));
  for (const float weight : groups.weight) values.push_back(std::log(weight));
  values.insert(values.end(), groups.mean.values().begin(), groups.mean.values().end());
  for (const float variance : groups.variance.values()) values.push_back(std::log(variance));
  return values;
}

LatentGroups groups_of(std::span<const float> flat, std::size_t n_groups, std::size_t n_latent) {
  require(n_groups > 0 && flat.size() == flat_size(n_groups, n_latent),
          fmt::format("{} numbers are not those of {} groups in {} dimensions", flat.size(), n_groups, n_latent));
  std::vector<double> share(flat.begin(), flat.begin() + static_cast<std::ptrdiff_t>(n_groups));
  softmax(share);
  const auto means = flat.subspan(n_groups, n_groups * n_latent);
  return {{share.begin(), share.end()},
          Matrix(n_groups, n_latent, {means.begin(), means.end()}),
          Matrix(n_groups, n_latent, exponentials(flat.subspan(n_groups * (1 + n_latent))))};
}

double mixture_divergence(const LatentGroups& groups, MatrixView mean, MatrixView log_variance,
                          const GroupGradient& gradient) {
  const std::size_t k = groups.size();
  const std::size_t n_latent = groups.n_latent();
  const Prepared prepared(groups);
  const std::vector<float> variance = exponentials(log_variance.values());
  std::vector<double> share(k);
  std::ranges::fill(gradient.groups, 0.0F);
  float* to_logit = gradient.groups.data();
  double total = 0;
  for (std::size_t i = 0; i < mean.rows(); ++i) {
    const auto row_variance = std::span(variance).subspan(i * n_latent, n_latent);
    double entropy = 0;  // without the terms in 2 pi, which the mixture has too
    for (const float value : log_variance.row(i)) entropy += 0.5 * (value + 1);
    total -= membership_of(groups, prepared, mean.row(i), row_variance, share) + entropy;
    if (gradient.mean.empty()) continue;

    float* to_mean = &gradient.mean[i * n_latent];
    float* to_log_variance = &gradient.log_variance[i * n_latent];
    std::fill_n(to_mean, n_latent, 0.0F);
    std::fill_n(to_log_variance, n_latent, -0.5F);
    // q(c) is the best one, so the value does not change with it: only what it weights has a slope.
    for (std::size_t c = 0; c < k; ++c) {
      const auto q = static_cast<float>(share[c]);
      to_logit[c] += groups.weight[c] - q;
      float* to_group_mean = to_logit + k + c * n_latent;
      float* to_group_log_variance = to_logit + k * (1 + n_latent) + c * n_latent;
      for (std::size_t j = 0; j < n_latent; ++j) {
        const float precision = prepared.precision(c, j);
        const float apart = mean(i, j) - groups.mean(c, j);
        const float pull = q * apart * precision;
        to_mean[j] += pull;
        to_log_variance[j] += 0.5F * q * row_variance[j] * precision;
        to_group_mean[j] -= pull;
        to_group_log_variance[j] += 0.5F * q * (1 - (row_variance[j] + apart * apart) * precision);
      }
    }
  }
  return total;
}

Matrix mixture_membership(const LatentGroups& groups, MatrixView mean, MatrixView log_variance) {
  const Prepared prepared(groups);
  const std::vector<float> variance = exponentials(log_variance.values());
  std::vector<double> share(groups.size());
  Matrix result(mean.rows(), groups.size());
  for (std::size_t i = 0; i < mean.rows(); ++i) {
    membership_of(groups, prepared, mean.row(i), std::span(variance).subspan(i * mean.cols(), mean.cols()), share);
    std::ranges::transform(share, result.row(i).begin(), [](double value) { return static_cast<float>(value); });
  }
  return result;
}

double student_divergence(const LatentGroups& groups, MatrixView mean, MatrixView target,
                          const GroupGradient& gradient) {
  const std::size_t k = groups.size();
  const std::size_t n_latent = groups.n_latent();
  std::vector<double> kernel(k);
  std::ranges::fill(gradient.groups, 0.0F);
  std::ranges::fill(gradient.mean, 0.0F);
  std::ranges::fill(gradient.log_variance, 0.0F);
  double total = 0;
  for (std::size_t i = 0; i < mean.rows(); ++i) {
    const double sum = student_kernel(groups, mean.row(i), kernel);
    for (std::size_t c = 0; c < k; ++c) {
      const double wanted = target(i, c);
      const double share = kernel[c] / sum;
      if (wanted > 0) total += wanted * std::log(wanted / share);
      if (gradient.mean.empty()) continue;
      const auto pull = static_cast<float>(2 * kernel[c] * (wanted - share));
      for (std::size_t j = 0; j < n_latent; ++j) {
        const float slope = pull * (mean(i, j) - groups.mean(c, j));
        gradient.mean[i * n_latent + j] += slope;
        gradient.groups[k + c * n_latent + j] -= slope;
      }
    }
  }
  return total;
}

Matrix student_membership(const LatentGroups& groups, MatrixView mean) {
  std::vector<double> kernel(groups.size());
  Matrix result(mean.rows(), groups.size());
  for (std::size_t i = 0; i < mean.rows(); ++i) {
    const double sum = student_kernel(groups, mean.row(i), kernel);
    for (std::size_t c = 0; c < kernel.size(); ++c) result(i, c) = static_cast<float>(kernel[c] / sum);
  }
  return result;
}

Matrix sharpened(MatrixView membership) {
  std::vector<double> size(membership.cols());
  for (std::size_t i = 0; i < membership.rows(); ++i) {
    for (std::size_t c = 0; c < size.size(); ++c) size[c] += membership(i, c);
  }
  Matrix result(membership.rows(), membership.cols());
  for (std::size_t i = 0; i < membership.rows(); ++i) {
    double sum = 0;
    for (std::size_t c = 0; c < size.size(); ++c) {
      const double share = membership(i, c);
      sum += share > 0 ? share * share / size[c] : 0;
    }
    for (std::size_t c = 0; c < size.size(); ++c) {
      const double share = membership(i, c);
      result(i, c) = share > 0 ? static_cast<float>(share * share / size[c] / sum) : 0;
    }
  }
  return result;
}

}  // namespace songmap::model
