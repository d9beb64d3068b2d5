#include "songmap/run/reconstruction.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace songmap::run {

std::vector<double> reconstruction_errors(const model::LatentModel& model, const ModelInputs& inputs,
                                          MatrixView condition, std::size_t n_tracks) {
  constexpr std::size_t kTogether = 256;  // rows: spectrograms are large, and nothing of them is kept
  std::vector<double> errors(n_tracks);
  std::vector<double> counts(n_tracks);
  const std::size_t n = inputs.rows.rows();
  for (std::size_t first = 0; first < n; first += kTogether) {
    std::vector<std::size_t> chosen(std::min(kTogether, n - first));
    std::iota(chosen.begin(), chosen.end(), first);
    const Matrix x = take_rows(inputs.rows, chosen);
    const Matrix told = condition.empty() ? Matrix() : take_rows(condition, chosen);
    const Matrix decoded = model.decode(model.encode(x, told).mean, told);
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      const std::size_t track = inputs.track[chosen[i]];
      errors[track] += squared_distance(x.row(i), decoded.row(i)) / static_cast<double>(x.cols());
      ++counts[track];
    }
  }
  for (std::size_t i = 0; i < n_tracks; ++i) errors[i] = counts[i] > 0 ? errors[i] / counts[i] : kNotDefined;
  return errors;
}

std::vector<ReconstructionRow> reconstruction_rows(const std::string& model,
                                                   const std::vector<std::vector<double>>& errors,
                                                   const std::vector<TrackRow>& tracks) {
  std::vector<ReconstructionRow> rows;
  for (std::size_t i = 0; i < tracks.size(); ++i) {
    double sum = 0;
    for (const std::vector<double>& of_seed : errors) sum += of_seed[i];
    const double error = sum / static_cast<double>(errors.size());
    if (std::isfinite(error)) rows.push_back({tracks[i].track_id, tracks[i].path, model, error, kNotDefined});
  }
  std::ranges::stable_sort(rows, std::greater<>(), &ReconstructionRow::error);
  if (rows.empty()) return rows;
  const double median = rows[rows.size() / 2].error;
  for (ReconstructionRow& row : rows) row.relative = median > 0 ? row.error / median : kNotDefined;
  return rows;
}

}  // namespace songmap::run
