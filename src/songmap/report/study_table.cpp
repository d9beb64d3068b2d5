#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <set>
#include <string_view>

#include "songmap/report/findings.h"
#include "songmap/report/html.h"
#include "songmap/report/plan.h"
#include "songmap/report/score_rows.h"
#include "songmap/report/study.h"
#include "songmap/run/cautions.h"
#include "songmap/run/spaces.h"
#include "songmap/run/study_tables.h"

/// This run beside the figures that the study published.
namespace songmap::report {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

/// A row of one of the study's tables; NaN: not published.
struct Published {
  std::string_view tier;
  std::string_view method;
  double silhouette = kNotDefined;
  double calinski_harabasz = kNotDefined;
  double davies_bouldin = kNotDefined;
  double ari = kNotDefined;
  double nmi = kNotDefined;
  double purity = kNotDefined;
};

constexpr std::array<Published, 17> kPublished{{
    {"easy", "VAE + K-Means", .3073, 171.37, kNotDefined, .0486},
    {"easy", "PCA + K-Means", .2112, 55.58, kNotDefined, .1523},
    {"medium", "Agglomerative (audio)", .4720, 143.09, .4708, .0249, .4939},
    {"medium", "K-Means (audio)", .4412, 135.84, .5019, .0008, .4716},
    {"medium", "DBSCAN (audio)", 0, 0, kInfinite, 0, 0},
    {"medium", "Hybrid Agglomerative (audio+lyrics)", .0052, 3.01, 1.8434, .1212, .5691},
    {"medium", "Hybrid K-Means (audio+lyrics)", .0051, 3.06, 1.8163, .1212, .5691},
    {"medium", "Hybrid DBSCAN (audio+lyrics)", 0, 0, kInfinite, 0, 0},
    {"medium", "PCA + K-Means (baseline)", .0625, 4.60, 1.3887, .1067, .5122},
    {"medium", "Direct K-Means (baseline)", .0625, 4.60, 1.3887, .1067, .5122},
    {"hard", "Beta-VAE + Agglomerative", .4469, kNotDefined, kNotDefined, .2352, .3716, .9250},
    {"hard", "Regular VAE + K-Means", .4454, kNotDefined, kNotDefined, .1209, .2489, .8250},
    {"hard", "Beta-VAE + K-Means", .4365, kNotDefined, kNotDefined, .2348, .3766, .9250},
    {"hard", "Autoencoder + Agglomerative", .4178, kNotDefined, kNotDefined, .1749, .3856, .9250},
    {"hard", "Autoencoder + K-Means", .3952, kNotDefined, kNotDefined, .1749, .3856, .9250},
    {"hard", "Autoencoder Hybrid (audio+lyrics) + K-Means", .3333, kNotDefined, kNotDefined, .1465, .3324, .9000},
    {"hard", "PCA baseline + K-Means", .0659, kNotDefined, kNotDefined, .1823, .4059, .9500},
}};

/// What a tier of the study looked at.
struct TierFacts {
  std::string_view tier;
  std::size_t n_scored;
  std::size_t n_classes;  ///< Among the scored tracks.
  const char* chance;     ///< What its scores start from.
};
constexpr std::array<TierFacts, 3> kTierFacts{
    {{"easy", 200, 10, ""},
     {"medium", 30, 10, "with so few tracks random labels reach an NMI of .49"},
     {"hard", 40, 2, "two genres in ten groups, where random labels reach a purity of .69"}}};

/// A column of the table.
struct Column {
  const char* metric;
  double Published::*published;
  int decimals;
  bool against_labels;
};
constexpr std::array<Column, 6> kColumns{{{"silhouette", &Published::silhouette, 3, false},
                                          {"calinski_harabasz", &Published::calinski_harabasz, 1, false},
                                          {"davies_bouldin", &Published::davies_bouldin, 3, false},
                                          {"ari", &Published::ari, 3, true},
                                          {"nmi", &Published::nmi, 3, true},
                                          {"purity", &Published::purity, 3, true}}};

const Published* published_row(const run::StudyTier& tier, std::string_view name) {
  const auto found = std::ranges::find_if(
      kPublished, [&](const Published& row) { return row.tier == tier.preset && row.method == name; });
  return found == kPublished.end() ? nullptr : &*found;
}

class StudyTable {
 public:
  StudyTable(const RunData& run, const run::StudyTier& tier)
      : run_(run),
        tier_(tier),
        facts_(*std::ranges::find(kTierFacts, std::string_view(tier.preset), &TierFacts::tier)),
        target_(run.manifest.targets.empty() ? "" : run.manifest.targets.front()) {}

