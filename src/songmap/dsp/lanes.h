#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

/// Sixteen frames side by side. Every spectral descriptor is computed for kLanes frames at once, one frame a lane: the
/// loops need no reductions and no remainders, and a frame's value does not depend on the frames beside it, on how the
/// samples were cut into calls, or on the width of the processor's vectors.
namespace songmap::dsp {

inline constexpr std::size_t kLanes = 16;

using Lanes [[gnu::vector_size(64)]] = float;
using LaneInts [[gnu::vector_size(64)]] = std::int32_t;

[[nodiscard]] inline Lanes broadcast(float value) { return Lanes{} + value; }

/// Larger of the two; `b` where they cannot be compared.
[[nodiscard]] inline Lanes max(const Lanes& a, const Lanes& b) { return a > b ? a : b; }
[[nodiscard]] inline Lanes min(const Lanes& a, const Lanes& b) { return a < b ? a : b; }

/// Natural logarithm of normal positive numbers within 1.5e-7 relative (polynomial of Cephes' logf, S. Moshier).
[[nodiscard]] inline Lanes natural_log(const Lanes& x) {
  constexpr std::int32_t kSqrtHalf = 0x3f3504f3;
  LaneInts bits;
  std::memcpy(&bits, &x, sizeof bits);
  const LaneInts exponent = (bits - kSqrtHalf) >> 23;
  bits -= exponent << 23;
  Lanes mantissa;  // in [sqrt(1/2), sqrt(2))
  std::memcpy(&mantissa, &bits, sizeof mantissa);
  const Lanes f = mantissa - 1.0f;
  const Lanes z = f * f;
  Lanes y = broadcast(7.0376836292e-2f);
  y = y * f - 1.1514610310e-1f;
  y = y * f + 1.1676998740e-1f;
  y = y * f - 1.2420140846e-1f;
  y = y * f + 1.4249322787e-1f;
  y = y * f - 1.6668057665e-1f;
  y = y * f + 2.0000714765e-1f;
  y = y * f - 2.4999993993e-1f;
  y = y * f + 3.3333331174e-1f;
  const Lanes e = __builtin_convertvector(exponent, Lanes);
  y = y * f * z - e * 2.12194440e-4f - z * 0.5f;
  return f + y + e * 0.693359375f;
}

/// 10 log10(max(power, floor)), floor a normal positive number.
[[nodiscard]] inline Lanes decibels(const Lanes& power, float floor) {
  constexpr float kTenOverLn10 = 4.342944819f;
  return natural_log(max(power, broadcast(floor))) * kTenOverLn10;
}

/// Square roots of `n` values, rounded as IEEE 754 asks. `in` and `out` may be the same.
void square_roots(const Lanes* in, std::size_t n, Lanes* out);

[[nodiscard]] inline Lanes square_root(const Lanes& x) {
  Lanes root;
  square_roots(&x, 1, &root);
  return root;
}

/// `out[j]`'s lane i is `rows[i * stride + j]`, for j in [0, n), n a multiple of 4.
void rows_to_lanes(const float* rows, std::size_t stride, std::size_t n, Lanes* out);

/// The way back: `rows[i * stride + j]` is lane i of `in[j]` for the first `n_rows` lanes.
void lanes_to_rows(const Lanes* in, std::size_t n, std::size_t n_rows, float* rows, std::size_t stride);

}  // namespace songmap::dsp
