#include "songmap/atlas/explain_json.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "songmap/core/utf8.h"

namespace songmap::atlas {
namespace {

using Json = nlohmann::ordered_json;

Json summary_of(const Atlas& atlas, std::size_t track) {
  const AtlasTrack& one = atlas.tracks()[track];
  return {{"track_id", one.track_id},
          {"path", utf8::repaired(one.path)},
          {"title", utf8::repaired(one.title)},
          {"artist", utf8::repaired(one.artist)},
          {"group", one.cluster},
          {"strength", one.strength}};
}

Json differences_json(const std::vector<Difference>& differences) {
  Json list = Json::array();
  for (const Difference& one : differences) {
    list.push_back({{"words", one.words}, {"means", one.means}, {"deviations", one.size}});
  }
  return list;
}

}  // namespace

std::string group_json(const Atlas& atlas, const GroupReasons& reasons) {
  Json languages = Json::object();
  for (const auto& [language, n] : reasons.languages) languages[language] = n;
  Json words = Json::array();
  for (const TellingWord& word : reasons.words) {
    words.push_back({{"word", word.word}, {"inside", word.inside}, {"outside", word.outside}, {"z", word.z}});
  }
  Json exemplars = Json::array();
  for (const std::size_t track : reasons.exemplars) exemplars.push_back(summary_of(atlas, track));
  Json border = Json::array();
  for (const BorderTrack& one : reasons.border) {
    Json track = summary_of(atlas, one.track);
    track["leans_to"] = one.leans_to;
    border.push_back(track);
  }
  return Json{{"group", reasons.group},
              {"title", atlas.group_title(reasons.group)},
              {"n_tracks", reasons.n_tracks},
              {"sound", differences_json(reasons.sound)},
              {"n_with_lyrics", reasons.n_with_lyrics},
              {"languages", languages},
              {"words", words},
              {"exemplars", exemplars},
              {"border", border},
              {"nearest_group", reasons.nearest_group == kNoise ? Json(nullptr) : Json(reasons.nearest_group)},
              {"proposed_name", reasons.proposed_name}}
             .dump(2) +
         "\n";
}

std::string track_json(const Atlas& atlas, const TrackReasons& reasons) {
  const AtlasTrack& track = atlas.tracks()[reasons.track];
  Json result = summary_of(atlas, reasons.track);
  result["pinned"] = track.pinned;
  result["placed"] = track.placed;
  result["outlier"] = track.placed && track.strangeness > 1;
  Json nearest = Json::array();
  for (const NearTrack& near : reasons.nearest) {
    Json one = summary_of(atlas, near.track);
    one["distance"] = near.distance;
    Json parts = Json::object();
    for (const auto& [part, distance] : near.parts) parts[part] = distance;
    one["parts"] = parts;
    nearest.push_back(one);
  }
  result["nearest"] = nearest;
  result["unusual"] = differences_json(reasons.unusual);
  result["rebuilt_worse_than"] =
      std::isfinite(reasons.rebuilt_worse_than) ? Json(reasons.rebuilt_worse_than) : Json(nullptr);
  return result.dump(2) + "\n";
}

}  // namespace songmap::atlas
