#include "songmap/model/checkpoint.h"

#include <fmt/format.h>

#include <sstream>
#include <utility>

#include "songmap/core/error.h"
#include "songmap/core/hash.h"
#include "songmap/model/model_file.h"

namespace songmap::model {
namespace {

void put(ModelFile& file, const std::string& prefix, const LearnerState& state) {
  file.arrays[prefix + ".parameters"] = state.parameters;
  file.arrays[prefix + ".first_moment"] = state.first_moment;
  file.arrays[prefix + ".second_moment"] = state.second_moment;
  file.values[prefix + ".steps"] = fmt::format("{}", state.steps);
  file.values[prefix + ".variance"] = fmt::format("{}", state.variance);
}

LearnerState take(const ModelFile& file, const std::string& prefix) {
  return {file.array(prefix + ".parameters"), file.array(prefix + ".first_moment"),
          file.array(prefix + ".second_moment"), static_cast<std::uint64_t>(file.number(prefix + ".steps")),
          file.number(prefix + ".variance")};
}

std::string epoch_name(std::size_t epoch) { return fmt::format("epoch.{}", epoch); }

Epoch parsed_epoch(std::size_t number, const std::string& text) {
  Epoch epoch;
  epoch.epoch = number;
  std::istringstream words(text);
  for (double* field : {&epoch.total, &epoch.reconstruction, &epoch.kl, &epoch.held_out}) {
    std::string word;
    words >> word;
    *field = std::stod(word);
  }
  return epoch;
}

}  // namespace

std::string training_fingerprint(const TrainingData& data, VaeOptions vae, TrainOptions train) {
  OptionSet set;
  describe(set, vae);
  describe(set, train);
  ContentHash hash;
  for (const OptionField& field : set.fields()) {
    const std::string line = fmt::format("{} = {}\n", field.name, field.value());
    hash.add(line.data(), line.size());
  }
  for (const MatrixView part : {data.x, data.condition}) {
    const std::string shape = fmt::format("{} x {}\n", part.rows(), part.cols());
    hash.add(shape.data(), shape.size());
    hash.add(part.data(), part.values().size_bytes());
  }
  hash.add(data.owner.data(), data.owner.size_bytes());
  return hash.hex();
}

void write_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint) {
  ModelFile file;
  file.kind = "checkpoint";
  file.values["fingerprint"] = checkpoint.fingerprint;
  file.values["epochs"] = fmt::format("{}", checkpoint.epochs.size());
  file.values["best_epoch"] = fmt::format("{}", checkpoint.best_epoch);
  for (const Epoch& epoch : checkpoint.epochs) {
    file.values[epoch_name(epoch.epoch)] =
        fmt::format("{} {} {} {}", epoch.total, epoch.reconstruction, epoch.kl, epoch.held_out);
  }
  put(file, "state", checkpoint.state);
  if (checkpoint.best_epoch > 0) put(file, "best", checkpoint.best);
  write_model_file(path, file);
}

Checkpoint read_checkpoint(const std::filesystem::path& path) {
  const ModelFile file = read_model_file(path, "checkpoint");
  try {
    Checkpoint checkpoint;
    checkpoint.fingerprint = file.value("fingerprint");
    checkpoint.state = take(file, "state");
    checkpoint.best_epoch = static_cast<std::size_t>(file.number("best_epoch"));
    if (checkpoint.best_epoch > 0) checkpoint.best = take(file, "best");
    const auto n_epochs = static_cast<std::size_t>(file.number("epochs"));
    for (std::size_t i = 1; i <= n_epochs; ++i) {
      checkpoint.epochs.push_back(parsed_epoch(i, file.value(epoch_name(i))));
    }
    return checkpoint;
  } catch (const std::logic_error& error) {  // what std::stod throws
    throw FormatError(quoted(path) + " is not a whole checkpoint: a number is missing");
  } catch (const InvalidArgument& error) {
    throw FormatError(quoted(path) + " is not a whole checkpoint: " + error.what());
  }
}

}  // namespace songmap::model
