#include "songmap/features/scaler.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "songmap/core/error.h"
#include "songmap/core/options.h"

namespace songmap::features {
namespace {

constexpr double kClip = 4;
constexpr double kSkewed = 0.5;

std::vector<double> column(MatrixView x, std::size_t index) {
  std::vector<double> values(x.rows());
  for (std::size_t i = 0; i < x.rows(); ++i) values[i] = x(i, index);
  return values;
}

struct Moments {
  double mean = 0;
  double deviation = 0;  // divisor n; exactly 0 for equal values
  double skewness = 0;
};

Moments moments(std::span<const double> values) {
  const auto n = static_cast<double>(values.size());
  const auto [low, high] = std::ranges::minmax(values);
  if (low == high) return {low, 0, 0};
  Moments result;
  for (const double value : values) result.mean += value / n;
  double second = 0;
  double third = 0;
  for (const double value : values) {
    const double difference = value - result.mean;
    second += difference * difference / n;
    third += difference * difference * difference / n;
  }
  result.deviation = std::sqrt(second);
  if (second > 0) result.skewness = third / (second * result.deviation);
  return result;
}

double standardised(double value, double mean, double deviation) {
  return deviation > 0 ? (value - mean) / deviation : 0;
}

void fit_logzc(MatrixView x, ScalerModel& model) {
  for (std::size_t j = 0; j < x.cols(); ++j) {
    std::vector<double> values = column(x, j);
    Moments of = moments(values);
    model.smallest.push_back(std::ranges::min(values));
    bool logarithm = false;
    if (model.smallest.back() > 0 && of.skewness > kSkewed) {
      std::vector<double> logs = values;
      for (double& value : logs) value = std::log(value);
      const Moments after = moments(logs);
      if (std::abs(after.skewness) < of.skewness) {
        logarithm = true;
        values = std::move(logs);
        of = after;
      }
    }
    for (double& value : values) value = std::clamp(standardised(value, of.mean, of.deviation), -kClip, kClip);
    const Moments clipped = moments(values);
    model.logarithm.push_back(logarithm ? 1 : 0);
    model.mean.push_back(of.mean);
    model.deviation.push_back(of.deviation);
    model.clipped_mean.push_back(clipped.mean);
    model.clipped_deviation.push_back(clipped.deviation);
  }
}

double logzc(const ScalerModel& model, std::size_t j, double value) {
  if (model.logarithm[j] != 0) value = std::log(std::max(value, model.smallest[j]));
  const double clipped = std::clamp(standardised(value, model.mean[j], model.deviation[j]), -kClip, kClip);
  return standardised(clipped, model.clipped_mean[j], model.clipped_deviation[j]);
}

// Share of the sorted values below `value`, those equal to it counted half, as a uniform variable of mean 0 and
// deviation 1.
double rank_score(std::span<const float> sorted, float value) {
  const auto [first, last] = std::ranges::equal_range(sorted, value);
  const auto below = static_cast<double>(first - sorted.begin());
  const auto equal = static_cast<double>(last - first);
  return ((below + equal / 2) / static_cast<double>(sorted.size()) - 0.5) * std::sqrt(12.0);
}

double unscaled(double value, double mean, double deviation) { return value * deviation + mean; }

double inverse_logzc(const ScalerModel& model, std::size_t j, double value) {
  const double clipped = unscaled(value, model.clipped_mean[j], model.clipped_deviation[j]);
  const double plain = unscaled(clipped, model.mean[j], model.deviation[j]);
  return model.logarithm[j] != 0 ? std::exp(plain) : plain;
}

// The value of which so many of the sorted ones lie below; in between, on the straight line.
double inverse_rank(std::span<const float> sorted, double score) {
  const auto n = static_cast<double>(sorted.size());
  const double at = std::clamp((score / std::sqrt(12.0) + 0.5) * n - 0.5, 0.0, n - 1);
  const auto below = static_cast<std::size_t>(at);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  const double part = at - static_cast<double>(below);
  return (1 - part) * static_cast<double>(sorted[below]) + part * static_cast<double>(sorted[above]);
}

}  // namespace

void describe(OptionSet& set, ScalerOptions& options) {
  set.add("kind", options.kind, {"none", "z", "logzc", "track", "rank"}, "how columns are made comparable");
}

ScalerModel fit_scaler(MatrixView x, const ScalerOptions& options) {
  require(!x.empty(), "fit_scaler: the matrix is empty");
  require(all_finite(x), "fit_scaler: the matrix holds values that are not finite");
  ScalerModel model;
  model.kind = options.kind;
  model.cols = x.cols();
  if (model.kind == "z") {
    for (std::size_t j = 0; j < x.cols(); ++j) {
      const Moments of = moments(column(x, j));
      model.mean.push_back(of.mean);
      model.deviation.push_back(of.deviation);
    }
  } else if (model.kind == "logzc") {
    fit_logzc(x, model);
  } else if (model.kind == "rank") {
    model.sorted = Matrix(x.cols(), x.rows());
    for (std::size_t j = 0; j < x.cols(); ++j) {
      for (std::size_t i = 0; i < x.rows(); ++i) model.sorted(j, i) = x(i, j);
      std::ranges::sort(model.sorted.row(j));
    }
  } else {
    require(model.kind == "none" || model.kind == "track",
            fmt::format("fit_scaler: kind is \"{}\", but must be none, z, logzc, track or rank", model.kind));
  }
  return model;
}

Matrix transform(const ScalerModel& model, MatrixView x) {
  require(x.cols() == model.cols,
          fmt::format("scaler transform: {} columns, but it was fitted on {}", x.cols(), model.cols));
  require(all_finite(x), "scaler transform: the matrix holds values that are not finite");
  if (model.kind == "none") return Matrix(x);
  if (model.kind == "track") return standardised_rows(x);
  Matrix result(x.rows(), x.cols());
  for (std::size_t i = 0; i < x.rows(); ++i) {
    for (std::size_t j = 0; j < x.cols(); ++j) {
      const float value = x(i, j);
      const double scaled = model.kind == "z"      ? standardised(value, model.mean[j], model.deviation[j])
                            : model.kind == "rank" ? rank_score(model.sorted.row(j), value)
                                                   : logzc(model, j, value);
      result(i, j) = static_cast<float>(scaled);
    }
  }
  return result;
}

Matrix inverse_transform(const ScalerModel& model, MatrixView x) {
  require(x.cols() == model.cols,
          fmt::format("scaler inverse: {} columns, but it was fitted on {}", x.cols(), model.cols));
  require(all_finite(x), "scaler inverse: the matrix holds values that are not finite");
  require(model.kind != "track", "rows that were each standardised by themselves have forgotten their units");
  if (model.kind == "none") return Matrix(x);
  Matrix result(x.rows(), x.cols());
  for (std::size_t i = 0; i < x.rows(); ++i) {
    for (std::size_t j = 0; j < x.cols(); ++j) {
      const double value = x(i, j);
      const double plain = model.kind == "z"      ? unscaled(value, model.mean[j], model.deviation[j])
                           : model.kind == "rank" ? inverse_rank(model.sorted.row(j), value)
                                                  : inverse_logzc(model, j, value);
      result(i, j) = static_cast<float>(plain);
    }
  }
  return result;
}

Matrix standardised_rows(MatrixView x) {
  Matrix result(x.rows(), x.cols());
  for (std::size_t i = 0; i < x.rows(); ++i) {
    const std::vector<double> values(x.row(i).begin(), x.row(i).end());
    if (values.empty()) continue;
    const Moments of = moments(values);
    for (std::size_t j = 0; j < x.cols(); ++j) {
      result(i, j) = static_cast<float>(standardised(values[j], of.mean, of.deviation));
    }
  }
  return result;
}

}  // namespace songmap::features
