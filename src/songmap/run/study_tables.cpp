#include "songmap/run/study_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "songmap/core/csv.h"
#include "songmap/run/grouping.h"

namespace songmap::run {
namespace {

/// A column of the study beside ours.
struct Column {
  std::string_view study;
  std::string_view metric;
  bool against_labels;
};
constexpr std::array<Column, 9> kColumns{{{"Silhouette_Score", "silhouette", false},
                                          {"Calinski_Harabasz", "calinski_harabasz", false},
                                          {"Adjusted_Rand_Index", "ari", true},
                                          {"Davies_Bouldin", "davies_bouldin", false},
                                          {"Normalized_MI", "nmi", true},
                                          {"Cluster_Purity", "purity", true},
                                          {"V_Measure", "v_measure", true},
                                          {"Homogeneity", "homogeneity", true},
                                          {"Completeness", "completeness", true}}};
constexpr std::string_view kNumClusters = "Num_Clusters";

/// The first so many of kColumns.
std::vector<std::string> first_columns(std::size_t n) {
  std::vector<std::string> names;
  for (const Column& column : std::span(kColumns).first(n)) names.emplace_back(column.study);
  return names;
}

const std::vector<StudyTier>& tiers() {
  static const std::vector<StudyTier> all = [] {
    std::vector<std::string> hard = first_columns(9);
    hard.emplace_back(kNumClusters);
    return std::vector<StudyTier>{{"easy", "easy_task_results.csv", first_columns(3)},
                                  {"medium", "medium_task_results.csv", first_columns(5)},
                                  {"hard", "hard_task_comprehensive_results.csv", hard}};
  }();
  return all;
}

/// Scores of one method, by what the study asks for.
std::string cell(const std::vector<ScoreRow>& scores, const Manifest& manifest, const MethodRow& method,
                 const std::string& column) {
  const auto of_method = [&](const ScoreRow& row) {
    return row.view == method.view && row.space == method.space && row.method == method.method;
  };
  if (column == kNumClusters) {
    const auto found = std::ranges::find_if(scores, of_method);
    return found == scores.end() ? "" : fmt::format("{}", found->k);
  }
  const Column& wanted = *std::ranges::find(kColumns, column, &Column::study);
  const std::string target =
      wanted.against_labels && !manifest.targets.empty() ? manifest.targets.front() : std::string();
  if (wanted.against_labels && target.empty()) return "";
  const std::string scored_in = wanted.against_labels ? std::string() : method.space;
  const auto found = std::ranges::find_if(scores, [&](const ScoreRow& row) {
    return of_method(row) && row.metric == wanted.metric && row.target == target && row.scored_in == scored_in;
  });
  return found == scores.end() ? std::string() : csv_number(found->value);
}

std::string medium_name(const SpaceRecord& space, const std::string& clustering) {
  if (space.kind != "model" && space.kind != "fusion") {
    return space.name == "features" ? fmt::format("Direct {} (baseline)", clustering)
                                    : fmt::format("{} + {} (baseline)", space.title, clustering);
  }
  // The study's table has one model and does not name it; another one must not pass for it.
  const std::string model = space.model == "conv-vae" ? "" : fmt::format("{} + ", space.title);
  return space.view == "hybrid" ? fmt::format("Hybrid {}{} (audio+lyrics)", model, clustering)
                                : fmt::format("{}{} (audio)", model, clustering);
}

std::string hard_name(const SpaceRecord& space, const std::string& clustering) {
  if (space.view == "hybrid") return fmt::format("{} Hybrid (audio+lyrics) + {}", space.title, clustering);
  const bool baseline = space.name == "pca" || space.name == "features";
  return fmt::format("{}{} + {}", space.title, baseline ? " baseline" : "", clustering);
}

}  // namespace

const StudyTier* study_tier(const Manifest& manifest) {
  const auto found = std::ranges::find(tiers(), manifest.preset, &StudyTier::preset);
  return found == tiers().end() ? nullptr : &*found;
}

std::string study_name(const StudyTier& tier, const Manifest& manifest, const MethodRow& method) {
  const SpaceRecord& space = space_record(manifest, method.space);
  const std::string clustering = method_title(method.method);
  if (tier.preset == "hard") return hard_name(space, clustering);
  if (tier.preset == "medium") return medium_name(space, clustering);
  return space.name == "features" ? fmt::format("Direct {} (baseline)", clustering)
                                  : fmt::format("{} + {}", space.title, clustering);
}

void save_study_results(const RunFolder& folder, const Manifest& manifest, const std::vector<ScoreRow>& scores) {
  const StudyTier* tier = study_tier(manifest);
  if (tier == nullptr) return;
  std::vector<std::string> columns{"Method"};
  columns.insert(columns.end(), tier->columns.begin(), tier->columns.end());
  CsvWriter table(columns);
  for (const MethodRow& method : method_rows(manifest)) {
    // The study never grouped by words alone: those rows are in scores.csv.
    if (method.view == "lyrics") continue;
    std::vector<std::string> cells{study_name(*tier, manifest, method)};
    for (const std::string& column : tier->columns) cells.push_back(cell(scores, manifest, method, column));
    table.add_row(cells);
  }
  table.save(folder.results(tier->file));
}

}  // namespace songmap::run
