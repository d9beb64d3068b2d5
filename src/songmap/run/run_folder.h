#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace songmap::run {

/// Where everything of a run lies. The stages of a run talk to each other through these files alone.
class RunFolder {
 public:
  explicit RunFolder(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// A folder that an earlier stage made. @throws IoError  it holds no manifest.
  [[nodiscard]] static RunFolder existing(const std::filesystem::path& folder);

  /// A folder to write a run into: new, empty, or an earlier run, whose files will be replaced one by one.
  /// @throws IoError  it holds something that is not a run.
  [[nodiscard]] static RunFolder for_writing(const std::filesystem::path& folder);

  /// Removes what the stages after `extract` made, so that nothing in the folder tells of another input or preset.
  /// Checkpoints stay: an interrupted training of the same data goes on from them.
  void remove_results() const;

  [[nodiscard]] const std::filesystem::path& path() const { return folder_; }
  [[nodiscard]] std::filesystem::path manifest() const { return folder_ / "manifest.json"; }
  [[nodiscard]] std::filesystem::path tracks() const { return folder_ / "tracks.csv"; }
  [[nodiscard]] std::filesystem::path failures() const { return folder_ / "failures.csv"; }
  [[nodiscard]] std::filesystem::path labels() const { return folder_ / "labels.csv"; }
  [[nodiscard]] std::filesystem::path map() const { return folder_ / "map.csv"; }
  [[nodiscard]] std::filesystem::path scores() const { return folder_ / "scores.csv"; }
  [[nodiscard]] std::filesystem::path curves() const { return folder_ / "curves.csv"; }
  [[nodiscard]] std::filesystem::path reconstruction() const { return folder_ / "reconstruction.csv"; }
  [[nodiscard]] std::filesystem::path held_out() const { return folder_ / "held_out.csv"; }
  [[nodiscard]] std::filesystem::path cross_modal() const { return folder_ / "cross_modal.csv"; }
  [[nodiscard]] std::filesystem::path subsets() const { return folder_ / "subsets.csv"; }
  [[nodiscard]] std::filesystem::path lyrics() const { return folder_ / "lyrics.csv"; }
  [[nodiscard]] std::filesystem::path clusterings() const { return folder_ / "clusterings.csv"; }
  [[nodiscard]] std::filesystem::path candidates() const { return folder_ / "candidates.csv"; }
  [[nodiscard]] std::filesystem::path comparisons() const { return folder_ / "comparisons.csv"; }
  [[nodiscard]] std::filesystem::path inspections() const { return folder_ / "inspections"; }
  [[nodiscard]] std::filesystem::path spaces() const { return folder_ / "spaces"; }
  /// What became of the run since: see atlas::State.
  [[nodiscard]] std::filesystem::path library() const { return folder_ / "library.sqlite"; }
  /// How raw features are turned into what the models read.
  [[nodiscard]] std::filesystem::path description() const { return models() / "description.model"; }
  [[nodiscard]] std::filesystem::path models() const { return folder_ / "models"; }
  [[nodiscard]] std::filesystem::path figures() const { return folder_ / "figures"; }
  [[nodiscard]] std::filesystem::path results() const { return folder_ / "results"; }
  [[nodiscard]] std::filesystem::path results(const std::string& file) const { return results() / file; }
  [[nodiscard]] std::filesystem::path report() const { return folder_ / "report.html"; }

  /// Matrix of a space. What depends on the seed of a model has one file a seed: the first seed's bears the plain name.
  [[nodiscard]] std::filesystem::path space(const std::string& name) const;
  [[nodiscard]] std::filesystem::path space(const std::string& name, std::size_t seed_index) const;
  [[nodiscard]] std::filesystem::path model(const std::string& name, std::size_t seed_index) const;

 private:
  std::filesystem::path folder_;
};

}  // namespace songmap::run
