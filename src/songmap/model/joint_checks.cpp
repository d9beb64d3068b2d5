#include "songmap/model/joint_checks.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "songmap/core/error.h"
#include "songmap/core/linalg.h"
#include "songmap/model/gaussian_product.h"

namespace songmap::model {
namespace {

constexpr std::size_t kMostRows = 2000;

std::vector<std::size_t> rows_with_both(const JointData& data) {
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < data.audio.rows() && rows.size() < kMostRows; ++i) {
    if (!std::isnan(data.audio(i, 0)) && !std::isnan(data.lyrics(i, 0))) rows.push_back(i);
  }
  return rows;
}

/// 1 - SSE / SSE of the mean row; row i of `decoded` is meant to be row `of[i]` of x.
double r_squared(MatrixView x, MatrixView decoded, const std::vector<std::size_t>& of) {
  const std::vector<double> mean = column_means(x);
  double error = 0;
  double total = 0;
  for (std::size_t i = 0; i < x.rows(); ++i) {
    error += squared_distance(x.row(of[i]), decoded.row(i));
    for (std::size_t c = 0; c < x.cols(); ++c) total += (x(i, c) - mean[c]) * (x(i, c) - mean[c]);
  }
  return total > 0 ? 1 - error / total : 0;
}

/// Mean KL of a row, in nats.
double mean_kl(const Posterior& posterior) {
  double sum = 0;
  for (std::size_t i = 0; i < posterior.mean.rows(); ++i) {
    for (std::size_t j = 0; j < posterior.mean.cols(); ++j) {
      sum += kl_to_standard_normal({posterior.mean(i, j), std::exp(static_cast<double>(posterior.log_variance(i, j)))});
    }
  }
  return sum / static_cast<double>(posterior.mean.rows());
}

RetrievalCheck retrieval(MatrixView of_audio, MatrixView of_lyrics) {
  const std::size_t n = of_audio.rows();
  std::vector<double> ranks(n);
  RetrievalCheck check;
  for (std::size_t i = 0; i < n; ++i) {
    const double own = squared_distance(of_audio.row(i), of_lyrics.row(i));
    std::size_t before = 0;
    std::size_t ties = 0;
    for (std::size_t j = 0; j < n; ++j) {
      const double other = squared_distance(of_audio.row(i), of_lyrics.row(j));
      before += other < own ? 1 : 0;
      ties += j != i && other == own ? 1 : 0;
    }
    ranks[i] = 1 + static_cast<double>(before) + 0.5 * static_cast<double>(ties);
    check.reciprocal_rank += 1 / ranks[i] / static_cast<double>(n);
    check.chance_reciprocal_rank += 1 / static_cast<double>(i + 1) / static_cast<double>(n);
  }
  std::ranges::sort(ranks);
  check.median_rank = 0.5 * (ranks[(n - 1) / 2] + ranks[n / 2]);
  check.chance_median_rank = 0.5 * static_cast<double>(n + 1);
  return check;
}

}  // namespace

CrossModalReport cross_modal_checks(const JointModel& model, const JointData& data) {
  const std::vector<std::size_t> rows = rows_with_both(data);
  require(rows.size() >= 2, "cross_modal_checks: no two rows have both audio and lyrics");
  const std::array<Matrix, kModalities> x{take_rows(data.audio, rows), take_rows(data.lyrics, rows)};
  const std::array<Posterior, kModalities> says{model.encode_one(kAudio, x[kAudio]),
                                                model.encode_one(kLyrics, x[kLyrics])};
  const std::array<JointDecoded, kModalities> decoded{model.decode(says[kAudio].mean),
                                                      model.decode(says[kLyrics].mean)};
  std::vector<std::size_t> own(rows.size());
  std::iota(own.begin(), own.end(), std::size_t{0});
  // Half of the rows further: a partner that is never the own one, whatever the order of the rows means nearby.
  std::vector<std::size_t> other = own;
  std::ranges::rotate(other, other.begin() + static_cast<std::ptrdiff_t>(other.size() / 2));

  CrossModalReport report;
  report.n_rows = rows.size();
  for (std::size_t s = 0; s < kModalities; ++s) {
    const auto side_of = [&](const JointDecoded& from) -> const Matrix& {
      return s == kAudio ? from.audio : from.lyrics;
    };
    CrossModalCheck& check = report.side[s];
    check.r2_from_itself = r_squared(x[s], side_of(decoded[s]), own);
    check.r2_from_other = r_squared(x[s], side_of(decoded[1 - s]), own);
    check.r2_chance = r_squared(x[s], side_of(decoded[1 - s]), other);
    check.collapsed = mean_kl(says[s]) < kCollapsedKl;
    double share = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      for (std::size_t j = 0; j < model.n_latent(); ++j) {
        const double mine = std::exp(-static_cast<double>(says[s].log_variance(i, j)));
        const double theirs = std::exp(-static_cast<double>(says[1 - s].log_variance(i, j)));
        share += mine / (mine + theirs);
      }
    }
    check.precision_share = share / static_cast<double>(rows.size() * model.n_latent());
  }
  report.retrieval = retrieval(says[kAudio].mean, says[kLyrics].mean);
  return report;
}

}  // namespace songmap::model
