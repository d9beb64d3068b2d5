#include "songmap/model/joint_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "songmap/core/error.h"
#include "songmap/core/random.h"
#include "songmap/model/gaussian_product.h"
#include "songmap/model/side_by_side.h"

namespace songmap::model {
namespace {

constexpr std::size_t kMostRows = 2000;  // retrieval is quadratic
constexpr std::size_t kShuffles = 10;
constexpr std::uint64_t kShuffleSeed = 0;
constexpr std::uint64_t kFoldsItem = 5;  // of the random streams of a training's seed

/// What is added up over rows, and over folds.
struct SideSums {
  double total = 0;  ///< Squared error of the mean.
  double from_itself = 0;
  double from_other = 0;
  double from_shuffled = 0;  ///< Mean over the shuffles.
  double kl = 0;
  double share = 0;
};

struct Ranks {
  std::vector<double> ranks;
  std::vector<double> chance;    ///< What the median is taken over, by chance.
  double chance_reciprocal = 0;  ///< Summed over rows.
};

struct Sums {
  std::size_t n_rows = 0;
  std::array<SideSums, kModalities> side;
  std::array<Ranks, kModalities> found;  ///< This side by the other.
};

/// Summed over rows; row i of `decoded` is meant to be row `of[i]` of x.
double squared_error(MatrixView x, MatrixView decoded, std::span<const std::size_t> of) {
  double error = 0;
  for (std::size_t i = 0; i < x.rows(); ++i) error += squared_distance(x.row(of[i]), decoded.row(i));
  return error;
}

double summed_kl(const Posterior& posterior) {
  double sum = 0;
  for (std::size_t i = 0; i < posterior.mean.rows(); ++i) {
    for (std::size_t j = 0; j < posterior.mean.cols(); ++j) {
      sum += kl_to_standard_normal({posterior.mean(i, j), std::exp(static_cast<double>(posterior.log_variance(i, j)))});
    }
  }
  return sum;
}

double precision(const Posterior& posterior, std::size_t row) {
  double sum = 0;
  for (const float log_variance : posterior.log_variance.row(row)) sum += std::exp(-static_cast<double>(log_variance));
  return sum;
}

void add_ranks(Ranks& sums, MatrixView expected, MatrixView x) {
  const std::size_t n = x.rows();
  for (std::size_t i = 0; i < n; ++i) {
    const double own = squared_distance(expected.row(i), x.row(i));
    std::size_t before = 0;
    std::size_t ties = 0;
    for (std::size_t j = 0; j < n; ++j) {
      const double other = squared_distance(expected.row(i), x.row(j));
      before += other < own ? 1 : 0;
      ties += j != i && other == own ? 1 : 0;
    }
    sums.ranks.push_back(1 + static_cast<double>(before) + 0.5 * static_cast<double>(ties));
    sums.chance.push_back(static_cast<double>(i + 1));
    sums.chance_reciprocal += 1 / static_cast<double>(i + 1);
  }
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return 0.5 * (values[(values.size() - 1) / 2] + values[values.size() / 2]);
}

/// `rows` of the data have both sides.
void add(Sums& sums, const JointModel& model, const JointData& data, std::span<const std::size_t> rows) {
  const std::array<Matrix, kModalities> x{take_rows(data.audio, rows), take_rows(data.lyrics, rows)};
  std::array<Posterior, kModalities> expert;
  std::array<Posterior, kModalities> alone;
  std::array<JointDecoded, kModalities> decoded;
  for (const Modality s : kBothSides) {
    expert[s] = model.expert(s, x[s]);
    alone[s] = model.encode_one(s, x[s]);
    decoded[s] = model.decode(alone[s].mean);
  }
  std::vector<std::size_t> own(rows.size());
  std::iota(own.begin(), own.end(), std::size_t{0});
  sums.n_rows += rows.size();
  for (const Modality s : kBothSides) {
    const Matrix& expected = decoded[1 - s].side(s);
    SideSums& side = sums.side[s];
    const Matrix mean(1, x[s].cols(), model.mean(s));
    for (std::size_t i = 0; i < rows.size(); ++i) side.total += squared_distance(x[s].row(i), mean.row(0));
    side.from_itself += squared_error(x[s], decoded[s].side(s), own);
    side.from_other += squared_error(x[s], expected, own);
    for (std::size_t shuffle = 0; shuffle < kShuffles; ++shuffle) {
      const std::vector<std::size_t> partner = Random(kShuffleSeed, shuffle).permutation(rows.size());
      side.from_shuffled += squared_error(x[s], expected, partner) / kShuffles;
    }
    side.kl += summed_kl(alone[s]);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const double mine = precision(expert[s], i);
      side.share += mine / (mine + precision(expert[1 - s], i));
    }
    add_ranks(sums.found[s], expected, x[s]);
  }
}

RetrievalCheck retrieval_of(const Ranks& found) {
  const auto n = static_cast<double>(found.ranks.size());
  RetrievalCheck check;
  check.median_rank = median(found.ranks);
  for (const double rank : found.ranks) check.reciprocal_rank += 1 / rank / n;
  check.chance_median_rank = median(found.chance);
  check.chance_reciprocal_rank = found.chance_reciprocal / n;
  return check;
}

CrossModalReport report_of(const Sums& sums) {
  const auto n = static_cast<double>(sums.n_rows);
  CrossModalReport report;
  report.n_rows = sums.n_rows;
  report.few = sums.n_rows < kFewRows;
  for (const Modality s : kBothSides) {
    const SideSums& side = sums.side[s];
    const auto r2 = [&](double error) { return side.total > 0 ? 1 - error / side.total : 0; };
    CrossModalCheck& check = report.side[s];
    check.r2_from_itself = r2(side.from_itself);
    check.r2_from_other = r2(side.from_other);
    check.r2_chance = r2(side.from_shuffled);
    check.kl = side.kl / n;
    check.precision_share = side.share / n;
    check.collapsed = check.kl < kCollapsedKl;
    check.unlearned = !check.collapsed && check.r2_from_itself < kUnlearnedR2;
    check.ignored = check.precision_share < kIgnoredShare;
  }
  report.retrieval = retrieval_of(sums.found[kLyrics]);
  report.retrieval_of_audio = retrieval_of(sums.found[kAudio]);
  return report;
}

/// At most kMostRows of them, evenly spread.
std::vector<std::size_t> some_of(const std::vector<std::size_t>& rows) {
  if (rows.size() <= kMostRows) return rows;
  std::vector<std::size_t> some(kMostRows);
  for (std::size_t i = 0; i < kMostRows; ++i) some[i] = rows[i * rows.size() / kMostRows];
  return some;
}

/// `x` without `hidden`, which become NaN.
Matrix without(MatrixView x, std::span<const std::size_t> hidden) {
  Matrix rest{x};
  for (const std::size_t row : hidden) std::ranges::fill(rest.row(row), std::numeric_limits<float>::quiet_NaN());
  return rest;
}

std::string told(const CrossModalCheck& side, const char* what, const char* by) {
  const bool more = side.r2_from_other > std::max(0.0, side.r2_chance);
  return more ? fmt::format("The {} tell {:.0f} % of what varies in the {}.", by, 100 * side.r2_from_other, what)
              : fmt::format("The {} tell nothing of the {} that the average song would not.", by, what);
}

}  // namespace

