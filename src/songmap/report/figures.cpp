#include "songmap/report/figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <mutex>

#include "songmap/core/parallel.h"
#include "songmap/figures/gnuplot.h"
#include "songmap/report/findings.h"
#include "songmap/report/plan.h"

namespace songmap::report {
namespace {

namespace fs = std::filesystem;

/// Letters, digits and dots in lower case, everything else as single hyphens.
std::string file_stem(std::string_view name) {
  std::string stem;
  for (const char c : name.substr(0, 120)) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 && static_cast<unsigned char>(c) < 0x80;
    if (plain || (c == '.' && !stem.empty())) {
      stem += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    } else if (!stem.empty() && stem.back() != '-') {
      stem += '-';
    }
  }
  while (!stem.empty() && (stem.back() == '-' || stem.back() == '.')) stem.pop_back();
  return stem.empty() ? "figure" : stem;
}

}  // namespace

void FigurePlan::add(const std::string& name, PlannedFigure figure) {
  const std::string stem = file_stem(name);
  figure.name = stem;
  const auto taken = [&] { return std::ranges::find(figures_, figure.name, &PlannedFigure::name) != figures_.end(); };
  for (int i = 2; taken(); ++i) figure.name = fmt::format("{}-{}", stem, i);
  figures_.push_back(std::move(figure));
}

void FigurePlan::add_of_model(const std::string& name, const std::string& model, PlannedFigure figure) {
  if (!main_model_.empty() && model != main_model_) figure.fold = "Pictures of the other models";
  add(name, std::move(figure));
}

std::string projection_title(const std::string& projection) {
  static const std::map<std::string, std::string> kTitles{{"tsne", "t-SNE"}, {"umap", "UMAP"}, {"pca", "PCA"}};
  const auto found = kTitles.find(projection);
  return found == kTitles.end() ? projection : found->second;
}

std::string metric_title(const std::string& metric) {
  static const std::map<std::string, std::string> kTitles{{"silhouette", "Silhouette"},
                                                          {"calinski_harabasz", "Calinski-Harabasz"},
                                                          {"davies_bouldin", "Davies-Bouldin"},
                                                          {"ari", "ARI"},
                                                          {"nmi", "NMI"},
                                                          {"ami", "AMI"},
                                                          {"purity", "Purity"},
                                                          {"homogeneity", "Homogeneity"},
                                                          {"completeness", "Completeness"},
                                                          {"v_measure", "V-measure"},
                                                          {"majority_share", "Majority share"},
                                                          {"silhouette_noise", "Silhouette of noise"},
                                                          {"coverage", "Coverage"},
                                                          {"stability", "Stability"}};
  const auto found = kTitles.find(metric);
  return found == kTitles.end() ? metric : found->second;
}

std::string target_title(const std::string& column) { return column == "label" ? "the labels" : column; }

std::string grouping_title(const std::string& method, const std::string& space) {
  return space.empty() ? method : fmt::format("{} on {}", method, space);
}

std::vector<PlannedFigure> plan_figures(const RunData& run) {
  const ModelRecord* model = main_model(run);
  FigurePlan plan(model == nullptr ? std::string() : model->name);
  plan_maps(run, plan);
  plan_proofs(run, plan);
  plan_scores(run, plan);
  plan_groups(run, plan);
  plan_structure(run, plan);
  plan_training(run, plan);
  plan_latent(run, plan);
  plan_inspections(run, plan);
  return plan.take();
}

std::vector<fs::path> draw_figures(const RunFolder& run_folder, const Execution& execution) {
  if (!figures::available()) return {};
  const RunData run = load_run(run_folder);
  const std::vector<PlannedFigure> plan = plan_figures(run);
  const fs::path folder = run_folder.figures();
  std::vector<fs::path> paths;
  for (const PlannedFigure& figure : plan) {
    for (const char* extension : {".svg", ".png"}) paths.push_back(folder / (figure.name + extension));
  }
  std::mutex mutex;
  std::size_t n_done = 0;
  parallel_for(plan.size(), execution.thread_count(), [&](std::size_t i) {
    plan[i].draw(folder / plan[i].name);
    const std::scoped_lock lock(mutex);
    execution.report({.stage = "figures", .done = double(++n_done), .total = double(plan.size()), .unit = "figures"});
  });
  return paths;
}

}  // namespace songmap::report
