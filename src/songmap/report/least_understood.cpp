#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "songmap/report/findings.h"
#include "songmap/report/groups.h"
#include "songmap/report/html.h"
#include "songmap/report/proof.h"
#include "songmap/report/sections.h"
#include "songmap/run/study_tables.h"

/// The tracks that the models rebuild worst (reconstruction.csv).
namespace songmap::report {
namespace {

constexpr std::size_t kMost = 10;
constexpr double kFar = 2;  ///< Times the median.

using Rows = std::vector<const run::ReconstructionRow*>;

/// The rows of one model whose error is above the median, the largest first.
Rows worst_of(const RunData& run, const std::string& model) {
  Rows rows;
  for (const run::ReconstructionRow& row : run.reconstruction) {
    if (row.model == model && row.relative > 1) rows.push_back(&row);
  }
  std::ranges::stable_sort(rows, std::greater<>(), &run::ReconstructionRow::relative);
  if (rows.size() > kMost) rows.resize(kMost);
  return rows;
}

std::vector<std::string> models_of(const RunData& run) {
  std::vector<std::string> models;
  if (const ModelRecord* main = main_model(run)) models.push_back(main->name);
  for (const run::ReconstructionRow& row : run.reconstruction) {
    if (std::ranges::find(models, row.model) == models.end()) models.push_back(row.model);
  }
  return models;
}

class WorstTable {
 public:
  explicit WorstTable(const RunData& run) : run_(run), models_(models_of(run)) {
    for (std::size_t i = 0; i < run.tracks.size(); ++i) position_[run.tracks[i].track_id] = i;
    for (const std::string& model : models_) worst_.push_back(worst_of(run, model));
  }

  const std::vector<std::string>& models() const { return models_; }

  std::string html(std::size_t m) const {
    std::vector<std::vector<std::string>> rows;
    for (const run::ReconstructionRow* row : worst_[m]) {
      const auto at = position_.find(row->track_id);
      if (at == position_.end()) continue;
      const TrackRow& track = run_.tracks[at->second];
      rows.push_back({track_html(track), escaped(group_of(at->second)),
                      fmt::format("<strong>{} ×</strong>", spelled_number(row->relative, 1)),
                      fmt::format("{:.3g}", row->error), escaped(also_of(m, row->track_id)),
                      fmt::format("<span class=\"path\">{}</span>", escaped(track.path))});
    }
    if (rows.empty()) return "";
    return table_html(fmt::format("Least understood by {}", models_[m]),
                      {{"track"}, {"group"}, {"error over the median", true}, {"error", true}, {"also by"}, {"file"}},
                      rows);
  }

  std::string sentence(std::size_t m) const {
    std::size_t n = 0;
    std::size_t n_far = 0;
    for (const run::ReconstructionRow& row : run_.reconstruction) {
      if (row.model != models_[m]) continue;
      ++n;
      n_far += row.relative > kFar ? 1 : 0;
    }
    if (n == 0) return "";
    if (n_far == 0) {
      return fmt::format(
          "No track of {} has more than {:g} times the median error: {} understands all about equally well.",
          spelled_count(n), kFar, models_[m]);
    }
    return fmt::format("{} of {} {} more than {:g} times the median error of {}.", spelled_count(n_far),
                       counted(n, "track"), n_far == 1 ? "has" : "have", kFar, models_[m]);
  }

 private:
  std::string group_of(std::size_t track) const {
    const Grouping* grouping = run_.main_grouping();
    if (grouping == nullptr || !grouping->clusters[track]) return "–";
    return cluster_name(*grouping->clusters[track]);
  }

  /// The other models that have it among their worst: a track that all find odd is odd, not the model.
  std::string also_of(std::size_t m, const std::string& track_id) const {
    std::vector<std::string> names;
    for (std::size_t other = 0; other < models_.size(); ++other) {
      const bool shared = std::ranges::any_of(
          worst_[other], [&](const run::ReconstructionRow* row) { return row->track_id == track_id; });
      if (other != m && shared) names.push_back(models_[other]);
    }
    return names.empty() ? "–" : joined(names);
  }

  const RunData& run_;
  std::vector<std::string> models_;
  std::vector<Rows> worst_;
  std::unordered_map<std::string, std::size_t> position_;
};

/// By whom tracks were judged.
std::string judged_html(const RunData& run) {
  if (run.judged_unseen.empty()) {
    return " The models were trained on these tracks: one that is alone of its kind may have been learnt by heart.";
  }
  return fmt::format(
      " Errors of {} are those of models that had not seen the track (trained on the others, part by part); the other "
      "models were trained on all tracks.",
      escaped(run.judged_unseen));
}

}  // namespace

std::string least_understood_html(const RunData& run) {
  if (run.reconstruction.empty() || run::study_tier(run.manifest) != nullptr) return "";
  const WorstTable table(run);
  std::string shown;
  std::string folded;
  for (std::size_t m = 0; m < table.models().size(); ++m) {
    const std::string html = table.html(m);
    if (html.empty()) continue;
    (shown.empty() ? shown : folded) += paragraph_html(table.sentence(m)) + html;
  }
  if (shown.empty()) return "";
  return paragraph_html(
             "What a model makes of these tracks is farthest from what it was given (mean squared error a value, mean "
             "over seeds). Where the error is many times the median, the track is unlike the rest of the collection, "
             "or "
             "its audio is damaged, and its place on the map means little; where other models have it among their "
             "worst "
             "too, it is the track and not the model. songmap misfits tells in words what was expected and what was "
             "heard, and looks for damage." +
             judged_html(run)) +
         shown + folded_html("The same by the other models", folded);
}

std::string choice_html(const RunData& run) {
  const run::ChoiceRecord& choice = run.manifest.choice;
  if (choice.model.empty()) return "";
  std::vector<std::vector<std::string>> rows;
  const auto add = [&](const char* what, const std::string& value, const char* meaning) {
    rows.push_back({what, fmt::format("<strong>{}</strong>", value), meaning});
  };
  add("median length of a track", fmt::format("{:.3g} s", choice.median_length_s),
      "windows of short sounds are different events rather than pieces of one music");
  add("median number of windows of a track", fmt::format("{:g}", choice.median_windows),
      "a model that sees a track through its windows needs some of them");
  add("share of the variance of windows that lies within tracks",
      fmt::format("{} %", spelled_number(100 * choice.within_share, 0)),
      "the rule does not ask for it: small where tracks are the same all through");
  std::string text = choice.reason;
  if (const ModelRecord* main = main_model(run); main != nullptr && main->name != choice.model) {
    text += fmt::format(" The groups are nevertheless those of {}.", main->name);
  }
  return "<h3>Which model leads, and why</h3>\n" + paragraph_html(text) +
         paragraph_html(
             "The choice was made before any model was trained, by the lengths of the tracks and their windows alone: "
             "no "
             "label and no score had a part in it. Whether it was worth it is asked under “Does the model add "
             "anything?”.") +
         table_html("What the choice rests on", {{"of this collection"}, {"value", true}, {"why it counts"}}, rows);
}

}  // namespace songmap::report
