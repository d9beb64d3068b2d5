#include "songmap/atlas/vote.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "songmap/core/error.h"
#include "songmap/core/parallel.h"

namespace songmap::atlas {
namespace {

/// Share of the fitted tracks that are no outliers.
constexpr double kUsualShare = 0.99;

}  // namespace

double usual(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto at = static_cast<std::ptrdiff_t>(std::ceil(kUsualShare * static_cast<double>(values.size()))) - 1;
  std::ranges::nth_element(values, values.begin() + at);
  return values[static_cast<std::size_t>(at)];
}

double in_usual(double value, double usual) {
  return usual > 0 ? value / usual : value > 0 ? std::numeric_limits<double>::infinity() : 0;
}

double usual_distance(MatrixView x, const Execution& run) {
  constexpr std::size_t kMostAsked = 1000;
  const neighbors::Search search(x);
  const std::size_t n_asked = std::min(kMostAsked, x.rows());
  std::vector<double> means(n_asked);
  parallel_for(n_asked, run.thread_count(), [&](std::size_t i) {
    const std::size_t row = i * x.rows() / n_asked;
    double sum = 0;
    std::size_t n = 0;
    for (const neighbors::Hit& hit : search.nearest(x.row(row), kVoters + 1)) {
      if (hit.row == row || n == kVoters) continue;
      sum += hit.distance;
      ++n;
    }
    means[i] = n > 0 ? sum / static_cast<double>(n) : 0;
  });
  return usual(std::move(means));
}

Electorate::Electorate(MatrixView x, std::vector<std::int32_t> labels, std::vector<std::vector<MapPlace>> places,
                       double usual_distance)
    : search_(x), labels_(std::move(labels)), places_(std::move(places)), usual_distance_(usual_distance) {
  require(labels_.size() == x.rows() && (places_.empty() || places_.size() == x.rows()),
          "one label and one place a fitted track are needed");
}

Electorate::Vote Electorate::place(std::span<const float> row) const {
  const std::vector<neighbors::Hit> voters = search_.nearest(row, kVoters);
  std::map<std::int32_t, std::size_t> votes;
  double distance = 0;
  for (const neighbors::Hit& voter : voters) {
    ++votes[labels_[voter.row]];
    distance += voter.distance / static_cast<double>(voters.size());
  }
  Vote result;
  std::size_t most = 0;
  // Voters come nearest first, so of equally strong groups that of the nearest voter is met first. Noise is no group.
  for (const neighbors::Hit& voter : voters) {
    const std::int32_t label = labels_[voter.row];
    if (label == kNoise || votes[label] <= most) continue;
    most = votes[label];
    result.cluster = label;
  }
  if (most == 0) {
    result.cluster = kNoise;
    most = votes[kNoise];
  }
  result.strength = static_cast<double>(most) / static_cast<double>(voters.size());
  result.distance = in_usual(distance, usual_distance_);
  if (places_.empty()) return result;

  const bool is_known = voters.front().distance == 0;
  result.places = places_[voters.front().row];
  if (is_known) return result;
  for (std::size_t p = 0; p < result.places.size(); ++p) {
    MapPlace& place = result.places[p];
    place.x = place.y = place.z = 0;
    double weights = 0;
    for (const neighbors::Hit& voter : voters) {
      const MapPlace& of_voter = places_[voter.row].at(p);
      const double weight = 1 / static_cast<double>(voter.distance);
      weights += weight;
      place.x += weight * of_voter.x;
      place.y += weight * of_voter.y;
      place.z += weight * of_voter.z;
    }
    place.x /= weights;
    place.y /= weights;
    place.z /= weights;
  }
  return result;
}

}  // namespace songmap::atlas
