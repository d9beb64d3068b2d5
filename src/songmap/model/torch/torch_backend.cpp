#include <ATen/Context.h>
#include <ATen/Version.h>
#include <ATen/ops/exp.h>
#include <ATen/ops/mm.h>
#include <torch/headeronly/version.h>

#include <string>
#include <utility>

#include "songmap/core/error.h"
#include "songmap/model/backend.h"
#include "songmap/model/torch/autograd_learner.h"
#include "songmap/model/torch/bridge.h"
#include "songmap/model/torch/deep_learner.h"
#include "songmap/model/torch/derived_learner.h"
#include "songmap/model/torch/joint_learner.h"
#include "songmap/model/torch/network.h"
#include "songmap/model/torch/script_module.h"
#include "songmap/model/torch/vae_model.h"

namespace songmap::model {
namespace {

class TorchBackend final : public Backend {
 public:
  /// What libtorch and its kernels set up on their first use is set up here, by the one thread that loads them. MKL
  /// finds the kernel of a vector function in that function's first call; several first calls at once can calculate
  /// with one of low accuracy (pytorch issue 188792), and then a training depends on which thread came first. So every
  /// function of MKL that a training calls from several threads belongs in here.
  TorchBackend() {
    const TorchThreadSettings settings;
    const at::Tensor square = empty_matrix(64, 64).zero_();
    static_cast<void>(at::exp(at::mm(square, square)));
  }

  [[nodiscard]] std::unique_ptr<Learner> make_learner(const DataShape& shape, const VaeOptions& options,
                                                      const std::string& device, Differentiation differentiation,
                                                      std::size_t threads) const override {
    const std::string where = resolved_device(device);
    if (differentiation == Differentiation::kAutomatic) {
      return make_autograd_learner(make_network(shape, options), shape, options, at::Device(where));
    }
    require(where == "cpu", "gradients by hand are for the CPU, not for " + where);
    return make_derived_learner(make_network(shape, options), shape, options, threads);
  }

  [[nodiscard]] std::unique_ptr<JointLearner> make_joint_learner(const std::array<std::size_t, kModalities>& n_inputs,
                                                                 const JointOptions& options,
                                                                 std::uint64_t seed) const override {
    return make_derived_joint_learner(n_inputs, options, seed);
  }

  [[nodiscard]] std::unique_ptr<DeepLearner> make_deep_learner(std::size_t n_inputs, const VaeOptions& options,
                                                               std::size_t n_groups) const override {
    return make_derived_deep_learner(n_inputs, options, n_groups);
  }

  [[nodiscard]] std::unique_ptr<NoiseSource> make_noise() const override { return make_torch_noise(); }

  [[nodiscard]] std::unique_ptr<ThreadSettings> settle_thread() const override {
    return std::make_unique<TorchThreadSettings>();
  }

  [[nodiscard]] std::unique_ptr<LatentModel> make_model(VaeWeights weights) const override {
    return make_vae_model(std::move(weights));
  }

  [[nodiscard]] std::string resolved_device(const std::string& device) const override {
    if (device == "cpu" || (device == "auto" && !cuda_available())) return "cpu";
    require(device == "cuda" || device == "auto", "device = " + device + " is not one of cpu | cuda | auto");
    require(cuda_available(), "device = cuda, but libtorch finds no CUDA GPU on this machine: use cpu or auto");
    return "cuda";
  }

  [[nodiscard]] std::string description() const override {
    return std::string("libtorch ") + TORCH_VERSION + " (" + at::get_cpu_capability() + ", " +
           (cuda_available() ? "a CUDA GPU" : "no CUDA GPU") + ")";
  }

  [[nodiscard]] std::unique_ptr<ScriptModel> load_script(const std::filesystem::path& file,
                                                         const ScriptOptions& options) const override {
    return load_script_module(file, options);
  }
};

}  // namespace
}  // namespace songmap::model

extern "C" __attribute__((visibility("default"))) const songmap::model::Backend* songmap_torch_backend() {
  static const songmap::model::TorchBackend backend;
  return &backend;
}
