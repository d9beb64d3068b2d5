#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "songmap/features/block_scaler.h"
#include "songmap/features/recipe.h"
#include "songmap/figures/profiles.h"
#include "songmap/figures/spectrogram.h"
#include "songmap/figures/traversal.h"
#include "songmap/report/plan.h"
#include "songmap/run/inspection.h"

/// What each model keeps of a track, and what each of its latent dimensions does.
namespace songmap::report {
namespace {

/// The study's spectrograms: 64 bands, 512 samples from frame to frame at 22,050 Hz.
constexpr std::size_t kBands = 64;
constexpr double kFrame_s = 512.0 / 22050.0;

bool is_convolutional(const ModelRecord& model, std::size_t n_values) {
  return model.kind == "conv-vae" && n_values >= kBands && n_values % kBands == 0;
}

/// A row [bands, frames] that is stored in one line.
Matrix spectrogram(std::span<const float> values) {
  return {kBands, values.size() / kBands, {values.begin(), values.end()}};
}

std::string error_note(const Inspection& inspection, std::size_t track) {
  const double error = inspection.errors[track];
  if (!std::isfinite(error)) return "";
  const auto worse = std::ranges::count_if(inspection.errors, [&](double other) { return other < error; });
  const auto all = std::ranges::count_if(inspection.errors, [](double other) { return std::isfinite(other); });
  return fmt::format("mean squared error {:.3g}, larger than {:.0f} % of tracks", error,
                     100.0 * double(worse) / double(all));
}

PlannedFigure reconstruction_figure(const ModelRecord& model, bool spectrograms) {
  PlannedFigure figure{.name = {}, .topic = FigureTopic::kModel, .title = {}, .caption = {}, .draw = {}};
  figure.title = fmt::format("What {} keeps of a track", model.name);
  figure.caption =
      spectrograms
          ? "Left: the track as the model hears it, time to the right, pitch upwards, bright is loud. Middle: what it "
            "makes of it. Right: the difference; blue is missing, brown was not there. Pictures in the middle that "
            "look "
            "the same for every track would mean that the model keeps nothing of the single track."
          : "Grey: the track's features after scaling, as the model gets them. Red: what it makes of them. Red lines "
            "that look the same for every track would mean that the model keeps nothing of the single track. The "
            "largest values run out of the picture.";
  return figure;
}

void plan_spectrogram_pairs(const RunData& run, const ModelRecord& model, const Inspection& inspection,
                            FigurePlan& plan) {
  std::vector<figures::SpectrogramPair> pairs;
  for (std::size_t i = 0; i < inspection.examples.size(); ++i) {
    const std::size_t track = inspection.examples[i];
    pairs.push_back({.title = display_name(run.tracks[track]),
                     .note = error_note(inspection, track),
                     .original = spectrogram(inspection.reconstructions.row(2 * i)),
                     .reconstruction = spectrogram(inspection.reconstructions.row(2 * i + 1))});
  }
  PlannedFigure figure = reconstruction_figure(model, true);
  figures::SpectrogramOptions options{
      .title = figure.title,
      .subtitle =
          "Log-mel spectrograms of tracks, from well to badly reconstructed (the first window of each): 0 the "
          "quietest, 1 the loudest.",
      .frame_s = kFrame_s,
      .unit = "level"};
  figure.draw = [pairs = std::move(pairs), options](const std::filesystem::path& path) {
    figures::draw_spectrogram_pairs(path, pairs, options);
  };
  plan.add_of_model("reconstruction-" + model.name, model.name, std::move(figure));
}

void plan_profiles(const RunData& run, const ModelRecord& model, const Inspection& inspection, FigurePlan& plan) {
  std::vector<figures::ProfilePanel> panels;
  for (std::size_t i = 0; i < inspection.examples.size(); ++i) {
    const std::size_t track = inspection.examples[i];
    const std::span<const float> original = inspection.reconstructions.row(2 * i);
    const std::span<const float> made = inspection.reconstructions.row(2 * i + 1);
    panels.push_back({.title = display_name(run.tracks[track]),
                      .note = error_note(inspection, track),
                      .original = {original.begin(), original.end()},
                      .reconstruction = {made.begin(), made.end()}});
  }
  PlannedFigure figure = reconstruction_figure(model, false);
  figures::ProfilesOptions options{.title = figure.title,
                                   .subtitle =
                                       "Scaled features of tracks, from well to badly reconstructed, beside "
                                       "what the model makes of them.",
                                   .x_label = "scaled feature"};
  figure.draw = [panels = std::move(panels), options](const std::filesystem::path& path) {
    figures::draw_profiles(path, panels, options);
  };
  plan.add_of_model("reconstruction-" + model.name, model.name, std::move(figure));
}

/// An autoencoder has no KL, whatever stands in the table.
std::string kl_note(const ModelRecord& model, double kl) {
  if (!std::isfinite(kl) || model.kind == "autoencoder") return "";
  return kl < 0.005 ? "KL below 0.01 nats" : fmt::format("KL {:.2f} nats", kl);
}

/// "mfcc component 2": names of what the scaling by blocks makes of the run's columns. Empty where it makes another
/// number of them.
std::vector<std::string> component_names(const RunData& run, std::size_t n) {
  std::vector<std::string> names;
  const auto recipe = std::ranges::find(features::recipes(), run.option("features.recipe"), &features::Recipe::name);
  if (run.option("features.scaling") != "blocks" || recipe == features::recipes().end()) return names;
  for (const features::Block& block : features::blocks(*recipe)) {
    for (std::size_t i = 0; i < std::min(block.count, features::kMostBlockDimensions); ++i) {
      names.push_back(fmt::format("{} component {}", block.name, i + 1));
    }
  }
  if (names.size() != n) names.clear();
  return names;
}

/// Names of a model's inputs: the run's columns, or the components of their blocks, or else numbers.
std::vector<std::string> input_names(const RunData& run, std::size_t n) {
  if (run.manifest.columns.size() == n) return run.manifest.columns;
  std::vector<std::string> names = component_names(run, n);
  for (std::size_t i = names.size(); i < n; ++i) names.push_back(fmt::format("component {}", i + 1));
  return names;
}

figures::TraversalOptions traversal_options(const ModelRecord& model) {
  figures::TraversalOptions options;
  options.title = fmt::format("What each latent dimension of {} does", model.name);
  options.subtitle = "One dimension moves over ±3 of its standard deviations, all others stay at their mean.";
  for (std::size_t s = 0; s < run::kTraversalSteps; ++s) {
    const int step = static_cast<int>(s) - static_cast<int>(run::kTraversalSteps / 2);
    options.steps.push_back(step < 0 ? fmt::format("−{}", -step) : fmt::format("{}{}", step > 0 ? "+" : "", step));
  }
  return options;
}

/// Largest change of any value along any dimension, as a share of the spread of the values that the model is given;
/// NaN where that is not known.
double largest_change(const Inspection& inspection) {
  const Matrix& values = inspection.traversal;
  double change = 0;
  for (std::size_t r = 0; r < values.rows(); ++r) {
    const std::size_t middle = r / run::kTraversalSteps * run::kTraversalSteps + run::kTraversalSteps / 2;
    for (std::size_t c = 0; c < values.cols(); ++c) {
      change = std::max(change, double(std::abs(values(r, c) - values(middle, c))));
    }
  }
  double sum = 0;
  double squares = 0;
  double n = 0;
  for (std::size_t r = 0; r < inspection.reconstructions.rows(); r += 2) {
    for (const float value : inspection.reconstructions.row(r)) {
      sum += value;
      squares += double(value) * value;
      ++n;
    }
  }
  const double variance = n > 0 ? squares / n - (sum / n) * (sum / n) : 0;
  return variance > 0 ? change / std::sqrt(variance) : kNotDefined;
}

void plan_traversal(const RunData& run, const ModelRecord& model, const Inspection& inspection, FigurePlan& plan) {
  const std::size_t n_values = inspection.traversal.cols();
  figures::TraversalOptions options = traversal_options(model);
  // The colours reach as far as the largest change, however small that is.
  constexpr double kNothing = 0.05;
  const double change = largest_change(inspection);
  const bool ignored = change < kNothing;
  if (ignored) {
    options.subtitle += fmt::format(
        " The model ignores them all: nothing changes by more than {:.2g} % of what tracks "
        "differ by.",
        100 * change);
  }
  PlannedFigure figure{.name = {}, .topic = FigureTopic::kModel, .title = options.title, .caption = {}, .draw = {}};
  const auto rows_of = [&](std::size_t i) {
    std::vector<std::size_t> rows;
    for (std::size_t s = 0; s < run::kTraversalSteps; ++s) rows.push_back(i * run::kTraversalSteps + s);
    return take_rows(inspection.traversal, rows);
  };
  if (is_convolutional(model, n_values)) {
    std::vector<figures::SpectrogramTraversal> rows;
    for (std::size_t i = 0; i < inspection.dimensions.size(); ++i) {
      figures::SpectrogramTraversal row{.title = fmt::format("Dimension {}", inspection.dimensions[i] + 1),
                                        .note = kl_note(model, inspection.kl[i])};
      const Matrix steps = rows_of(i);
      for (std::size_t s = 0; s < steps.rows(); ++s) row.steps.push_back(spectrogram(steps.row(s)));
      rows.push_back(std::move(row));
    }
    options.unit = "level";
    figure.caption =
        "In the middle of each row the mean track; left and right of it what changes as one latent dimension falls or "
        "rises: brown is louder, blue quieter. A row without colour is a dimension that the model ignores.";
    figure.draw = [rows = std::move(rows), options](const std::filesystem::path& path) {
      figures::draw_spectrogram_traversals(path, rows, options);
    };
  } else {
    std::vector<figures::TraversalPanel> panels;
    for (std::size_t i = 0; i < inspection.dimensions.size(); ++i) {
      panels.push_back({.title = fmt::format("Dimension {}", inspection.dimensions[i] + 1),
                        .note = kl_note(model, inspection.kl[i]),
                        .feature_names = input_names(run, n_values),
                        .values = rows_of(i)});
    }
    options.unit = "scaled";
    figure.caption =
        "For the latent dimensions that carry most, the features that change most along them: brown rises, blue falls. "
        "The features of one panel move together, which is what the dimension means. A pale panel is a dimension that "
        "the model ignores.";
    figure.draw = [panels = std::move(panels), options](const std::filesystem::path& path) {
      figures::draw_traversals(path, panels, options);
    };
  }
  if (ignored) figure.caption += " Here all of them are: the colours show differences that are next to nothing.";
  plan.add_of_model("traversal-" + model.name, model.name, std::move(figure));
}

}  // namespace

void plan_inspections(const RunData& run, FigurePlan& plan) {
  for (const Inspection& inspection : load_inspections(run)) {
    const ModelRecord& model = *std::ranges::find(run.manifest.models, inspection.model, &ModelRecord::name);
    if (!inspection.examples.empty()) {
      if (is_convolutional(model, inspection.reconstructions.cols())) {
        plan_spectrogram_pairs(run, model, inspection, plan);
      } else {
        plan_profiles(run, model, inspection, plan);
      }
    }
    if (!inspection.dimensions.empty()) plan_traversal(run, model, inspection, plan);
  }
}

}  // namespace songmap::report
