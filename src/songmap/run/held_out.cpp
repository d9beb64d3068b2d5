#include "songmap/run/held_out.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "songmap/core/error.h"
#include "songmap/core/npy.h"
#include "songmap/core/random.h"
#include "songmap/model/side_by_side.h"
#include "songmap/neighbors/search.h"
#include "songmap/run/reconstruction.h"

namespace songmap::run {
namespace {

/// Mean distance of each of `rows` to its nearest among `to`, as many as a new track is placed by.
std::vector<double> distances(MatrixView space, const std::vector<std::size_t>& rows,
                              const std::vector<std::size_t>& to) {
  const neighbors::Search search(take_rows(space, to));
  std::vector<double> means;
  for (const std::size_t row : rows) {
    double sum = 0;
    const std::vector<neighbors::Hit> nearest = search.nearest(space.row(row), kStrengthNeighbours);
    for (const neighbors::Hit& hit : nearest) sum += hit.distance;
    means.push_back(sum / static_cast<double>(nearest.size()));
  }
  return means;
}

/// What is gathered over the parts.
struct Judged {
  explicit Judged(std::size_t n_tracks, std::size_t n_inputs)
      : error(n_tracks, kNotDefined), distance(n_tracks, kNotDefined), made(n_tracks, n_inputs) {
    std::ranges::fill(made.values(), std::numeric_limits<float>::quiet_NaN());
  }
  std::vector<double> error;
  std::vector<double> distance;
  Matrix made;
};

/// Trains on `seen` and judges `unseen`, both rising rows of tracks.csv.
void judge(const Training& training, const ModelSpec& spec, const ModelInputs& inputs, MatrixView condition,
           const std::vector<std::size_t>& seen, const std::vector<std::size_t>& unseen, const Execution& run,
           Judged& judged) {
  const std::vector<std::size_t> rows = inputs.rows_of(seen);
  const Matrix x = take_rows(inputs.rows, rows);
  const Matrix told = condition.empty() ? Matrix() : take_rows(condition, rows);
  model::TrainingData data{x, told};
  std::vector<std::size_t> owner;
  if (spec.kind == kWindowModel) {
    for (const std::size_t row : rows) owner.push_back(inputs.track[row]);
    data.owner = owner;
  }
  model::TrainOptions train = spec.train;
  train.seed = training.record.manifest().seeds.front();
  const model::TrainedModel trained = model::train_vae(data, spec.vae, train, run);

  const std::size_t n_tracks = training.tracks.size();
  const Matrix latent = trained.model->encode(inputs.rows, condition).mean;
  const Matrix made = inputs.by_track(trained.model->decode(latent, condition), n_tracks);
  const std::vector<double> errors = reconstruction_errors(*trained.model, inputs, condition, n_tracks);
  const bool decodes = training.options.cluster.space == "decoded";
  const Matrix side = decodes ? made : inputs.by_track(latent, n_tracks);
  const std::vector<double> to_seen = distances(training.options.cluster.l2 ? l2_normalised(side) : side, unseen, seen);
  for (std::size_t i = 0; i < unseen.size(); ++i) {
    judged.error[unseen[i]] = errors[unseen[i]];
    judged.distance[unseen[i]] = to_seen[i];
    std::ranges::copy(made.row(unseen[i]), judged.made.row(unseen[i]).begin());
  }
}

std::vector<HeldOutRow> table(const std::string& model, const Judged& judged, const std::vector<TrackRow>& tracks) {
  std::vector<HeldOutRow> rows;
  for (const ReconstructionRow& row : reconstruction_rows(model, {judged.error}, tracks)) {
    rows.push_back({row.track_id, row.path, row.model, row.error, row.relative, kNotDefined});
  }
  std::map<std::string, double> distance;
  for (std::size_t i = 0; i < tracks.size(); ++i) distance[tracks[i].track_id] = judged.distance[i];
  for (HeldOutRow& row : rows) row.distance = distance.at(row.track_id);
  return rows;
}

}  // namespace

void judge_held_out(const Training& training, const ModelSpec& spec, std::size_t n_parts) {
  std::vector<std::size_t> order(training.split.training.begin(), training.split.training.end());
  require(n_parts >= 2 && n_parts <= order.size(), fmt::format("{} tracks in {} parts", order.size(), n_parts));
  const ModelInputs& inputs = spec.kind == kWindowModel ? *training.audio.windows : training.inputs;
  const Matrix condition = inputs.for_each_row(condition_rows(training.tracks, spec.condition));
  Random(training.record.manifest().seed, 0x4e1d).shuffle(std::span(order));
  std::vector<std::vector<std::size_t>> unseen(n_parts);
  for (std::size_t i = 0; i < order.size(); ++i) unseen[i % n_parts].push_back(order[i]);
  Judged judged(training.tracks.size(), inputs.rows.cols());
  model::train_side_by_side(n_parts, training.context.execution, [&](std::size_t part, const Execution& run) {
    std::ranges::sort(unseen[part]);
    std::vector<std::size_t> seen;
    std::ranges::set_difference(training.split.training, unseen[part], std::back_inserter(seen));
    judge(training, spec, inputs, condition, seen, unseen[part], run, judged);
  });
  save_held_out(training.folder.held_out(), table(spec.name, judged, training.tracks));
  write_npy(training.folder.inspections() / (spec.name + ".held_out.npy"), judged.made);
}

}  // namespace songmap::run
