#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>

#include "songmap/report/findings.h"
#include "songmap/report/html.h"
#include "songmap/report/plan.h"
#include "songmap/run/cautions.h"
#include "songmap/run/embeddings.h"

/// The checks behind "How far to trust this", one function a question.
namespace songmap::report {
namespace {

using Findings = std::vector<Finding>;

/// A sentence of the form "what it is: what follows" as a finding.
Finding finding_of(Trust trust, const std::string& sentence, const std::string& heading_of_others) {
  const std::size_t colon = sentence.find(": ");
  if (colon == std::string::npos || colon > 120) return {trust, heading_of_others, sentence};
  std::string text = sentence.substr(colon + 2);
  if (!text.empty()) text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
  return {trust, sentence.substr(0, colon), text};
}

Finding caution_of(const std::string& sentence) {
  return finding_of(Trust::kCaution, sentence, "The run itself warned");
}

/// Stages warn with the same sentences that the checks above tell (run/cautions.h): each is told once.
void add_once(const Finding& finding, Findings& findings) {
  const bool told = std::ranges::any_of(
      findings, [&](const Finding& other) { return other.heading == finding.heading && other.text == finding.text; });
  if (!told) findings.push_back(finding);
}

std::size_t scored_tracks(const RunData& run) {
  if (const ScoreRow* row = main_score(run, "silhouette", "")) return row->n;
  for (const std::string& column : run.label_columns) {
    if (const ScoreRow* row = main_agreement(run, column)) return row->n;
  }
  return run.tracks.size();
}

void check_size(const RunData& run, Findings& findings) {
  const std::size_t n = scored_tracks(run);
  const std::size_t k = run.manifest.n_clusters > 0 ? run.manifest.n_clusters : main_group_count(run);
  if (n == 0 || k == 0) return;
  if (const auto caution = run::caution_of_few_tracks(n, k)) {
    add_once(caution_of(*caution), findings);
  } else {
    findings.push_back({Trust::kGood, "There are enough tracks a group",
                        fmt::format("{} were scored in {}: {:.0f} a group on average.", counted(n, "track"),
                                    counted(k, "group"), double(n) / double(k))});
  }
}

void check_chance(const RunData& run, Findings& findings) {
  // A label that the groups do not follow is no weakness of the groups as long as they follow another one.
  const bool any_above = std::ranges::any_of(run.label_columns, [&](const std::string& column) {
    const ScoreRow* row = main_agreement(run, column);
    return row != nullptr && row->p <= 0.05;
  });
  for (const std::string& column : run.label_columns) {
    const ScoreRow* row = main_agreement(run, column);
    if (row == nullptr || !std::isfinite(row->value)) continue;
    const std::string metric = metric_title(row->metric);
    const std::string labels = target_title(column);
    if (!std::isfinite(row->p)) {
      findings.push_back({Trust::kNote, fmt::format("Agreement with {} was not tested", labels),
                          fmt::format("There is no p value for {}, so chance is not excluded.", metric)});
    } else if (may_be_chance(*row)) {
      findings.push_back({any_above ? Trust::kNote : Trust::kCaution,
                          fmt::format("Agreement with {} may be chance", labels),
                          fmt::format("{:.0f} of 100 random groupings agree with {} at least as well ({}).",
                                      100 * row->p, labels, spelled_p(row->p))});
    } else {
      findings.push_back({Trust::kGood, fmt::format("Agreement with {} is more than chance", labels),
                          fmt::format("Random groups of the same sizes rarely reach {} {} ({}).", metric,
                                      spelled_number(row->value), spelled_p(row->p))});
    }
  }
  if (run.label_columns.empty()) {
    findings.push_back({Trust::kNote, "There were no labels to compare with",
                        "Nothing outside of the music says whether these groups are meaningful; tightness alone does "
                        "not. Listen to each group's typical tracks."});
  }
}

void check_purity(const RunData& run, Findings& findings) {
  for (const std::string& column : run.label_columns) {
    const ScoreRow* purity = main_score(run, "purity", column);
    const ScoreRow* majority = main_score(run, "majority_share", column);
    if (purity == nullptr || majority == nullptr || !std::isfinite(purity->value) || !std::isfinite(majority->value)) {
      continue;
    }
    const ScoreRow* agreement = main_agreement(run, column);
    if (agreement != nullptr && may_be_chance(*agreement)) continue;  // Told already.
    const double chance = std::isfinite(purity->chance) ? purity->chance : majority->value;
    const bool weak = purity->value - chance < 0.05;
    std::string text = fmt::format(
        "Purity for {} is {}; one single group would have {} already (the share of the most "
        "frequent {})",
        target_title(column), spelled_number(purity->value), spelled_number(majority->value), column);
    text += std::isfinite(purity->chance)
                ? fmt::format(", and random groups of these sizes {}.", spelled_number(purity->chance))
                : ".";
    findings.push_back({weak ? Trust::kCaution : Trust::kNote,
                        weak ? fmt::format("Purity for {} is hardly above chance", target_title(column))
                             : fmt::format("Purity for {} needs its context", target_title(column)),
                        text});
  }
}

/// "beta-vae 63 to 64 of 64".
std::string active_units(const ModelRecord& model) {
  const auto [low, high] = std::ranges::minmax(model.active_units);
  std::string text =
      model.name + " " + (low == high ? fmt::format("{:g}", low) : fmt::format("{:g} to {:g}", low, high));
  if (model.n_latent > 0) text += fmt::format(" of {}", model.n_latent);
  if (!model.predicted_active.empty()) {
    text += fmt::format(" (the data's own variances predict {:g})", model.predicted_active.front());
  }
  return text;
}

void check_collapse(const RunData& run, Findings& findings) {
  std::vector<Finding> collapsed;
  std::vector<std::string> names;
  std::vector<std::string> numbers;
  for (const ModelRecord& model : run.manifest.models) {
    if (model.collapsed.empty() && model.active_units.empty()) continue;
    if (const auto caution = run::caution_of_collapse(model)) {
      collapsed.push_back(caution_of(*caution));
      continue;
    }
    names.push_back(model.name);
    if (!model.active_units.empty()) numbers.push_back(active_units(model));
  }
  for (const Finding& finding : collapsed) add_once(finding, findings);
  if (names.empty()) return;
  findings.push_back(
      {Trust::kGood,
       names.size() == 1 ? fmt::format("{} uses its latent space", names.front())
                         : fmt::format("{} use their latent spaces", joined(names)),
       numbers.empty() ? "" : fmt::format("Latent dimensions that carry information: {}.", joined(numbers))});
}

void check_silhouette(const RunData& run, Findings& findings) {
  const ScoreRow* row = main_score(run, "silhouette", "");
  if (row == nullptr || !std::isfinite(row->value)) return;
  if (!std::isfinite(row->chance)) return;
  const bool above = std::isfinite(row->p) ? row->p <= 0.05 : row->value > row->chance;
  const std::string numbers = fmt::format(
      "Silhouette is {}; noise without any structure, of the same size and with the same variances in as many "
      "directions, gives {}{}.",
      spelled_number(row->value), spelled_number(row->chance),
      std::isfinite(row->p) ? fmt::format(" ({})", spelled_p(row->p)) : "");
  const Trust passed = run.manifest.n_clusters_source == "none found" ? Trust::kNote : Trust::kGood;
  findings.push_back({above ? passed : Trust::kCaution,
                      above ? "The groups are tighter than structureless data" : "The groups are no tighter than noise",
                      numbers});
}

void check_seeds(const RunData& run, Findings& findings) {
  for (const std::string& column : run.label_columns) {
    const ScoreRow* row = main_agreement(run, column);
    if (row == nullptr || !std::isfinite(row->value)) continue;
    if (row->seeds <= 1) {
      findings.push_back({Trust::kCaution, "There is one seed only",
                          "Another random start can give other groups. Run with several seeds to see by how much."});
      return;
    }
    if (!std::isfinite(row->sd) || may_be_chance(*row)) continue;
    const bool wide = row->sd > 0.05;
    findings.push_back({wide ? Trust::kCaution : Trust::kGood,
                        wide ? fmt::format("Results for {} depend on the random start", target_title(column))
                             : fmt::format("Results for {} hardly depend on the random start", target_title(column)),
                        fmt::format("{} is {} ± {} over {} seeds.", metric_title(row->metric),
                                    spelled_number(row->value), spelled_number(row->sd), row->seeds)});
  }
}

void check_pictures(const RunData& run, Findings& findings) {
  std::vector<double> values;
  std::vector<std::string> low;
  for (const MapPoints& map : run.maps) {
    if (!map.trustworthiness || (map.projection == "pca" && map.dimensions == 3)) continue;  // Not drawn.
    values.push_back(*map.trustworthiness);
    if (*map.trustworthiness >= 0.85) continue;
    const std::string view = map.view == run.maps.front().view ? "" : fmt::format("{} view, ", map.view);
    low.push_back(fmt::format("{} ({}{} dimensions) {}", projection_title(map.projection), view, map.dimensions,
                              spelled_number(*map.trustworthiness)));
  }
  if (values.empty()) return;
  const auto [least, most] = std::ranges::minmax(values);
  findings.push_back(
      {low.empty() ? Trust::kGood : Trust::kCaution,
       low.empty() ? "The pictures keep the neighbourhoods" : "Some pictures show false neighbours",
       fmt::format("Trustworthiness, how far neighbours on a picture are neighbours in the full space, is {} to {}.{} "
                   "Scores are computed in the full space, never on a picture.",
                   spelled_number(least), spelled_number(most),
                   low.empty() ? "" : fmt::format(" Do not lean on {}.", joined(low)))});
}

void check_labels(const RunData& run, Findings& findings) {
  if (!run.label_columns.empty()) {
    const std::string& source = run.manifest.n_clusters_source;
    if (source == "labels" && !run.manifest.targets.empty()) {
      add_once(caution_of(run::caution_of_label_k(run.manifest.n_clusters, run.manifest.targets.front())), findings);
      findings.push_back({Trust::kGood, "Labels gave the number of groups and the scores, and nothing else",
                          "Neither features, model nor grouping saw one."});
    } else {
      findings.push_back({Trust::kGood, "Labels were used for the scores only",
                          source == "given"
                              ? "Neither features, model nor grouping saw one. The number of groups was given."
                              : "Neither features, model nor grouping saw one."});
    }
    for (const std::string& column : run.label_columns) {
      const std::vector<std::string> labels = run.labels_of(column);
      const Grouping* main = run.main_grouping();
      std::size_t n = 0;
      std::size_t missing = 0;
      for (std::size_t i = 0; i < labels.size(); ++i) {
        if (main != nullptr && !main->clusters[i]) continue;
        ++n;
        missing += labels[i].empty() ? 1 : 0;
      }
      if (missing == 0) continue;
      const bool most = 2 * missing > n;
      findings.push_back(
          {most ? Trust::kCaution : Trust::kNote, fmt::format("{} tracks have no {}", most ? "Most" : "Some", column),
           fmt::format("{} of {} are left out of the scores against {}, which rest on the other {}.",
                       spelled_count(missing), counted(n, "track"), target_title(column), spelled_count(n - missing))});
    }
  }
}

void check_failures(const RunData& run, Findings& findings) {
  const std::size_t n_failed = run.n_failed_tracks();
  if (n_failed == 0) return;
  const std::size_t all = run.tracks.size() + n_failed;
  const bool many = double(n_failed) > 0.05 * double(all);
  findings.push_back({many ? Trust::kCaution : Trust::kNote,
                      many ? "Many files could not be used" : "A few files could not be used",
                      fmt::format("{} of {} failed and are in no group and no score. The reasons are listed under "
                                  "“The collection”.",
                                  spelled_count(n_failed), counted(all, "file"))});
}

/// Takes the last sentence off `text` and returns it; empty where it is the only one.
std::string cut_last_sentence(std::string& text) {
  const std::size_t at = text.size() < 2 ? std::string::npos : text.rfind(". ", text.size() - 2);
  if (at == std::string::npos) return "";
  std::string last = text.substr(at + 2);
  text.resize(at + 1);
  return last;
}

/// Findings of one kind that differ in one name alone become one: "The latent space of X has collapsed" for X and Y.
/// `part` is what their headings have in common at their beginnings. An ending that all share is told once.
void gather(std::string_view part, std::string_view heading, Findings& findings) {
  std::vector<Finding> alike;
  const auto is_alike = [&](const Finding& finding) { return finding.heading.starts_with(part); };
  std::ranges::copy_if(findings, std::back_inserter(alike), is_alike);
  if (alike.size() < 2) return;
  std::string text;
  std::string ending;
  while (true) {
    std::vector<std::string> texts;
    std::vector<std::string> endings;
    for (const Finding& finding : alike) {
      texts.push_back(finding.text);
      endings.push_back(cut_last_sentence(texts.back()));
    }
    const bool shared = !endings.front().empty() && std::ranges::count(endings, endings.front()) == std::ssize(endings);
    if (!shared) break;
    ending = ending.empty() ? endings.front() : endings.front() + " " + ending;
    for (std::size_t i = 0; i < alike.size(); ++i) alike[i].text = texts[i];
  }
  for (const Finding& finding : alike) text += fmt::format("{}. {} ", finding.heading, finding.text);
  if (ending.empty()) text.pop_back();
  const auto first = std::ranges::find_if(findings, is_alike);
  *first = {first->trust, std::string(heading), text + ending};
  findings.erase(std::remove_if(first + 1, findings.end(), is_alike), findings.end());
}

}  // namespace

std::vector<Finding> trust_findings(const RunData& run) {
  // What weighs most comes first: the summary tells only the first few cautions.
  Findings findings;
  if (run.tracks.empty() && run.scores.empty()) return findings;
  if (const auto sentence = run::pretrained_sentence(run.manifest)) {
    findings.push_back({Trust::kCaution, "Some results saw what was pretrained elsewhere", *sentence});
  }
  check_chance(run, findings);
  check_collapse(run, findings);
  for (const auto& [stage, sentences] : run.manifest.warnings) {
    for (const std::string& sentence : sentences) add_once(caution_of(sentence), findings);
  }
  check_silhouette(run, findings);
  check_size(run, findings);
  check_purity(run, findings);
  check_seeds(run, findings);
  check_pictures(run, findings);
  check_labels(run, findings);
  check_failures(run, findings);
  for (const auto& [stage, sentences] : run.manifest.notes) {
    for (const std::string& sentence : sentences) {
      add_once(finding_of(Trust::kNote, sentence, fmt::format("About the stage “{}”", stage)), findings);
    }
  }
  gather("The latent space of ", "Latent spaces have collapsed", findings);
  gather("There are more groups (", "There are more groups than classes", findings);
  gather("In the fused space ", "One side outweighs the other in fused spaces", findings);
  gather("Classes of '", "Classes among the tracks that are scored", findings);
  std::ranges::stable_sort(findings, {}, &Finding::trust);
  return findings;
}

}  // namespace songmap::report
