#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "songmap/core/matrix.h"
#include "songmap/core/random.h"
#include "songmap/model/joint_model.h"

namespace songmap::model {

/// What a song of the planted corpus is like.
struct SongSettings {
  std::size_t n = 300;
  double noise = 2;         ///< Of each column, whose factors have loadings of about 1.
  bool share = true;        ///< False: sound and words have a factor each where they could share one.
  double words_signal = 1;  ///< 0: the words are noise alone.
  std::uint64_t seed = 7;
};

/// Songs whose sound (12 columns) and words (8) share one factor, and have one of their own each. The loadings are
/// those of the first seed whatever the songs are.
struct Songs {
  explicit Songs(const SongSettings& settings) : audio(settings.n, 12), lyrics(settings.n, 8) {
    Random loadings(1);
    const auto direction = [&](std::size_t d) {
      std::vector<double> v(d);
      for (double& value : v) value = loadings.normal();
      return v;
    };
    const auto audio_shared = direction(12);
    const auto audio_own = direction(12);
    const auto lyrics_shared = direction(8);
    const auto lyrics_own = direction(8);
    Random random(settings.seed);
    for (std::size_t i = 0; i < settings.n; ++i) {
      shared.push_back(random.normal());
      const double own_of_audio = random.normal();
      const double own_of_lyrics = random.normal();
      const double in_words = settings.share ? shared[i] : random.normal();
      for (std::size_t c = 0; c < 12; ++c) {
        const double signal = shared[i] * audio_shared[c] + own_of_audio * audio_own[c];
        audio(i, c) = static_cast<float>(signal + settings.noise * random.normal());
      }
      for (std::size_t c = 0; c < 8; ++c) {
        const double signal = in_words * lyrics_shared[c] + own_of_lyrics * lyrics_own[c];
        lyrics(i, c) = static_cast<float>(settings.words_signal * signal + settings.noise * random.normal());
      }
    }
  }

  [[nodiscard]] JointData data() const { return {audio, lyrics}; }

  Matrix audio;
  Matrix lyrics;
  std::vector<double> shared;
};

/// `x` without every row that `gone` tells.
template <class Rule>
Matrix without_rows(Matrix x, Rule gone) {
  for (std::size_t i = 0; i < x.rows(); ++i) {
    if (gone(i)) std::ranges::fill(x.row(i), std::numeric_limits<float>::quiet_NaN());
  }
  return x;
}

inline JointOptions small_joint(const char* posterior = "mopoe") {
  JointOptions options;
  options.posterior = posterior;
  options.vae.hidden = {32};
  options.vae.n_latent = 4;
  return options;
}

inline TrainOptions quick_joint(std::size_t epochs = 100) {
  TrainOptions train;
  train.epochs = epochs;
  train.batch = 32;
  train.learning_rate = 3e-3;
  return train;
}

inline TrainedJoint trained_joint(const JointData& data, const JointOptions& options = small_joint(),
                                  const TrainOptions& train = quick_joint()) {
  const std::vector<std::uint64_t> seeds{3};
  return std::move(train_joint_seeds(data, options, train, seeds).front());
}

}  // namespace songmap::model
