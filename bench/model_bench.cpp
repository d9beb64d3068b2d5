#include <benchmark/benchmark.h>

#include "songmap/core/random.h"
#include "songmap/model/train.h"

namespace songmap::model {
namespace {

Matrix normal_matrix(std::size_t rows, std::size_t cols) {
  Random random(0);
  Matrix x(rows, cols);
  for (float& value : x.values()) value = static_cast<float>(random.normal());
  return x;
}

/// The study's Basic VAE, as bench/python/train_vae.py trains it.
void BM_TrainBasicVae(benchmark::State& state) {
  const Matrix x = normal_matrix(static_cast<std::size_t>(state.range(0)), 70);
  const VaeOptions vae{
      .hidden = {256, 128}, .n_latent = 32, .objective = "study", .beta = 1, .warm_up = 0, .input_noise = 0};
  TrainOptions train;
  train.epochs = static_cast<std::size_t>(state.range(1));
  train.learning_rate = 1e-4;
  train.final_learning_rate = 1;
  train.clip_norm = 1;
  for (auto _ : state) benchmark::DoNotOptimize(train_vae(x, vae, train));
  state.SetItemsProcessed(state.iterations() * state.range(0) * state.range(1));
}
BENCHMARK(BM_TrainBasicVae)->Args({800, 50})->Args({50000, 2})->Unit(benchmark::kMillisecond);

/// The default recipe at 1,000 tracks and 75 values.
void BM_TrainDefaultVae(benchmark::State& state) {
  const Matrix x = normal_matrix(1000, 75);
  const VaeOptions vae{.hidden = {256, 128}, .n_latent = 16};
  TrainOptions train;
  train.batch = 128;
  train.epochs = 120;
  for (auto _ : state) benchmark::DoNotOptimize(train_vae(x, vae, train));
  state.SetItemsProcessed(state.iterations() * 1000 * 120);
}
BENCHMARK(BM_TrainDefaultVae)->Unit(benchmark::kMillisecond);

void BM_Encode(benchmark::State& state) {
  const Matrix x = normal_matrix(10000, 70);
  TrainOptions train;
  train.epochs = 1;
  train.batch = 1000;
  const TrainedModel trained = train_vae(x, VaeOptions{.hidden = {256, 128}, .n_latent = 32}, train);
  for (auto _ : state) benchmark::DoNotOptimize(trained.model->encode(x));
  state.SetItemsProcessed(state.iterations() * 10000);
}
BENCHMARK(BM_Encode)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace songmap::model
