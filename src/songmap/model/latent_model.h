#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>

#include "songmap/core/matrix.h"

namespace songmap::model {

/// Distribution of the latent variable given each row: independent normals.
struct Posterior {
  Matrix mean;          ///< [rows, n_latent]
  Matrix log_variance;  ///< [rows, n_latent]
};

/// A fitted model that maps rows to a latent space and back. Safe to use from several threads at once.
class LatentModel {
 public:
  virtual ~LatentModel() = default;

  [[nodiscard]] virtual std::size_t n_inputs() const = 0;
  [[nodiscard]] virtual std::size_t n_latent() const = 0;

  /// @throws InvalidArgument  x has not `n_inputs` columns, or is not finite.
  [[nodiscard]] virtual Posterior encode(MatrixView x) const = 0;
  /// Mean of the inputs given each latent point: [rows, n_inputs].
  /// @throws InvalidArgument  z has not `n_latent` columns, or is not finite.
  [[nodiscard]] virtual Matrix decode(MatrixView z) const = 0;

  /// Writes options and weights (format: model_file.h); the old file or the whole new one, never a part.
  /// @throws IoError
  virtual void save(const std::filesystem::path& path) const = 0;
};

/// The model that `save` wrote: encodes and decodes to the same bytes.
/// @throws IoError the file cannot be read. @throws FormatError it is not a model, from another version, or damaged.
[[nodiscard]] std::unique_ptr<LatentModel> load_model(const std::filesystem::path& path);

}  // namespace songmap::model
