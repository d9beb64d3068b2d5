#include <benchmark/benchmark.h>

#include "songmap/core/random.h"
#include "songmap/neighbors/search.h"

namespace songmap::neighbors {
namespace {

Matrix normals(std::size_t rows, std::size_t cols) {
  Random random(1);
  Matrix x(rows, cols);
  for (float& value : x.values()) value = static_cast<float>(random.normal());
  return x;
}

/// The 15 nearest of one track among so many, in the space of the default run: five seeds of 75 values.
void NearestTracks(benchmark::State& state) {
  const auto rows = static_cast<std::size_t>(state.range(0));
  const Matrix x = normals(rows, 375);
  const Search search(x);
  std::size_t query = 0;
  for (auto unused : state) benchmark::DoNotOptimize(search.nearest(x.row(query++ % rows), 15));
}
BENCHMARK(NearestTracks)->Arg(1000)->Arg(10000)->Arg(100000)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace songmap::neighbors
