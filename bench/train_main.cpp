// songmap_train: the study's Basic VAE on 800 random rows of 70 values, 50 epochs, as preset "easy" trains it and as
// bench/python/train_vae.py does. Prints the number of rows and the seconds that training took.
#include <exception>

#include "bench/stopwatch.h"
#include "songmap/core/random.h"
#include "songmap/model/train.h"
#include "songmap/run/preset.h"

int main() {
  try {
    songmap::run::RunOptions options;
    songmap::run::apply_preset("easy", "study", options);
    songmap::Random random(0);
    songmap::Matrix x(800, 70);
    for (float& value : x.values()) value = static_cast<float>(random.normal());

    songmap::model::TrainOptions warm_up = options.train;
    warm_up.epochs = 1;
    (void)songmap::model::train_vae(x, options.vae, warm_up, {.threads = 1, .progress = {}});  // Loads libtorch.
    const songmap::bench::Stopwatch watch;
    (void)songmap::model::train_vae(x, options.vae, options.train, {.threads = 1, .progress = {}});
    watch.print(x.rows());
  } catch (const std::exception& failure) {
    fmt::print(stderr, "songmap_train: {}\n", failure.what());
    return 1;
  }
}
