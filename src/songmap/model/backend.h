#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "songmap/model/deep_learner.h"
#include "songmap/model/joint_learner.h"
#include "songmap/model/joint_options.h"
#include "songmap/model/latent_model.h"
#include "songmap/model/learner.h"
#include "songmap/model/options.h"
#include "songmap/model/script_model.h"
#include "songmap/model/vae_file.h"

namespace songmap::model {

/// How gradients are found: by formulas written for this network (CPU only, several times faster), or by libtorch's
/// automatic differentiation (any device), which the formulas are tested against.
enum class Differentiation { kByHand, kAutomatic };

/// While it lives, the calling thread calculates as training wants it: denormal numbers count as zero, and products run
/// on this thread alone.
class ThreadSettings {
 public:
  virtual ~ThreadSettings() = default;
};

/// What the module songmap_torch offers. Implemented there; everything else of this room is free of libtorch.
class Backend {
 public:
  virtual ~Backend() = default;

  /// Gradients by hand may use up to `threads` threads, whose number changes no bit.
  /// @throws InvalidArgument  there is no such device or network, or kByHand on another than the CPU.
  [[nodiscard]] virtual std::unique_ptr<Learner> make_learner(const DataShape& shape, const VaeOptions& options,
                                                              const std::string& device,
                                                              Differentiation differentiation,
                                                              std::size_t threads = 1) const = 0;
  /// Of audio and lyrics with so many columns; first weights by the seed. On the CPU, one thread.
  [[nodiscard]] virtual std::unique_ptr<JointLearner> make_joint_learner(
      const std::array<std::size_t, kModalities>& n_inputs, const JointOptions& options, std::uint64_t seed) const = 0;
  /// Of so many columns with so many groups, all parameters zero. On the CPU, one thread.
  [[nodiscard]] virtual std::unique_ptr<DeepLearner> make_deep_learner(std::size_t n_inputs, const VaeOptions& options,
                                                                       std::size_t n_groups) const = 0;
  [[nodiscard]] virtual std::unique_ptr<NoiseSource> make_noise() const = 0;
  [[nodiscard]] virtual std::unique_ptr<ThreadSettings> settle_thread() const = 0;
  /// @throws InvalidArgument  there is no such network.
  [[nodiscard]] virtual std::unique_ptr<LatentModel> make_model(VaeWeights weights) const = 0;
  /// `device`, with auto resolved to the one that is there.
  /// @throws InvalidArgument  there is no such device.
  [[nodiscard]] virtual std::string resolved_device(const std::string& device) const = 0;
  [[nodiscard]] virtual std::string description() const = 0;
  /// See load_script_model.
  [[nodiscard]] virtual std::unique_ptr<ScriptModel> load_script(const std::filesystem::path& file,
                                                                 const ScriptOptions& options) const = 0;
};

/// The backend, loaded on first use. @throws IoError  the module or libtorch is missing.
[[nodiscard]] const Backend& backend();

}  // namespace songmap::model
