#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "songmap/report/html.h"
#include "songmap/report/plan.h"
#include "songmap/report/sections.h"
#include "songmap/run/lyrics_control.h"
#include "songmap/run/lyrics_pairing.h"

/// What scores are worth beside each other: methods on the same tracks, and fused results beside shuffled lyrics.
namespace songmap::report {
namespace {

constexpr double kLevel = 0.05;

std::string signed_number(double value) { return (value > 0 ? "+" : "") + spelled_number(value, 3); }

const ScoreRow* real_score(const RunData& run, const ScoreRow& control) {
  const auto found = std::ranges::find_if(run.scores, [&](const ScoreRow& row) {
    return row.view == control.view && row.space == control.space && row.method == control.method &&
           row.target == control.target && row.metric == control.metric && row.scored_in.empty();
  });
  return found == run.scores.end() ? nullptr : &*found;
}

/// Whether the words of the tracks themselves do better than those of others, for one label.
std::string verdict_on_words(const RunData& run, const std::string& target) {
  std::size_t n = 0;
  std::size_t better = 0;
  for (const ScoreRow& row : run.shuffled_lyrics) {
    if (row.target != target || row.metric != "ami" || row.scored_in != run::kShuffledLyrics) continue;
    ++n;
    better += row.p <= kLevel ? 1 : 0;
  }
  if (n == 0) return "";
  const std::string against = target_title(target);
  std::string text =
      better == 0 ? fmt::format(
                        "Against {}, no fused result beats the same fusion with shuffled lyrics: the words of "
                        "these tracks add nothing to it.",
                        against)
                  : fmt::format(
                        "Against {}, {} of {} fused results beat the same fusion with shuffled lyrics (p at most "
                        ".05).",
                        against, better, n);
  if (run.manifest.lyrics.pairing == "cycle") {
    text += " The lyrics were given to the tracks in turn, so that nothing else could be expected.";
  }
  return paragraph_html(text);
}

std::string shuffled_html(const RunData& run) {
  if (run.shuffled_lyrics.empty()) return "";
  std::string html = "<h3>What the words are worth</h3>\n" +
                     paragraph_html(
                         "Each fused grouping was made again with the lyrics of other tracks: of any, and of those in "
                         "the same language. p is the share of pairings, the real one among them, that score at least "
                         "as high as the real one; a control beats chance wherever the sound alone does.");
  std::set<std::string> targets;
  for (const ScoreRow& row : run.shuffled_lyrics) targets.insert(row.target);
  for (const std::string& target : targets) {
    html += verdict_on_words(run, target);
    std::vector<std::vector<std::string>> rows;
    for (const ScoreRow& any : run.shuffled_lyrics) {
      if (any.target != target || any.metric != "ami" || any.scored_in != run::kShuffledLyrics) continue;
      const ScoreRow* real = real_score(run, any);
      const auto language = std::ranges::find_if(run.shuffled_lyrics, [&](const ScoreRow& row) {
        return row.space == any.space && row.method == any.method && row.target == target && row.metric == "ami" &&
               row.scored_in == run::kShuffledInLanguage;
      });
      const auto cell = [](const ScoreRow& row) {
        return fmt::format("{} <span class=\"aside\">{} to {}, {}</span>", spelled_number(row.value, 3),
                           spelled_number(row.low, 3), spelled_number(row.high, 3), spelled_p(row.p));
      };
      rows.push_back({fmt::format("{} on {}", escaped(any.method), escaped(any.space)),
                      real == nullptr ? "–" : spelled_number(real->value, 3), cell(any),
                      language == run.shuffled_lyrics.end() ? "–" : cell(*language)});
    }
    html += "<details><summary>The figures</summary>\n" +
            table_html(fmt::format("AMI with {}: real lyrics (mean over seeds) and shuffled ones (first seed)",
                                   target_title(target)),
                       {{"method"}, {"real", true}, {"of any track", true}, {"of the same language", true}}, rows) +
            "</details>\n";
  }
  return html;
}

std::string name_of(const std::string& space, const std::string& method) { return grouping_title(method, space); }

std::string paired_html(const RunData& run) {
  if (run.comparisons.empty()) return "";
  std::string html =
      "<h3>Is one method better than another?</h3>\n" +
      paragraph_html(
          "Differences of AMI on the same tracks, with an interval over tracks. p is corrected for the number of "
          "comparisons (Holm). Above 0, the method is better than the one it is compared with.");
  std::vector<std::string> targets;
  for (const ComparisonRow& row : run.comparisons) {
    if (std::ranges::find(targets, row.target) == targets.end()) targets.push_back(row.target);
  }
  for (const std::string& target : targets) {
    std::vector<std::vector<std::string>> rows;
    std::vector<std::string> better;
    std::vector<std::string> worse;
    for (const ComparisonRow& row : run.comparisons) {
      if (row.target != target || row.metric != "ami") continue;
      const bool differs = row.p_holm <= kLevel;
      if (differs) {
        (row.difference > 0 ? better : worse)
            .push_back(fmt::format("{} than {}", name_of(row.space, row.method),
                                   name_of(row.against_space, row.against_method)));
      }
      rows.push_back(
          {escaped(name_of(row.space, row.method)), escaped(name_of(row.against_space, row.against_method)),
           fmt::format("{}{}{}", differs ? "<strong>" : "", signed_number(row.difference), differs ? "</strong>" : ""),
           fmt::format("{} to {}", spelled_number(row.low, 3), spelled_number(row.high, 3)), spelled_p(row.p_holm)});
    }
    if (rows.empty()) continue;
    std::string verdict = fmt::format("Against {}: ", target_title(target));
    if (better.empty() && worse.empty()) {
      verdict += "no method differs from the one it is compared with by more than the choice of tracks could do.";
    } else {
      if (!better.empty()) verdict += fmt::format("better: {}. ", joined(better));
      if (!worse.empty()) verdict += fmt::format("worse: {}.", joined(worse));
    }
    html +=
        paragraph_html(verdict) + "<details><summary>The figures</summary>\n" +
        table_html(fmt::format("Differences of AMI with {}", target_title(target)),
                   {{"method"}, {"compared with"}, {"difference", true}, {"95 % interval", true}, {"p", true}}, rows) +
        "</details>\n";
  }
  return html;
}

std::string undefined_html(const RunData& run) {
  std::map<std::pair<std::string, std::string>, std::vector<const ClusteringRow*>> undefined;
  for (const ClusteringRow& row : run.clusterings) {
    if (!row.undefined.empty()) undefined[{row.space, row.method}].push_back(&row);
  }
  if (undefined.empty()) return "";
  std::vector<std::vector<std::string>> rows;
  for (const auto& [key, seeds] : undefined) {
    rows.push_back({escaped(name_of(key.first, key.second)),
                    fmt::format("{} of {}", seeds.size(), run.manifest.seeds.size()),
                    escaped(seeds.front()->undefined)});
  }
  return table_html("Groupings that mean nothing, and have no scores", {{"method"}, {"seeds", true}, {"reason"}}, rows);
}

}  // namespace

std::string comparisons_html(const RunData& run) { return undefined_html(run) + paired_html(run) + shuffled_html(run); }

std::string lyrics_html(const RunData& run) {
  const run::LyricsRecord& lyrics = run.manifest.lyrics;
  if (lyrics.n_tracks == 0) return "";
  std::vector<std::string> languages;
  for (const auto& [language, n] : lyrics.languages) languages.push_back(fmt::format("{} {}", language, n));
  std::string text = fmt::format("{} of {} tracks have lyrics (by language: {}). ", lyrics.n_tracks, run.tracks.size(),
                                 joined(languages));
  text += lyrics.pairing == "cycle"
              ? "They come from a table whose rows were given to the tracks in turn, as the study did: they are not "
                "the words of these songs. "
              : "Each track has its own. ";
  if (lyrics.vectors == "study") {
    text +=
        "They were described as in the study: words hashed into 1,000 numbers, of which principal components are "
        "kept.";
  } else if (lyrics.vectors == "ngrams") {
    text += "They were described by the words and the pieces of words that set them apart (TF-IDF, truncated SVD).";
  } else {
    text += "They were too few for a view of their own.";
  }
  text += " A track without lyrics is left out of the views lyrics and hybrid, not counted as having empty ones.";
  return "<h3>Lyrics</h3>\n" + paragraph_html(text);
}

}  // namespace songmap::report
