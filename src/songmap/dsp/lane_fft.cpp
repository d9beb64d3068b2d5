#include "songmap/dsp/lane_fft.h"

#include <fftw3.h>
#include <fmt/format.h>

#include <cmath>
#include <mutex>
#include <new>
#include <numbers>
#include <vector>

#include "songmap/core/error.h"

namespace songmap::dsp {
namespace {

/// FFTW executes plans from any thread but makes and destroys them from one.
std::mutex& planner_mutex() {
  static std::mutex mutex;
  return mutex;
}

struct FftwFree {
  void operator()(float* memory) const { fftwf_free(memory); }
};

}  // namespace

struct LaneFft::State {
  explicit State(std::size_t size) : n(size), half(n / 2), spectra(n), cosine(half / 2 + 1), sine(half / 2 + 1) {
    signals.reset(fftwf_alloc_real(n * kLanes));
    if (!signals) throw std::bad_alloc();
    for (std::size_t k = 0; k < cosine.size(); ++k) {
      const double angle = 2 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(n);
      cosine[k] = static_cast<float>(std::cos(angle));
      sine[k] = static_cast<float>(std::sin(angle));
    }
    const std::lock_guard lock(planner_mutex());
    auto* memory = reinterpret_cast<fftwf_complex*>(signals.get());
    plan = fftwf_plan_dft_1d(static_cast<int>(half), memory, memory, FFTW_FORWARD, FFTW_ESTIMATE);
    if (plan == nullptr) throw Error(fmt::format("FFTW has no plan for length {}", half));
  }
  ~State() {
    const std::lock_guard lock(planner_mutex());
    fftwf_destroy_plan(plan);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  std::size_t n;
  std::size_t half;
  std::unique_ptr<float, FftwFree> signals;  // [kLanes, n], transformed in place
  std::vector<Lanes> spectra;                // [half] of (real, imaginary)
  std::vector<float> cosine, sine;           // of 2 pi k / n
  fftwf_plan plan = nullptr;
};

LaneFft::LaneFft(std::size_t n) {
  require(n >= 8 && n % 8 == 0, fmt::format("the length of a transform must be a multiple of 8, not {}", n));
  state_ = std::make_unique<State>(n);
}
LaneFft::~LaneFft() = default;
LaneFft::LaneFft(LaneFft&&) noexcept = default;
LaneFft& LaneFft::operator=(LaneFft&&) noexcept = default;

std::size_t LaneFft::size() const { return state_->n; }

std::span<float> LaneFft::signal(std::size_t lane) { return {state_->signals.get() + lane * state_->n, state_->n}; }

void LaneFft::power(std::size_t n_signals, std::span<Lanes> out) {
  State& s = *state_;
  require(n_signals <= kLanes && out.size() == s.half + 1, "LaneFft::power: wrong number of signals or bins");
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    float* row = s.signals.get() + lane * s.n;
    if (lane < n_signals) {
      auto* complex_row = reinterpret_cast<fftwf_complex*>(row);
      fftwf_execute_dft(s.plan, complex_row, complex_row);
    } else {
      std::fill_n(row, s.n, 0.0f);
    }
  }
  rows_to_lanes(s.signals.get(), s.n, s.n, s.spectra.data());
  for (std::size_t k = 0; k <= s.half / 2; ++k) {
    const std::size_t mirror = s.half - k;
    const Lanes* a = &s.spectra[2 * k];
    const Lanes* b = &s.spectra[2 * (mirror % s.half)];
    const Lanes even_re = (a[0] + b[0]) * 0.5f;
    const Lanes even_im = (a[1] - b[1]) * 0.5f;
    const Lanes odd_re = (a[1] + b[1]) * 0.5f;
    const Lanes odd_im = (b[0] - a[0]) * 0.5f;
    const Lanes turned_re = odd_re * s.cosine[k] + odd_im * s.sine[k];
    const Lanes turned_im = odd_im * s.cosine[k] - odd_re * s.sine[k];
    const Lanes sum_re = even_re + turned_re, sum_im = even_im + turned_im;
    const Lanes difference_re = even_re - turned_re, difference_im = even_im - turned_im;
    out[k] = sum_re * sum_re + sum_im * sum_im;
    out[mirror] = difference_re * difference_re + difference_im * difference_im;
  }
}

}  // namespace songmap::dsp
