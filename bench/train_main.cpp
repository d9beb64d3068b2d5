// songmap_train: fully connected VAEs on random rows, as bench/python/train_vae.py trains them. Prints the number of
// rows and the seconds that training took.
//
//   songmap_train easy               the Basic VAE of preset "easy", 800 rows of 70 values
//   songmap_train default [ROWS]     one seed of preset "default", rows (1000) of 75 values around 10 centres, with the
//                                    size, batch and epochs that songmap gives so many tracks, which go to stderr
#include <cstdlib>
#include <exception>
#include <string_view>

#include "bench/stopwatch.h"
#include "songmap/core/random.h"
#include "songmap/model/train.h"
#include "songmap/run/model_specs.h"
#include "songmap/run/preset.h"

namespace {

songmap::Matrix rows_around_centres(std::size_t rows, std::size_t cols, std::size_t n_centres) {
  songmap::Random random(0);
  songmap::Matrix centres(n_centres, cols);
  for (float& value : centres.values()) value = static_cast<float>(random.normal());
  songmap::Matrix x(rows, cols);
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < cols; ++j) x(i, j) = centres(i % n_centres, j) + static_cast<float>(random.normal());
  }
  return x;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const std::string_view preset = argc > 1 ? argv[1] : "easy";
    const bool easy = preset == "easy";
    const std::size_t rows = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : easy ? 800 : 1000;
    songmap::run::RunOptions options;
    songmap::run::apply_preset(std::string(preset), easy ? "study" : "", options);
    const songmap::Matrix x = rows_around_centres(rows, easy ? 70 : 75, easy ? 1 : 10);
    const songmap::run::ModelSpec spec = songmap::run::model_specs(options, rows).front();
    const songmap::Execution run{.threads = 1, .progress = {}};

    songmap::model::TrainOptions warm_up = spec.train;
    warm_up.epochs = 1;
    (void)songmap::model::train_vae(x, spec.vae, warm_up, run);  // Loads libtorch.
    const songmap::bench::Stopwatch watch;
    const songmap::model::TrainedModel trained = songmap::model::train_vae(x, spec.vae, spec.train, run);
    watch.print(rows);
    fmt::print(stderr, "batch {}, {} epochs, loss {:.4f}, sigma {:.4f}, {} of {} latent dimensions active\n",
               spec.train.batch, spec.train.epochs, trained.report.epochs.back().total, trained.report.sigma,
               trained.report.active_units, trained.model->n_latent());
  } catch (const std::exception& failure) {
    fmt::print(stderr, "songmap_train: {}\n", failure.what());
    return 1;
  }
}
