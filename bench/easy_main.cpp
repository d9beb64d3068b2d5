// songmap_easy TRACKS.csv FOLDER: the easy tier as bench/python/easy_tier.py does it: the stages of `songmap run
// --preset easy` on one thread with a store of its own, and one picture, t-SNE by label, instead of the report and its
// figures.
#include <exception>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "bench/stopwatch.h"
#include "songmap/figures/scatter.h"
#include "songmap/run/stages.h"
#include "songmap/run/tables.h"

namespace songmap::bench {
namespace {

void draw_map(const run::RunFolder& folder, const std::string& target) {
  std::map<std::string, std::string> label_of;
  for (const run::TrackRow& track : run::load_tracks(folder.tracks())) {
    label_of[track.track_id] = track.labels.at(target);
  }
  std::vector<run::MapRow> rows = run::load_map(folder.map());
  std::erase_if(rows, [](const run::MapRow& row) { return row.projection != "tsne"; });
  Matrix points(rows.size(), 2);
  std::vector<std::string> labels;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    points(i, 0) = static_cast<float>(rows[i].x);
    points(i, 1) = static_cast<float>(rows[i].y);
    labels.push_back(label_of.at(rows[i].track_id));
  }
  std::filesystem::create_directories(folder.figures());
  figures::draw_scatter(folder.figures() / "tsne", points, labels, {.title = "t-SNE", .legend_title = target});
}

void run_easy(const std::filesystem::path& tracks, const std::filesystem::path& output) {
  run::ExtractRequest request;
  request.input = tracks;
  request.output = output;
  request.store = output.native() + ".db";
  request.preset = "easy";
  run::apply_preset(request.preset, "study", request.options);
  request.options.projection.umap = false;
  request.options.projection.three_dimensions = false;
  const run::StageContext context{.execution = {.threads = 1, .progress = {}}, .note = {}, .warn = {}};

  const run::RunFolder folder = run::extract_stage(request, context);
  run::train_stage(folder, request.options, context);
  run::cluster_stage(folder, request.options, context);
  run::score_stage(folder, request.options, context);
  run::project_stage(folder, request.options, context);
  draw_map(folder, "label");
}

}  // namespace
}  // namespace songmap::bench

int main(int argc, char** argv) {
  if (argc != 3) {
    fmt::print(stderr, "usage: songmap_easy TRACKS.csv FOLDER\n");
    return 2;
  }
  try {
    songmap::bench::run_easy(argv[1], argv[2]);
  } catch (const std::exception& failure) {
    fmt::print(stderr, "songmap_easy: {}\n", failure.what());
    return 1;
  }
}
