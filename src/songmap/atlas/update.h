#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "songmap/atlas/state.h"
#include "songmap/library/track.h"
#include "songmap/run/stages.h"

namespace songmap::atlas {

/// What became of the collection since the run was fitted.
struct UpdateReport {
  std::vector<PlacedTrack> placed;   ///< New ones.
  std::vector<std::string> renamed;  ///< "old path -> new path" of tracks that moved or were renamed.
  std::size_t n_retagged = 0;        ///< Tracks whose title, artist or album changed.
  std::vector<std::string> gone;     ///< Paths of tracks that were there before this update and are no more.
  std::vector<std::string> back;     ///< Paths of tracks that were gone and are there again.
  std::size_t n_tracks = 0;          ///< That are there now.
  std::size_t n_not_fitted = 0;      ///< Of these, tracks that the models have not seen.
  /// A fitted track has another label than it was scored by: only a new run scores it anew. Nothing else was done then.
  bool labels_changed = false;
  std::vector<library::Failure> failures;
  std::map<std::int32_t, std::string> names;  ///< Of the groups, see State::names.
};

/// Whether a request asks for no more than a finished run in its folder has: the same collection, options and seed, of
/// audio, so that bringing it up to date is enough.
[[nodiscard]] bool can_update(const run::ExtractRequest& request);

/// Brings a finished run up to date with its collection, doing only what is new: new tracks are described and placed,
/// what moved or was retagged is noted, what is gone is listed no more. The fit, the map and the groups stay.
/// @throws InvalidArgument, IoError, FormatError, Cancelled
[[nodiscard]] UpdateReport update(const run::ExtractRequest& request, const run::StageContext& context);

}  // namespace songmap::atlas
