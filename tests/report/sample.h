#pragma once

#include <filesystem>
#include <string>

namespace songmap::report {

/// What a made-up run folder holds.
struct SampleRun {
  std::size_t n_tracks = 60;
  std::size_t n_groups = 6;
  bool hostile = false;  ///< Tags, labels and messages that try to break out of HTML, SVG and gnuplot.
  std::string preset = "default";
  double agreement = 0.86;  ///< AMI and ARI against genre.
  double p = 0.001;         ///< Of the agreement.
  bool collapsed = false;   ///< The model has collapsed in every seed.
};

/// Writes every file that a finished run has except pictures and report: the same for the same `sample`.
void write_sample_run(const std::filesystem::path& folder, const SampleRun& sample = {});

/// Text that means something to HTML, XML, gnuplot or a shell.
[[nodiscard]] const std::string& hostile_text();

}  // namespace songmap::report
