#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "songmap/atlas/fit.h"
#include "songmap/atlas/state.h"
#include "songmap/features/extract.h"
#include "songmap/library/store.h"
#include "songmap/library/track.h"
#include "songmap/run/stages.h"

namespace songmap::atlas {

struct AddRequest {
  std::vector<std::filesystem::path> paths;  ///< Audio files, and folders of them.
  std::filesystem::path store;               ///< Of computed features; empty: the default one.
};

struct AddReport {
  std::vector<PlacedTrack> placed;  ///< What is new, in the order of the paths.
  std::vector<std::string> known;   ///< Paths of tracks that were there already.
  std::vector<library::Failure> failures;
  std::map<std::int32_t, std::string> names;  ///< Of the groups, see State::names.
};

/// Describes new tracks, encodes them by the fitted models and gives them a group by the vote of their nearest fitted
/// tracks. Nothing that was fitted moves. What was placed is kept in one transaction at the end; features are kept
/// track by track, so that an interrupted adding goes on where it was.
/// @throws InvalidArgument  the run cannot take new tracks: says why. @throws IoError, FormatError, Cancelled
[[nodiscard]] AddReport add_tracks(const run::RunFolder& folder, const AddRequest& request,
                                   const run::StageContext& context);

/// The second half of it: gives tracks whose features are in the store a place, and keeps them.
[[nodiscard]] std::vector<PlacedTrack> place_tracks(const run::RunFolder& folder, const Fit& fit, State& state,
                                                    const features::ExtractReport& report, library::Store& store,
                                                    const Execution& run);

}  // namespace songmap::atlas
