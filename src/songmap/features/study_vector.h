#pragma once

#include <array>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "songmap/dsp/chroma.h"
#include "songmap/features/frame_tile.h"
#include "songmap/features/recipe.h"

namespace songmap::features {

inline constexpr double kStudyLength_s = 10;
inline constexpr std::string_view kStudyVectorDefinition =
    "22050 Hz mono, first 10 s; STFT 2048/512 Hann centred; 13 MFCC of 128 Slaney mel bands (top 80 dB) mean, standard "
    "deviation, maximum, minimum; centroid, roll-off .85, zero-crossing rate mean, standard deviation; 12 chroma means "
    "with estimated tuning; version 1";

/// Names of the 70 values.
[[nodiscard]] std::vector<std::string> study_vector_columns();

/// The study's 70 values as librosa gives them with its defaults.
class StudyVector {
 public:
  static constexpr FrameNeeds kNeeds = {.fine_mel = true, .shape = true};
  StudyVector();
  void add(const FrameTile& tile, const dsp::SpectrumTile& spectrum);
  /// [1, 70]. @throws InvalidArgument  no frames.
  [[nodiscard]] Matrix finish();

 private:
  /// The tuning that chroma needs is known when all frames were seen, so their spectra wait here: 1.8 MB for 10 s.
  struct Kept {
    std::size_t n_frames;
    std::array<dsp::Lanes, kFineMels> fine_mel_db;
    std::array<dsp::Lanes, 3> shape;  // centroid, roll-off, zero-crossing rate
    std::vector<dsp::Lanes> power;
  };
  std::deque<Kept> tiles_;
  dsp::TuningEstimator tuning_;
};

}  // namespace songmap::features
