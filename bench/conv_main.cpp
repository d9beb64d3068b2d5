// songmap_conv: the study's convolutional VAE on random spectrograms of 64 x 432 values, as preset "medium" trains it
// and as bench/python/train_conv_vae.py does. Arguments: epochs, threads, rows. Prints the number of rows and the
// seconds that training took.
#include <cstdlib>
#include <exception>

#include "bench/stopwatch.h"
#include "songmap/core/random.h"
#include "songmap/model/train.h"

int main(int argc, char** argv) {
  try {
    const auto argument = [&](int index, std::size_t otherwise) {
      return argc > index ? std::strtoull(argv[index], nullptr, 10) : otherwise;
    };
    songmap::model::VaeOptions vae;
    vae.network = "conv";
    vae.sigmoid = true;
    vae.n_latent = 64;
    vae.objective = "study";
    vae.warm_up = 0;
    vae.input_noise = 0;
    songmap::model::TrainOptions train;
    train.epochs = argument(1, 50);
    train.batch = 16;
    train.final_learning_rate = 1;
    train.clip_norm = 1;
    const songmap::Execution run{argument(2, 1), {}};
    songmap::Random random(0);
    songmap::Matrix x(argument(3, 80), 64 * 432);
    for (float& value : x.values()) value = static_cast<float>(random.uniform());

    songmap::model::TrainOptions warm_up = train;
    warm_up.epochs = 1;
    (void)songmap::model::train_vae(x, vae, warm_up, run);  // Loads libtorch.
    const songmap::bench::Stopwatch watch;
    const songmap::model::TrainedModel trained = songmap::model::train_vae(x, vae, train, run);
    watch.print(x.rows());
    fmt::print(stderr, "loss {:.4f}, sigma {:.4f}\n", trained.report.epochs.back().total, trained.report.sigma);
  } catch (const std::exception& failure) {
    fmt::print(stderr, "songmap_conv: {}\n", failure.what());
    return 1;
  }
}
