#pragma once

#include <cstddef>
#include <functional>

/// The only place that starts threads. Work is cut in pieces that do not depend on the number of threads, so that
/// results do not either. The first exception stops the rest and is thrown again in the caller.
namespace songmap {

/// Calls `work(i)` for every i in [0, n), each exactly once, on up to `threads` threads.
void parallel_for(std::size_t n, std::size_t threads, const std::function<void(std::size_t)>& work);

/// Calls `work(chunk, first, last)` for the consecutive ranges of `chunk_size` items (the last may be shorter).
/// Chunk numbers count from 0: give each its own partial result and add these up in order.
void parallel_chunks(std::size_t n, std::size_t chunk_size, std::size_t threads,
                     const std::function<void(std::size_t chunk, std::size_t first, std::size_t last)>& work);

/// Number of chunks that `parallel_chunks` makes.
[[nodiscard]] constexpr std::size_t chunk_count(std::size_t n, std::size_t chunk_size) {
  return (n + chunk_size - 1) / chunk_size;
}

}  // namespace songmap
