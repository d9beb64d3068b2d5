#include "songmap/report/study.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "songmap/core/csv.h"
#include "songmap/report/html.h"
#include "songmap/run/study_tables.h"

namespace songmap::report {
namespace {

enum Preset : unsigned { kEasy = 1, kMedium = 2, kHard = 4 };

struct Fault {
  unsigned presets;
  const char* what;
  const char* consequence;
};

constexpr std::array<Fault, 8> kFaults{
    {{kEasy | kMedium | kHard,
      "The error is averaged over the input's dimensions and the KL term over the latent ones.",
      "The implied noise is larger than nearly all of the data's variance, so the latent space collapses: one active "
      "dimension in the easy tier, none or one in the others."},
     {kEasy | kHard, "Feature values are standardised across one track, not each feature across tracks.",
      "Values measured in Hz carry more than 90 % of the energy; the rest of the sound hardly counts."},
     {kEasy | kMedium | kHard, "Methods are compared by raw silhouette.",
      "Silhouette rewards collapse: structureless noise in one or two dimensions scores .4 to .6 with ten groups of "
      "forty items."},
     {kEasy | kMedium | kHard, "Scores are taken on a fifth of the tracks.",
      "With few tracks a group, purity and NMI are high by chance: with 30 items in 10 classes random labels reach an "
      "NMI "
      "of .49."},
     {kEasy | kMedium | kHard, "The number of groups is taken from the labels.",
      "A new collection does not come with that number."},
     {kMedium | kHard, "Lyrics are attached by cycling through a table.",
      "They do not belong to the tracks, so hybrid results say nothing about words and music."},
     {kMedium | kHard, "Audio and lyrics are set side by side after whitening, in blocks of unequal size.",
      "The larger block decides."},
     {kMedium | kHard, "DBSCAN uses one radius of .5 in 64 dimensions.",
      "Typical neighbours are 8 to 11 apart there, so every track is noise. Its scores are not defined, and stay empty "
      "here."}}};

struct Figure {
  const char* method;
  double silhouette;
  double calinski_harabasz;
  double ari;
};
constexpr std::array<Figure, 2> kEasyFigures{
    {{"VAE + K-Means", 0.3073, 171.37, 0.0486}, {"PCA + K-Means", 0.2112, 55.58, 0.1523}}};

unsigned preset_of(const Manifest& manifest) {
  std::string_view name = manifest.preset;
  if (const std::size_t slash = name.rfind('/'); slash != std::string_view::npos) name.remove_prefix(slash + 1);
  if (name.ends_with(".toml")) name.remove_suffix(5);
  return name == "easy" ? kEasy : name == "medium" ? kMedium : name == "hard" ? kHard : 0U;
}

/// "0.321 (study: 0.307)"; a cell that is empty in our table is not defined.
std::string beside(const CsvTable& ours, const std::vector<std::string>& row, std::string_view column, double study,
                   int decimals) {
  const std::optional<std::size_t> at = ours.find(column);
  const std::optional<double> value = at ? parse_number(row[*at]) : std::nullopt;
  return fmt::format("{} <span class=\"aside\">study {}</span>",
                     value ? spelled_number(*value, decimals) : "not defined", spelled_number(study, decimals));
}

std::string easy_figures_html(const RunData& run) {
  const std::filesystem::path file = run.folder.results(run::study_tier(run.manifest)->file);
  if (!std::filesystem::exists(file)) return "";
  const CsvTable ours = read_csv(file);
  const std::optional<std::size_t> method = ours.find("Method");
  if (!method) return "";
  std::vector<std::vector<std::string>> rows;
  for (const Figure& study : kEasyFigures) {
    const auto row = std::ranges::find_if(ours.rows, [&](const auto& cells) { return cells[*method] == study.method; });
    if (row == ours.rows.end()) continue;
    rows.push_back({escaped(study.method), beside(ours, *row, "Silhouette_Score", study.silhouette, 3),
                    beside(ours, *row, "Calinski_Harabasz", study.calinski_harabasz, 1),
                    beside(ours, *row, "Adjusted_Rand_Index", study.ari, 3)});
  }
  if (rows.empty()) return "";
  return table_html("This run beside the study's own figures (on GTZAN; other music gives other figures)",
                    {{"method"}, {"silhouette", true}, {"Calinski-Harabasz", true}, {"ARI", true}}, rows);
}

}  // namespace

std::string study_html(const RunData& run) {
  const unsigned preset = preset_of(run.manifest);
  if (preset == 0) return "";
  std::string html =
      fmt::format("<h3>Known faults of the study's design</h3>\n{}<ul class=\"faults\">\n",
                  paragraph_html(fmt::format(
                      "The preset {} repeats a published experiment, with its choices, so that its table can be "
                      "rebuilt. These choices are known to mislead:",
                      run.manifest.preset)));
  for (const Fault& fault : kFaults) {
    if ((fault.presets & preset) == 0) continue;
    html += fmt::format("<li><strong>{}</strong> {}</li>\n", escaped(fault.what), escaped(fault.consequence));
  }
  html += "</ul>\n";
  if (preset == kEasy) html += easy_figures_html(run);
  return html;
}

}  // namespace songmap::report
