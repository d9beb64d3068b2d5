#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "songmap/figures/bars.h"
#include "songmap/figures/curves.h"
#include "songmap/report/plan.h"

namespace songmap::report {
namespace {

/// One column of curves.csv over epochs: mean over seeds, with the lowest and highest seed as a band.
figures::Curve curve_of(const std::vector<const CurveRow*>& rows, double CurveRow::*column, std::string name,
                        bool band) {
  std::map<std::size_t, std::vector<double>> by_epoch;
  for (const CurveRow* row : rows) {
    if (std::isfinite(row->*column)) by_epoch[row->epoch].push_back(row->*column);
  }
  figures::Curve curve{.name = std::move(name)};
  for (const auto& [epoch, values] : by_epoch) {
    double sum = 0;
    for (const double value : values) sum += value;
    curve.x.push_back(double(epoch));
    curve.y.push_back(sum / double(values.size()));
    if (band) {
      curve.low.push_back(std::ranges::min(values));
      curve.high.push_back(std::ranges::max(values));
    }
  }
  return curve;
}

/// All models in one picture: a line each.
void plan_comparison(const RunData& run, const std::vector<std::string>& models, FigurePlan& plan) {
  std::vector<figures::CurvePanel> panels;
  const auto add = [&](const char* title, const char* note, double CurveRow::*column) {
    figures::CurvePanel panel{.title = title, .note = note};
    for (const std::string& model : models) {
      std::vector<const CurveRow*> rows;
      for (const CurveRow& row : run.curves) {
        if (row.model == model) rows.push_back(&row);
      }
      const auto record = std::ranges::find(run.manifest.models, model, &ModelRecord::name);
      const bool deterministic = record != run.manifest.models.end() && record->kind == "autoencoder";
      if (deterministic && column == &CurveRow::kl) continue;
      std::string name = record == run.manifest.models.end() || deterministic
                             ? model
                             : fmt::format("{}, beta {:g}", model, record->beta);
      figures::Curve curve = curve_of(rows, column, std::move(name), /*band=*/true);
      if (!curve.x.empty()) panel.curves.push_back(std::move(curve));
    }
    if (!panel.curves.empty()) panels.push_back(std::move(panel));
  };
  add("Total loss", "within one model", &CurveRow::total);
  add("Reconstruction", "how far from the original", &CurveRow::reconstruction);
  add("KL", "latent information", &CurveRow::kl);
  if (panels.empty()) return;
  figures::CurvesOptions options{.title = "How the models learned, side by side",
                                 .subtitle = "Mean over the seeds; band: lowest to highest seed.",
                                 .x_label = "epoch"};
  PlannedFigure figure{.name = {},
                       .topic = FigureTopic::kModel,
                       .title = options.title,
                       .caption =
                           "Compare reconstruction and KL; the total weighs them in each model's own way. A larger "
                           "beta buys a smaller KL with a worse reconstruction; a KL near 0 is a latent space that "
                           "carries nothing.",
                       .draw = {}};
  figure.draw = [panels = std::move(panels), options](const std::filesystem::path& path) {
    figures::draw_curves(path, panels, options);
  };
  plan.add("training", std::move(figure));
}

}  // namespace

void plan_training(const RunData& run, FigurePlan& plan) {
  std::vector<std::string> models;
  for (const CurveRow& row : run.curves) {
    if (std::ranges::find(models, row.model) == models.end()) models.push_back(row.model);
  }
  if (models.size() > 1) plan_comparison(run, models, plan);
  for (const std::string& model : models) {
    std::vector<const CurveRow*> rows;
    std::set<std::uint64_t> seeds;
    for (const CurveRow& row : run.curves) {
      if (row.model != model) continue;
      rows.push_back(&row);
      seeds.insert(row.seed);
    }
    const bool band = seeds.size() > 1;
    std::vector<figures::CurvePanel> panels;
    const auto add = [&](const char* title, const char* note, double CurveRow::*column) {
      figures::CurvePanel panel{.title = title, .note = note};
      panel.curves.push_back(curve_of(rows, column, "training", band));
      if (column == &CurveRow::total) {
        figures::Curve held_out = curve_of(rows, &CurveRow::held_out, "held-out tracks", band);
        if (!held_out.x.empty()) panel.curves.push_back(std::move(held_out));
      }
      if (!panel.curves.front().x.empty()) panels.push_back(std::move(panel));
    };
    add("Total loss", "lower is better", &CurveRow::total);
    add("Reconstruction", "how far from the original", &CurveRow::reconstruction);
    add("KL", "latent information", &CurveRow::kl);
    if (panels.empty()) continue;

    figures::CurvesOptions options{
        .title = fmt::format("How {} learned", model),
        .subtitle = band ? fmt::format("Mean over {} seeds; band: lowest to highest seed.", seeds.size()) : "One seed.",
        .x_label = "epoch"};
    const bool held_out = std::ranges::any_of(rows, [](const CurveRow* row) { return std::isfinite(row->held_out); });
    PlannedFigure figure{
        .name = {},
        .topic = FigureTopic::kModel,
        .fold = models.size() > 1 ? "How each model learned" : "",
        .title = options.title,
        .caption = fmt::format("A curve that has become flat has finished learning. {}KL is how much the latent space "
                               "says about the tracks: near 0 it carries nothing.",
                               held_out ? "Held-out tracks rising while training falls would be overfitting. " : ""),
        .draw = {}};
    figure.draw = [panels = std::move(panels), options](const std::filesystem::path& path) {
      figures::draw_curves(path, panels, options);
    };
    plan.add("training-" + model, std::move(figure));
  }
}

void plan_latent(const RunData& run, FigurePlan& plan) {
  constexpr std::size_t kMostBars = 40;
  constexpr std::size_t kFewestBars = 8;
  constexpr double kCarriesNothing = 0.01;
  for (const ModelRecord& model : run.manifest.models) {
    std::vector<std::pair<double, std::size_t>> dimensions;
    for (std::size_t i = 0; i < model.kl_per_dimension.size(); ++i) {
      if (std::isfinite(model.kl_per_dimension[i])) dimensions.emplace_back(model.kl_per_dimension[i], i + 1);
    }
    if (dimensions.empty() || model.kind == "autoencoder") continue;
    std::ranges::stable_sort(dimensions, std::greater<>{}, &std::pair<double, std::size_t>::first);
    figures::BarsOptions options;
    options.title = fmt::format("What each latent dimension of {} carries", model.name);
    options.subtitle = "First seed, largest first";
    const auto n_carrying = static_cast<std::size_t>(
        std::ranges::count_if(dimensions, [](const auto& entry) { return entry.first >= kCarriesNothing; }));
    const std::size_t n_shown = std::min({dimensions.size(), kMostBars, std::max(n_carrying, kFewestBars)});
    if (n_shown < dimensions.size()) {
      options.subtitle += fmt::format("; {} of {}{}", n_shown, dimensions.size(),
                                      n_carrying <= n_shown ? "; the others carry nothing" : "");
      dimensions.resize(n_shown);
    }
    figures::BarPanel panel{.title = "KL", .note = "nats a track", .bars = {}, .decimals = 2, .reach = 0.5};
    for (const auto& [kl, dimension] : dimensions) {
      panel.bars.push_back({.value = kl});
      options.rows.push_back(fmt::format("dimension {}", dimension));
    }
    PlannedFigure figure{
        .name = {},
        .topic = FigureTopic::kModel,
        .title = options.title,
        .caption =
            "Each bar is how much one latent dimension says about a track. The model leaves unused what "
            "it does not need; when nearly all bars are at 0, its latent space has collapsed.",
        .draw = {}};
    figure.draw = [panel = std::move(panel), options = std::move(options)](const std::filesystem::path& path) {
      figures::draw_bars(path, {panel}, options);
    };
    plan.add_of_model("latent-" + model.name, model.name, std::move(figure));
  }
}

}  // namespace songmap::report
