#pragma once

#include <string_view>

#include "songmap/atlas/atlas.h"

namespace songmap::atlas {

/// Whether a text says that what it names is spoken: "Audiobook", "Hörspiel", "podcast #12", "Spoken & Audio". Words of
/// English, German, French, Spanish and Bangla, whole, whatever their case.
[[nodiscard]] bool says_spoken(std::string_view text);

/// Whether a track's genre tag, title, album or folder says so. Reads the tags of its file; nothing listens to it.
[[nodiscard]] bool is_spoken(const Atlas& atlas, const AtlasTrack& track);

}  // namespace songmap::atlas
