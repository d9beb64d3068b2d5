#include "songmap/model/joint_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "songmap/core/error.h"

namespace songmap::model {
namespace {

std::vector<std::size_t> rows_where(std::size_t n, const std::function<bool(std::size_t)>& wanted) {
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < n; ++i) {
    if (wanted(i)) rows.push_back(i);
  }
  return rows;
}

}  // namespace

std::vector<std::size_t> Presence::rows_with(Modality side) const {
  return rows_where(has[side].size(), [&](std::size_t i) { return has[side][i] != 0; });
}

std::vector<std::size_t> Presence::rows_with_both() const {
  return rows_where(has[kAudio].size(), [&](std::size_t i) { return (has[kAudio][i] & has[kLyrics][i]) != 0; });
}

std::vector<std::size_t> Presence::rows_with_any() const {
  return rows_where(has[kAudio].size(), [&](std::size_t i) { return (has[kAudio][i] | has[kLyrics][i]) != 0; });
}

Presence presence(const JointData& data) {
  require(data.rows() > 0, "there are no rows: a joint model needs songs with sound or words");
  require(data.audio.empty() || data.lyrics.empty() || data.audio.rows() == data.lyrics.rows(),
          fmt::format("audio is {} x {}, lyrics {} x {}: a joint model takes one row of each a song", data.audio.rows(),
                      data.audio.cols(), data.lyrics.rows(), data.lyrics.cols()));
  Presence result;
  for (const Modality side : kBothSides) {
    const MatrixView x = data.side(side);
    result.has[side].resize(data.rows());
    for (std::size_t i = 0; i < (x.empty() ? 0 : x.rows()); ++i) {
      if (std::ranges::all_of(x.row(i), [](float value) { return std::isnan(value); })) continue;
      require(std::ranges::all_of(x.row(i), [](float value) { return std::isfinite(value); }),
              fmt::format("row {} of the {} holds values that are not finite: a missing one is NaN throughout", i,
                          kSideNames[side]));
      result.has[side][i] = 1;
    }
  }
  return result;
}

}  // namespace songmap::model
