#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "songmap/core/csv.h"
#include "songmap/core/npy.h"
#include "songmap/figures/spectrogram.h"
#include "songmap/figures/traversal.h"
#include "songmap/report/plan.h"
#include "songmap/run/inspection.h"

/// What models make of tracks and of their own latent dimensions, from inspections/ of the run folder.
namespace songmap::report {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBands = 64;
constexpr double kFrameS = 512.0 / 22050;

fs::path inspection(const RunData& run, const std::string& model, const char* suffix) {
  return run.folder.inspections() / (model + suffix);
}

std::optional<Matrix> inspected(const RunData& run, const std::string& model, const char* suffix) {
  const fs::path file = inspection(run, model, suffix);
  if (!fs::exists(file)) return std::nullopt;
  return read_npy(file);
}

/// One column of a table; empty where the table or the column is missing.
std::vector<std::string> column_of(const fs::path& file, std::string_view name) {
  std::vector<std::string> cells;
  if (!fs::exists(file)) return cells;
  const CsvTable table = read_csv(file);
  const std::optional<std::size_t> at = table.find(name);
  if (!at) return cells;
  for (const auto& row : table.rows) cells.push_back(row[*at]);
  return cells;
}

bool reads_spectrograms(const RunData& run, std::size_t n_inputs) {
  return run.manifest.columns.empty() && run.manifest.input.kind == "audio" && n_inputs % kBands == 0;
}

/// A row [bands, frames] as a picture.
Matrix picture(std::span<const float> row) { return Matrix(kBands, row.size() / kBands, {row.begin(), row.end()}); }

std::string name_of(const RunData& run, const std::string& track_id) {
  const auto found = std::ranges::find(run.tracks, track_id, &TrackRow::track_id);
  return found == run.tracks.end() ? track_id : display_name(*found);
}

void plan_spectrograms(const RunData& run, const ModelRecord& model, const Matrix& pairs, FigurePlan& plan) {
  const std::vector<std::string> ids = column_of(inspection(run, model.name, ".example_tracks.csv"), "track_id");
  const std::vector<std::string> tracks = column_of(inspection(run, model.name, ".examples.csv"), "track_id");
  const std::vector<std::string> errors = column_of(inspection(run, model.name, ".examples.csv"), "error");
  std::vector<figures::SpectrogramPair> drawn;
  for (std::size_t i = 0; 2 * i + 1 < pairs.rows() && i < ids.size(); ++i) {
    const auto at = static_cast<std::size_t>(std::ranges::find(tracks, ids[i]) - tracks.begin());
    const auto error = at < errors.size() ? parse_number(errors[at]) : std::nullopt;
    drawn.push_back({.title = name_of(run, ids[i]),
                     .note = error ? fmt::format("mean squared error {:.3g}", *error) : "",
                     .original = picture(pairs.row(2 * i)),
                     .reconstruction = picture(pairs.row(2 * i + 1))});
  }
  if (drawn.empty()) return;
  figures::SpectrogramOptions options{
      .title = fmt::format("What {} keeps of a track", model.name),
      .subtitle =
          "Log-mel spectrograms of four tracks, from well to badly reconstructed: 0 the track's quietest, 1 "
          "its loudest.",
      .frame_s = kFrameS,
      .unit = "level"};
  PlannedFigure figure{.name = {},
                       .topic = FigureTopic::kReconstruction,
                       .main = true,
                       .title = options.title,
                       .caption =
                           "Left the track, in the middle what the model makes of it, right the difference. "
                           "Reconstructions that look alike for every track mean that the model keeps nothing of the "
                           "single one.",
                       .draw = {}};
  figure.draw = [drawn = std::move(drawn), options](const fs::path& path) {
    figures::draw_spectrogram_pairs(path, drawn, options);
  };
  plan.add("reconstruction-" + model.name, std::move(figure));
}

/// Names of the model's inputs: the scaled columns, or the components of their blocks.
std::vector<std::string> input_names(const RunData& run, std::size_t n) {
  if (run.manifest.columns.size() == n) return run.manifest.columns;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < n; ++i) names.push_back(fmt::format("component {}", i + 1));
  return names;
}

void plan_traversal(const RunData& run, const ModelRecord& model, FigurePlan& plan) {
  const std::optional<Matrix> values = inspected(run, model.name, ".traversal.npy");
  const fs::path table = inspection(run, model.name, ".traversal.csv");
  const std::vector<std::string> dimensions = column_of(table, "dimension");
  const std::vector<std::string> kl = column_of(table, "kl");
  constexpr std::size_t kSteps = run::kTraversalSteps;
  if (!values || dimensions.empty() || values->rows() != dimensions.size() * kSteps) return;
  figures::TraversalOptions options{
      .title = fmt::format("What each latent dimension of {} does", model.name),
      .subtitle = "Decoded while one dimension moves over its range and all others stay at their mean.",
      .steps = {"−3", "−2", "−1", "0", "1", "2", "3"},
      .unit = "change"};
  const auto title = [&](std::size_t i) {
    const auto number = parse_number(dimensions[i]);
    return fmt::format("Dimension {}", number ? static_cast<std::size_t>(*number) + 1 : i + 1);
  };
  const auto note = [&](std::size_t i) {
    const auto nats = i < kl.size() ? parse_number(kl[i]) : std::nullopt;
    return nats && model.kind != "autoencoder" ? fmt::format("KL {:.2f} nats", *nats) : std::string();
  };
  PlannedFigure figure{.name = {},
                       .topic = FigureTopic::kReconstruction,
                       .main = false,
                       .title = options.title,
                       .caption =
                           "Columns are steps in standard deviations of the tracks along that dimension. What changes "
                           "together is what the dimension means; a pale panel is a dimension that the decoder "
                           "ignores.",
                       .draw = {}};
  if (reads_spectrograms(run, values->cols())) {
    constexpr std::size_t kMostRows = 4;
    std::vector<figures::SpectrogramTraversal> rows;
    for (std::size_t i = 0; i < std::min(kMostRows, dimensions.size()); ++i) {
      figures::SpectrogramTraversal row{.title = title(i), .note = note(i)};
      for (std::size_t step = 0; step < kSteps; ++step) row.steps.push_back(picture(values->row(i * kSteps + step)));
      rows.push_back(std::move(row));
    }
    figure.draw = [rows = std::move(rows), options](const fs::path& path) {
      figures::draw_spectrogram_traversals(path, rows, options);
    };
  } else {
    std::vector<figures::TraversalPanel> panels;
    for (std::size_t i = 0; i < dimensions.size(); ++i) {
      Matrix steps(kSteps, values->cols());
      for (std::size_t step = 0; step < kSteps; ++step) {
        std::ranges::copy(values->row(i * kSteps + step), steps.row(step).begin());
      }
      panels.push_back({.title = title(i),
                        .note = note(i),
                        .feature_names = input_names(run, values->cols()),
                        .values = std::move(steps)});
    }
    figure.draw = [panels = std::move(panels), options](const fs::path& path) {
      figures::draw_traversals(path, panels, options);
    };
  }
  plan.add("traversal-" + model.name, std::move(figure));
}

}  // namespace

void plan_models(const RunData& run, FigurePlan& plan) {
  for (const ModelRecord& model : run.manifest.models) {
    const std::optional<Matrix> pairs = inspected(run, model.name, ".reconstructions.npy");
    if (pairs && reads_spectrograms(run, pairs->cols())) plan_spectrograms(run, model, *pairs, plan);
    plan_traversal(run, model, plan);
  }
}

}  // namespace songmap::report