CrossModalReport cross_modal_checks(const JointModel& model, const JointData& data) {
  const std::vector<std::size_t> rows = some_of(presence(data).rows_with_both());
  require(rows.size() >= 2, fmt::format("{} of {} rows have both audio and lyrics: the checks between them need two",
                                        rows.size(), data.rows()));
  Sums sums;
  add(sums, model, data, rows);
  return report_of(sums);
}

CrossModalReport held_out_checks(const JointData& data, const JointOptions& options, const TrainOptions& train,
                                 std::size_t n_folds, const Execution& run) {
  require(n_folds >= 2, fmt::format("n_folds = {}: there must be two at least", n_folds));
  std::vector<std::size_t> rows = presence(data).rows_with_both();
  require(rows.size() >= 4, fmt::format("{} of {} rows have both audio and lyrics: holding some out needs four",
                                        rows.size(), data.rows()));
  n_folds = std::min(n_folds, rows.size() / 2);
  Random(train.seed, kFoldsItem).shuffle(std::span(rows));
  std::vector<Sums> folds(n_folds);
  train_side_by_side(n_folds, run, [&](std::size_t fold, const Execution& one) {
    const std::size_t first = fold * rows.size() / n_folds;
    const std::size_t last = (fold + 1) * rows.size() / n_folds;
    std::vector<std::size_t> asked(rows.begin() + std::ptrdiff_t(first), rows.begin() + std::ptrdiff_t(last));
    std::ranges::sort(asked);
    const Matrix audio = without(data.audio, asked);
    const Matrix lyrics = without(data.lyrics, asked);
    const std::array<std::uint64_t, 1> seed{train.seed};
    const auto trained = train_joint_seeds({audio, lyrics}, options, train, seed, one);
    add(folds[fold], trained.front().model, data, some_of(asked));
  });
  Sums sums = std::move(folds.front());
  for (std::size_t fold = 1; fold < n_folds; ++fold) {
    const Sums& other = folds[fold];
    sums.n_rows += other.n_rows;
    for (const Modality s : kBothSides) {
      SideSums& to = sums.side[s];
      const SideSums& from = other.side[s];
      to.total += from.total;
      to.from_itself += from.from_itself;
      to.from_other += from.from_other;
      to.from_shuffled += from.from_shuffled;
      to.kl += from.kl;
      to.share += from.share;
      sums.found[s].ranks.insert(sums.found[s].ranks.end(), other.found[s].ranks.begin(), other.found[s].ranks.end());
      sums.found[s].chance.insert(sums.found[s].chance.end(), other.found[s].chance.begin(),
                                  other.found[s].chance.end());
      sums.found[s].chance_reciprocal += other.found[s].chance_reciprocal;
    }
  }
  CrossModalReport report = report_of(sums);
  report.n_folds = n_folds;
  return report;
}

