#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>

#include "songmap/core/matrix.h"

namespace songmap::model {

/// What a TorchScript model reads. 0: as the model itself says.
struct ScriptOptions {
  int rate_hz = 0;      ///< Of the samples, 1,000 … 384,000.
  double window_s = 0;  ///< Length of one input, 0.01 … 300 s.
};

/// Somebody else's network from sound to a vector: a TorchScript module from samples [batch, n_samples] to
/// [batch, n_columns].
class ScriptModel {
 public:
  virtual ~ScriptModel() = default;
  [[nodiscard]] virtual int rate_hz() const = 0;
  [[nodiscard]] virtual double window_s() const = 0;
  [[nodiscard]] virtual std::size_t window_samples() const = 0;
  [[nodiscard]] virtual std::size_t n_columns() const = 0;

  /// A vector a row of `windows` [n, window_samples]. On one thread; may be called from several at once.
  /// @throws FormatError  the model fails, or gives another shape or values that are not finite.
  [[nodiscard]] virtual Matrix embed(MatrixView windows) const = 0;
};

/// Loads a TorchScript module (torch.jit.save) and tries it on a tone. Rate and window come from the options, else from
/// the module's extra files, else from its attributes `songmap_rate_hz` and `songmap_window_s`.
/// @throws IoError          the file cannot be read.
/// @throws FormatError      it is no TorchScript module, or does not turn windows into vectors.
/// @throws InvalidArgument  nobody says rate or window, or they are out of range.
[[nodiscard]] std::unique_ptr<ScriptModel> load_script_model(const std::filesystem::path& file,
                                                             const ScriptOptions& options = {});

}  // namespace songmap::model
