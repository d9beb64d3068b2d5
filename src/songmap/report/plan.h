#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "songmap/report/figures.h"

/// The parts of `plan_figures`, by topic.
namespace songmap::report {

/// The plan under way. Names become file names: lower case, hyphens, and a number where two would be the same.
class FigurePlan {
 public:
  /// `main_model`: whose pictures are not folded away; empty: everybody's.
  explicit FigurePlan(std::string main_model = {}) : main_model_(std::move(main_model)) {}

  void add(const std::string& name, PlannedFigure figure);
  /// The same for a picture of one model: folded away unless it is the main one.
  void add_of_model(const std::string& name, const std::string& model, PlannedFigure figure);
  [[nodiscard]] std::vector<PlannedFigure> take() { return std::move(figures_); }

 private:
  std::string main_model_;
  std::vector<PlannedFigure> figures_;
};

void plan_maps(const RunData& run, FigurePlan& plan);
void plan_proofs(const RunData& run, FigurePlan& plan);
void plan_scores(const RunData& run, FigurePlan& plan);
void plan_groups(const RunData& run, FigurePlan& plan);
void plan_training(const RunData& run, FigurePlan& plan);
void plan_latent(const RunData& run, FigurePlan& plan);
void plan_structure(const RunData& run, FigurePlan& plan);
void plan_inspections(const RunData& run, FigurePlan& plan);

/// "t-SNE", "UMAP", "PCA" for tsne, umap, pca.
[[nodiscard]] std::string projection_title(const std::string& projection);

/// "method on space", the way pictures and report name a clustering.
[[nodiscard]] std::string grouping_title(const std::string& method, const std::string& space);

/// How sentences call a label column: "genre", but "the labels" for a column named label.
[[nodiscard]] std::string target_title(const std::string& column);

/// "ARI", "silhouette", … for the names in scores.csv.
[[nodiscard]] std::string metric_title(const std::string& metric);

}  // namespace songmap::report
