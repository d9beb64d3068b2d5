#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>

#include "songmap/core/matrix.h"

namespace songmap::model {

/// Distribution of the latent variable given each row: independent normals.
struct Posterior {
  Matrix mean;          ///< [rows, n_latent]; the code itself of a plain autoencoder.
  Matrix log_variance;  ///< [rows, n_latent]; empty of a plain autoencoder, whose code has none.
};

/// A fitted model that maps rows to a latent space and back. Safe to use from several threads at once.
class LatentModel {
 public:
  virtual ~LatentModel() = default;

  [[nodiscard]] virtual std::size_t n_inputs() const = 0;
  [[nodiscard]] virtual std::size_t n_latent() const = 0;
  /// Columns of the one-hot condition that it must be told; 0: it takes none.
  [[nodiscard]] virtual std::size_t n_conditions() const = 0;

  /// `condition` is [rows of x, n_conditions], one-hot; a row of zeros: unknown. Left out where the model takes none.
  /// @throws InvalidArgument  x has not `n_inputs` columns, the condition has not that shape, or a value is not finite.
  [[nodiscard]] Posterior encode(MatrixView x, MatrixView condition = {}) const;
  /// Mean of the inputs given each latent point: [rows, n_inputs]. `condition` as for `encode`.
  /// @throws InvalidArgument  z has not `n_latent` columns, the condition has not that shape, or a value is not finite.
  [[nodiscard]] Matrix decode(MatrixView z, MatrixView condition = {}) const;

  /// Writes options and weights (format: model_file.h); the old file or the whole new one, never a part.
  /// @throws IoError
  virtual void save(const std::filesystem::path& path) const = 0;

 private:
  /// `encode` and `decode` of arguments that were checked.
  [[nodiscard]] virtual Posterior encode_rows(MatrixView x, MatrixView condition) const = 0;
  [[nodiscard]] virtual Matrix decode_rows(MatrixView z, MatrixView condition) const = 0;
};

/// The model that `save` wrote: encodes and decodes to the same bytes.
/// @throws IoError the file cannot be read. @throws FormatError it is not a model, from another version, or damaged.
[[nodiscard]] std::unique_ptr<LatentModel> load_model(const std::filesystem::path& path);

}  // namespace songmap::model
