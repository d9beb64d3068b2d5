#include "songmap/model/joint_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "songmap/core/error.h"
#include "songmap/core/linalg.h"
#include "songmap/model/backend.h"
#include "songmap/model/gaussian_product.h"

namespace songmap::model {
namespace {

constexpr std::array<const char*, kModalities> kNames{"audio", "lyrics"};

bool is_missing(std::span<const float> row) { return std::isnan(row.front()); }

std::vector<std::size_t> present_rows(MatrixView x) {
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < x.rows(); ++i) {
    if (!is_missing(x.row(i))) rows.push_back(i);
  }
  return rows;
}

/// Rows of `some` at the places `rows` of a matrix of NaN.
Matrix spread(MatrixView some, std::span<const std::size_t> rows, std::size_t n) {
  Matrix result(n, some.cols());
  std::ranges::fill(result.values(), std::numeric_limits<float>::quiet_NaN());
  for (std::size_t i = 0; i < rows.size(); ++i) std::ranges::copy(some.row(i), result.row(rows[i]).begin());
  return result;
}

Gaussian gaussian(const Posterior& posterior, std::size_t i, std::size_t j) {
  return {posterior.mean(i, j), std::exp(static_cast<double>(posterior.log_variance(i, j)))};
}

/// Sum of the columns' variances.
double total_variance(MatrixView x) {
  const std::vector<double> mean = column_means(x);
  double sum = 0;
  for (std::size_t i = 0; i < x.rows(); ++i) {
    for (std::size_t c = 0; c < x.cols(); ++c) sum += (x(i, c) - mean[c]) * (x(i, c) - mean[c]);
  }
  return sum / static_cast<double>(x.rows());
}

}  // namespace

JointModel::JointModel(std::string posterior, std::array<VaeWeights, kModalities> weights,
                       std::array<double, kModalities> sigma)
    : posterior_(std::move(posterior)), weights_(std::move(weights)), sigma_(sigma) {
  require(weights_[kAudio].options.n_latent == weights_[kLyrics].options.n_latent,
          "a joint model's sides must share one latent space");
  for (std::size_t s = 0; s < kModalities; ++s) side_[s] = backend().make_model(weights_[s]);
}

Posterior JointModel::encode_one(Modality side, MatrixView x) const {
  const std::vector<std::size_t> rows = present_rows(x);
  if (rows.empty()) return {spread(Matrix(0, n_latent()), {}, x.rows()), spread(Matrix(0, n_latent()), {}, x.rows())};
  Posterior found = side_[side]->encode(take_rows(x, rows));
  if (posterior_ == "poe") {
    for (std::size_t i = 0; i < found.mean.rows(); ++i) {
      for (std::size_t j = 0; j < n_latent(); ++j) {
        const Gaussian expert = gaussian(found, i, j);
        const Gaussian with_prior = product({&expert, 1}, /*with_prior=*/true);
        found.mean(i, j) = static_cast<float>(with_prior.mean);
        found.log_variance(i, j) = static_cast<float>(std::log(with_prior.variance));
      }
    }
  }
  return {spread(found.mean, rows, x.rows()), spread(found.log_variance, rows, x.rows())};
}

Posterior JointModel::encode(const JointData& data) const {
  require(data.audio.rows() == data.lyrics.rows(),
          fmt::format("{} rows of audio and {} of lyrics: a joint model takes one of each a song", data.audio.rows(),
                      data.lyrics.rows()));
  Posterior result = encode_one(kAudio, data.audio);
  const Posterior of_lyrics = encode_one(kLyrics, data.lyrics);
  const Posterior& of_audio = result;
  for (std::size_t i = 0; i < data.audio.rows(); ++i) {
    const bool has_audio = !is_missing(data.audio.row(i));
    const bool has_lyrics = !is_missing(data.lyrics.row(i));
    require(has_audio || has_lyrics, fmt::format("row {} has neither audio nor lyrics", i));
    if (!has_lyrics) continue;
    for (std::size_t j = 0; j < n_latent(); ++j) {
      Gaussian q = gaussian(of_lyrics, i, j);
      if (has_audio) {
        std::array<Gaussian, kModalities> experts{gaussian(of_audio, i, j), q};
        if (posterior_ == "poe") {
          // Each was multiplied with the prior already, which counts once.
          for (Gaussian& expert : experts) {
            const double precision = 1 / expert.variance - 1;
            expert.mean *= 1 / expert.variance / std::max(precision, 1e-9);
            expert.variance = 1 / std::max(precision, 1e-9);
          }
        }
        q = product(experts, /*with_prior=*/true);
      }
      result.mean(i, j) = static_cast<float>(q.mean);
      result.log_variance(i, j) = static_cast<float>(std::log(q.variance));
    }
  }
  return result;
}

JointDecoded JointModel::decode(MatrixView z) const { return {side_[kAudio]->decode(z), side_[kLyrics]->decode(z)}; }

void JointModel::save(const std::filesystem::path& path) const {
  ModelFile file;
  file.kind = "joint";
  file.values["posterior"] = posterior_;
  for (std::size_t s = 0; s < kModalities; ++s) {
    const ModelFile side = to_model_file(weights_[s]);
    for (const auto& [name, value] : side.values) file.values[fmt::format("{}.{}", kNames[s], name)] = value;
    for (const auto& [name, values] : side.arrays) file.arrays[fmt::format("{}.{}", kNames[s], name)] = values;
    file.values[fmt::format("{}.noise", kNames[s])] = fmt::format("{}", sigma_[s]);
  }
  write_model_file(path, file);
}

JointModel load_joint_model(const std::filesystem::path& path) {
  const ModelFile file = read_model_file(path, "joint");
  try {
    std::array<VaeWeights, kModalities> weights;
    std::array<double, kModalities> sigma{};
    for (std::size_t s = 0; s < kModalities; ++s) {
      ModelFile side;
      side.kind = "vae";
      const std::string prefix = fmt::format("{}.", kNames[s]);
      for (const auto& [name, value] : file.values) {
        if (name.starts_with(prefix)) side.values[name.substr(prefix.size())] = value;
      }
      for (const auto& [name, values] : file.arrays) {
        if (name.starts_with(prefix)) side.arrays[name.substr(prefix.size())] = values;
      }
      weights[s] = from_model_file(side);
      sigma[s] = side.number("noise");
    }
    return {file.value("posterior"), std::move(weights), sigma};
  } catch (const InvalidArgument& error) {
    throw FormatError(quoted(path) + " is not a joint model of this version: " + error.what());
  }
}

Matrix joint_space(const JointModel& model, const JointData& data) {
  JointDecoded decoded = model.decode(model.encode(data).mean);
  for (Matrix* side : {&decoded.audio, &decoded.lyrics}) {
    const double variance = total_variance(*side);
    const auto scale = static_cast<float>(variance > 0 ? 1 / std::sqrt(variance) : 0);
    for (float& value : side->values()) value *= scale;
  }
  const std::array<MatrixView, kModalities> sides{decoded.audio, decoded.lyrics};
  return hstack(sides);
}

}  // namespace songmap::model
