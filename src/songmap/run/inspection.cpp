#include "songmap/run/inspection.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "songmap/core/csv.h"
#include "songmap/core/npy.h"
#include "songmap/run/model_inputs.h"

namespace songmap::run {
namespace {

double mean_squared_error(std::span<const float> a, std::span<const float> b) {
  return squared_distance(a, b) / static_cast<double>(a.size());
}

/// Tracks at some quantiles of the error: how well it goes, and how badly.
std::vector<std::size_t> examples(std::vector<std::size_t> rows, const std::vector<double>& errors) {
  constexpr std::array<double, 4> kQuantiles{0.05, 0.35, 0.65, 0.95};
  std::ranges::stable_sort(rows, {}, [&](std::size_t row) { return errors[row]; });
  std::vector<std::size_t> chosen;
  for (const double quantile : kQuantiles) {
    const auto at = static_cast<std::size_t>(std::lround(quantile * static_cast<double>(rows.size() - 1)));
    if (chosen.empty() || chosen.back() != rows[at]) chosen.push_back(rows[at]);
  }
  return chosen;
}

/// Mean and standard deviation of each latent dimension over the tracks.
struct Aggregate {
  std::vector<float> mean;
  std::vector<float> deviation;
};

Aggregate aggregate(MatrixView mean) {
  Aggregate result{std::vector<float>(mean.cols()), std::vector<float>(mean.cols())};
  for (std::size_t c = 0; c < mean.cols(); ++c) {
    double sum = 0;
    double squares = 0;
    for (std::size_t i = 0; i < mean.rows(); ++i) {
      sum += mean(i, c);
      squares += static_cast<double>(mean(i, c)) * mean(i, c);
    }
    const double n = static_cast<double>(mean.rows());
    result.mean[c] = static_cast<float>(sum / n);
    result.deviation[c] = static_cast<float>(std::sqrt(std::max(0.0, squares / n - (sum / n) * (sum / n))));
  }
  return result;
}

/// The dimensions to walk along: by falling KL where there is one, else by falling deviation.
std::vector<std::size_t> traversed(const std::vector<double>& kl, const Aggregate& latent) {
  std::vector<std::size_t> order(latent.mean.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const bool has_kl = kl.size() == order.size() && std::ranges::any_of(kl, [](double value) { return value > 0; });
  std::ranges::stable_sort(order, std::greater<>(), [&](std::size_t dimension) {
    return has_kl ? kl[dimension] : static_cast<double>(latent.deviation[dimension]);
  });
  order.resize(std::min(order.size(), kTraversedDimensions));
  return order;
}

}  // namespace

void save_inspections(const RunFolder& folder, const std::string& name, const Inspected& inspected,
                      const std::vector<TrackRow>& tracks, std::span<const std::size_t> shown) {
  const auto file = [&](const char* suffix) { return folder.inspections() / (name + suffix); };
  const Matrix mean = inspected.model.encode(inspected.inputs, inspected.condition).mean;
  const Matrix decoded = inspected.model.decode(mean, inspected.condition);
  std::vector<double> errors(tracks.size());
  CsvWriter error_table({"track_id", "error"});
  for (std::size_t i = 0; i < tracks.size(); ++i) {
    errors[i] = mean_squared_error(inspected.inputs.row(i), decoded.row(i));
    error_table.add_row({tracks[i].track_id, csv_number(errors[i])});
  }
  error_table.save(file(".examples.csv"));

  const std::vector<std::size_t> chosen = examples({shown.begin(), shown.end()}, errors);
  Matrix pairs(2 * chosen.size(), inspected.inputs.cols());
  CsvWriter example_table({"track_id"});
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    std::ranges::copy(inspected.inputs.row(chosen[i]), pairs.row(2 * i).begin());
    std::ranges::copy(decoded.row(chosen[i]), pairs.row(2 * i + 1).begin());
    example_table.add_row({tracks[chosen[i]].track_id});
  }
  example_table.save(file(".example_tracks.csv"));
  write_npy(file(".reconstructions.npy"), pairs);

  const Aggregate latent = aggregate(mean);
  const std::vector<std::size_t> dimensions = traversed(inspected.kl_per_dimension, latent);
  Matrix points(dimensions.size() * kTraversalSteps, mean.cols());
  CsvWriter dimension_table({"dimension", "kl"});
  for (std::size_t i = 0; i < dimensions.size(); ++i) {
    for (std::size_t step = 0; step < kTraversalSteps; ++step) {
      const std::span<float> point = points.row(i * kTraversalSteps + step);
      std::ranges::copy(latent.mean, point.begin());
      const float deviations = -3.0F + 6.0F * static_cast<float>(step) / static_cast<float>(kTraversalSteps - 1);
      point[dimensions[i]] += deviations * latent.deviation[dimensions[i]];
    }
    const double kl =
        dimensions[i] < inspected.kl_per_dimension.size() ? inspected.kl_per_dimension[dimensions[i]] : kNotDefined;
    dimension_table.add_row({fmt::format("{}", dimensions[i]), csv_number(kl)});
  }
  dimension_table.save(file(".traversal.csv"));
  write_npy(file(".traversal.npy"), inspected.model.decode(points, averaged(inspected.condition, points.rows())));
}

}  // namespace songmap::run