  std::string html() const {
    std::vector<Column> columns;
    for (const Column& column : kColumns) {
      if (std::ranges::any_of(kPublished, [&](const Published& row) {
            return row.tier == tier_.preset && !std::isnan(row.*column.published);
          })) {
        columns.push_back(column);
      }
    }
    std::vector<HtmlColumn> headings{{"method"}};
    for (const Column& column : columns) headings.push_back({metric_title(column.metric), true});
    headings.push_back({"what explains the difference"});

    std::vector<std::vector<std::string>> rows;
    std::vector<std::vector<std::string>> unpublished;
    for (const run::MethodRow& row : run::method_rows(run_.manifest)) {
      if (row.view == "lyrics") continue;  // The study never grouped by words alone.
      const MethodKey key = key_of(row);
      const std::string name = run::study_name(tier_, run_.manifest, row);
      const Published* study = published_row(tier_, name);
      std::vector<std::string> cells{escaped(name)};
      for (const Column& column : columns) cells.push_back(cell(key, column, study));
      if (study != nullptr) {
        cells.push_back(escaped(explanation(key, *study)));
        rows.push_back(std::move(cells));
      } else {
        if (const std::string reason = undefined_reason(run_, key); !reason.empty()) {
          cells[0] += fmt::format("<span class=\"aside\">not defined: {}</span>", escaped(reason));
        }
        unpublished.push_back(std::move(cells));
      }
    }
    if (rows.empty()) return "";
    std::string html = "<h3>Beside the study’s own figures</h3>\n" + differences_html();
    html += fmt::format(
        "<div class=\"study\">{}</div>\n",
        table_html(fmt::format("The study’s {} tier: this run (mean over seeds), and the study", tier_.preset),
                   headings, rows));
    headings.pop_back();
    return html + folded_html(fmt::format("{} rows without a published figure", unpublished.size()),
                              unpublished.empty() ? ""
                                                  : table_html("Rows of the tier that the study did not publish",
                                                               headings, unpublished));
  }

 private:
  const ScoreRow* score(const MethodKey& method, const Column& column) const {
    return column.against_labels ? agreement(run_, method, column.metric, target_)
                                 : tightness(run_, method, column.metric, method.space);
  }

  std::string cell(const MethodKey& method, const Column& column, const Published* study) const {
    const ScoreRow* ours = score(method, column);
    std::string html = ours != nullptr && std::isfinite(ours->value)
                           ? fmt::format("<strong>{}</strong>", spelled_number(ours->value, column.decimals))
                           : std::string("<span class=\"aside\">not defined</span>");
    if (study == nullptr || std::isnan(study->*column.published)) return html;
    const double published = study->*column.published;
    return html + fmt::format(" <span class=\"aside\">study {}</span>",
                              std::isinf(published) ? "infinite" : spelled_number(published, column.decimals));
  }

  std::size_t n_classes() const {
    std::set<std::string> classes;
    const std::vector<std::string> labels = run_.labels_of(target_);
    for (const std::size_t row : run::evaluated_rows(run_.manifest, run_.tracks.size())) {
      if (row < labels.size() && !labels[row].empty()) classes.insert(labels[row]);
    }
    return classes.size();
  }

  /// What is different for every row alike.
  std::string differences_html() const {
    const Manifest& manifest = run_.manifest;
    std::vector<std::string> items;
    items.push_back(fmt::format(
        "Other music. The study used GTZAN (1,000 clips of 30 seconds in 10 genres){}; these are {}{}.",
        manifest.lyrics.n_tracks > 0 ? " and words from elsewhere" : "", counted(run_.tracks.size(), "track"),
        target_.empty() ? ""
                        : fmt::format(" in {} by {}",
                                      n_classes() == 1 ? "1 class" : fmt::format("{} classes", n_classes()), target_)));
    const std::size_t n = run::evaluated_rows(manifest, run_.tracks.size()).size();
    items.push_back(fmt::format("The study scored {} tracks{}; here {} are scored, in {}.", facts_.n_scored,
                                facts_.chance[0] == '\0' ? "" : fmt::format(" ({})", facts_.chance), spelled_count(n),
                                counted(manifest.n_clusters, "group")));
    if (const auto few = run::caution_of_few_tracks(n, manifest.n_clusters)) {
      items.push_back(
          "NMI and purity are high by chance with so few tracks a group, there as here. ARI is corrected for "
          "that: compare by it.");
    }
    items.push_back(manifest.n_clusters_source == "labels"
                        ? "The number of groups is that of the labels’ classes, there as here."
                        : fmt::format("The study took ten groups from the labels; here {}.",
                                      manifest.n_clusters_source == "given" ? "the number was given"
                                                                            : "the number was found without them"));
    if (manifest.seeds.size() > 1) {
      items.push_back(
          fmt::format("The study’s figures are of one random start; these are means of {}.", manifest.seeds.size()));
    }
    if (tier_.preset != "easy") items.push_back(lyrics_sentence());
    std::string list;
    for (const std::string& item : items) list += fmt::format("<li>{}</li>\n", escaped(item));
    return fmt::format("<p>For every row:</p>\n<ul class=\"faults\">\n{}</ul>\n", list);
  }

