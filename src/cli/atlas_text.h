#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "songmap/atlas/atlas.h"
#include "songmap/atlas/diff.h"
#include "songmap/atlas/update.h"

/// What the commands on a finished run say.
namespace songmap::cli {

/// "Artist - Title", as valid UTF-8.
[[nodiscard]] std::string called(const std::string& artist, const std::string& title);

/// A line a placed track.
[[nodiscard]] std::string placed_text(const std::vector<atlas::PlacedTrack>& placed,
                                      const std::map<std::int32_t, std::string>& names);
[[nodiscard]] std::string placed_json(const std::vector<atlas::PlacedTrack>& placed,
                                      const std::vector<std::string>& known,
                                      const std::vector<library::Failure>& failures);

[[nodiscard]] std::string update_text(const atlas::UpdateReport& report);
[[nodiscard]] std::string update_json(const atlas::UpdateReport& report);

[[nodiscard]] std::string diff_text(const atlas::AtlasDiff& diff, const atlas::Atlas& before,
                                    const atlas::Atlas& after);
[[nodiscard]] std::string diff_json(const atlas::AtlasDiff& diff);

}  // namespace songmap::cli
