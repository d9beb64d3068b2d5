#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "songmap/core/random.h"
#include "songmap/model/backend.h"
#include "songmap/model/learner.h"
#include "songmap/model/mlp_layout.h"

namespace songmap::model {

inline std::vector<float> normals(std::size_t n, std::uint64_t seed) {
  Random random(seed);
  std::vector<float> values(n);
  for (float& value : values) value = static_cast<float>(random.normal());
  return values;
}

inline VaeOptions small_vae(const std::string& objective, std::vector<std::size_t> hidden, double input_noise) {
  VaeOptions options;
  options.objective = objective;
  options.hidden = std::move(hidden);
  options.n_latent = 3;
  options.input_noise = input_noise;
  return options;
}

struct CaseSettings {
  VaeOptions options;
  std::size_t n_rows = 6;  ///< Of the batch; the data has 9.
  std::size_t n_inputs = 5;
  std::size_t n_conditions = 0;
  bool pairs = false;  ///< Each row is to rebuild another one.

  friend void PrintTo(const CaseSettings& settings, std::ostream* out) {
    const VaeOptions& vae = settings.options;
    *out << vae.objective << (vae.variational ? "" : ", plain") << ", " << vae.hidden.size() << " hidden layers, "
         << settings.n_rows << " rows, " << settings.n_conditions << " conditions, free bits " << vae.free_bits
         << ", sigma " << vae.sigma << ", input noise " << vae.input_noise << (settings.pairs ? ", pairs" : "");
  }
};

/// A small network, a batch, and everything random about them.
struct Case {
  explicit Case(CaseSettings settings)
      : options(std::move(settings.options)),
        shape{settings.n_inputs, settings.n_conditions},
        data(9, shape.n_inputs, normals(9 * shape.n_inputs, 1)),
        condition(9, shape.n_conditions),
        rows(settings.n_rows) {
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = (i * 4 + 2) % 9;
    for (std::size_t i = 0; i < (settings.pairs ? rows.size() : 0); ++i) targets.push_back((rows[i] + 1 + i % 3) % 9);
    // One-hot, but for the last row: nothing is known of it.
    for (std::size_t i = 0; i < (shape.n_conditions > 0 ? 8 : 0); ++i) condition(i, i % shape.n_conditions) = 1;
    if (options.input_noise > 0) input_noise = normals(rows.size() * shape.n_inputs, 2);
    for (float& value : input_noise) value *= static_cast<float>(options.input_noise);
    if (options.variational) latent_noise = normals(rows.size() * options.n_latent, 3);
    state.parameters = initial_parameters(mlp_layout(shape, options), 4);
    state.first_moment.resize(state.parameters.size());
    state.second_moment.resize(state.parameters.size());
    state.variance = 0.7;
  }

  [[nodiscard]] std::unique_ptr<Learner> learner(Differentiation differentiation) const {
    auto made = backend().make_learner(shape, options, "cpu", differentiation);
    made->restore(state);
    return made;
  }

  [[nodiscard]] Batch batch() const { return {data, rows, input_noise, latent_noise, condition, targets}; }

  VaeOptions options;
  DataShape shape;
  Matrix data;
  Matrix condition;
  std::vector<std::size_t> rows;
  std::vector<std::size_t> targets;
  std::vector<float> input_noise;
  std::vector<float> latent_noise;
  LearnerState state;
};

}  // namespace songmap::model
