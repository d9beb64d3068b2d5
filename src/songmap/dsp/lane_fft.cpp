#include "songmap/dsp/lane_fft.h"

#include <fftw3.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <mutex>
#include <new>
#include <numbers>
#include <vector>

#include "songmap/core/error.h"
#include "songmap/dsp/fftw_plans.h"

namespace songmap::dsp {
namespace {

struct FftwFree {
  void operator()(float* memory) const { fftwf_free(memory); }
};
using FftwMemory = std::unique_ptr<float, FftwFree>;

FftwMemory allocate(std::size_t n) {
  FftwMemory memory(fftwf_alloc_real(n));
  if (!memory) throw std::bad_alloc();
  return memory;
}

/// What transforms of one length have in common. Executing a plan is safe from any thread.
struct Plan {
  explicit Plan(std::size_t n) : cosine(n / 4 + 1), sine(n / 4 + 1) {
    for (std::size_t k = 0; k < cosine.size(); ++k) {
      const double angle = 2 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(n);
      cosine[k] = static_cast<float>(std::cos(angle));
      sine[k] = static_cast<float>(std::sin(angle));
    }
    const FftwMemory in = allocate(n), out = allocate(n);
    plan = fftwf_plan_dft_1d(static_cast<int>(n / 2), reinterpret_cast<fftwf_complex*>(in.get()),
                             reinterpret_cast<fftwf_complex*>(out.get()), FFTW_FORWARD, FFTW_ESTIMATE);
    if (plan == nullptr) throw Error(fmt::format("FFTW has no plan for length {}", n / 2));
  }
  ~Plan() { fftwf_destroy_plan(plan); }
  Plan(const Plan&) = delete;
  Plan& operator=(const Plan&) = delete;

  std::vector<float> cosine, sine;  // of 2 pi k / n
  fftwf_plan plan = nullptr;
};

/// One plan a length for the life of the process: making one takes as long as 30 transforms, and only one thread at a
/// time may do it.
const Plan& plan_for(std::size_t n) {
  static std::map<std::size_t, Plan> plans;
  const std::lock_guard lock(fftw_planner());
  return plans.try_emplace(n, n).first->second;
}

}  // namespace

struct LaneFft::State {
  explicit State(std::size_t size)
      : n(size),
        half(n / 2),
        stride(n + kLanes),
        shared(plan_for(n)),
        signals(allocate(stride * kLanes)),
        transformed(allocate(stride * kLanes)),
        spectra(n) {}

  std::size_t n;
  std::size_t half;
  std::size_t stride;  // between signals: were it a power of two, all would compete for the same lines of the cache
  const Plan& shared;
  FftwMemory signals;          // [kLanes, stride]
  FftwMemory transformed;      // [kLanes, stride]
  std::vector<Lanes> spectra;  // [half] of (real, imaginary)
};

LaneFft::LaneFft(std::size_t n) {
  require(n >= 8 && n % 8 == 0, fmt::format("the length of a transform must be a multiple of 8, not {}", n));
  state_ = std::make_unique<State>(n);
}
LaneFft::~LaneFft() = default;
LaneFft::LaneFft(LaneFft&&) noexcept = default;
LaneFft& LaneFft::operator=(LaneFft&&) noexcept = default;

std::size_t LaneFft::size() const { return state_->n; }

std::span<float> LaneFft::signal(std::size_t lane) {
  return {state_->signals.get() + lane * state_->stride, state_->n};
}

void LaneFft::power(std::size_t n_signals, std::span<Lanes> out) {
  State& s = *state_;
  require(n_signals <= kLanes && out.size() == s.half + 1, "LaneFft::power: wrong number of signals or bins");
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    float* row = s.transformed.get() + lane * s.stride;
    if (lane < n_signals) {
      float* signal = s.signals.get() + lane * s.stride;
      fftwf_execute_dft(s.shared.plan, reinterpret_cast<fftwf_complex*>(signal), reinterpret_cast<fftwf_complex*>(row));
    } else {
      std::fill_n(row, s.n, 0.0f);
    }
  }
  rows_to_lanes(s.transformed.get(), s.stride, s.n, s.spectra.data());
  for (std::size_t k = 0; k <= s.half / 2; ++k) {
    const std::size_t mirror = s.half - k;
    const Lanes* a = &s.spectra[2 * k];
    const Lanes* b = &s.spectra[2 * (mirror % s.half)];
    const Lanes even_re = (a[0] + b[0]) * 0.5f;
    const Lanes even_im = (a[1] - b[1]) * 0.5f;
    const Lanes odd_re = (a[1] + b[1]) * 0.5f;
    const Lanes odd_im = (b[0] - a[0]) * 0.5f;
    const Lanes turned_re = odd_re * s.shared.cosine[k] + odd_im * s.shared.sine[k];
    const Lanes turned_im = odd_im * s.shared.cosine[k] - odd_re * s.shared.sine[k];
    const Lanes sum_re = even_re + turned_re, sum_im = even_im + turned_im;
    const Lanes difference_re = even_re - turned_re, difference_im = even_im - turned_im;
    out[k] = sum_re * sum_re + sum_im * sum_im;
    out[mirror] = difference_re * difference_re + difference_im * difference_im;
  }
}

}  // namespace songmap::dsp
