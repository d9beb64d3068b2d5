#include "songmap/model/torch/bridge.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <dlfcn.h>

#include <mutex>

namespace songmap::model {
namespace {

class TorchNoise final : public NoiseSource {
 public:
  void reseed(std::uint64_t seed) override { generator_.set_current_seed(seed); }

  void fill(std::span<float> values) override {
    at::from_blob(values.data(), {static_cast<std::int64_t>(values.size())}).normal_(0, 1, generator_);
  }

 private:
  at::Generator generator_ = at::detail::createCPUGenerator();
};

}  // namespace

at::Tensor tensor_over(std::span<const float> values, std::int64_t rows, std::int64_t cols) {
  return at::from_blob(const_cast<float*>(values.data()), {rows, cols});
}

at::Tensor empty_matrix(std::size_t rows, std::size_t cols) {
  return at::empty({static_cast<std::int64_t>(rows), static_cast<std::int64_t>(cols)}, at::kFloat);
}

bool cuda_available() {
  // libtorch asks once whether its CUDA half is there, so that half has to be loaded before the question.
  static const bool available = [] {
    static_cast<void>(dlopen("libtorch_cuda.so", RTLD_NOW | RTLD_GLOBAL));
    return at::hasCUDA();
  }();
  return available;
}

TorchThreadSettings::TorchThreadSettings() {
  at::set_num_threads(1);
  at::globalContext().setFlushDenormal(true);
}

TorchThreadSettings::~TorchThreadSettings() { at::globalContext().setFlushDenormal(false); }

std::unique_ptr<NoiseSource> make_torch_noise() { return std::make_unique<TorchNoise>(); }

}  // namespace songmap::model
