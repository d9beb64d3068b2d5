#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "songmap/audio/decode.h"
#include "songmap/features/recipe.h"

namespace songmap::features {

/// All that is asked about one track, from one pass over its samples (mono, 22,050 Hz) and one transform a frame.
/// Segments are signals of their own, whose frames are pooled; recipes of the first 10 s look at the first segment.
/// `timbre` keeps 2.3 MB a minute of audio and ends 15 minutes below 60 MB, `tempo` 1.3 MB and `log-mel-track` .7 MB a
/// minute; the others keep 2 MB. How the samples are cut into calls never changes a bit of the result.
class TrackAnalysis final : public audio::SampleSink {
 public:
  /// @throws InvalidArgument  no recipe, or an unknown one.
  explicit TrackAnalysis(std::span<const std::string> recipe_names);
  ~TrackAnalysis() override;
  TrackAnalysis(TrackAnalysis&&) noexcept;
  TrackAnalysis& operator=(TrackAnalysis&&) noexcept;

  /// Seconds from the track's start that the recipes look at, and a little more, so that where the decoder stops leaves
  /// no trace in the last of them; 0: the whole track.
  [[nodiscard]] double needed_s() const;

  void begin_segment(double start_s) override;
  /// @throws DecodeError  a sample is not finite or far from any audio (beyond ±1e6).
  void samples(std::span<const float> mono) override;

  /// One array for each recipe, in the order asked for; every value is finite. The analysis is used up.
  /// @throws DecodeError  nothing to describe: no samples, or silence (nothing above -120 dB of full scale) in what a
  ///                      recipe looks at.
  [[nodiscard]] std::vector<FeatureArray> finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace songmap::features
