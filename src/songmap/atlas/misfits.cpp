#include "songmap/atlas/misfits.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <numeric>
#include <optional>

#include "songmap/atlas/descriptors.h"
#include "songmap/atlas/sound.h"
#include "songmap/core/error.h"
#include "songmap/core/npy.h"
#include "songmap/core/parallel.h"
#include "songmap/features/damage_signs.h"
#include "songmap/run/description.h"
#include "songmap/run/rebuilt.h"
#include "songmap/run/spaces.h"
#include "songmap/run/tables.h"

namespace songmap::atlas {
namespace {

constexpr double kFar = 2;  // times the median

/// The model of the run's groups; of a run that is grouped without one, its first.
std::string leading_model(const run::Manifest& manifest) {
  const std::string& model = run::space_record(manifest, manifest.main_space).model;
  if (!model.empty()) return model;
  require(!manifest.models.empty(), "this run has no model that could rebuild its tracks");
  return manifest.models.front().name;
}

/// Errors of all tracks that have one, the worst first: of those that the model judged unseen these, else those of the
/// models that were trained on them.
std::vector<Misfit> by_error(const Atlas& atlas, Misfits& result) {
  std::map<std::string, double> errors;
  std::vector<double> fitted;
  const auto take = [&](const auto& rows) {
    for (const auto& row : rows) {
      if (row.model != result.model) continue;
      errors[row.track_id] = row.error;
      fitted.push_back(row.error);
    }
  };
  take(run::load_held_out(atlas.folder().held_out()));
  result.unseen = !fitted.empty();
  if (!result.unseen) take(run::load_reconstruction(atlas.folder().reconstruction()));
  if (fitted.empty()) return {};
  const auto middle = fitted.begin() + static_cast<std::ptrdiff_t>(fitted.size() / 2);
  std::ranges::nth_element(fitted, middle);
  const double median = *middle;
  for (const auto& [track_id, detail] : atlas.state().details()) errors[track_id] = detail.error;
  std::vector<Misfit> all;
  for (std::size_t i = 0; i < atlas.tracks().size(); ++i) {
    const auto found = errors.find(atlas.tracks()[i].track_id);
    if (found == errors.end() || !std::isfinite(found->second)) continue;
    all.push_back({i, found->second, median > 0 ? found->second / median : 0, {}, {}, {}});
  }
  std::ranges::stable_sort(all, std::greater<>(), &Misfit::error);
  return all;
}

/// Fills Misfit::rows.
void read_rows(const Atlas& atlas, Misfits& result) {
  std::map<std::string, std::size_t> row_of;
  const std::vector<run::TrackRow> tracks = run::load_tracks(atlas.folder().tracks());
  for (std::size_t i = 0; i < tracks.size(); ++i) row_of[tracks[i].track_id] = i;
  std::map<std::size_t, Misfit*> fitted;
  const std::map<std::string, PlacedDetail> details = atlas.state().details();
  for (Misfit& misfit : result.worst) {
    const AtlasTrack& track = atlas.tracks()[misfit.track];
    if (!track.placed) {
      fitted[row_of.at(track.track_id)] = &misfit;
    } else if (const auto found = details.find(track.track_id);
               found != details.end() && !found->second.given.empty()) {
      const PlacedDetail& detail = found->second;
      misfit.rows = Matrix(2, detail.given.size());
      std::ranges::copy(detail.given, misfit.rows.row(0).begin());
      std::ranges::copy(detail.made, misfit.rows.row(1).begin());
    }
  }
  std::vector<std::size_t> asked;
  for (const auto& [row, misfit] : fitted) asked.push_back(row);
  run::Rebuilt rebuilt = run::rebuilt(atlas.folder(), atlas.manifest(), result.model, asked);
  result.spectrogram = rebuilt.spectrogram;
  if (result.unseen) {
    rebuilt.made = take_rows(read_npy(atlas.folder().inspections() / (result.model + ".held_out.npy")), asked);
  }
  for (std::size_t i = 0; i < asked.size(); ++i) {
    Matrix& rows = fitted[asked[i]]->rows;
    rows = Matrix(2, rebuilt.given.cols());
    std::ranges::copy(rebuilt.given.row(i), rows.row(0).begin());
    std::ranges::copy(rebuilt.made.row(i), rows.row(1).begin());
  }
}

/// Sides of a sound of which only the spectrogram is known, [64, frames] in each row.
std::vector<Descriptor> spectrogram_sides(MatrixView rows) {
  constexpr std::size_t kBands = 64;
  std::vector<Descriptor> sides{{"loud", "quiet", "mean level", {}},
                                {"bright", "dark", "centre of the levels over pitch", {}},
                                {"heavy low end", "light low end", "level of the lowest eighth of the bands", {}},
                                {"varying", "steady", "change of the level from frame to frame", {}}};
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    const auto row = rows.row(i);
    const std::size_t frames = row.size() / kBands;
    double sum = 0;
    double pitch = 0;
    double low = 0;
    std::vector<double> level(frames);
    for (std::size_t band = 0; band < kBands; ++band) {
      for (std::size_t t = 0; t < frames; ++t) {
        const double value = row[band * frames + t];
        sum += value;
        pitch += value * static_cast<double>(band);
        if (band < kBands / 8) low += value;
        level[t] += value / kBands;
      }
    }
    double change = 0;
    for (std::size_t t = 1; t < frames; ++t) change += std::abs(level[t] - level[t - 1]);
    const auto n = static_cast<double>(row.size());
    sides[0].values.push_back(sum / n);
    sides[1].values.push_back(sum > 0 ? pitch / sum : 0);
    sides[2].values.push_back(low * 8 / n);
    sides[3].values.push_back(change / static_cast<double>(frames));
  }
  return sides;
}

/// What the rows of a misfit say in words, against those of `n_fitted` tracks that come first in each descriptor; then
/// come two values a misfit, what was heard and what was expected.
void tell(const std::vector<Descriptor>& sides, std::size_t n_fitted, std::vector<Misfit*>& misfits) {
  constexpr double kLeast = 0.5;
  constexpr std::size_t kMost = 4;
  for (const Descriptor& side : sides) {
    const std::span<const double> fitted = std::span(side.values).first(n_fitted);
    const double mean = std::accumulate(fitted.begin(), fitted.end(), 0.0) / static_cast<double>(n_fitted);
    double squares = 0;
    for (const double value : fitted) squares += (value - mean) * (value - mean);
    const double deviation = std::sqrt(squares / static_cast<double>(n_fitted));
    if (!(deviation > 0)) continue;
    for (std::size_t m = 0; m < misfits.size(); ++m) {
      const double heard = (side.values[n_fitted + 2 * m] - mean) / deviation;
      const double expected = (side.values[n_fitted + 2 * m + 1] - mean) / deviation;
      if (std::abs(heard - expected) < kLeast) continue;
      misfits[m]->surprises.push_back({heard > expected ? side.more : side.less, side.means, heard, expected});
    }
  }
  for (Misfit* misfit : misfits) {
    std::ranges::stable_sort(misfit->surprises, std::greater<>(),
                             [](const Surprise& one) { return std::abs(one.heard - one.expected); });
    if (misfit->surprises.size() > kMost) misfit->surprises.resize(kMost);
  }
}

void add_surprises(const Atlas& atlas, Misfits& result) {
  std::vector<Misfit*> known;
  std::vector<MatrixView> rows;
  for (Misfit& misfit : result.worst) {
    if (misfit.rows.empty()) continue;
    known.push_back(&misfit);
    rows.emplace_back(misfit.rows);
  }
  if (known.empty()) return;
  const Sound sound(atlas);
  std::vector<std::size_t> fitted_rows(sound.n_fitted());
  std::iota(fitted_rows.begin(), fitted_rows.end(), std::size_t{0});
  const Matrix fitted = take_rows(sound.raw(), fitted_rows);
  if (result.spectrogram) {
    tell(spectrogram_sides(vstack(std::vector<MatrixView>{fitted, vstack(rows)})), fitted.rows(), known);
    return;
  }
  const run::FittedDescription description = run::load_description(atlas.folder().description());
  const Matrix heard_and_expected = run::inverse_transform(description, vstack(rows));
  // The collection, too, as it comes back from what models read: what was not kept must not look like a surprise.
  const Matrix collection = run::inverse_transform(description, run::transform(description, fitted));
  tell(descriptors(vstack(std::vector<MatrixView>{collection, heard_and_expected}), sound.columns()), fitted.rows(),
       known);
}

void add_signs(const Atlas& atlas, Misfits& result, const Execution& run) {
  if (atlas.manifest().input.kind != "audio") return;
  parallel_for(result.worst.size(), run.thread_count(), [&](std::size_t i) {
    Misfit& misfit = result.worst[i];
    try {
      misfit.signs = features::in_words(features::damage_signs(atlas.file_of(atlas.tracks()[misfit.track])));
    } catch (const Error& error) {
      misfit.signs.emplace_back(error.what());
    }
  });
}

}  // namespace

Misfits misfits(const Atlas& atlas, std::size_t n, const Execution& run) {
  Misfits result;
  result.model = leading_model(atlas.manifest());
  result.worst = by_error(atlas, result);
  result.n_judged = result.worst.size();
  std::erase_if(result.worst, [](const Misfit& misfit) { return misfit.relative <= 1; });
  result.n_far = static_cast<std::size_t>(
      std::ranges::count_if(result.worst, [](const Misfit& misfit) { return misfit.relative > kFar; }));
  if (result.worst.size() > n) result.worst.resize(n);
  if (!result.unseen) {
    result.notes.emplace_back(
        "Tracks are judged by models that were trained on them: what is alone of its kind may have been learnt by "
        "heart.");
  }
  add_signs(atlas, result, run);
  try {
    read_rows(atlas, result);
    add_surprises(atlas, result);
  } catch (const InvalidArgument& error) {
    result.notes.push_back(fmt::format("What was expected of the tracks cannot be told: {}.", error.what()));
  }
  return result;
}

}  // namespace songmap::atlas
