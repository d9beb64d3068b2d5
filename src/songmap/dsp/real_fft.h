#pragma once

#include <complex>
#include <cstddef>
#include <memory>
#include <span>

namespace songmap::dsp {

/// The transform of one real signal, there and back. For many power spectra LaneFft is faster. Plans are estimated, so
/// that bits do not depend on timing. One thread at a time per object.
class RealFft {
 public:
  /// @throws InvalidArgument  `n` is 0.
  explicit RealFft(std::size_t n);
  ~RealFft();
  RealFft(RealFft&&) noexcept;
  RealFft& operator=(RealFft&&) noexcept;

  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] std::span<float> signal();                  ///< [n]
  [[nodiscard]] std::span<std::complex<float>> spectrum();  ///< [n / 2 + 1]
  void forward();                                           ///< signal to spectrum; the signal stays.
  void backward();                                          ///< spectrum to signal, divided by n; spoils the spectrum.

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace songmap::dsp
