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

/// Puts the product of the experts that are there in the place of row i.
void put_product(Posterior& posterior, std::size_t i, std::span<const Posterior* const> experts, bool with_prior) {
  std::vector<Gaussian> factors(experts.size());
  for (std::size_t j = 0; j < posterior.mean.cols(); ++j) {
    std::ranges::transform(experts, factors.begin(), [&](const Posterior* expert) { return gaussian(*expert, i, j); });
    const Gaussian joined = product(factors, with_prior);
    posterior.mean(i, j) = static_cast<float>(joined.mean);
    posterior.log_variance(i, j) = static_cast<float>(std::log(joined.variance));
  }
}

void divide_by_root_of_total_variance(Matrix& x) {
  const std::vector<double> mean = column_means(x);
  double variance = 0;
  for (std::size_t i = 0; i < x.rows(); ++i) {
    for (std::size_t c = 0; c < x.cols(); ++c) variance += std::pow(x(i, c) - mean[c], 2);
  }
  variance /= static_cast<double>(x.rows());
  const auto scale = static_cast<float>(variance > 0 ? 1 / std::sqrt(variance) : 0);
  for (float& value : x.values()) value *= scale;
}

}  // namespace

JointModel::JointModel(std::string posterior, std::array<JointSide, kModalities> sides)
    : posterior_(std::move(posterior)), sides_(std::move(sides)) {
  require(sides_[kAudio].weights.options.n_latent == sides_[kLyrics].weights.options.n_latent,
          "a joint model's sides must share one latent space");
  for (const Modality side : kBothSides) {
    require(sides_[side].mean.size() == n_inputs(side),
            fmt::format("there are {} means of {} columns of {}", sides_[side].mean.size(), n_inputs(side),
                        kSideNames[side]));
    networks_[side] = backend().make_model(sides_[side].weights);
  }
}

Posterior JointModel::expert(Modality side, MatrixView x) const {
  JointData alone;
  (side == kAudio ? alone.audio : alone.lyrics) = x;
  const std::vector<std::size_t> rows = presence(alone).rows_with(side);
  if (rows.empty()) {
    const Matrix nothing(0, n_latent());
    return {spread(nothing, {}, x.rows()), spread(nothing, {}, x.rows())};
  }
  require(n_rows(side) > 0,
          fmt::format("this joint model was trained without {0}: it cannot encode {0}", kSideNames[side]));
  require(x.cols() == n_inputs(side),
          fmt::format("{} has {} columns: this joint model takes {}", kSideNames[side], x.cols(), n_inputs(side)));
  Matrix scaled = take_rows(x, rows);
  for (std::size_t i = 0; i < scaled.rows(); ++i) {
    for (std::size_t c = 0; c < scaled.cols(); ++c) {
      scaled(i, c) = static_cast<float>((scaled(i, c) - sides_[side].mean[c]) / sides_[side].scale);
    }
  }
  const Posterior found = networks_[side]->encode(scaled);
  return {spread(found.mean, rows, x.rows()), spread(found.log_variance, rows, x.rows())};
}

Posterior JointModel::encode_one(Modality side, MatrixView x) const {
  JointData alone;
  (side == kAudio ? alone.audio : alone.lyrics) = x;
  return encode(alone);
}

Posterior JointModel::encode(const JointData& data) const {
  const Presence present = presence(data);
  const Matrix nothing(0, n_latent());
  Posterior result{spread(nothing, {}, data.rows()), spread(nothing, {}, data.rows())};
  std::array<Posterior, kModalities> experts;
  for (const Modality side : kBothSides) {
    if (!data.side(side).empty()) experts[side] = expert(side, data.side(side));
  }
  for (std::size_t i = 0; i < data.rows(); ++i) {
    std::vector<const Posterior*> there;
    for (const Modality side : kBothSides) {
      if (present.has[side][i] != 0) there.push_back(&experts[side]);
    }
    if (there.size() == 1 && posterior_ == "mopoe") {
      std::ranges::copy(there.front()->mean.row(i), result.mean.row(i).begin());
      std::ranges::copy(there.front()->log_variance.row(i), result.log_variance.row(i).begin());
    } else if (!there.empty()) {
      put_product(result, i, there, /*with_prior=*/true);
    }
  }
  return result;
}

JointDecoded JointModel::decode(MatrixView z) const {
  std::array<Matrix, kModalities> decoded;
  for (const Modality side : kBothSides) {
    decoded[side] = n_rows(side) > 0 ? networks_[side]->decode(z) : Matrix(z.rows(), n_inputs(side));
    for (std::size_t i = 0; i < z.rows(); ++i) {
      for (std::size_t c = 0; c < n_inputs(side); ++c) {
        float& value = decoded[side](i, c);
        value = static_cast<float>(value * sides_[side].scale + sides_[side].mean[c]);
      }
    }
  }
  return {std::move(decoded[kAudio]), std::move(decoded[kLyrics])};
}

void JointModel::save(const std::filesystem::path& path) const {
  ModelFile file;
  file.kind = "joint";
  file.values["posterior"] = posterior_;
  for (const Modality s : kBothSides) {
    const JointSide& side = sides_[s];
    const auto name = [&](const std::string& what) { return fmt::format("{}.{}", kSideNames[s], what); };
    const ModelFile network = to_model_file(side.weights);
    for (const auto& [key, value] : network.values) file.values[name(key)] = value;
    for (const auto& [key, values] : network.arrays) file.arrays[name(key)] = values;
    file.arrays[name("mean")] = side.mean;
    file.values[name("scale")] = fmt::format("{}", side.scale);
    file.values[name("noise")] = fmt::format("{}", side.sigma);
    file.values[name("n_rows")] = fmt::format("{}", side.n_rows);
  }
  write_model_file(path, file);
}

JointModel load_joint_model(const std::filesystem::path& path) {
  const ModelFile file = read_model_file(path, "joint");
  try {
    std::array<JointSide, kModalities> sides;
    for (const Modality s : kBothSides) {
      ModelFile own;
      const std::string prefix = fmt::format("{}.", kSideNames[s]);
      for (const auto& [name, value] : file.values) {
        if (name.starts_with(prefix)) own.values[name.substr(prefix.size())] = value;
      }
      for (const auto& [name, values] : file.arrays) {
        if (name.starts_with(prefix)) own.arrays[name.substr(prefix.size())] = values;
      }
      sides[s] = {from_model_file(own), own.array("mean"), own.number("scale"), own.number("noise"),
                  static_cast<std::size_t>(own.number("n_rows"))};
    }
    return {file.value("posterior"), std::move(sides)};
  } catch (const InvalidArgument& error) {
    throw FormatError(quoted(path) + " is not a joint model of this version: " + error.what());
  }
}

Matrix joint_space(const JointModel& model, const JointData& data) {
  const std::vector<std::size_t> rows = presence(data).rows_with_any();
  if (rows.empty()) {
    return spread(Matrix(0, model.n_inputs(kAudio) + model.n_inputs(kLyrics)), {}, data.rows());
  }
  JointDecoded decoded = model.decode(take_rows(model.encode(data).mean, rows));
  divide_by_root_of_total_variance(decoded.audio);
  divide_by_root_of_total_variance(decoded.lyrics);
  const std::array<MatrixView, kModalities> sides{decoded.audio, decoded.lyrics};
  return spread(hstack(sides), rows, data.rows());
}

}  // namespace songmap::model
