#include "songmap/report/study.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string_view>
#include <vector>

#include "songmap/core/csv.h"
#include "songmap/report/html.h"
#include "songmap/run/study_tables.h"

namespace songmap::report {
namespace {

enum Preset : unsigned { kEasy = 1, kMedium = 2, kHard = 4 };

/// A choice of the study, what follows from it, and what the strict protocol does instead.
struct Fault {
  unsigned presets;
  const char* what;
  const char* consequence;
  const char* instead;
};

constexpr std::array<Fault, 8> kFaults{
    {{kEasy | kMedium | kHard,
      "The error is averaged over the input's dimensions and the KL term over the latent ones.",
      "The implied noise is larger than nearly all of the data's variance, so the latent space collapses: one active "
      "dimension in the easy tier, none or one in the others.",
      "Error and KL are summed, with a noise level that is learned and a KL term that is warmed up: a likelihood."},
     {kEasy | kHard, "Feature values are standardised across one track, not each feature across tracks.",
      "Values measured in Hz carry more than 90 % of the energy; the rest of the sound hardly counts.",
      "Each feature is scaled across the tracks, with a logarithm where it is skewed."},
     {kEasy | kMedium | kHard, "Methods are compared by raw silhouette.",
      "Silhouette rewards collapse: structureless noise in one or two dimensions scores .4 to .6 with ten groups of "
      "forty items.",
      "Silhouette stands beside that of noise with the same variances, and all methods are measured in one space too."},
     {kEasy | kMedium | kHard, "Scores are taken on a fifth of the tracks.",
      "With few tracks a group, purity and NMI are high by chance: with 30 items in 10 classes random labels reach an "
      "NMI of .49.",
      "Every track is clustered and scored: no label is used in training. AMI and ARI come first, with what chance "
      "gives."},
     {kEasy | kMedium | kHard, "The number of groups is taken from the labels.",
      "A new collection does not come with that number.", "The gap statistic chooses it, or --clusters K."},
     {kMedium | kHard, "Lyrics are attached by cycling through a table.",
      "They do not belong to the tracks, so hybrid results say nothing about words and music.",
      "Each track has its own lyrics, and a track without has none; shuffled lyrics stand beside every fused result."},
     {kMedium | kHard, "Audio and lyrics are set side by side after whitening, in blocks of unequal size.",
      "The larger block decides, and the noise of collapsed dimensions counts as much as anything.",
      "Each block is divided by the square root of its total variance, and both weigh the same."},
     {kMedium | kHard, "DBSCAN uses one radius of .5 in 64 dimensions.",
      "Typical neighbours are 8 to 11 apart there, so every track is noise; in a collapsed space all are one group. "
      "Its "
      "scores are not defined, and stay empty here.",
      "The radius is chosen among quantiles of the neighbours' distances, by a density-based validity."}}};

/// A row of the published tables; NaN where they give nothing.
struct Published {
  const char* method;
  double silhouette;
  double calinski_harabasz;
  double ari;
  double nmi;
  double purity;
};
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr std::array<Published, 2> kEasyTable{
    {{"VAE + K-Means", .3073, 171.37, .0486, kNone, kNone}, {"PCA + K-Means", .2112, 55.58, .1523, kNone, kNone}}};
constexpr std::array<Published, 8> kMediumTable{
    {{"K-Means (audio)", .4412, 135.84, .0008, .4716, kNone},
     {"Agglomerative (audio)", .4720, 143.09, .0249, .4939, kNone},
     {"DBSCAN (audio)", 0, 0, 0, 0, kNone},
     {"Hybrid K-Means (audio+lyrics)", .0051, 3.06, .1212, .5691, kNone},
     {"Hybrid Agglomerative (audio+lyrics)", .0052, 3.01, .1212, .5691, kNone},
     {"Hybrid DBSCAN (audio+lyrics)", 0, 0, 0, 0, kNone},
     {"PCA + K-Means (baseline)", .0625, 4.60, .1067, .5122, kNone},
     {"Direct K-Means (baseline)", .0625, 4.60, .1067, .5122, kNone}}};
constexpr std::array<Published, 7> kHardTable{
    {{"Beta-VAE + Agglomerative", .4469, kNone, .2352, .3716, .9250},
     {"Regular VAE + K-Means", .4454, kNone, .1209, .2489, .8250},
     {"Beta-VAE + K-Means", .4365, kNone, .2348, .3766, .9250},
     {"Autoencoder + Agglomerative", .4178, kNone, .1749, .3856, .9250},
     {"Autoencoder + K-Means", .3952, kNone, .1749, .3856, .9250},
     {"Autoencoder Hybrid (audio+lyrics) + K-Means", .3333, kNone, .1465, .3324, .9000},
     {"PCA baseline + K-Means", .0659, kNone, .1823, .4059, .9500}}};

std::span<const Published> published(unsigned preset) {
  if (preset == kEasy) return kEasyTable;
  if (preset == kMedium) return kMediumTable;
  return kHardTable;
}

unsigned preset_of(const Manifest& manifest) {
  std::string_view name = manifest.preset;
  if (const std::size_t slash = name.rfind('/'); slash != std::string_view::npos) name.remove_prefix(slash + 1);
  if (name.ends_with(".toml")) name.remove_suffix(5);
  return name == "easy" ? kEasy : name == "medium" ? kMedium : name == "hard" ? kHard : 0U;
}

/// "0.321 study 0.307"; a cell that is empty in our table is not defined.
std::string beside(const CsvTable& ours, const std::vector<std::string>& row, std::string_view column, double study,
                   int decimals) {
  const std::optional<std::size_t> at = ours.find(column);
  const std::optional<double> value = at ? parse_number(row[*at]) : std::nullopt;
  const std::string theirs =
      std::isfinite(study) ? fmt::format("<span class=\"aside\">study {}</span>", spelled_number(study, decimals)) : "";
  return fmt::format("{} {}", value ? spelled_number(*value, decimals) : "not defined", theirs);
}

std::string figures_html(const RunData& run, unsigned preset) {
  const run::StudyTier* tier = run::study_tier(run.manifest);
  if (tier == nullptr || !std::filesystem::exists(run.folder.results(tier->file))) return "";
  const CsvTable ours = read_csv(run.folder.results(tier->file));
  const std::optional<std::size_t> method = ours.find("Method");
  if (!method) return "";
  std::vector<HtmlColumn> columns{{"method"}, {"silhouette", true}, {"Calinski-Harabasz", true}, {"ARI", true}};
  if (preset != kEasy) columns.push_back({"NMI", true});
  if (preset == kHard) columns.push_back({"purity", true});
  std::vector<std::vector<std::string>> rows;
  for (const Published& study : published(preset)) {
    const auto row = std::ranges::find_if(ours.rows, [&](const auto& cells) { return cells[*method] == study.method; });
    if (row == ours.rows.end()) continue;
    rows.push_back({escaped(study.method), beside(ours, *row, "Silhouette_Score", study.silhouette, 3),
                    beside(ours, *row, "Calinski_Harabasz", study.calinski_harabasz, 1),
                    beside(ours, *row, "Adjusted_Rand_Index", study.ari, 3)});
    if (preset != kEasy) rows.back().push_back(beside(ours, *row, "Normalized_MI", study.nmi, 3));
    if (preset == kHard) rows.back().push_back(beside(ours, *row, "Cluster_Purity", study.purity, 3));
  }
  if (rows.empty()) return "";
  return table_html("This run beside the study's own figures (on GTZAN; other music gives other figures)", columns,
                    rows);
}

const ScoreRow* score_of(const RunData& run, std::string_view metric, bool against_labels) {
  for (const ScoreRow& row : run.scores) {
    const bool own = against_labels ? !row.target.empty() : row.target.empty() && row.scored_in == row.space;
    if (row.metric == metric && own && row.space == run.manifest.main_space) return &row;
  }
  return nullptr;
}

/// What explains this run's figures, from this run's own numbers.
std::vector<std::string> explanations(const RunData& run, unsigned preset) {
  std::vector<std::string> reasons;
  const Manifest& manifest = run.manifest;
  const bool strict = manifest.protocol == "strict";
  if (const ScoreRow* nmi = score_of(run, "nmi", true); nmi != nullptr && std::isfinite(nmi->chance)) {
    reasons.push_back(fmt::format(
        "NMI: {} were scored in {}, where random groups of the same sizes reach {} against {}; {} is to be read from "
        "there, not from 0.",
        counted(nmi->n, "track"), counted(nmi->k, "group"), spelled_number(nmi->chance), nmi->target,
        spelled_number(nmi->value)));
  }
  if (const ScoreRow* purity = score_of(run, "purity", true);
      preset == kHard && purity != nullptr && std::isfinite(purity->chance)) {
    reasons.push_back(fmt::format(
        "Purity: random groups of these sizes have {}. The published .82 to .95 come from the first 200 files by name, "
        "which are of two genres, in ten groups: random labels have .69 there.",
        spelled_number(purity->chance)));
  }
  if (const ScoreRow* silhouette = score_of(run, "silhouette", false);
      silhouette != nullptr && std::isfinite(silhouette->value) && std::isfinite(silhouette->chance)) {
    const bool above = silhouette->value > silhouette->chance + 0.05;
    reasons.push_back(
        fmt::format("Silhouette: {} on {}; noise with the same variances scores {}. {}",
                    spelled_number(silhouette->value), manifest.main_space, spelled_number(silhouette->chance),
                    above ? "The groups are tighter than that."
                          : "So the number tells the shape of the latent space, and nothing about groups."));
  }
  for (const ModelRecord& model : manifest.models) {
    if (std::ranges::count(model.collapsed, true) == 0 || model.active_units.empty()) continue;
    const auto [low, high] = std::ranges::minmax(model.active_units);
    reasons.push_back(fmt::format(
        "{}: {} of {} latent dimensions carry anything{}.", model.name,
        low == high ? fmt::format("{:.0f}", low) : fmt::format("{:.0f} to {:.0f}", low, high), model.n_latent,
        strict ? ", because of its beta" : ": the objective weighs the KL term as if the noise were that large"));
  }
  const bool undefined = std::ranges::any_of(
      run.clusterings, [](const ClusteringRow& row) { return row.method == "dbscan" && !row.undefined.empty(); });
  if (undefined && preset != kEasy) {
    reasons.push_back(
        "DBSCAN: where it finds one group or only noise there is nothing to score. The study entered 0 (and infinity), "
        "which reads like a bad result; it is none.");
  }
  if (manifest.lyrics.pairing == "cycle") {
    reasons.push_back(
        "Hybrid rows: the words are those of other songs. What changes against the sound alone comes from adding "
        "columns that have nothing to do with the tracks.");
  } else if (preset != kEasy && manifest.lyrics.vectors.empty()) {
    reasons.push_back("Hybrid rows are missing: too few tracks have lyrics, and no table was given (--lyrics-table).");
  }
  reasons.push_back(
      "The music: the published figures are of one draw and one seed on GTZAN; with other tracks, or other draws of "
      "the "
      "same, figures on so few items move by tenths. The spread over seeds stands beside each score above.");
  return reasons;
}

std::string faults_html(unsigned preset, bool strict) {
  std::string html = "<ul class=\"faults\">\n";
  for (const Fault& fault : kFaults) {
    if ((fault.presets & preset) == 0) continue;
    html += strict
                ? fmt::format("<li>{} <strong>Instead:</strong> {}</li>\n", escaped(fault.what), escaped(fault.instead))
                : fmt::format("<li><strong>{}</strong> {}</li>\n", escaped(fault.what), escaped(fault.consequence));
  }
  return html + "</ul>\n";
}

}  // namespace

std::string study_html(const RunData& run) {
  const unsigned preset = preset_of(run.manifest);
  if (preset == 0) return "";
  const bool strict = run.manifest.protocol == "strict";
  std::string html = strict ? "<h3>The study's models by the right practice</h3>\n" +
                                  paragraph_html(fmt::format(
                                      "The preset {} repeats a published experiment. Under the strict protocol its "
                                      "models, seeds and epochs are the same, and the study's choices that are known "
                                      "to mislead are replaced:",
                                      run.manifest.preset))
                            : "<h3>Known faults of the study's design</h3>\n" +
                                  paragraph_html(fmt::format(
                                      "The preset {} repeats a published experiment, with its choices, so that its "
                                      "table can be rebuilt (--protocol strict runs the same models without them). "
                                      "These choices are known to mislead:",
                                      run.manifest.preset));
  html += faults_html(preset, strict);
  const std::string figures = figures_html(run, preset);
  if (figures.empty()) return html;
  html += "<h3>Beside the published figures</h3>\n" + figures + "<h3>What explains the difference</h3>\n<ul>\n";
  for (const std::string& reason : explanations(run, preset)) html += fmt::format("<li>{}</li>\n", escaped(reason));
  return html + "</ul>\n";
}

}  // namespace songmap::report
