#include "songmap/dsp/real_fft.h"

#include <fftw3.h>
#include <fmt/format.h>

#include <new>

#include "songmap/core/error.h"
#include "songmap/dsp/fftw_plans.h"

namespace songmap::dsp {

struct RealFft::State {
  explicit State(std::size_t size) : n(size), signal(fftwf_alloc_real(n)), spectrum(fftwf_alloc_complex(n / 2 + 1)) {
    if (signal == nullptr || spectrum == nullptr) throw std::bad_alloc();
    const std::lock_guard lock(fftw_planner());
    forward = fftwf_plan_dft_r2c_1d(static_cast<int>(n), signal, spectrum, FFTW_ESTIMATE | FFTW_PRESERVE_INPUT);
    backward = fftwf_plan_dft_c2r_1d(static_cast<int>(n), spectrum, signal, FFTW_ESTIMATE);
    if (forward == nullptr || backward == nullptr) throw Error(fmt::format("FFTW has no plan for length {}", n));
  }
  ~State() {
    const std::lock_guard lock(fftw_planner());
    fftwf_destroy_plan(forward);
    fftwf_destroy_plan(backward);
    fftwf_free(signal);
    fftwf_free(spectrum);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  std::size_t n;
  float* signal;
  fftwf_complex* spectrum;
  fftwf_plan forward = nullptr;
  fftwf_plan backward = nullptr;
};

RealFft::RealFft(std::size_t n) {
  require(n > 0, "a transform has one sample at least");
  state_ = std::make_unique<State>(n);
}
RealFft::~RealFft() = default;
RealFft::RealFft(RealFft&&) noexcept = default;
RealFft& RealFft::operator=(RealFft&&) noexcept = default;

std::size_t RealFft::size() const { return state_->n; }
std::span<float> RealFft::signal() { return {state_->signal, state_->n}; }
std::span<std::complex<float>> RealFft::spectrum() {
  return {reinterpret_cast<std::complex<float>*>(state_->spectrum), state_->n / 2 + 1};
}
void RealFft::forward() { fftwf_execute(state_->forward); }
void RealFft::backward() {
  fftwf_execute(state_->backward);
  const float scale = 1.0F / static_cast<float>(state_->n);
  for (float& sample : signal()) sample *= scale;
}

}  // namespace songmap::dsp
