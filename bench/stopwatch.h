#pragma once

#include <fmt/format.h>

#include <chrono>
#include <cstddef>
#include <ctime>

/// How the programs of this folder report a measurement to compare.py: "<count> <wall seconds> <processor seconds>".
namespace songmap::bench {

class Stopwatch {
 public:
  void print(std::size_t count) const {
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - wall_;
    const double processor = static_cast<double>(std::clock() - processor_) / CLOCKS_PER_SEC;
    fmt::print("{} {:.6f} {:.6f}\n", count, wall.count(), processor);
  }

 private:
  std::chrono::steady_clock::time_point wall_ = std::chrono::steady_clock::now();
  std::clock_t processor_ = std::clock();
};

}  // namespace songmap::bench
