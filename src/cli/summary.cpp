#include "summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "songmap/core/utf8.h"
#include "songmap/run/embeddings.h"
#include "songmap/run/manifest.h"
#include "songmap/run/spaces.h"
#include "songmap/run/tables.h"
#include "terminal.h"

namespace songmap::cli {
namespace {

struct Group {
  std::size_t size = 0;
  std::vector<std::string> typical;  ///< Titles of the tracks with the largest strength.
};

std::map<std::int32_t, Group> groups_of(const run::RunFolder& folder) {
  constexpr std::size_t kShown = 3;
  std::map<std::string, std::string> titles;
  for (const run::TrackRow& track : run::load_tracks(folder.tracks())) {
    titles[track.track_id] = track.title.empty() ? track.path : track.title;
  }
  std::vector<run::LabelRow> rows = run::load_main_labels(folder.labels());
  std::ranges::stable_sort(rows, std::greater<>(), [](const run::LabelRow& row) { return row.strength; });
  std::map<std::int32_t, Group> groups;
  for (const run::LabelRow& row : rows) {
    Group& group = groups[row.cluster];
    ++group.size;
    if (group.typical.size() < kShown) group.typical.push_back(titles[row.track_id]);
  }
  return groups;
}

std::string number(double value, const char* undefined = "not defined") {
  return std::isfinite(value) ? fmt::format("{:.3f}", value) : undefined;
}

/// "0.369 ± 0.008", or that it is not defined.
std::string with_spread(const run::ScoreRow* row) {
  if (row == nullptr || !std::isfinite(row->value)) return "not defined";
  return std::isfinite(row->sd) ? fmt::format("{:.3f} ± {:.3f}", row->value, row->sd)
                                : fmt::format("{:.3f}", row->value);
}

bool is_pretrained(const run::Manifest& manifest, const std::string& space) {
  const auto found = std::ranges::find(manifest.spaces, space, &run::SpaceRecord::name);
  return found != manifest.spaces.end() && found->pretrained;
}

/// One line a clustering: its geometry beside that of structureless data, and its agreement with each label column.
std::string scores_text(const run::Manifest& manifest, const std::vector<run::ScoreRow>& scores) {
  const auto cell = [&](const run::MethodRow& method, const char* metric, const std::string& target,
                        const std::string& scored_in) -> const run::ScoreRow* {
    const auto found = std::ranges::find_if(scores, [&](const run::ScoreRow& row) {
      return row.view == method.view && row.space == method.space && row.method == method.method &&
             row.metric == metric && row.target == target && row.scored_in == scored_in;
    });
    return found == scores.end() ? nullptr : &*found;
  };
  std::size_t width = 12;
  for (const run::MethodRow& method : run::method_rows(manifest)) width = std::max(width, method.method.size());
  std::string text = fmt::format("{:<24} {:<{}} {:>14} {:>8}", "space", "method", width, "silhouette", "(null)");
  for (const std::string& target : manifest.targets) {
    text += fmt::format(" {:>20} {:>7}", "AMI " + target, "p");
  }
  text += "\n";
  for (const run::MethodRow& method : run::method_rows(manifest)) {
    const run::ScoreRow* silhouette = cell(method, "silhouette", "", method.space);
    text += fmt::format("{:<24} {:<{}} {:>14} {:>8}", method.space, method.method, width, with_spread(silhouette),
                        silhouette == nullptr ? "" : number(silhouette->chance, ""));
    for (const std::string& target : manifest.targets) {
      const run::ScoreRow* ami = cell(method, "ami", target, "");
      text += fmt::format(" {:>20} {:>7}", ami == nullptr ? "not scored" : with_spread(ami),
                          ami == nullptr ? "" : number(ami->p, ""));
    }
    text += is_pretrained(manifest, method.space) ? "  pretrained elsewhere\n" : "\n";
  }
  return text + "AMI: 0 is chance, 1 is perfect. More scores, intervals and comparisons: scores.csv, comparisons.csv\n";
}

}  // namespace

std::string summary_text(const run::RunFolder& folder) {
  const run::Manifest manifest = run::load_manifest(folder.manifest());
  std::string text =
      fmt::format("{} · preset {} · {} tracks", folder.path().string(), manifest.preset, manifest.input.n_tracks);
  if (manifest.input.audio_s > 0) text += fmt::format(" ({} of audio)", spoken_duration(manifest.input.audio_s));
  if (manifest.input.n_failures > 0) text += fmt::format(" · {} failed", manifest.input.n_failures);
  text += "\n";
  const auto groups = groups_of(folder);
  if (!groups.empty()) {
    text += fmt::format("\n{} groups ({} from: {}) in {} by {}\n", groups.size() - groups.count(kNoise), "k",
                        manifest.n_clusters_source, manifest.main_space, manifest.main_method);
    for (const auto& [cluster, group] : groups) {
      std::string titles;
      for (const std::string& title : group.typical) titles += (titles.empty() ? "" : " · ") + utf8::repaired(title);
      text += fmt::format("  {:>3}  {:>5} tracks  {}\n", cluster, group.size, titles);
    }
  }
  const std::vector<run::ScoreRow> scores = run::load_scores(folder.scores());
  if (!scores.empty()) text += "\n" + scores_text(manifest, scores);
  if (const auto sentence = run::pretrained_sentence(manifest)) text += "\n" + *sentence + "\n";
  bool heading = false;
  for (const auto& [stage, sentences] : manifest.warnings) {
    for (const std::string& sentence : sentences) {
      if (!heading) text += "\nHow far to trust this\n";
      heading = true;
      text += "  - " + sentence + "\n";
    }
  }
  if (std::filesystem::exists(folder.report())) text += "\nreport: " + folder.report().string() + "\n";
  return text;
}

std::string summary_json(const run::RunFolder& folder) {
  using Json = nlohmann::ordered_json;
  const run::Manifest manifest = run::load_manifest(folder.manifest());
  const auto defined = [](double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); };
  Json groups = Json::array();
  for (const auto& [cluster, group] : groups_of(folder)) {
    Json titles = Json::array();
    for (const std::string& title : group.typical) titles.push_back(utf8::repaired(title));
    groups.push_back({{"cluster", cluster}, {"size", group.size}, {"typical", titles}});
  }
  Json scores = Json::array();
  for (const run::ScoreRow& row : run::load_scores(folder.scores())) {
    scores.push_back({{"view", row.view},
                      {"space", row.space},
                      {"pretrained", is_pretrained(manifest, row.space)},
                      {"method", row.method},
                      {"scored_in", row.scored_in},
                      {"target", row.target},
                      {"metric", row.metric},
                      {"value", defined(row.value)},
                      {"sd", defined(row.sd)},
                      {"low", defined(row.low)},
                      {"high", defined(row.high)},
                      {"chance", defined(row.chance)},
                      {"p", defined(row.p)},
                      {"seeds", row.seeds},
                      {"n", row.n},
                      {"k", row.k}});
  }
  Json pretrained = Json::array();
  for (const run::PretrainedRecord& input : manifest.pretrained) {
    pretrained.push_back({{"modality", input.modality},
                          {"source", utf8::repaired(input.source)},
                          {"n_columns", input.n_columns},
                          {"n_tracks", input.n_tracks}});
  }
  Json warnings = Json::array();
  for (const auto& [stage, sentences] : manifest.warnings) {
    for (const std::string& sentence : sentences) warnings.push_back(utf8::repaired(sentence));
  }
  const Json summary{{"run", utf8::repaired(folder.path().string())},
                     {"preset", manifest.preset},
                     {"n_tracks", manifest.input.n_tracks},
                     {"n_failures", manifest.input.n_failures},
                     {"k", manifest.n_clusters},
                     {"k_source", manifest.n_clusters_source},
                     {"groups", groups},
                     {"scores", scores},
                     {"pretrained", pretrained},
                     {"warnings", warnings},
                     {"report", utf8::repaired(folder.report().string())}};
  return summary.dump(2) + "\n";
}

}  // namespace songmap::cli
