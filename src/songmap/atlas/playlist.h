#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "songmap/atlas/atlas.h"

namespace songmap::atlas {

/// Paths inside a playlist: relative to the folder of the playlist, or whole.
enum class PathStyle { kRelative, kAbsolute };

/// A track's path as `file` names it.
[[nodiscard]] std::filesystem::path written_path(const Atlas& atlas, const AtlasTrack& track,
                                                 const std::filesystem::path& file, PathStyle style);

/// A playlist as its file's extension says: .m3u8 (or .m3u), .xspf, .csv or .json. Tracks are indices of
/// Atlas::tracks().
/// @throws InvalidArgument  another extension. @throws IoError
void save_playlist(const Atlas& atlas, const std::vector<std::size_t>& tracks, const std::string& title,
                   const std::filesystem::path& file, PathStyle style);

/// One M3U8 a group into `folder`, whose names begin with the group's number, so that they stay when a group is named;
/// "not grouped.m3u8" has what is in no group. Playlists of this command whose group is gone are removed. In each,
/// the tracks that are most surely of the group come first.
/// @returns the files.
std::vector<std::filesystem::path> save_group_playlists(const Atlas& atlas, const std::filesystem::path& folder,
                                                        PathStyle style);

}  // namespace songmap::atlas
