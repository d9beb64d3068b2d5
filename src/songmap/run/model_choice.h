#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "songmap/core/matrix.h"

namespace songmap::run {

/// What decides, without any label, which model suits a collection.
struct CollectionFacts {
  std::size_t n_tracks = 0;
  double median_length_s = 0;  ///< 0: not known.
  double median_windows = 0;   ///< Windows a track.
  double within_share = 0;     ///< Of the windows' total variance, what lies between windows of one track.
};

/// `x` are windows, `track` the track of each (rising).
[[nodiscard]] CollectionFacts collection_facts(MatrixView x, std::span<const std::size_t> track,
                                               std::span<const double> lengths_s);

struct ModelChoice {
  bool cross_windows = false;  ///< The cross-window model leads; else the model of whole tracks.
  std::string reason;          ///< One sentence.
};

/// The cross-window model gains where a track goes on for long enough to be heard in several windows that are pieces of
/// one music (30-second songs and longer), and loses on short sounds, whose windows are different events: it leads from
/// a median length of 20 s and 8 windows on. docs/within-track.md has the figures behind the rule.
[[nodiscard]] ModelChoice choose_model(const CollectionFacts& facts);

}  // namespace songmap::run
