#include "songmap/run/paired_subsets.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <mutex>
#include <set>
#include <span>
#include <utility>

#include "songmap/core/csv.h"
#include "songmap/core/error.h"
#include "songmap/core/npy.h"
#include "songmap/core/options.h"
#include "songmap/core/parallel.h"
#include "songmap/core/random.h"
#include "songmap/metrics/external.h"
#include "songmap/run/grouping.h"
#include "songmap/run/label_scores.h"
#include "songmap/run/model_specs.h"
#include "songmap/run/spaces.h"
#include "songmap/run/tables.h"

namespace songmap::run {
namespace {

constexpr std::size_t kFewestTracks = 10;
constexpr std::array<const char*, 3> kMetricNames{"ami", "ari", "nmi"};
using Scores = std::array<double, kMetricNames.size()>;

struct Groupings {
  Scores four_way{};
  Scores spectral{};
};

/// The rows of one space, of the tracks that are compared on.
struct ComparedSpace {
  std::string name;
  Matrix x;
};

std::string target_of(const Manifest& manifest, const std::string& asked) {
  require(!manifest.targets.empty(),
          "this run has no labels to compare by: run again with --label-from, or a CSV with a column genre or label");
  if (asked.empty()) return manifest.targets.front();
  if (std::ranges::find(manifest.targets, asked) != manifest.targets.end()) return asked;
  throw InvalidArgument(
      fmt::format("there is no label '{}' in this run; there are {}", asked, fmt::join(manifest.targets, ", ")));
}

const SpaceRecord& known_space(const Manifest& manifest, const std::string& name, const std::string& target) {
  const auto found = std::ranges::find(manifest.spaces, name, &SpaceRecord::name);
  if (found == manifest.spaces.end()) {
    std::vector<std::string> names;
    for (const SpaceRecord& space : manifest.spaces) names.push_back(space.name);
    const std::string near = nearest_name(name, names);
    throw InvalidArgument(fmt::format("this run has no space '{}'{}", name,
                                      near.empty() ? fmt::format("; there are {}", fmt::join(names, ", "))
                                                   : fmt::format("; did you mean '{}'?", near)));
  }
  require(found->model != kConditionalModel || manifest.condition != target,
          fmt::format("the model of {} was told '{}', so it is not compared by it", name, target));
  return *found;
}

/// The spaces, the one that is compared with first, each once.
std::vector<std::string> spaces_of(const Manifest& manifest, const SubsetOptions& options, const std::string& target) {
  std::vector<std::string> names{options.against};
  std::vector<std::string> asked = options.spaces;
  if (asked.empty()) {
    asked = default_spaces(manifest);
    std::erase_if(asked, [&](const std::string& name) {
      return space_record(manifest, name).model == kConditionalModel && manifest.condition == target;
    });
  }
  for (const std::string& name : asked) {
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  }
  for (const std::string& name : names) (void)known_space(manifest, name, target);
  require(names.size() > 1,
          fmt::format("{} is the only space named: name another one to compare it with", names.front()));
  return names;
}

/// Tracks that have a label and a place in every space; the spaces keep their rows alone.
std::vector<std::size_t> common_tracks(const Manifest& manifest, const std::vector<TrackRow>& tracks,
                                       const std::string& target, std::vector<ComparedSpace>& spaces) {
  std::vector<std::size_t> common;
  for (const std::size_t row : evaluated_rows(manifest, tracks.size())) {
    const bool placed = std::ranges::all_of(
        spaces, [&](const ComparedSpace& space) { return row < space.x.rows() && !std::isnan(space.x(row, 0)); });
    if (placed && !tracks[row].labels.at(target).empty()) common.push_back(row);
  }
  require(common.size() >= kFewestTracks,
          fmt::format("{} tracks have a label '{}' and a place in every space: too few to compare on (at least {})",
                      common.size(), target, kFewestTracks));
  for (ComparedSpace& space : spaces) space.x = take_rows(space.x, common);
  return common;
}

void add_scores(MatrixView x, const std::string& method, std::size_t k, std::uint64_t seed, const Labels& classes,
                const GroupingOptions& options, double share, Scores& scores) {
  const Execution serial{1, {}};
  const Labels labels = group(x, method, k, seed, options, serial).labels;
  const metrics::Contingency table = metrics::contingency(classes, labels);
  for (std::size_t m = 0; m < scores.size(); ++m) {
    const auto metric = std::ranges::find(metrics::kExternalMetrics, kMetricNames[m], &metrics::ExternalMetric::name);
    scores[m] += share * metric->score(table).value_or(0);
  }
}

Groupings grouped(MatrixView x, std::size_t k, std::uint64_t seed, const Labels& classes,
                  const GroupingOptions& options) {
  Groupings found;
  const Matrix normalised = l2_normalised(x);
  for (const MatrixView rows : {x, MatrixView(normalised)}) {
    for (const char* method : {"k-means", "ward"}) {
      add_scores(rows, method, k, seed, classes, options, 0.25, found.four_way);
    }
  }
  add_scores(normalised, "spectral", k, seed, classes, options, 1, found.spectral);
  return found;
}

std::vector<std::size_t> drawn(std::size_t n, std::size_t size, std::uint64_t seed, std::size_t subset) {
  std::vector<std::size_t> rows = Random(seed, 0x90be7 + subset).permutation(n);
  rows.resize(size);
  std::ranges::sort(rows);
  return rows;
}

PairedRow paired(const std::string& space, const std::string& grouping, const std::string& metric,
                 const std::vector<double>& values, const std::vector<double>& others) {
  PairedRow row{space, grouping, metric};
  const auto n = static_cast<double>(values.size());
  // Two groupings that are alike may differ by rounding.
  constexpr double kRounding = 1e-12;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double difference = values[i] - others[i];
    row.value += values[i] / n;
    row.difference += difference / n;
    row.wins += difference > kRounding ? 1 : 0;
    row.ties += std::abs(difference) <= kRounding ? 1 : 0;
  }
  double squares = 0;
  for (std::size_t i = 0; i < values.size(); ++i) squares += std::pow(values[i] - others[i] - row.difference, 2);
  if (values.size() > 1) row.sd = std::sqrt(squares / (n - 1));
  return row;
}

/// The rows of every space, grouping and metric, from those of single subsets.
std::vector<PairedRow> summarised(const std::vector<SubsetRow>& rows, const std::vector<std::string>& spaces) {
  std::map<std::array<std::string, 3>, std::vector<double>> values;
  for (const SubsetRow& row : rows) values[{row.space, row.grouping, row.metric}].push_back(row.value);
  std::vector<PairedRow> result;
  for (const std::string& space : spaces) {
    for (const char* grouping : {"4-way", "spectral"}) {
      for (const char* metric : kMetricNames) {
        result.push_back(paired(space, grouping, metric, values.at({space, grouping, metric}),
                                values.at({spaces.front(), grouping, metric})));
      }
    }
  }
  return result;
}

void save(const std::filesystem::path& file, const std::vector<SubsetRow>& rows) {
  CsvWriter table({"subset", "space", "grouping", "metric", "value", "n", "k"});
  for (const SubsetRow& row : rows) {
    table.add_row({std::to_string(row.subset), row.space, row.grouping, row.metric, csv_number(row.value),
                   std::to_string(row.n), std::to_string(row.k)});
  }
  table.save(file);
}

}  // namespace

