#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "songmap/core/matrix.h"
#include "songmap/dsp/lanes.h"

namespace songmap::dsp {

/// Slaney's mel scale from 0 Hz to the Nyquist frequency, triangles of unit area: librosa's defaults.
struct MelOptions {
  double rate_hz = 22050;
  std::size_t n_fft = 2048;
  std::size_t n_mels = 128;  ///< 1 … n_fft / 2.
};

[[nodiscard]] double hz_to_mel(double frequency_hz);
[[nodiscard]] double mel_to_hz(double mel);

/// Triangular weights `[n_mels, n_fft / 2 + 1]` (Slaney, Auditory Toolbox, 1998).
/// @throws InvalidArgument  an option is outside its range.
[[nodiscard]] Matrix mel_filterbank(const MelOptions& options);

/// The same filters without their zeros.
class MelBank {
 public:
  explicit MelBank(const MelOptions& options);
  [[nodiscard]] std::size_t n_mels() const { return filters_.size(); }
  /// `out[m]` is the energy of band m in each lane's frame. `power` has n_fft / 2 + 1 bins.
  void apply(std::span<const Lanes> power, std::span<Lanes> out) const;

 private:
  struct Filter {
    std::size_t first_bin;
    std::vector<float> weights;
  };
  std::vector<Filter> filters_;
};

}  // namespace songmap::dsp