  std::string lyrics_sentence() const {
    const std::string& pairing = run_.manifest.lyrics.pairing;
    if (pairing == "cycle") return "Words were dealt out to the tracks in turn, there as here: they belong to none.";
    if (pairing.empty()) return "There are no lyrics here, so there are no hybrid rows.";
    return "The study’s words were dealt out to tracks in turn; here each track has its own.";
  }

  std::string explanation(const MethodKey& method, const Published& study) const {
    if (const std::string reason = undefined_reason(run_, method); !reason.empty()) {
      return fmt::format("Not defined here: {}.{}", reason,
                         study.silhouette == 0 ? " The study wrote 0 and infinity where this happened to it." : "");
    }
    if (study.silhouette == 0) {
      return "With the study’s radius of .5 every track was noise, and 0 was written for it; here the radius found "
             "groups.";
    }
    std::vector<std::string> sentences;
    const SpaceRecord* space = run_.space_record(method.space);
    const bool hybrid = space != nullptr && space->kind == "fusion";
    const ModelRecord* model = run_.model_behind(method.space);
    if (model != nullptr && !hybrid) {
      sentences.push_back(silhouette_sentence(method, *model));
    } else if (hybrid) {
      sentences.push_back(hybrid_sentence(method));
    } else {
      sentences.push_back(run_.option("features.scaling") == "track" || tier_.preset == "medium"
                              ? "No network: what differs is the music."
                              : "No network: what differs is the music, and that every feature counts.");
    }
    if (const std::string text = chance_sentence(method, study); !text.empty()) sentences.push_back(text);
    if (const std::string text = ari_sentence(method, study); !text.empty()) sentences.push_back(text);
    std::string all;
    for (const std::string& sentence : sentences) all += (all.empty() ? "" : " ") + sentence;
    return all;
  }

  std::string silhouette_sentence(const MethodKey& method, const ModelRecord& model) const {
    const ScoreRow* ours = tightness(run_, method, "silhouette", method.space);
    const std::string null =
        ours != nullptr && std::isfinite(ours->chance)
            ? fmt::format("; structureless data of this spread gives {}", spelled_number(ours->chance))
            : std::string();
    if (run::caution_of_collapse(model)) {
      return fmt::format("The latent space has collapsed, there as here, so the silhouette says little{}.", null);
    }
    if (model.kind == "autoencoder") {
      const bool few = run_.option("features.scaling") == "track";
      return fmt::format(
          "{}{}.",
          few ? "Values in Hz outweigh all else, there as here, so that the few directions they span make "
                "the silhouette"
              : "In the study values in Hz outweighed all else and few directions made the silhouette; "
                "here every feature counts",
          null);
    }
    return fmt::format("The study’s silhouette is that of a collapsed latent space; this one has not collapsed{}.",
                       null);
  }

  std::string hybrid_sentence(const MethodKey& method) const {
    std::string text = lyrics_were_cycled(run_)
                           ? "The words belong to none of the tracks, there as here, and blur what the sound says."
                           : "The study’s words belonged to none of its tracks; here each track has its own.";
    for (const ControlVerdict& verdict : control_verdicts(run_, target_)) {
      if (verdict.method != method) continue;
      text += verdict.beats_any ? " They do better than the words of other tracks."
                                : " They do no better than the words of other tracks.";
    }
    return text;
  }

  /// Purity and NMI begin at what chance gives.
  std::string chance_sentence(const MethodKey& method, const Published& study) const {
    const char* metric = !std::isnan(study.purity) ? "purity" : !std::isnan(study.nmi) ? "nmi" : nullptr;
    if (metric == nullptr || target_.empty()) return "";
    const ScoreRow* row = agreement(run_, method, metric, target_);
    if (row == nullptr || !std::isfinite(row->chance)) return "";
    return fmt::format("{} starts from {} there and from {} here.", metric_title(metric),
                       metric == std::string_view("purity") ? ".69" : ".49", spelled_number(row->chance));
  }

  std::string ari_sentence(const MethodKey& method, const Published& study) const {
    const ScoreRow* row = target_.empty() ? nullptr : agreement(run_, method, "ari", target_);
    if (row == nullptr || !std::isfinite(row->value) || std::isnan(study.ari)) return "";
    if (may_be_chance(*row)) return "Its agreement with the labels may be chance.";
    const double noise = std::max(0.05, 2 * (std::isfinite(row->sd) ? row->sd : 0.0));
    if (std::abs(row->value - study.ari) <= noise)
      return "ARI, corrected for chance, is no farther from the study’s than seeds differ.";
    return fmt::format("ARI, corrected for chance, is {} than the study’s, on other music.",
                       row->value > study.ari ? "higher" : "lower");
  }

  const RunData& run_;
  const run::StudyTier& tier_;
  const TierFacts& facts_;
  std::string target_;
};

}  // namespace

std::string study_table_html(const RunData& run) {
  const run::StudyTier* tier = run::study_tier(run.manifest);
  return tier == nullptr || run.manifest.spaces.empty() ? "" : StudyTable(run, *tier).html();
}

}  // namespace songmap::report
