#pragma once

#include <string>

#include "songmap/atlas/explain.h"

/// Reasons as programs read them: one JSON object each.
namespace songmap::atlas {

[[nodiscard]] std::string group_json(const Atlas& atlas, const GroupReasons& reasons);
[[nodiscard]] std::string track_json(const Atlas& atlas, const TrackReasons& reasons);

}  // namespace songmap::atlas
