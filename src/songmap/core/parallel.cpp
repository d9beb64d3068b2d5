#include "songmap/core/parallel.h"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "songmap/core/error.h"
#include "songmap/core/execution.h"

namespace songmap {

std::size_t Execution::thread_count() const {
  if (threads > 0) return threads;
  cpu_set_t set;
  // The cores this process is pinned to, which a container or taskset may have made fewer than the machine has.
  if (sched_getaffinity(0, sizeof(set), &set) == 0) return std::max(1, CPU_COUNT(&set));
  return std::max(1U, std::thread::hardware_concurrency());
}

void Execution::report(const Progress& at) const {
  if (progress && !progress(at)) throw Cancelled();
}

void parallel_for(std::size_t n, std::size_t threads, const std::function<void(std::size_t)>& work) {
  threads = std::min(std::max<std::size_t>(threads, 1), n);
  if (threads <= 1) {
    for (std::size_t i = 0; i < n; ++i) work(i);
    return;
  }
  std::atomic<std::size_t> next{0};
  std::atomic<bool> stop{false};
  std::exception_ptr failure;
  std::mutex failure_mutex;
  const auto take_items = [&] {
    while (!stop.load(std::memory_order_relaxed)) {
      const std::size_t i = next.fetch_add(1, std::memory_order_relaxed);
      if (i >= n) return;
      try {
        work(i);
      } catch (...) {
        const std::lock_guard lock(failure_mutex);
        if (!failure) failure = std::current_exception();
        stop = true;
      }
    }
  };
  {
    std::vector<std::jthread> pool;
    pool.reserve(threads - 1);
    for (std::size_t t = 1; t < threads; ++t) pool.emplace_back(take_items);
    take_items();
  }
  if (failure) std::rethrow_exception(failure);
}

void parallel_chunks(std::size_t n, std::size_t chunk_size, std::size_t threads,
                     const std::function<void(std::size_t, std::size_t, std::size_t)>& work) {
  require(chunk_size > 0, "parallel_chunks: chunk_size must be at least 1");
  parallel_for(chunk_count(n, chunk_size), threads, [&](std::size_t chunk) {
    const std::size_t first = chunk * chunk_size;
    work(chunk, first, std::min(first + chunk_size, n));
  });
}

}  // namespace songmap
