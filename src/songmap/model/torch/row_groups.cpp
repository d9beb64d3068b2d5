#include "songmap/model/torch/row_groups.h"

#include <algorithm>
#include <optional>
#include <thread>

#include "songmap/core/parallel.h"
#include "songmap/model/torch/bridge.h"

namespace songmap::model {
namespace {

constexpr std::size_t kMostGroups = 4;
constexpr std::size_t kPiece = std::size_t{1} << 16;

}  // namespace

RowGroups::RowGroups(std::size_t rows)
    : rows_(rows), group_rows_(chunk_count(rows, kMostGroups)), count_(chunk_count(rows, group_rows_)) {}

void RowGroups::for_each(std::size_t threads, const std::function<void(std::size_t, std::size_t, bool)>& work) const {
  const std::thread::id caller = std::this_thread::get_id();
  parallel_chunks(rows_, group_rows_, threads, [&](std::size_t group, std::size_t first, std::size_t last) {
    std::optional<TorchThreadSettings> settings;
    if (std::this_thread::get_id() != caller) settings.emplace();
    for (std::size_t row = first; row < last; ++row) work(group, row, row == first);
  });
}

GroupedGradient::GroupedGradient(const at::Tensor& gradient, std::size_t first, std::size_t last, std::size_t groups)
    : gradient_(gradient), first_(first), last_(last), others_(groups - 1, std::vector<float>(last - first)) {}

float* GroupedGradient::at(std::size_t group, std::size_t offset) {
  if (group == 0) return gradient_.mutable_data_ptr<float>() + offset;
  return others_[group - 1].data() + (offset - first_);
}

void GroupedGradient::add_up(std::size_t threads) {
  float* sum = gradient_.mutable_data_ptr<float>() + first_;
  parallel_chunks(last_ - first_, kPiece, threads, [&](std::size_t, std::size_t first, std::size_t last) {
    for (const std::vector<float>& other : others_) {
      for (std::size_t i = first; i < last; ++i) sum[i] += other[i];
    }
  });
}

}  // namespace songmap::model
