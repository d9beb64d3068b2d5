#include "songmap/atlas/checkup.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <system_error>

#include "songmap/atlas/atlas.h"
#include "songmap/atlas/descriptors.h"
#include "songmap/atlas/sound.h"
#include "songmap/core/error.h"
#include "songmap/features/recipe.h"
#include "songmap/library/sqlite.h"
#include "songmap/library/store.h"
#include "songmap/metrics/two_samples.h"
#include "songmap/run/placement.h"
#include "songmap/run/stages.h"
#include "songmap/run/tables.h"

namespace songmap::atlas {

namespace fs = std::filesystem;

namespace {

using Level = Finding::Level;

Finding fine(std::string what, std::string text) { return {Level::kFine, std::move(what), std::move(text), {}}; }

/// Runs a check; what it throws is a finding of its own.
template <class Check>
void look(std::vector<Finding>& findings, const char* what, const std::string& advice, const Check& check) {
  try {
    findings.push_back(check());
  } catch (const Error& error) {
    findings.push_back({Level::kBroken, what, error.what(), advice});
  }
}

Finding check_library_file(const run::RunFolder& folder) {
  if (!fs::exists(folder.library())) return fine("library", "nothing was added or decided on yet");
  library::sqlite::Database database(folder.library(), 1);
  const std::string verdict = database.text("PRAGMA integrity_check");
  if (verdict != "ok") {
    return {Level::kBroken, "library", fmt::format("{} is damaged: {}", quoted(folder.library()), verdict),
            "restore it from a copy, or delete it: added tracks and decisions are lost with it, the fit is not"};
  }
  State state = State::open(folder.library(), "");
  if (!state.earlier_groups().empty()) {
    return {Level::kAdvice, "library", "a refit was begun and did not end", "songmap refit goes on with it"};
  }
  std::string text = fmt::format("{} is sound", folder.library().filename().string());
  if (const fs::path copy = State::copy_of_version(folder.library(), 1); fs::exists(copy)) {
    text += fmt::format("; {} is what it was before this songmap brought it up to date, and can be deleted",
                        copy.filename().string());
  }
  return fine("library", std::move(text));
}

Finding check_recipes(const run::Manifest& manifest) {
  std::vector<std::string> changed;
  for (const auto& [name, key] : manifest.recipes) {
    if (name == "embedding") continue;  // a user's own model
    try {
      if (features::recipe(name).key != key) changed.push_back(name);
    } catch (const InvalidArgument&) {
      changed.push_back(name);
    }
  }
  if (changed.empty()) return fine("recipe", "this program describes tracks as the run did");
  return {Level::kBroken, "recipe",
          fmt::format("this program describes tracks in another way than the run did ({})", fmt::join(changed, ", ")),
          "songmap refit, before anything is added"};
}

Finding check_models(const run::RunFolder& folder, const run::Manifest& manifest) {
  std::size_t n_collapsed = 0;
  for (const run::ModelRecord& model : manifest.models) {
    n_collapsed += static_cast<std::size_t>(std::ranges::count(model.collapsed, true));
  }
  try {
    (void)run::Placement::load(folder, manifest);
  } catch (const InvalidArgument& error) {
    return {Level::kAdvice, "models", error.what(), ""};
  }
  if (n_collapsed > 0) {
    return {Level::kAdvice, "models", fmt::format("{} of the trained models have collapsed", n_collapsed),
            "read the report's warnings; songmap refit --set vae.beta=0.5 keeps more of the latent space in use"};
  }
  return fine("models", "the models load and take new tracks");
}

Finding check_files(const Atlas& atlas) {
  std::vector<std::string> missing;
  for (const AtlasTrack& track : atlas.tracks()) {
    std::error_code error;
    if (!fs::exists(atlas.file_of(track), error)) missing.push_back(track.path);
  }
  if (atlas.manifest().input.kind != "audio") return fine("audio", "the run is of a table: there are no files");
  if (missing.empty()) return fine("audio", fmt::format("all {} files are there", atlas.tracks().size()));
  const std::size_t n = missing.size();
  if (missing.size() > 3) missing.resize(3);
  return {Level::kAdvice, "audio", fmt::format("{} files are missing, among them {}", n, fmt::join(missing, ", ")),
          "songmap run again finds what moved, and lists no more what is gone"};
}

Finding check_store(const run::Manifest& manifest, const fs::path& given) {
  if (manifest.input.kind != "audio") return fine("store", "the run is of a table: nothing was computed for it");
  const fs::path file = given.empty() ? library::default_store_path() : given;
  if (!fs::exists(file)) {
    return {Level::kAdvice, "store", fmt::format("there is no store of features at {}", quoted(file)),
            "nothing is lost, but a refit describes every track anew"};
  }
  library::sqlite::Database database(file, 1);
  const std::string verdict = database.text("PRAGMA quick_check");
  if (verdict != "ok") {
    return {Level::kBroken, "store", fmt::format("{} is damaged: {}", quoted(file), verdict),
            "delete it: what it held is computed again"};
  }
  return fine("store", fmt::format("{} is sound", file.filename().string()));
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

/// How a model that has seen neither rebuilds what came later, beside how it rebuilds what was fitted.
struct Rebuilding {
  double ratio = 0;  ///< Of the medians; 0: it is not known.
  double p = 1;      ///< That both are of one kind.
};

Rebuilding rebuilding_of_placed(const Atlas& atlas) {
  std::vector<double> unseen;
  for (const run::HeldOutRow& row : run::load_held_out(atlas.folder().held_out())) unseen.push_back(row.error);
  std::vector<double> placed;
  for (const auto& [track_id, detail] : atlas.state().details()) {
    if (std::isfinite(detail.error)) placed.push_back(detail.error);
  }
  if (unseen.empty() || placed.empty() || !(median(unseen) > 0)) return {};
  return {median(placed) / median(unseen), metrics::mann_whitney_p(placed, unseen)};
}

/// "dark, calm": what sets the placed tracks apart from the fitted ones.
std::string placed_in_words(const Atlas& atlas) {
  if (!fs::exists(atlas.folder().space("raw"))) return "";
  const Sound sound(atlas);
  std::vector<std::size_t> placed;
  for (std::size_t row = sound.n_fitted(); row < sound.raw().rows(); ++row) placed.push_back(row);
  constexpr std::size_t kMostWords = 3;
  std::vector<std::string> words;
  for (const Difference& one : differences(sound.in_words(), placed, kMostWords)) {
    words.push_back(fmt::format("{} ({:+.1f} deviations)", one.words, one.size));
  }
  return fmt::format("{}", fmt::join(words, ", "));
}

/// How well what came later fits into what was fitted.
Finding check_drift(const Atlas& atlas) {
  const std::size_t n_placed = atlas.tracks().size() - atlas.n_fitted();
  if (n_placed == 0) return fine("drift", "every track was there when the run was fitted");
  const auto n_outliers = static_cast<std::size_t>(std::ranges::count_if(
      atlas.tracks(), [](const AtlasTrack& track) { return track.placed && track.strangeness > 1; }));
  std::string text =
      fmt::format("{} of {} tracks came later, {} of them outliers", n_placed, atlas.tracks().size(), n_outliers);
  const Rebuilding rebuilding = rebuilding_of_placed(atlas);
  if (rebuilding.ratio > 0) {
    text +=
        fmt::format("; the models rebuild them {:.1f} times as badly as fitted tracks that they have not seen (p {})",
                    rebuilding.ratio, rebuilding.p < 0.001 ? "< .001" : fmt::format("= {:.3f}", rebuilding.p));
  }
  // Of tracks like the fitted ones two in a hundred would be called outliers, by either of two measures.
  constexpr double kClearlyWorse = 1.25;
  const bool many = 5 * n_placed > atlas.tracks().size();
  const bool strange = n_placed >= 5 && 5 * n_outliers > n_placed;
  const bool worse = rebuilding.ratio > kClearlyWorse && rebuilding.p < 0.01;
  if (!many && !strange && !worse) return fine("drift", text);
  if (const std::string words = placed_in_words(atlas); !words.empty()) {
    text += fmt::format("; they are {}", words);
  }
  return {Level::kAdvice, "drift", text,
          strange || worse ? "songmap refit: the models have not heard music like this"
                           : "songmap refit: the models have not heard a fifth of this library"};
}

}  // namespace

std::vector<Finding> check_library(const run::RunFolder& folder, const fs::path& store) {
  std::vector<Finding> findings;
  look(findings, "library", "restore it from a copy", [&] { return check_library_file(folder); });
  const run::Manifest manifest = run::load_manifest(folder.manifest());
  look(findings, "recipe", "", [&] { return check_recipes(manifest); });
  std::optional<Atlas> atlas;
  look(findings, "run", "songmap run again makes what is missing", [&] {
    atlas.emplace(Atlas::load(folder));
    return fine("run", fmt::format("{} tracks in {} groups", atlas->tracks().size(), atlas->groups().size()));
  });
  look(findings, "models", "songmap refit trains them anew", [&] { return check_models(folder, manifest); });
  look(findings, "store", "delete it: what it held is computed again", [&] { return check_store(manifest, store); });
  if (!atlas) return findings;
  look(findings, "audio", "", [&] { return check_files(*atlas); });
  look(findings, "drift", "", [&] { return check_drift(*atlas); });
  return findings;
}

}  // namespace songmap::atlas
