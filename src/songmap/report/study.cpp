#include "songmap/report/study.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "songmap/report/html.h"
#include "songmap/run/study_tables.h"

namespace songmap::report {
namespace {

enum Tier : unsigned { kEasy = 1, kMedium = 2, kHard = 4, kAll = 7 };

/// One choice of the study: what follows from it, whether this run keeps it, and what it does instead.
struct Fault {
  unsigned tiers;
  const char* what;
  const char* consequence;
  bool (*kept)(const RunData& run);
  const char* instead;
};

bool never(const RunData&) { return false; }

bool label_k(const RunData& run) { return run.manifest.n_clusters_source == "labels"; }
bool scored_part(const RunData& run) { return !run.manifest.evaluated_rows.empty(); }
bool one_seed(const RunData& run) { return run.manifest.seeds.size() == 1; }
bool study_objective(const RunData& run) { return run.option("vae.objective") == "study"; }
bool track_scaling(const RunData& run) { return run.option("features.scaling") == "track"; }
bool hashed_words(const RunData& run) { return run.manifest.lyrics.vectors == "study"; }
bool unweighted_fusion(const RunData& run) { return run.option("fusion.kind") == "study"; }
bool fixed_eps(const RunData& run) { return run.option("dbscan.eps") == "0.5"; }

constexpr std::array<Fault, 12> kFaults{
    {{kAll, "The error is averaged over the input's dimensions and the KL term over the latent ones.",
      "The implied noise is larger than nearly all of the data's variance, so the latent space collapses: one active "
      "dimension in the easy tier, none or one in the others.",
      study_objective, "Both are summed, the noise is learned, and the KL term grows in slowly."},
     {kEasy | kHard, "Feature values are standardised across one track, not each feature across tracks.",
      "Values measured in Hz carry more than 90 % of the energy; the rest of the sound hardly counts.", track_scaling,
      "Each feature is scaled over the tracks that train the model, by its logarithm where it is skewed."},
     {kAll, "Methods are compared by raw silhouette.",
      "Silhouette rewards collapse: structureless noise in one or two dimensions scores .4 to .6 with ten groups of "
      "forty items.",
      never,
      "Every silhouette stands beside that of structureless data, and all methods are measured in one space too."},
     {kAll, "Scores are taken on a fifth of the tracks.",
      "With few tracks a group, purity and NMI are high by chance: with 30 items in 10 classes random labels reach an "
      "NMI of .49.",
      scored_part, "Every track is grouped and scored; no label has a part in training."},
     {kAll, "The number of groups is taken from the labels.", "A new collection does not come with that number.",
      label_k, "The number was given or found without labels."},
     {kAll, "Everything was run once.", "One random start says nothing of how much of a result is luck.", one_seed,
      "Everything is repeated from several random starts, and stands with its spread."},
     {kHard, "The 200 tracks are the first by name: two genres, grouped into ten.",
      "Purity above .9 follows from that: random labels reach .69 there.", never,
      "The first 200 by name are not preferred: all tracks are used, or some drawn at random."},
     {kMedium | kHard, "Lyrics are attached by cycling through a table.",
      "They do not belong to the tracks, so hybrid results say nothing about words and music.", lyrics_were_cycled,
      "Only the words that belong to a track are used."},
     {kMedium | kHard, "Words are hashed into 1,000 buckets and counted.",
      "Common words decide, and what parts tracks is mostly their language.", hashed_words,
      "Words and parts of words are weighted by how rare they are."},
     {kMedium | kHard, "Audio and lyrics are set side by side after whitening, in blocks of unequal size.",
      "The larger block decides.", unweighted_fusion, "Both blocks are scaled to the same variance."},
     {kMedium | kHard, "DBSCAN uses one radius of .5 in 64 dimensions.",
      "Typical neighbours are 8 to 11 apart there, so every track is noise; in a collapsed space all are one group.",
      fixed_eps, "The radius is chosen among quantiles of the tracks' distances by how well it parts dense regions."},
     {kMedium | kHard, "A score that is not defined counts as 0.", "A failure looks like a bad result, or a good one.",
      never, "What is not defined stays empty, with the reason."}}};

unsigned tier_of(const Manifest& manifest) {
  const run::StudyTier* tier = run::study_tier(manifest);
  if (tier == nullptr) return 0;
  return tier->preset == "easy" ? kEasy : tier->preset == "medium" ? kMedium : kHard;
}

std::string fault_html(const Fault& fault, const std::string& ending) {
  return fmt::format("<li><strong>{}</strong> {}{}</li>\n", escaped(fault.what), escaped(fault.consequence),
                     ending.empty() ? "" : fmt::format(" <em>Here: {}</em>", escaped(ending)));
}

std::string fault_list(const std::string& title, const std::string& items) {
  return items.empty() ? "" : fmt::format("<h4>{}</h4>\n<ul class=\"faults\">\n{}</ul>\n", escaped(title), items);
}

}  // namespace

std::string study_html(const RunData& run) {
  const unsigned tier = tier_of(run.manifest);
  if (tier == 0) return "";
  std::string kept;
  std::string mended;
  for (const Fault& fault : kFaults) {
    if ((fault.tiers & tier) == 0) continue;
    const bool about_words =
        fault.kept == lyrics_were_cycled || fault.kept == hashed_words || fault.kept == unweighted_fusion;
    if (about_words && run.manifest.lyrics.n_tracks == 0) continue;
    if (fault.kept(run)) {
      kept += fault_html(fault, "");
    } else {
      mended += fault_html(fault, fault.instead);
    }
  }
  const bool strict = run.manifest.protocol == "strict";
  const std::string about =
      strict ? fmt::format(
                   "The preset {} trains the models of a published experiment; its strict protocol, used here, "
                   "leaves out the choices that are known to mislead.",
                   run.manifest.preset)
             : fmt::format(
                   "The preset {0} repeats a published experiment, with its choices, so that its table can be "
                   "rebuilt. Some are known to mislead; songmap run --preset {0} --protocol strict leaves them "
                   "out.",
                   run.manifest.preset);
  return paragraph_html(about) + "<h3>Known faults of the study's design</h3>\n" +
         fault_list("Kept in this run", kept) + fault_list("Changed in this run", mended) + study_table_html(run);
}

}  // namespace songmap::report
