#include "songmap/report/score_rows.h"

#include <fmt/format.h>

#include <algorithm>

#include "songmap/run/embeddings.h"
#include "songmap/run/grouping.h"
#include "songmap/run/metric_controls.h"

namespace songmap::report {
namespace {

template <class Matches>
const ScoreRow* find_row(const std::vector<ScoreRow>& rows, const MethodKey& method, std::string_view metric,
                         std::string_view target, const Matches& matches) {
  const auto found = std::ranges::find_if(rows, [&](const ScoreRow& row) {
    return row.metric == metric && row.target == target && row.method == method.method && row.space == method.space &&
           row.view == method.view && matches(row);
  });
  return found == rows.end() ? nullptr : &*found;
}

}  // namespace

MethodKey main_method(const RunData& run) {
  if (const Grouping* main = run.main_grouping()) return key_of(*main);
  return run.scores.empty() ? MethodKey() : key_of(run.scores.front());
}

std::vector<MethodKey> scored_methods(const RunData& run) {
  std::vector<MethodKey> methods;
  std::vector<std::string> headings;
  for (const ScoreRow& row : run.scores) {
    const MethodKey key = key_of(row);
    if (std::ranges::find(methods, key) != methods.end()) continue;
    methods.push_back(key);
    const std::string heading = method_heading(run, key);
    if (std::ranges::find(headings, heading) == headings.end()) headings.push_back(heading);
  }
  std::ranges::stable_sort(methods, {}, [&](const MethodKey& key) {
    return std::ranges::find(headings, method_heading(run, key)) - headings.begin();
  });
  return methods;
}

const ScoreRow* agreement(const RunData& run, const MethodKey& method, std::string_view metric,
                          std::string_view target) {
  return find_row(run.scores, method, metric, target, [](const ScoreRow&) { return true; });
}

const ScoreRow* shuffled_agreement(const RunData& run, const MethodKey& method, std::string_view metric,
                                   std::string_view target, std::string_view control) {
  return find_row(run.shuffled_lyrics, method, metric, target,
                  [&](const ScoreRow& row) { return row.scored_in == control; });
}

const ScoreRow* tightness(const RunData& run, const MethodKey& method, std::string_view metric,
                          std::string_view space) {
  return find_row(run.scores, method, metric, "", [&](const ScoreRow& row) {
    return row.scored_in == space || (row.scored_in.empty() && space == method.space);
  });
}

const ScoreRow* fact(const RunData& run, const MethodKey& method, std::string_view metric) {
  return find_row(run.scores, method, metric, "", [](const ScoreRow& row) { return row.scored_in.empty(); });
}

std::string undefined_reason(const RunData& run, const MethodKey& method) {
  const ClusteringRow* first = nullptr;
  std::size_t n_undefined = 0;
  std::size_t n = 0;
  for (const ClusteringRow& row : run.clusterings) {
    if (key_of(row) != method) continue;
    ++n;
    if (row.undefined.empty()) continue;
    ++n_undefined;
    if (first == nullptr) first = &row;
  }
  if (first == nullptr) return "";
  return n_undefined == n ? first->undefined : fmt::format("with {} of {} seeds {}", n_undefined, n, first->undefined);
}

std::string common_space(const RunData& run) {
  const auto found = std::ranges::find_if(run.scores, [](const ScoreRow& row) {
    return row.target.empty() && row.metric == "silhouette" && !row.scored_in.empty() && row.scored_in != row.space;
  });
  return found == run.scores.end() ? "" : found->scored_in;
}

std::vector<std::string> scored_targets(const RunData& run) {
  std::vector<std::string> targets;
  for (const ScoreRow& row : run.scores) {
    if (!row.target.empty() && std::ranges::find(targets, row.target) == targets.end()) targets.push_back(row.target);
  }
  const std::vector<std::string>& order = run.manifest.targets;
  std::ranges::stable_sort(targets, {},
                           [&](const std::string& target) { return std::ranges::find(order, target) - order.begin(); });
  return targets;
}

std::string main_metric(const RunData& run, const std::string& target) {
  const bool ami =
      std::ranges::any_of(run.scores, [&](const ScoreRow& row) { return row.target == target && row.metric == "ami"; });
  return ami ? "ami" : "ari";
}

std::string method_title(const std::string& method) {
  const std::vector<std::string>& known = run::method_names();
  return std::ranges::find(known, method) == known.end() ? method : run::method_title(method);
}

std::string space_title(const RunData& run, const std::string& space) {
  const SpaceRecord* record = run.space_record(space);
  if (record == nullptr || record->title.empty()) return space;
  SpaceRecord called = *record;
  if (record->name == "features") called.title = "features";
  if (record->kind == "lyrics" || record->kind == "language") called.title = record->name;
  if (record->kind == "fusion") called.title += " + lyrics";
  return run::marked_title(called);
}

std::string method_name(const RunData& run, const MethodKey& method) {
  const std::string title = method_title(method.method);
  return method.space.empty() ? title : fmt::format("{} on {}", title, space_title(run, method.space));
}

std::string method_heading(const RunData& run, const MethodKey& method) {
  const SpaceRecord* record = run.space_record(method.space);
  if (record == nullptr) return method.view.empty() ? "Groups" : fmt::format("View: {}", method.view);
  if (record->view == "content") return "Sound and what the words say (content view)";
  if (record->view == "language") return "The language of the words (language view)";
  if (record->kind == "model" || record->kind == "ensemble") return "Sound, as a model keeps it (audio view)";
  if (record->kind == "fusion") return "Sound and words together (hybrid view)";
  if (record->kind == "lyrics") return "Words alone (lyrics view)";
  if (record->kind == run::kControlKind) return "Controls of the within-track metric (audio view)";
  return "Sound without a model, for comparison (audio view)";
}

std::string view_phrase(const std::string& view) {
  if (view == "audio") return "by sound";
  if (view == "lyrics") return "by words alone";
  if (view == "language") return "by the language of the words";
  if (view == "content") return "by sound and what the words say";
  return view == "hybrid" ? "by sound and words together" : fmt::format("in the view {}", view);
}

}  // namespace songmap::report
