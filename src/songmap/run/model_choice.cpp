#include "songmap/run/model_choice.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "songmap/features/spectrogram_windows.h"

namespace songmap::run {
namespace {

constexpr double kLongEnough_s = 20;
constexpr double kEnoughWindows = 8;

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

}  // namespace

CollectionFacts collection_facts(MatrixView x, std::span<const std::size_t> track, std::span<const double> lengths_s) {
  CollectionFacts facts;
  facts.n_tracks = lengths_s.size();
  facts.median_length_s = median({lengths_s.begin(), lengths_s.end()});
  if (x.empty()) return facts;
  std::vector<double> counts(facts.n_tracks);
  for (const std::size_t owner : track) ++counts[owner];
  facts.median_windows = median(counts);
  const Matrix means = features::mean_by_track(x, track, facts.n_tracks);
  std::vector<double> mean(x.cols());
  for (std::size_t i = 0; i < x.rows(); ++i) {
    for (std::size_t c = 0; c < x.cols(); ++c) mean[c] += x(i, c) / static_cast<double>(x.rows());
  }
  double within = 0;
  double total = 0;
  for (std::size_t i = 0; i < x.rows(); ++i) {
    within += squared_distance(x.row(i), means.row(track[i]));
    for (std::size_t c = 0; c < x.cols(); ++c) total += (x(i, c) - mean[c]) * (x(i, c) - mean[c]);
  }
  facts.within_share = total > 0 ? within / total : 0;
  return facts;
}

ModelChoice choose_model(const CollectionFacts& facts) {
  const bool cross = facts.median_length_s >= kLongEnough_s && facts.median_windows >= kEnoughWindows;
  const std::string seen = fmt::format("half of the {} tracks last {:.3g} s or more and have {:.3g} windows or more",
                                       facts.n_tracks, facts.median_length_s, facts.median_windows);
  if (cross) {
    return {true, fmt::format("The cross-window model leads: {} (from {:g} s and {:g} windows on, windows of a track "
                              "are pieces of one music, and a model that tells one from the other leaves out what does "
                              "not matter).",
                              seen, kLongEnough_s, kEnoughWindows)};
  }
  return {false, fmt::format("The model of whole tracks leads: {}, and the cross-window model needs {:g} s and {:g} "
                             "windows: windows of short sounds are different events.",
                             seen, kLongEnough_s, kEnoughWindows)};
}

}  // namespace songmap::run
