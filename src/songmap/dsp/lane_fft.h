#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "songmap/dsp/lanes.h"

namespace songmap::dsp {

/// Power spectra of kLanes real signals of equal length at once. FFTW's complex transform of half the length, then the
/// even and odd halves are put together lane by lane (Press et al., Numerical Recipes, 12.3): twice as fast as FFTW's
/// own real transform. Plans are estimated, never measured, so that bits do not depend on timing. One thread at a time
/// per object.
class LaneFft {
 public:
  /// @throws InvalidArgument  `n` is not a multiple of 8.
  explicit LaneFft(std::size_t n);
  ~LaneFft();
  LaneFft(LaneFft&&) noexcept;
  LaneFft& operator=(LaneFft&&) noexcept;

  [[nodiscard]] std::size_t size() const;
  /// Where the signal of a lane goes, `size()` samples. `power` leaves its content undefined.
  [[nodiscard]] std::span<float> signal(std::size_t lane);
  /// |DFT|^2 of the first `n_signals` signals, `size() / 2 + 1` bins; the other lanes are zero.
  void power(std::size_t n_signals, std::span<Lanes> out);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace songmap::dsp
