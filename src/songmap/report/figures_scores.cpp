#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <deque>

#include "songmap/figures/bars.h"
#include "songmap/report/plan.h"
#include "songmap/report/score_cells.h"
#include "songmap/report/score_rows.h"
#include "songmap/run/lyrics_control.h"

namespace songmap::report {
namespace {

struct MetricPanel {
  const char* metric;
  const char* note;
};
// V-measure is left out: it equals NMI with arithmetic mean.
constexpr std::array<MetricPanel, 4> kAgreement{{{"ami", "0: chance, 1: perfect"},
                                                 {"ari", "0: chance, 1: perfect"},
                                                 {"nmi", "rises with k by itself"},
                                                 {"purity", "rises with k by itself"}}};
constexpr std::array<MetricPanel, 4> kInternal{{{"silhouette", "higher: tighter groups"},
                                                {"coverage", "tracks that are in a group"},
                                                {"calinski_harabasz", "higher: tighter groups"},
                                                {"davies_bouldin", "lower: tighter groups"}}};
constexpr std::array<MetricPanel, 3> kControlled{
    {{"ami", "0: chance, 1: perfect"}, {"ari", "0: chance, 1: perfect"}, {"nmi", "rises with k by itself"}}};

/// A picture of scores, or several where there are many clusterings. All but the first page are folded away.
struct ScorePicture {
  std::string name;
  std::string title;
  std::string caption;
  std::string chance_meaning;
  std::string fold;  ///< Of the first page.
};

/// `find(method, metric)` gives the score or null.
template <std::size_t N, class Find>
void plan_bars(const RunData& run, FigurePlan& plan, const ScorePicture& picture,
               const std::array<MetricPanel, N>& metrics, const Find& find) {
  std::vector<MethodKey> methods = scored_methods(run);
  // A clustering without any score of these would only take up room; those that are not defined are told in the text.
  std::erase_if(methods, [&](const MethodKey& method) {
    return std::ranges::none_of(metrics, [&](const MetricPanel& metric) {
      const ScoreRow* row = find(method, metric.metric);
      return row != nullptr && std::isfinite(row->value);
    });
  });
  std::vector<figures::BarPanel> panels;
  std::vector<const ScoreRow*> rows;
  for (const MetricPanel& metric : metrics) {
    figures::BarPanel panel{.title = metric_title(metric.metric), .note = metric.note};
    const std::size_t n_before = rows.size();
    for (const MethodKey& method : methods) {
      const ScoreRow* row = find(method, metric.metric);
      panel.bars.push_back(bar_of(row));
      if (row == nullptr) continue;
      rows.push_back(row);
      if (std::abs(row->value) >= 100) panel.decimals = 0;
    }
    if (rows.size() > n_before) panels.push_back(std::move(panel));
  }
  if (panels.empty()) return;

  figures::BarsOptions options;
  options.title = picture.title;
  const std::size_t n_seeds = std::ranges::max(rows, {}, &ScoreRow::seeds)->seeds;
  options.subtitle = (n_seeds > 1 ? fmt::format("Mean of up to {} seeds. ", n_seeds) : "") + whiskers_of(rows);
  const bool any_chance = std::ranges::any_of(rows, [](const ScoreRow* row) { return std::isfinite(row->chance); });
  if (any_chance) options.chance_meaning = picture.chance_meaning;
  const MethodKey main = main_method(run);
  for (const MethodKey& method : methods) {
    options.rows.push_back(method_name(run, method));
    options.groups.push_back(method_heading(run, method));
    options.emphasised.push_back(method == main);
  }
  if (std::ranges::none_of(options.emphasised, [](bool strong) { return strong; })) options.emphasised.clear();

  const std::vector<figures::BarsPage> pages = figures::bars_pages(panels, options);
  for (std::size_t i = 0; i < pages.size(); ++i) {
    PlannedFigure figure{.name = {},
                         .topic = FigureTopic::kScores,
                         .fold = i == 0 ? picture.fold : "More pictures of the scores",
                         .title = picture.title,
                         .caption = picture.caption,
                         .draw = {}};
    if (pages.size() > 1) figure.title += fmt::format(" (page {} of {})", i + 1, pages.size());
    figure.draw = [page = pages[i]](const std::filesystem::path& path) {
      figures::draw_bars(path, page.panels, page.options);
    };
    plan.add(i == 0 ? picture.name : fmt::format("{}-page-{}", picture.name, i + 1), std::move(figure));
  }
}

/// Scores in one space (empty: each in its own). Where a method leaves tracks out, the scores are of the others alone,
/// and coverage stands beside them.
void plan_tightness(const RunData& run, FigurePlan& plan, const ScorePicture& picture, const std::string& common) {
  const std::vector<MethodKey> methods = scored_methods(run);
  const bool some_out = std::ranges::any_of(methods, [&](const MethodKey& method) {
    const ScoreRow* row = fact(run, method, "coverage");
    return row != nullptr && row->value < 1;
  });
  plan_bars(run, plan, picture, kInternal, [&](const MethodKey& method, std::string_view metric) -> const ScoreRow* {
    const std::string& space = common.empty() ? method.space : common;
    if (metric != "coverage") return tightness(run, method, metric, space);
    const ScoreRow* silhouette = tightness(run, method, "silhouette", space);
    const bool shown = some_out && silhouette != nullptr && std::isfinite(silhouette->value);
    return shown ? fact(run, method, metric) : nullptr;
  });
}

/// Fused spaces beside the same sound with the words of other tracks.
void plan_control(const RunData& run, FigurePlan& plan, const std::string& target, const char* control,
                  const std::string& meaning) {
  std::deque<ScoreRow> rows;  // Real scores with those of the control as their chance; pointed to until drawn up.
  plan_bars(run, plan,
            {.name = fmt::format("scores-{}-{}", target, control),
             .title = fmt::format("Do a track's own words say more about {}?", target_title(target)),
             .caption = fmt::format("Bars: agreement with {} of groups by sound and words together. Only what lies "
                                    "beyond the orange mark comes from the words belonging to the music.",
                                    target_title(target)),
             .chance_meaning = meaning,
             .fold = "Words beside those of other tracks"},
            kControlled, [&](const MethodKey& method, std::string_view metric) -> const ScoreRow* {
              const ScoreRow* real = agreement(run, method, metric, target);
              const ScoreRow* shuffled = shuffled_agreement(run, method, metric, target, control);
              if (real == nullptr || shuffled == nullptr) return nullptr;
              rows.push_back(*real);
              rows.back().chance = shuffled->value;
              return &rows.back();
            });
}

}  // namespace

void plan_scores(const RunData& run, FigurePlan& plan) {
  for (const std::string& target : scored_targets(run)) {
    plan_bars(run, plan,
              {.name = "scores-" + target,
               .title = fmt::format("Do the groups agree with {}?", target_title(target)),
               .caption = fmt::format(
                   "Agreement between the groups and {}. Only the part of a bar beyond the orange mark is more than "
                   "chance; AMI and ARI have chance at 0 by construction, so read these two first.",
                   target_title(target)),
               .chance_meaning = "what random labels would score",
               .fold = ""},
              kAgreement,
              [&](const MethodKey& method, std::string_view metric) { return agreement(run, method, metric, target); });
  }
  for (const std::string& target : scored_targets(run)) {
    plan_control(run, plan, target, run::kShuffledLyrics, "the same with the words of any other tracks");
    plan_control(run, plan, target, run::kShuffledInLanguage, "the same with the words of tracks in the same language");
  }
  plan_tightness(
      run, plan,
      {.name = "scores-internal",
       .title = "How tight are the groups, each in its own space?",
       .caption = "Tightness says nothing about meaning: a space that has collapsed to one or two dimensions "
                  "scores high. Compare methods only within one space, and silhouette only with the orange "
                  "mark. Tracks in no group are left out of these scores; coverage, where it is shown, says "
                  "how many remain.",
       .chance_meaning = "what structureless data of the same spread would score",
       .fold = "More pictures of the scores"},
      "");
  const std::string common = common_space(run);
  if (common.empty()) return;
  plan_tightness(
      run, plan,
      {.name = "scores-internal-in-" + common,
       .title = fmt::format("How tight are the groups, all in {}?", common),
       .caption = "All methods measured with the same distances, so that they can be compared with each other.",
       .chance_meaning = "what structureless data of the same spread would score",
       .fold = "More pictures of the scores"},
      common);
}

}  // namespace songmap::report