std::vector<std::string> sentences(const CrossModalReport& report) {
  std::vector<std::string> all;
  if (report.few) {
    all.push_back(
        fmt::format("Only {} songs have both sound and words: the numbers between them say little.", report.n_rows));
  }
  if (report.n_folds == 0) {
    all.emplace_back(
        "These numbers are of songs that the model was trained on, whose partners it may remember: they flatter.");
  }
  all.push_back(told(report.side[kLyrics], "words", "sounds"));
  all.push_back(told(report.side[kAudio], "sounds", "words"));
  all.push_back(
      fmt::format("Half of the songs' words are found by the sound among the first {:.0f} (by chance: {:.0f}).",
                  report.retrieval.median_rank, report.retrieval.chance_median_rank));
  all.push_back(fmt::format("Where a song has both, its place is {:.0f} % by the sound and {:.0f} % by the words.",
                            100 * report.side[kAudio].precision_share, 100 * report.side[kLyrics].precision_share));
  for (const Modality s : kBothSides) {
    const char* name = s == kAudio ? "sound" : "words";
    if (report.side[s].collapsed) {
      all.push_back(fmt::format("The model has lost the {}: alone, they say the same of nearly every song.", name));
    } else if (report.side[s].unlearned) {
      all.push_back(fmt::format("What the model reads in the {} does not tell even them again.", name));
    }
    if (report.side[s].ignored && !report.side[s].collapsed) {
      all.push_back(fmt::format("The model ignores the {} where a song has both.", name));
    }
  }
  return all;
}

}  // namespace songmap::model
