#include "atlas_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "songmap/core/utf8.h"

namespace songmap::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kShown = 20;  // of each list of a text

std::string list_text(const char* what, const std::vector<std::string>& items) {
  if (items.empty()) return "";
  std::string text = fmt::format("{} {}\n", items.size(), what);
  for (std::size_t i = 0; i < std::min(kShown, items.size()); ++i) text += "  " + utf8::repaired(items[i]) + "\n";
  if (items.size() > kShown) text += fmt::format("  and {} more\n", items.size() - kShown);
  return text;
}

Json placed_array(const std::vector<atlas::PlacedTrack>& placed) {
  Json array = Json::array();
  for (const atlas::PlacedTrack& track : placed) {
    array.push_back({{"track_id", track.track_id},
                     {"path", track.path},
                     {"title", utf8::repaired(track.title)},
                     {"artist", utf8::repaired(track.artist)},
                     {"group", track.cluster},
                     {"strength", track.strength},
                     {"strangeness", track.strangeness},
                     {"outlier", track.strangeness > 1}});
  }
  return array;
}

Json failure_array(const std::vector<library::Failure>& failures) {
  Json array = Json::array();
  for (const library::Failure& failure : failures) {
    array.push_back({{"path", failure.path}, {"stage", failure.stage}, {"reason", failure.reason}});
  }
  return array;
}

}  // namespace

std::string called(const std::string& artist, const std::string& title) {
  return utf8::repaired(artist.empty() ? title : artist + " - " + title);
}

std::string placed_text(const std::vector<atlas::PlacedTrack>& placed,
                        const std::map<std::int32_t, std::string>& names) {
  std::string text;
  for (const atlas::PlacedTrack& track : placed) {
    text += fmt::format("{}  {}  strength {:.2f}{}  {}\n", track.track_id, atlas::group_title(track.cluster, names),
                        track.strength, track.strangeness > 1 ? "  outlier" : "", called(track.artist, track.title));
  }
  return text;
}

std::string placed_json(const std::vector<atlas::PlacedTrack>& placed, const std::vector<std::string>& known,
                        const std::vector<library::Failure>& failures) {
  return Json{{"placed", placed_array(placed)}, {"known", known}, {"failures", failure_array(failures)}}.dump(2) + "\n";
}

std::string update_text(const atlas::UpdateReport& report) {
  std::string text = placed_text(report.placed, report.names) + list_text("moved or renamed", report.renamed) +
                     list_text("gone", report.gone) + list_text("back again", report.back);
  if (report.n_retagged > 0) text += fmt::format("{} retagged\n", report.n_retagged);
  if (text.empty()) text = "Nothing has changed. ";
  return text +
         fmt::format("{} tracks, {} of them placed since the run was fitted.\n", report.n_tracks, report.n_not_fitted);
}

std::string update_json(const atlas::UpdateReport& report) {
  return Json{{"placed", placed_array(report.placed)},
              {"renamed", report.renamed},
              {"n_retagged", report.n_retagged},
              {"gone", report.gone},
              {"back", report.back},
              {"n_tracks", report.n_tracks},
              {"n_not_fitted", report.n_not_fitted},
              {"failures", failure_array(report.failures)}}
             .dump(2) +
         "\n";
}

std::string diff_text(const atlas::AtlasDiff& diff, const atlas::Atlas& before, const atlas::Atlas& after) {
  std::vector<std::string> moves;
  for (const atlas::Move& move : diff.moved) {
    moves.push_back(fmt::format("{}  {} -> {}", move.title, before.group_title(move.from), after.group_title(move.to)));
  }
  return list_text("tracks came", diff.come) + list_text("tracks are gone", diff.gone) +
         list_text("tracks changed their group", moves) +
         fmt::format("{} tracks are in both; their groups agree by {:.3f} (adjusted Rand index, 1: all alike).\n",
                     diff.n_common, diff.agreement);
}

std::string diff_json(const atlas::AtlasDiff& diff) {
  Json moved = Json::array();
  for (const atlas::Move& move : diff.moved) {
    moved.push_back(
        {{"track_id", move.track_id}, {"title", utf8::repaired(move.title)}, {"from", move.from}, {"to", move.to}});
  }
  return Json{{"n_common", diff.n_common},
              {"agreement", diff.agreement},
              {"moved", moved},
              {"come", diff.come},
              {"gone", diff.gone}}
             .dump(2, ' ', false, Json::error_handler_t::replace) +
         "\n";
}

}  // namespace songmap::cli
