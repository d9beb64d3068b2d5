#include "songmap/features/recipe.h"

#include <fmt/format.h>

#include "songmap/core/error.h"
#include "songmap/core/hash.h"
#include "songmap/core/options.h"
#include "songmap/features/log_mel.h"
#include "songmap/features/study_vector.h"
#include "songmap/features/tempo.h"
#include "songmap/features/timbre.h"

namespace songmap::features {
namespace {

/// `definition` says in words all that the values depend on; its last word is the version of the code.
Recipe make(std::string name, std::string_view definition, std::vector<std::string> columns, double length_s) {
  std::string key = fmt::format("{}-{}", name, content_hash(definition).substr(0, 12));
  return {std::move(name), std::move(key), std::move(columns), length_s};
}

}  // namespace

const std::vector<Recipe>& recipes() {
  static const std::vector<Recipe> all = {
      make("study-vector", kStudyVectorDefinition, study_vector_columns(), kStudyLength_s),
      make("timbre", kTimbreDefinition, timbre_columns(), 0),
      make("timbre-windows", kTimbreWindowsDefinition, timbre_columns(), 0),
      make("log-mel", kLogMelDefinition, {}, kStudyLength_s),
      make("log-mel-track", kLogMelTrackDefinition, {}, 0),
      make("tempo", kTempoDefinition, {"tempo_bpm"}, 0),
  };
  return all;
}

const Recipe& recipe(std::string_view name) {
  std::vector<std::string> names;
  for (const Recipe& candidate : recipes()) {
    if (candidate.name == name) return candidate;
    names.push_back(candidate.name);
  }
  const std::string nearest = nearest_name(name, names);
  throw InvalidArgument(fmt::format("there is no recipe '{}': {}", name,
                                    nearest.empty() ? fmt::format("it is one of {}", fmt::join(names, ", "))
                                                    : fmt::format("did you mean '{}'?", nearest)));
}

std::vector<Block> blocks(const Recipe& recipe) {
  std::vector<Block> result;
  for (std::size_t i = 0; i < recipe.columns.size(); ++i) {
    const std::string name = recipe.columns[i].substr(0, recipe.columns[i].find('_'));
    if (result.empty() || result.back().name != name) result.push_back({name, i, 0});
    ++result.back().count;
  }
  return result;
}

}  // namespace songmap::features
