#include "songmap/report/findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "songmap/report/html.h"
#include "songmap/report/plan.h"

namespace songmap::report {
namespace {

/// Words for an agreement that is above chance. The borders are a reading aid, not a test.
std::string_view strength_of(double value) {
  if (value < 0.1) return "only faintly";
  if (value < 0.3) return "in part";
  if (value < 0.6) return "clearly";
  if (value < 0.85) return "strongly";
  return "almost perfectly";
}

/// How another grouping compares with the main one: by the paired comparison where there is one, else by the spread
/// over seeds.
std::string verdict_on(const RunData& run, const ScoreRow& ours, const ScoreRow& other) {
  const MethodKey main = main_method(run);
  const auto paired = std::ranges::find_if(run.comparisons, [&](const ComparisonRow& row) {
    return row.target == ours.target && row.metric == ours.metric && key_of(row) == key_of(other) &&
           MethodKey{row.against_view, row.against_space, row.against_method} == main;
  });
  if (paired != run.comparisons.end() && std::isfinite(paired->p_holm)) {
    const std::string p = spelled_p(paired->p_holm);
    if (paired->p_holm > 0.05) return fmt::format("a difference that may be chance: corrected {}", p);
    return fmt::format("{} than the main one: corrected {}", paired->difference > 0 ? "higher" : "lower", p);
  }
  const auto sd = [](const ScoreRow& row) { return std::isfinite(row.sd) ? row.sd : 0.0; };
  // Two standard deviations of the difference of two runs; never finer than the second digit that is printed.
  const double noise = std::max(0.01, 2 * std::hypot(sd(ours), sd(other)));
  const double difference = ours.value - other.value;
  return difference > noise    ? "lower: the main method helped here"
         : difference < -noise ? "higher than the main method"
                               : "no clear difference, given the spread over seeds";
}

/// ", trained the model beta-vae on 48 of them 10 times from different random starts (and regular-vae beside it)".
std::string training_phrase(const RunData& run, const ModelRecord& model, std::size_t n_scored) {
  const std::size_t times = std::max<std::size_t>(1, model.seeds.size());
  std::vector<std::string> others;
  for (const ModelRecord& other : run.manifest.models) {
    if (other.name != model.name) others.push_back(other.name);
  }
  return fmt::format(", trained the model {} on {}{}{}", model.name,
                     n_scored > 0 ? spelled_count(run.tracks.size() - n_scored) + " of them" : "them",
                     times > 1 ? fmt::format(" {} times from different random starts", times) : "",
                     others.empty() ? "" : fmt::format(" (and likewise {})", joined(others)));
}

/// What else was grouped: "24 groupings were made in all: by sound, by words alone and by sound and words together."
std::string other_groupings(const RunData& run) {
  std::vector<MethodKey> methods;
  std::vector<std::string> views;
  for (const Grouping& grouping : run.groupings) {
    if (std::ranges::find(methods, key_of(grouping)) == methods.end()) methods.push_back(key_of(grouping));
    const std::string phrase = view_phrase(grouping.view);
    if (!grouping.view.empty() && std::ranges::find(views, phrase) == views.end()) views.push_back(phrase);
  }
  if (methods.size() < 2) return "";
  return fmt::format(" For comparison, {} groupings were made in all{}.", methods.size(),
                     views.size() > 1 ? ": " + joined(views) : "");
}

}  // namespace

const ModelRecord* main_model(const RunData& run) { return run.model_behind(main_method(run).space); }

bool may_be_chance(const ScoreRow& row) { return std::isfinite(row.p) && row.p > 0.05; }

const ScoreRow* main_score(const RunData& run, std::string_view metric, std::string_view target) {
  const MethodKey main = main_method(run);
  return target.empty() ? tightness(run, main, metric, main.space) : agreement(run, main, metric, target);
}

const ScoreRow* main_agreement(const RunData& run, std::string_view target) {
  const ScoreRow* ami = main_score(run, "ami", target);
  return ami != nullptr && std::isfinite(ami->value) ? ami : main_score(run, "ari", target);
}

std::size_t main_group_count(const RunData& run) {
  if (const Grouping* main = run.main_grouping()) {
    const std::vector<std::int32_t> names = main->names();
    return names.size() - static_cast<std::size_t>(std::ranges::count(names, kNoise));
  }
  return run.scores.empty() ? 0 : run.scores.front().k;
}

std::string agreement_sentence(const RunData& run, const std::string& target) {
  const ScoreRow* row = main_agreement(run, target);
  if (row == nullptr) return "";
  const std::string metric = metric_title(row->metric);
  if (!std::isfinite(row->value))
    return fmt::format("Agreement with {} is not defined for these groups.", target_title(target));
  std::string numbers = fmt::format("{} {}", metric, spelled_number(row->value));
  if (std::isfinite(row->sd) && row->seeds > 1) {
    numbers += fmt::format(" ± {} over {} seeds", spelled_number(row->sd), row->seeds);
  }
  if (std::isfinite(row->p)) numbers += ", " + spelled_p(row->p);
  const std::string labels = target_title(target);
  if (may_be_chance(*row)) {
    return fmt::format("The groups agree with {} no better than random groups could ({}).", labels, numbers);
  }
  if (row->value <= 0) return fmt::format("The groups do not agree with {} ({}).", labels, numbers);
  return fmt::format("The groups agree {} with {} ({}; 0 is chance, 1 is perfect{}).", strength_of(row->value), labels,
                     numbers, std::isfinite(row->p) ? "" : "; not tested against chance");
}

std::string comparison_sentence(const RunData& run, const std::string& target) {
  const ScoreRow* ours = main_agreement(run, target);
  const MethodKey main = main_method(run);
  if (ours == nullptr || !std::isfinite(ours->value)) return "";
  const ScoreRow* best = nullptr;
  for (const MethodKey& method : scored_methods(run)) {
    const ScoreRow* row = agreement(run, method, ours->metric, target);
    if (method == main || row == nullptr || !std::isfinite(row->value)) continue;
    if (best == nullptr || row->value > best->value) best = row;
  }
  if (best == nullptr || (may_be_chance(*ours) && !(best->p <= 0.05))) return "";
  return fmt::format("The best other grouping, {}, reaches {} {} ({}).", method_name(run, key_of(*best)),
                     metric_title(best->metric), spelled_number(best->value), verdict_on(run, *ours, *best));
}

std::string views_sentence(const RunData& run, const std::string& target) {
  const ScoreRow* ours = main_agreement(run, target);
  if (ours == nullptr) return "";
  std::vector<std::string> parts;
  for (const std::string& view : run.views()) {
    const Grouping* grouping = run.main_grouping(view);
    if (grouping == nullptr || view == main_method(run).view) continue;
    const MethodKey method = key_of(*grouping);
    const ScoreRow* row = agreement(run, method, ours->metric, target);
    if (row == nullptr) continue;
    parts.push_back(!std::isfinite(row->value) ? fmt::format("not defined {}", view_phrase(view))
                                               : fmt::format("{} {}{}", spelled_number(row->value), view_phrase(view),
                                                             may_be_chance(*row) ? " (may be chance)" : ""));
  }
  return parts.empty() ? "" : fmt::format("In the other views {} is {}.", metric_title(ours->metric), joined(parts));
}

std::string what_was_done(const RunData& run) {
  const Manifest& manifest = run.manifest;
  std::string text;
  const std::string tracks = counted(run.tracks.size(), "track");
  if (manifest.input.kind == "table") {
    text = fmt::format("songmap read a table that describes {}", tracks);
  } else {
    double seconds = manifest.input.audio_s;
    if (seconds <= 0) {
      for (const TrackRow& track : run.tracks) seconds += std::isfinite(track.length_s) ? track.length_s : 0;
    }
    text = fmt::format("songmap listened to {}{}", tracks,
                       seconds > 0 ? fmt::format(" ({} of audio)", spelled_duration(seconds)) : "");
  }
  const MethodKey main = main_method(run);
  if (main.method.empty()) return text + ". No grouping was made.";
  const std::size_t n_scored = std::min(manifest.evaluated_rows.size(), run.tracks.size());
  if (const ModelRecord* model = main_model(run)) text += training_phrase(run, *model, n_scored);
  const std::size_t k = main_group_count(run);
  text += fmt::format(", and sorted {} into {} {}with {}.",
                      n_scored > 0 ? fmt::format("the other {}", spelled_count(n_scored)) : "them", counted(k, "group"),
                      main.view.empty() ? "" : view_phrase(main.view) + " ", grouping_title(main.method, main.space));
  const std::string& source = manifest.n_clusters_source;
  if (source == "given") text += " The number of groups was given.";
  if (source == "labels") text += " The number of groups was taken from the labels.";
  if (source == "gap statistic") text += " The number of groups was chosen by the gap statistic.";
  if (source == "none found") text += " The gap statistic found no groups at all; two are shown all the same.";
  return text + other_groupings(run);
}

std::string trust_summary(const std::vector<Finding>& findings) {
  std::vector<std::string> cautions;
  for (const Finding& finding : findings) {
    if (finding.trust == Trust::kCaution) cautions.push_back(finding.heading);
  }
  if (findings.empty()) return "There are no scores to judge.";
  if (cautions.empty()) {
    return "None of the usual checks speaks against these numbers. They hold for this collection; another one may "
           "behave differently.";
  }
  const std::size_t shown = std::min<std::size_t>(cautions.size(), 3);
  std::string text = cautions.size() == 1 ? "One check asks for caution: "
                                          : fmt::format("{} checks ask for caution: ", cautions.size());
  for (std::size_t i = 0; i < shown; ++i) {
    std::string heading = cautions[i];
    if (!heading.empty()) heading[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(heading[0])));
    text += (i > 0 ? "; " : "") + heading;
  }
  if (shown < cautions.size()) text += fmt::format("; and {} more", cautions.size() - shown);
  return text + ". See “How far to trust this”.";
}

}  // namespace songmap::report
