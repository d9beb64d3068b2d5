#include <fmt/format.h>

#include <set>

#include "songmap/projection/projection.h"
#include "songmap/projection/quality.h"
#include "songmap/projection/tsne.h"
#include "songmap/projection/umap.h"
#include "songmap/run/spaces.h"
#include "songmap/run/stage_record.h"
#include "songmap/run/tables.h"

namespace songmap::run {
namespace {

/// A picture to make: which projection, in how many dimensions.
struct Picture {
  std::string projection;
  std::size_t dimensions;
};

std::vector<Picture> pictures(const ProjectionOptions& options) {
  std::vector<Picture> result{{"pca", 2}};
  if (options.tsne) result.push_back({"tsne", 2});
  if (options.umap) result.push_back({"umap", 2});
  if (!options.three_dimensions) return result;
  result.push_back({"pca", 3});
  if (options.tsne) result.push_back({"tsne", 3});
  if (options.umap) result.push_back({"umap", 3});
  return result;
}

projection::Projection made(const Picture& picture, MatrixView x, const ProjectionOptions& options, std::uint64_t seed,
                            const Execution& run) {
  if (picture.projection == "tsne") {
    projection::TsneOptions tsne;
    tsne.dimensions = picture.dimensions;
    tsne.perplexity = static_cast<double>(options.perplexity);
    tsne.seed = seed;
    return projection::tsne(x, tsne, run);
  }
  if (picture.projection == "umap") {
    projection::UmapOptions umap;
    umap.dimensions = picture.dimensions;
    umap.neighbors = options.neighbors;
    umap.seed = seed;
    return projection::umap(x, umap, run);
  }
  return projection::pca(x, picture.dimensions);
}

/// Draws one space in every way; a view's pictures are those of its first space.
void project_space(const RunFolder& folder, const RunOptions& options, const StageContext& context,
                   const SpaceRecord& space, const std::vector<TrackRow>& tracks, StageRecord& record,
                   std::vector<MapRow>& map) {
  Manifest& manifest = record.manifest();
  const ClusteredSpace clustered = clustered_space(folder, manifest, options.cluster.l2, space.name, 0);
  const Matrix& x = clustered.x;
  for (const Picture& picture : pictures(options.projection)) {
    const projection::Projection result = made(picture, x, options.projection, manifest.seed, context.execution);
    // A picture that fell back to principal components is already there under its own name.
    if (result.method != picture.projection) {
      record.note(fmt::format("No {} of the {} view in {} dimensions: {}.", picture.projection, space.view,
                              picture.dimensions, result.reason));
      continue;
    }
    for (std::size_t i = 0; i < clustered.rows.size(); ++i) {
      MapRow row{tracks[clustered.rows[i]].track_id,   space.view,          picture.projection,
                 static_cast<int>(picture.dimensions), result.points(i, 0), result.points(i, 1)};
      if (picture.dimensions == 3) row.z = result.points(i, 2);
      map.push_back(row);
    }
    const auto trust = projection::trustworthiness(x, result.points, 15, context.execution);
    manifest.projections.push_back({space.view, space.name, picture.projection, static_cast<int>(picture.dimensions),
                                    trust.value_or(kNotDefined)});
  }
}

}  // namespace

void project_stage(const RunFolder& folder, const RunOptions& options, const StageContext& context) {
  StageRecord record(folder, "project", context);
  Manifest& manifest = record.manifest();
  manifest.projections.clear();
  const std::vector<TrackRow> tracks = load_tracks(folder.tracks());
  std::vector<MapRow> map;
  std::set<std::string> drawn;
  for (const SpaceRecord& space : std::vector(manifest.spaces)) {
    if (drawn.insert(space.view).second) project_space(folder, options, context, space, tracks, record, map);
  }
  save_map(folder.map(), map);
  record.finish(options);
}

}  // namespace songmap::run
