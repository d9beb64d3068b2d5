#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "songmap/report/html.h"
#include "songmap/report/score_cells.h"
#include "songmap/report/score_rows.h"
#include "songmap/report/sections.h"
#include "songmap/run/joint_training.h"

/// What a joint model tells of the words by the sound and of the sound by the words (cross_modal.csv).
namespace songmap::report {
namespace {

/// A side as sentences have it, and what the other one does with it.
struct Side {
  const char* key;  ///< In cross_modal.csv.
  const char* name;
  const char* plural;
  const char* other;
  const char* other_tells;
  const char* other_points;
};
constexpr std::array<Side, 2> kSides{{{"audio", "sound", "sounds", "words", "tell", "point to"},
                                      {"lyrics", "words", "words", "sound", "tells", "points to"}}};

/// The checks of one model.
class Checks {
 public:
  Checks(const RunData& run, std::string model) : model_(std::move(model)) {
    for (const run::CrossModalRow& row : run.cross_modal) {
      if (row.model == model_) rows_[{row.side, row.check}] = row;
    }
  }

  double value(const std::string& side, const std::string& check) const {
    const auto found = rows_.find({side, check});
    return found == rows_.end() ? kNotDefined : found->second.value;
  }

  double chance(const std::string& side, const std::string& check) const {
    const auto found = rows_.find({side, check});
    return found == rows_.end() ? kNotDefined : found->second.chance;
  }

  bool collapsed(const std::string& side) const { return value(side, "kl") < run::kCollapsedKl; }
  bool unlearned(const std::string& side) const { return value(side, "r2_from_itself") < run::kUnlearnedR2; }
  bool ignored(const std::string& side) const { return value(side, "precision_share") < run::kIgnoredShare; }

  /// The other side tells something of this one: more than the mean does, and more than shuffled partners do.
  bool is_told(const std::string& side) const {
    const double r2 = value(side, "r2_from_other");
    return r2 > 0 && !(r2 <= chance(side, "r2_from_other"));
  }

  std::string cell(const std::string& side, const std::string& check, int decimals) const {
    const double found = value(side, check);
    if (!std::isfinite(found)) return aside_html("–");
    std::string html = fmt::format("<strong>{}</strong>", spelled_number(found, decimals));
    if (std::isfinite(chance(side, check))) {
      html += aside_html("chance " + spelled_number(chance(side, check), decimals));
    }
    return html;
  }

 private:
  std::string model_;
  std::map<std::pair<std::string, std::string>, run::CrossModalRow> rows_;
};

/// What the checks say against the model; empty where both sides count.
std::string lost_sentence(const Checks& checks, const std::string& name) {
  for (const Side& side : kSides) {
    const std::string read = fmt::format("read its groups as those of the {}", side.other);
    if (checks.collapsed(side.key)) {
      return fmt::format(
          "{} has lost the {}: alone it tells {} nats of a track from them, and below {:g} nearly every "
          "track is the same; {}.",
          name, side.name, spelled_number(checks.value(side.key, "kl")), run::kCollapsedKl, read);
    }
    if (checks.unlearned(side.key)) {
      return fmt::format(
          "{} learned nothing from the {} that holds for tracks that it has not seen: rebuilt from what it keeps "
          "of them, the {} have an R² of {} (below {:g} counts as nothing); {}.",
          name, side.name, side.plural, spelled_number(checks.value(side.key, "r2_from_itself"), 3), run::kUnlearnedR2,
          read);
    }
    if (checks.ignored(side.key)) {
      return fmt::format(
          "{} ignores the {} where a track has both ({} % of the precision, and below {:g} % it does not "
          "count); {}.",
          name, side.name, spelled_number(100 * checks.value(side.key, "precision_share"), 1), 100 * run::kIgnoredShare,
          read);
    }
  }
  return "";
}

std::string verdict_sentence(const Checks& checks, const std::string& name) {
  if (const std::string lost = lost_sentence(checks, name); !lost.empty()) return lost;
  std::vector<std::string> told;
  for (const Side& side : kSides) {
    if (!checks.is_told(side.key)) continue;
    told.push_back(fmt::format("the {} {} {} % of what varies in the {} (shuffled partners: {} %)", side.other,
                               side.other_tells, spelled_number(100 * checks.value(side.key, "r2_from_other"), 0),
                               side.name, spelled_number(100 * checks.chance(side.key, "r2_from_other"), 0)));
  }
  if (told.empty()) {
    return fmt::format(
        "{} keeps sound and words, but of tracks that it has not seen neither tells anything of the other that the "
        "average track would not: here they go their own ways, or the tracks are too few to learn how they go "
        "together.",
        name);
  }
  return fmt::format("{} keeps sound and words, and of tracks that it has not seen {}.", name, joined(told));
}

/// Ranks beside chance, without a claim that they would not bear.
std::string rank_sentence(const Checks& checks) {
  std::string text;
  for (const Side& side : kSides) {
    const double rank = checks.value(side.key, "median_rank");
    const double chance = checks.chance(side.key, "median_rank");
    if (!std::isfinite(rank) || !std::isfinite(chance)) continue;
    text += fmt::format("Half of the tracks have their {} among the first {:g} that the {} {}, by chance {:g}{}. ",
                        side.plural, rank, side.other, side.other_points, chance,
                        rank < chance ? "" : ": no better than chance");
  }
  if (text.empty()) return "";
  return text + "These are numbers of one seed without an interval: small differences from chance mean nothing.";
}

}  // namespace

std::string sound_and_words_html(const RunData& run) {
  std::vector<std::string> models;
  for (const run::CrossModalRow& row : run.cross_modal) {
    if (std::ranges::find(models, row.model) == models.end()) models.push_back(row.model);
  }
  std::string html;
  for (const std::string& model : models) {
    const Checks checks(run, model);
    const auto space = std::ranges::find_if(run.manifest.spaces, [&](const SpaceRecord& record) {
      return record.kind == "model" && record.model == model;
    });
    std::string name = space == run.manifest.spaces.end() ? model : space_title(run, space->name);
    if (name.starts_with("Joint ")) name = "The j" + name.substr(1);
    std::vector<std::vector<std::string>> rows;
    for (const Side& side : kSides) {
      rows.push_back({side.name, checks.cell(side.key, "r2_from_itself", 2), checks.cell(side.key, "r2_from_other", 2),
                      checks.cell(side.key, "median_rank", 1), checks.cell(side.key, "reciprocal_rank", 2),
                      checks.cell(side.key, "precision_share", 2), checks.cell(side.key, "kl", 1)});
    }
    html += fmt::format("<p class=\"card\">{}</p>\n", escaped(verdict_sentence(checks, name))) +
            fmt::format("<div class=\"glance\">{}</div>\n", table_html("On tracks that the model asked had not seen",
                                                                       {{"side"},
                                                                        {"R² from itself", true},
                                                                        {"R² from the other side", true},
                                                                        {"median rank, found by the other side", true},
                                                                        {"mean reciprocal rank", true},
                                                                        {"share of the precision", true},
                                                                        {"nats that it tells", true}},
                                                                       rows)) +
            paragraph_html(rank_sentence(checks));
  }
  if (html.empty()) return "";
  return html +
         paragraph_html(
             "Every track was asked of a model that was trained without it. R² is the share of a side’s variance that "
             "is told: 1 is all of it, 0 no more than the average track, below 0 less; chance is with shuffled "
             "partners. "
             "Ranks: a track’s own among all asked about, in the order in which the model expects them. The share of "
             "the "
             "precision says how much each side decides of a track’s place where it has both; nats say how much a side "
             "alone tells of a track.");
}

}  // namespace songmap::report
