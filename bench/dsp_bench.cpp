#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "songmap/dsp/chroma.h"
#include "songmap/dsp/contrast.h"
#include "songmap/dsp/mel.h"
#include "songmap/dsp/spectral_shape.h"
#include "songmap/dsp/stft.h"
#include "songmap/dsp/zero_crossings.h"
#include "songmap/features/track_analysis.h"
#include "tests/dsp/synthetic_signals.h"

// Time per second of audio is 1 / items_per_second: an item is a second of audio.
namespace songmap {
namespace {

constexpr double kRate_hz = 22050;

void analyse(benchmark::State& state, const std::vector<std::string>& recipes) {
  const auto seconds = static_cast<std::size_t>(state.range(0));
  const std::vector<float> signal = testing::chord(seconds * 22050);
  for (auto _ : state) {
    features::TrackAnalysis analysis(recipes);
    analysis.samples(signal);
    benchmark::DoNotOptimize(analysis.finish());
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * seconds));
}
BENCHMARK_CAPTURE(analyse, study_vector, {"study-vector"})->Arg(10);
BENCHMARK_CAPTURE(analyse, log_mel, {"log-mel"})->Arg(10);
BENCHMARK_CAPTURE(analyse, timbre, {"timbre"})->Arg(10)->Arg(30)->Arg(900);
BENCHMARK_CAPTURE(analyse, all, {"study-vector", "timbre", "log-mel"})->Arg(10)->Arg(30);

/// One stage on sixteen frames of a chord; an item is a frame.
template <class Stage>
void frames(benchmark::State& state, Stage stage) {
  const dsp::StftOptions options;
  dsp::FrameStream stream(options);
  dsp::Stft stft(options);
  const std::vector<float> signal = testing::chord(30000);
  bool is_first = true;
  stream.push(signal, [&](const dsp::FrameBlock& block) {
    if (!std::exchange(is_first, false)) return;
    dsp::SpectrumTile tile;
    stft.transform(block, tile);
    for (auto _ : state) stage(block, tile);
  });
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * dsp::kLanes));
}

void stft(benchmark::State& state) {
  dsp::Stft stft({});
  dsp::SpectrumTile out;
  frames(state, [&](const dsp::FrameBlock& block, const dsp::SpectrumTile&) {
    stft.transform(block, out);
    benchmark::DoNotOptimize(out.magnitude.data());
  });
}
BENCHMARK(stft);

void mel_levels(benchmark::State& state) {
  const dsp::MelBank bank({kRate_hz, 2048, static_cast<std::size_t>(state.range(0))});
  std::vector<dsp::Lanes> levels(bank.n_mels());
  frames(state, [&](const dsp::FrameBlock&, const dsp::SpectrumTile& tile) {
    bank.apply(tile.power, levels);
    for (dsp::Lanes& level : levels) level = dsp::decibels(level, 1e-10f);
    benchmark::DoNotOptimize(levels.data());
  });
}
BENCHMARK(mel_levels)->Arg(64)->Arg(128);

void shape(benchmark::State& state) {
  frames(state, [&](const dsp::FrameBlock&, const dsp::SpectrumTile& tile) {
    benchmark::DoNotOptimize(dsp::spectral_shape(tile.magnitude, kRate_hz));
  });
}
BENCHMARK(shape);

void flatness(benchmark::State& state) {
  frames(state, [&](const dsp::FrameBlock&, const dsp::SpectrumTile& tile) {
    benchmark::DoNotOptimize(dsp::flatness_db(tile.power));
  });
}
BENCHMARK(flatness);

void contrast(benchmark::State& state) {
  const dsp::SpectralContrast contrast(kRate_hz, 2048);
  frames(state, [&](const dsp::FrameBlock&, const dsp::SpectrumTile& tile) {
    benchmark::DoNotOptimize(contrast.levels(tile.magnitude));
  });
}
BENCHMARK(contrast);

void zero_crossings(benchmark::State& state) {
  dsp::ZeroCrossings crossings({});
  frames(state, [&](const dsp::FrameBlock& block, const dsp::SpectrumTile&) {
    benchmark::DoNotOptimize(crossings.rate(block));
  });
}
BENCHMARK(zero_crossings);

void tuning(benchmark::State& state) {
  frames(state, [&](const dsp::FrameBlock&, const dsp::SpectrumTile& tile) {
    dsp::TuningEstimator estimator(kRate_hz, 2048);
    estimator.add(tile.power, tile.n_frames);
    benchmark::DoNotOptimize(estimator.finish());
  });
}
BENCHMARK(tuning);

void chroma(benchmark::State& state) {
  const Matrix filters = dsp::chroma_filterbank(kRate_hz, 2048, 0);
  frames(state, [&](const dsp::FrameBlock&, const dsp::SpectrumTile& tile) {
    benchmark::DoNotOptimize(dsp::chroma(filters, tile.power));
  });
}
BENCHMARK(chroma);

}  // namespace
}  // namespace songmap
