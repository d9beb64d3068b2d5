#include "songmap/audio/ffmpeg/resampler.h"

#include <fmt/format.h>
#include <soxr.h>

#include <algorithm>
#include <cmath>

#include "songmap/core/error.h"

namespace songmap::audio::ffmpeg {
namespace {

constexpr std::size_t kOutSamples = 16384;

}  // namespace

void Resampler::Free::operator()(soxr* resampler) const { soxr_delete(resampler); }

Resampler::Resampler(int from_hz, int to_hz, SampleSink& sink) : from_hz_(from_hz), to_hz_(to_hz), sink_(sink) {
  if (from_hz == to_hz) return;
  const soxr_quality_spec_t quality = soxr_quality_spec(SOXR_HQ, 0);
  const soxr_io_spec_t format = soxr_io_spec(SOXR_FLOAT32_I, SOXR_FLOAT32_I);
  soxr_error_t error = nullptr;
  soxr_.reset(soxr_create(from_hz, to_hz, 1, &error, &format, &quality, nullptr));
  if (error != nullptr || soxr_ == nullptr) {
    throw DecodeError(fmt::format("cannot resample from {} Hz to {} Hz: {}", from_hz, to_hz, soxr_strerror(error)));
  }
  out_.resize(kOutSamples);
}

Resampler::~Resampler() = default;

void Resampler::emit(std::span<const float> out) {
  if (out.empty()) return;
  written_ += static_cast<std::int64_t>(out.size());
  sink_.samples(out);
}

void Resampler::push(std::span<const float> mono) {
  read_ += static_cast<std::int64_t>(mono.size());
  if (soxr_ == nullptr) return emit(mono);
  while (!mono.empty()) {
    std::size_t used = 0;
    std::size_t made = 0;
    const soxr_error_t error =
        soxr_process(soxr_.get(), mono.data(), mono.size(), &used, out_.data(), out_.size(), &made);
    if (error != nullptr) throw DecodeError(std::string("resampling failed: ") + error);
    emit(std::span(out_).first(made));
    mono = mono.subspan(used);
  }
}

void Resampler::finish() {
  if (soxr_ == nullptr) return;
  // librosa's own arithmetic, so that the lengths agree to the sample.
  const double ratio = static_cast<double>(to_hz_) / static_cast<double>(from_hz_);
  const auto wanted = static_cast<std::int64_t>(std::ceil(static_cast<double>(read_) * ratio));
  std::size_t made = 0;
  do {
    const soxr_error_t error = soxr_process(soxr_.get(), nullptr, 0, nullptr, out_.data(), out_.size(), &made);
    if (error != nullptr) throw DecodeError(std::string("resampling failed: ") + error);
    const auto left = static_cast<std::size_t>(std::max<std::int64_t>(0, wanted - written_));
    emit(std::span(out_).first(std::min(made, left)));
  } while (made > 0);
  std::ranges::fill(out_, 0.0F);
  while (written_ < wanted) {
    emit(std::span(out_).first(std::min(out_.size(), static_cast<std::size_t>(wanted - written_))));
  }
}

}  // namespace songmap::audio::ffmpeg
