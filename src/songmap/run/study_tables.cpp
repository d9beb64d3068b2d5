#include "songmap/run/study_tables.h"

#include <algorithm>
#include <string>

#include "songmap/core/csv.h"
#include "songmap/run/spaces.h"

namespace songmap::run {
namespace {

std::string study_name(const MethodRow& method) {
  if (method.seeded) return "VAE + K-Means";
  return method.space == "pca" ? "PCA + K-Means" : "Direct K-Means (baseline)";
}

std::string cell(const std::vector<ScoreRow>& scores, const MethodRow& method, const std::string& metric,
                 const std::string& target, const std::string& scored_in) {
  const auto found = std::ranges::find_if(scores, [&](const ScoreRow& row) {
    return row.space == method.space && row.method == method.method && row.metric == metric && row.target == target &&
           row.scored_in == scored_in;
  });
  return found == scores.end() ? std::string() : csv_number(found->value);
}

}  // namespace

void save_easy_results(const RunFolder& folder, const Manifest& manifest, const std::vector<ScoreRow>& scores) {
  CsvWriter table({"Method", "Silhouette_Score", "Calinski_Harabasz", "Adjusted_Rand_Index"});
  const std::string target = manifest.targets.empty() ? std::string() : manifest.targets.front();
  for (const MethodRow& method : method_rows(manifest)) {
    table.add_row({study_name(method), cell(scores, method, "silhouette", "", method.space),
                   cell(scores, method, "calinski_harabasz", "", method.space),
                   cell(scores, method, "ari", target, "")});
  }
  table.save(folder.results(kEasyResults));
}

}  // namespace songmap::run