std::vector<std::string> default_spaces(const Manifest& manifest) {
  std::vector<std::string> names;
  const auto has_ensemble = [&](const SpaceRecord& space) {
    return std::ranges::any_of(manifest.spaces, [&](const SpaceRecord& other) {
      return other.kind == "ensemble" && other.model == space.model && other.view == space.view;
    });
  };
  for (const SpaceRecord& space : manifest.spaces) {
    if (space.view == kAudioView && (space.kind != "model" || !has_ensemble(space))) names.push_back(space.name);
  }
  return names;
}

SubsetComparison compare_on_subsets(const RunFolder& folder, const SubsetOptions& options,
                                    const StageContext& context) {
  require(options.subsets >= 2, "two subsets at least are needed to compare on");
  require(options.fraction > 0 && options.fraction < 1,
          fmt::format("fraction = {} is not allowed: a number between 0 and 1", options.fraction));
  const Manifest manifest = load_manifest(folder.manifest());
  const RunOptions run_options = options_of(folder);
  const std::vector<TrackRow> tracks = load_tracks(folder.tracks());
  SubsetComparison result;
  result.target = target_of(manifest, options.target);
  result.against = options.against;
  const std::vector<std::string> names = spaces_of(manifest, options, result.target);
  std::vector<ComparedSpace> spaces;
  for (const std::string& name : names) spaces.push_back({name, read_npy(folder.space(name))});
  const std::vector<std::size_t> common = common_tracks(manifest, tracks, result.target, spaces);
  const Labels classes = classes_of(tracks, common, result.target);
  result.n_tracks = common.size();
  result.n_classes = std::set<std::int32_t>(classes.begin(), classes.end()).size();
  require(result.n_classes >= 2, fmt::format("all tracks have one '{}': there is nothing to find", result.target));

  const auto size = static_cast<std::size_t>(std::lround(options.fraction * static_cast<double>(common.size())));
  require(size >= 2, fmt::format("fraction = {} leaves {} of {} tracks", options.fraction, size, common.size()));
  std::vector<Groupings> found(options.subsets * spaces.size());
  std::vector<std::size_t> n_clusters(options.subsets);
  std::mutex mutex;
  std::size_t done = 0;
  parallel_for(found.size(), context.execution.thread_count(), [&](std::size_t i) {
    const std::size_t subset = i / spaces.size();
    const std::vector<std::size_t> rows = drawn(common.size(), size, options.seed, subset);
    Labels own;
    for (const std::size_t row : rows) own.push_back(classes[row]);
    const std::size_t k = std::set<std::int32_t>(own.begin(), own.end()).size();
    found[i] =
        grouped(take_rows(spaces[i % spaces.size()].x, rows), k, options.seed + subset, own, run_options.clusterings);
    const std::lock_guard lock(mutex);
    n_clusters[subset] = k;
    context.execution.report({"compare", static_cast<double>(++done), static_cast<double>(found.size()), "groupings"});
  });
  for (std::size_t i = 0; i < found.size(); ++i) {
    const std::size_t subset = i / spaces.size();
    for (std::size_t m = 0; m < kMetricNames.size(); ++m) {
      const auto add = [&](const char* grouping, double value) {
        result.subsets.push_back(
            {subset, spaces[i % spaces.size()].name, grouping, kMetricNames[m], value, size, n_clusters[subset]});
      };
      add("4-way", found[i].four_way[m]);
      add("spectral", found[i].spectral[m]);
    }
  }
  result.rows = summarised(result.subsets, names);
  save(folder.subsets(), result.subsets);
  return result;
}

}  // namespace songmap::run
