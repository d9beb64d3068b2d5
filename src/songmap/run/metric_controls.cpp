#include "songmap/run/metric_controls.h"

#include "songmap/core/npy.h"
#include "songmap/run/spaces.h"

namespace songmap::run {
namespace {

Matrix controlled(const MetricFit& fit, features::NoiseSource source, std::uint64_t seed) {
  features::NoiseMetricOptions options = fit.options;
  options.source = source;
  options.seed = seed;
  return transform(features::fit_noise_metric(fit.training, fit.windows, fit.owner, options), fit.features);
}

}  // namespace

std::vector<SpaceRecord> save_metric_controls(const RunFolder& folder, const MetricFit& fit,
                                              std::span<const std::uint64_t> seeds) {
  write_npy(folder.space(kTotalControl), controlled(fit, features::NoiseSource::kTotal, 0));
  for (std::size_t s = 0; s < seeds.size(); ++s) {
    write_npy(folder.space(kShuffledControl, s), controlled(fit, features::NoiseSource::kShuffledOwners, seeds[s]));
  }
  const std::size_t d = fit.features.cols();
  return {{kTotalControl, kAudioView, kControlKind, "", "Metric of all windows (control)", false, d, 0, {}},
          {kShuffledControl, kAudioView, kControlKind, "", "Metric of shuffled owners (control)", true, d, 0, {}}};
}

}  // namespace songmap::run
