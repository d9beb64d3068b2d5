#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "songmap/report/findings.h"
#include "songmap/report/html.h"
#include "songmap/report/plan.h"
#include "songmap/report/score_cells.h"
#include "songmap/report/score_rows.h"
#include "songmap/report/sections.h"
#include "songmap/report/study.h"
#include "songmap/run/lyrics_control.h"

/// What stands beside the scores: the control with the words of other tracks, methods compared with each other, and
/// what a condition rules out.
namespace songmap::report {
namespace {

constexpr std::size_t kMostNamed = 4;

std::string pairings_cell(const ScoreRow* row) {
  if (row == nullptr || !std::isfinite(row->value)) return "<span class=\"aside\">–</span>";
  std::string html = fmt::format("<strong>{}</strong>", spelled_number(row->value));
  if (std::isfinite(row->low) && std::isfinite(row->high)) {
    html += fmt::format("<span class=\"aside\">{} to {}</span>", spelled_number(row->low), spelled_number(row->high));
  }
  if (std::isfinite(row->p)) html += fmt::format("<span class=\"aside\">{}</span>", escaped(spelled_p(row->p)));
  return html;
}

std::string names_of(const std::vector<std::string>& names) {
  if (names.size() <= kMostNamed) return joined(names);
  std::vector<std::string> first(names.begin(), names.begin() + kMostNamed);
  first.push_back(fmt::format("{} more", names.size() - kMostNamed));
  return joined(first);
}

std::string against_name(const RunData& run, const ComparisonRow& row) {
  return method_name(run, {row.against_view, row.against_space, row.against_method});
}

}  // namespace

std::vector<ControlVerdict> control_verdicts(const RunData& run, const std::string& target) {
  const std::string metric = main_metric(run, target);
  std::vector<ControlVerdict> verdicts;
  for (const MethodKey& method : scored_methods(run)) {
    ControlVerdict verdict{.method = method,
                           .real = agreement(run, method, metric, target),
                           .any = shuffled_agreement(run, method, metric, target, run::kShuffledLyrics),
                           .in_language = shuffled_agreement(run, method, metric, target, run::kShuffledInLanguage)};
    if (verdict.any == nullptr && verdict.in_language == nullptr) continue;
    // With 19 pairings the smallest p is 1 in 20: equal to .05 up to rounding.
    const auto beaten = [](const ScoreRow* row) { return row == nullptr || row->p <= 0.05 + 1e-9; };
    verdict.beats_any = beaten(verdict.any);
    verdict.beats_in_language = beaten(verdict.in_language);
    verdicts.push_back(verdict);
  }
  return verdicts;
}

std::string control_sentence(const RunData& run, const std::string& target) {
  const std::vector<ControlVerdict> verdicts = control_verdicts(run, target);
  if (verdicts.empty()) return "";
  std::vector<std::string> beating;
  std::vector<std::string> by_language;
  for (const ControlVerdict& verdict : verdicts) {
    if (!verdict.beats_any) continue;
    (verdict.beats_in_language ? beating : by_language).push_back(method_name(run, verdict.method));
  }
  const std::string labels = target_title(target);
  const std::string words = lyrics_were_cycled(run) ? "the words as they were dealt out" : "each track’s own words";
  if (beating.empty() && by_language.empty()) {
    return fmt::format(
        "For {}, no fused grouping does better with {} than with those of other tracks: nothing here says that "
        "the words add to it.",
        labels, words);
  }
  std::vector<std::string> parts;
  if (!beating.empty()) {
    parts.push_back(fmt::format("do better than those of other tracks in {} of {} fused groupings ({})", beating.size(),
                                verdicts.size(), names_of(beating)));
  }
  if (!by_language.empty()) {
    parts.push_back(
        fmt::format("beat words of any track but not words in the same language in {} of {} ({}), where it "
                    "is the language that counts and not what is said",
                    by_language.size(), verdicts.size(), names_of(by_language)));
  }
  return fmt::format("For {}, {} {}.", labels, words, joined(parts));
}

std::string control_html(const RunData& run) {
  std::string html;
  for (const std::string& target : scored_targets(run)) {
    const std::vector<ControlVerdict> verdicts = control_verdicts(run, target);
    if (verdicts.empty()) continue;
    const std::string metric = metric_title(main_metric(run, target));
    std::vector<std::vector<std::string>> rows;
    for (const ControlVerdict& verdict : verdicts) {
      const char* word = !verdict.beats_any           ? "does not beat others’ words"
                         : !verdict.beats_in_language ? "beats others’ words, but not those of its language"
                                                      : "beats others’ words";
      rows.push_back(
          {escaped(method_name(run, verdict.method)),
           verdict.real == nullptr ? "–" : fmt::format("<strong>{}</strong>", spelled_number(verdict.real->value)),
           pairings_cell(verdict.any), pairings_cell(verdict.in_language), escaped(word)});
    }
    html += paragraph_html(control_sentence(run, target)) +
            table_html(fmt::format("{} with {}: {} beside those of other tracks", metric, target_title(target),
                                   lyrics_were_cycled(run) ? "the words as dealt out" : "own words"),
                       {{"fused grouping"},
                        {lyrics_were_cycled(run) ? "as dealt out" : "own words", true},
                        {"any track’s words", true},
                        {"words of its language", true},
                        {"verdict"}},
                       rows);
  }
  if (html.empty()) return "";
  if (lyrics_were_cycled(run)) {
    html = paragraph_html(
               "The words were dealt out to the tracks in turn, whatever the track, so they cannot be "
               "expected to help.") +
           html;
  }
  return "<h3>Do the words help, or would any words?</h3>\n" +
         paragraph_html(
             "Each fused grouping was made again with the words dealt out to the tracks at random, among all tracks "
             "and "
             "among those of one language: mean, 5th to 95th percentile, and p, the share of pairings (the real one "
             "among them, with the first seed) that score at least as high as the real one. Words that say something "
             "must win.") +
         html;
}

std::string differing_sentence(const RunData& run, const std::string& target) {
  const MethodKey main = main_method(run);
  const std::string metric = main_metric(run, target);
  std::vector<std::string> better;
  std::vector<std::string> worse;
  std::size_t n = 0;
  double smallest = 1;
  for (const ComparisonRow& row : run.comparisons) {
    const bool with_main = MethodKey{row.against_view, row.against_space, row.against_method} == main;
    if (row.target != target || row.metric != metric || !with_main || !std::isfinite(row.p_holm)) continue;
    ++n;
    smallest = std::min(smallest, row.p_holm);
    if (row.p_holm > 0.05) continue;
    (row.difference > 0 ? better : worse)
        .push_back(fmt::format("{} ({}, {})", method_name(run, key_of(row)), signed_number(row.difference),
                               spelled_p(row.p_holm)));
  }
  if (n == 0) return "";
  const std::string how = fmt::format("by {} with {}, on the same tracks and corrected for their number (Holm)",
                                      metric_title(metric), target_title(target));
  if (better.empty() && worse.empty()) {
    return fmt::format("None of {} other groupings can be told apart from the main one {}: smallest {}.", n, how,
                       spelled_p(smallest));
  }
  std::string text = fmt::format("Of {} other groupings, compared with the main one {}, ", n, how);
  if (!better.empty()) text += fmt::format("{} did better: {}", better.size(), names_of(better));
  if (!worse.empty()) {
    text += fmt::format("{}{} did worse: {}", better.empty() ? "" : "; ", worse.size(), names_of(worse));
  }
  const std::size_t rest = n - better.size() - worse.size();
  return text + (rest > 0 ? fmt::format(". The other {} cannot be told apart from it.", rest) : std::string("."));
}

std::string comparisons_html(const RunData& run) {
  if (run.comparisons.empty()) return "";
  std::string html = "<h3>Which differences are real?</h3>\n";
  for (const std::string& target : scored_targets(run)) {
    if (const std::string text = differing_sentence(run, target); !text.empty()) html += paragraph_html(text);
  }
  std::vector<std::vector<std::string>> rows;
  for (const ComparisonRow& row : run.comparisons) {
    if (row.metric != main_metric(run, row.target)) continue;
    rows.push_back({escaped(method_name(run, key_of(row))), escaped(against_name(run, row)),
                    escaped(fmt::format("{}, {}", row.target, metric_title(row.metric))),
                    fmt::format("<strong>{}</strong><span class=\"aside\">{} to {}</span>",
                                signed_number(row.difference), spelled_number(row.low), spelled_number(row.high)),
                    escaped(spelled_p(row.p)), escaped(spelled_p(row.p_holm))});
  }
  return html + folded_html(fmt::format("All {} comparisons", rows.size()),
                            table_html("Difference between two groupings of the same tracks, with its 95 % interval",
                                       {{"grouping"},
                                        {"against"},
                                        {"measured by"},
                                        {"difference", true},
                                        {"p", true},
                                        {"p, corrected (Holm)", true}},
                                       rows));
}

std::string condition_html(const RunData& run) {
  std::vector<std::string> sentences;
  for (const ModelRecord& model : run.manifest.models) {
    if (model.condition.empty()) continue;
    sentences.push_back(
        fmt::format("The model {} was told the {} of each track. What it makes of the tracks, alone and "
                    "with their words, is therefore not scored against {}: the empty cells.",
                    model.name, model.condition, target_title(model.condition)));
  }
  std::string html;
  for (const std::string& sentence : sentences) html += paragraph_html(sentence);
  return html;
}

}  // namespace songmap::report
