#include "songmap/run/description.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <string>
#include <vector>

#include "songmap/core/error.h"
#include "songmap/model/model_file.h"

namespace songmap::run {
namespace {

constexpr const char* kKind = "description";

/// Shortest texts that read back as the same numbers.
std::string spelled(const std::vector<double>& values) { return fmt::format("{}", fmt::join(values, " ")); }

std::vector<double> numbers(const std::string& text) {
  std::vector<double> values;
  const char* at = text.data();
  const char* end = at + text.size();
  while (at < end) {
    double value = 0;
    const auto [next, error] = std::from_chars(at, end, value);
    if (error != std::errc()) throw FormatError("a number of a description cannot be read");
    values.push_back(value);
    at = next < end ? next + 1 : next;
  }
  return values;
}

std::vector<float> floats(MatrixView x) { return {x.values().begin(), x.values().end()}; }

void put(model::ModelFile& file, const features::ScalerModel& scaler) {
  file.values["scaler.kind"] = scaler.kind;
  file.values["scaler.cols"] = std::to_string(scaler.cols);
  file.values["scaler.logarithm"] = spelled({scaler.logarithm.begin(), scaler.logarithm.end()});
  file.values["scaler.smallest"] = spelled(scaler.smallest);
  file.values["scaler.mean"] = spelled(scaler.mean);
  file.values["scaler.deviation"] = spelled(scaler.deviation);
  file.values["scaler.clipped_mean"] = spelled(scaler.clipped_mean);
  file.values["scaler.clipped_deviation"] = spelled(scaler.clipped_deviation);
  file.arrays["scaler.sorted"] = floats(scaler.sorted);
}

features::ScalerModel scaler_of(const model::ModelFile& file) {
  features::ScalerModel scaler;
  scaler.kind = file.value("scaler.kind");
  scaler.cols = static_cast<std::size_t>(file.number("scaler.cols"));
  for (const double flag : numbers(file.value("scaler.logarithm"))) scaler.logarithm.push_back(flag != 0 ? 1 : 0);
  scaler.smallest = numbers(file.value("scaler.smallest"));
  scaler.mean = numbers(file.value("scaler.mean"));
  scaler.deviation = numbers(file.value("scaler.deviation"));
  scaler.clipped_mean = numbers(file.value("scaler.clipped_mean"));
  scaler.clipped_deviation = numbers(file.value("scaler.clipped_deviation"));
  const std::vector<float>& sorted = file.array("scaler.sorted");
  if (!sorted.empty()) scaler.sorted = Matrix(scaler.cols, sorted.size() / scaler.cols, sorted);
  return scaler;
}

void put(model::ModelFile& file, const features::BlockScalerModel& blocks) {
  file.values["blocks.count"] = std::to_string(blocks.blocks.size());
  file.values["blocks.cols"] = std::to_string(blocks.cols);
  for (std::size_t b = 0; b < blocks.blocks.size(); ++b) {
    const std::string name = fmt::format("block.{}.", b);
    const features::Block& block = blocks.blocks[b];
    const PcaModel& pca = blocks.pca[b];
    file.values[name + "name"] = block.name;
    file.values[name + "range"] = fmt::format("{} {}", block.first, block.count);
    file.values[name + "variance"] = spelled(pca.variance);
    file.values[name + "total_variance"] = spelled({pca.total_variance});
    file.arrays[name + "mean"] = pca.mean;
    file.arrays[name + "components"] = floats(pca.components);
  }
}

features::BlockScalerModel blocks_of(const model::ModelFile& file) {
  features::BlockScalerModel blocks;
  blocks.cols = static_cast<std::size_t>(file.number("blocks.cols"));
  const auto count = static_cast<std::size_t>(file.number("blocks.count"));
  for (std::size_t b = 0; b < count; ++b) {
    const std::string name = fmt::format("block.{}.", b);
    const std::vector<double> range = numbers(file.value(name + "range"));
    if (range.size() != 2) throw FormatError("a block of a description has no range");
    blocks.blocks.push_back(
        {file.value(name + "name"), static_cast<std::size_t>(range[0]), static_cast<std::size_t>(range[1])});
    PcaModel pca;
    pca.mean = file.array(name + "mean");
    const std::vector<float>& components = file.array(name + "components");
    pca.components = Matrix(components.size() / pca.mean.size(), pca.mean.size(), components);
    pca.variance = numbers(file.value(name + "variance"));
    pca.total_variance = numbers(file.value(name + "total_variance")).at(0);
    blocks.pca.push_back(std::move(pca));
  }
  return blocks;
}

}  // namespace

Matrix transform(const FittedDescription& description, MatrixView raw) {
  Matrix scaled = transform(description.scaling, raw);
  return description.metric ? features::transform(*description.metric, scaled) : scaled;
}

Matrix inverse_transform(const FittedDescription& description, MatrixView described) {
  const Matrix scaled =
      description.metric ? features::inverse_transform(*description.metric, described) : Matrix(described);
  return inverse_transform(description.scaling, scaled);
}

void save_description(const std::filesystem::path& file, const FittedDescription& description) {
  model::ModelFile kept;
  kept.kind = kKind;
  put(kept, description.scaling.columns);
  kept.values["scale"] = spelled({description.scaling.scale});
  if (description.scaling.blocks) put(kept, *description.scaling.blocks);
  if (description.metric) {
    kept.arrays["metric.mean"] = description.metric->mean;
    kept.arrays["metric.transform"] = floats(description.metric->transform);
  }
  model::write_model_file(file, kept);
}

FittedDescription load_description(const std::filesystem::path& file) {
  const model::ModelFile kept = model::read_model_file(file, kKind);
  FittedDescription description{{scaler_of(kept), std::nullopt, static_cast<float>(kept.number("scale"))},
                                std::nullopt};
  if (kept.values.contains("blocks.count")) description.scaling.blocks = blocks_of(kept);
  if (kept.arrays.contains("metric.mean")) {
    features::NoiseMetricModel metric;
    metric.mean = kept.array("metric.mean");
    metric.transform = Matrix(metric.mean.size(), metric.mean.size(), kept.array("metric.transform"));
    description.metric = std::move(metric);
  }
  return description;
}

}  // namespace songmap::run
