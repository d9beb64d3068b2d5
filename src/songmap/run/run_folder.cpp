#include "songmap/run/run_folder.h"

#include <fmt/format.h>

#include <system_error>
#include <vector>

#include "songmap/core/error.h"

namespace songmap::run {

namespace fs = std::filesystem;

RunFolder RunFolder::existing(const fs::path& folder) {
  RunFolder run(folder);
  if (!fs::exists(run.manifest())) {
    throw IoError(fmt::format("{} is not a run: it has no manifest.json (songmap run or songmap extract makes one)",
                              quoted(folder)));
  }
  return run;
}

RunFolder RunFolder::for_writing(const fs::path& folder) {
  RunFolder run(folder);
  std::error_code error;
  if (fs::exists(folder, error)) {
    if (!fs::is_directory(folder, error)) throw IoError(fmt::format("{} is a file, not a folder", quoted(folder)));
    if (!fs::is_empty(folder, error) && !fs::exists(run.manifest())) {
      throw IoError(
          fmt::format("{} holds other files and is not a run: choose a new or empty folder with -o", quoted(folder)));
    }
  }
  fs::create_directories(folder, error);
  if (error) throw IoError(fmt::format("cannot make the folder {}: {}", quoted(folder), error.message()));
  return run;
}

void RunFolder::remove_results() const {
  std::error_code error;
  for (const fs::path& file : {lyrics(), labels(), clusterings(), candidates(), map(), scores(), comparisons(),
                               curves(), reconstruction(), held_out(), cross_modal(), subsets(), report()}) {
    fs::remove(file, error);
  }
  for (const fs::path& folder : {spaces(), inspections(), figures(), results()}) fs::remove_all(folder, error);
  std::vector<fs::path> models_made;
  for (const auto& entry : fs::directory_iterator(models(), error)) {
    if (entry.path().extension() == ".model") models_made.push_back(entry.path());
  }
  for (const fs::path& model : models_made) fs::remove(model, error);
}

fs::path RunFolder::space(const std::string& name) const { return spaces() / (name + ".npy"); }

fs::path RunFolder::space(const std::string& name, std::size_t seed_index) const {
  return seed_index == 0 ? space(name) : space(fmt::format("{}.seed-{}", name, seed_index + 1));
}

fs::path RunFolder::model(const std::string& name, std::size_t seed_index) const {
  return models() / fmt::format("{}.seed-{}.model", name, seed_index + 1);
}

}  // namespace songmap::run
