#pragma once

#include <filesystem>

#include "songmap/atlas/atlas.h"
#include "songmap/atlas/playlist.h"

namespace songmap::atlas {

/// The whole library as one file, as its extension says, tracks in the order of Atlas::tracks():
///   .csv   a row a track: track_id, path, title, artist, album, length_s, group, group_name, strength, placed,
///   decided,
///          outlier (of a placed track), then the places on the maps as PROJECTION_2d_x …; empty where not defined
///   .json  the same, and the groups with their names and sizes
///   .npy   the rows in which tracks were grouped, [tracks, d] (divided by their norms where the run does so); FILE.csv
///          beside it tells whose each is
///   .m3u8, .xspf  one playlist, group by group, the surest of each first
/// @throws InvalidArgument  another extension. @throws IoError
void save_library(const Atlas& atlas, const std::filesystem::path& file, PathStyle style);

}  // namespace songmap::atlas
