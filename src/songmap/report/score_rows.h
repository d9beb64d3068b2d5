#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "songmap/report/data.h"

/// Finding one number among the rows of scores.csv, and the words by which readers know a clustering.
namespace songmap::report {

/// One way of grouping the tracks.
struct MethodKey {
  std::string view;
  std::string space;
  std::string method;
  bool operator==(const MethodKey&) const = default;
};

template <class Row>
[[nodiscard]] MethodKey key_of(const Row& row) {
  return {row.view, row.space, row.method};
}

/// The clustering whose groups the report tells about: the first of labels.csv, else of scores.csv. None: empty names.
[[nodiscard]] MethodKey main_method(const RunData& run);

/// Every clustering that has a row in scores.csv, in that order, those under one heading (see `method_heading`)
/// together.
[[nodiscard]] std::vector<MethodKey> scored_methods(const RunData& run);

/// Agreement with a label column. Null when it was not computed, as below.
[[nodiscard]] const ScoreRow* agreement(const RunData& run, const MethodKey& method, std::string_view metric,
                                        std::string_view target);
/// The same with the words of other tracks; `control` is run::kShuffledLyrics or run::kShuffledInLanguage.
[[nodiscard]] const ScoreRow* shuffled_agreement(const RunData& run, const MethodKey& method, std::string_view metric,
                                                 std::string_view target, std::string_view control);
/// A score by the distances of one space: silhouette, silhouette_noise, calinski_harabasz, davies_bouldin.
[[nodiscard]] const ScoreRow* tightness(const RunData& run, const MethodKey& method, std::string_view metric,
                                        std::string_view space);
/// Coverage or stability.
[[nodiscard]] const ScoreRow* fact(const RunData& run, const MethodKey& method, std::string_view metric);

/// Why a clustering has no scores: the reason of its first undefined seed, and with how many seeds it is so where it is
/// not so with all. Empty when it is fine.
[[nodiscard]] std::string undefined_reason(const RunData& run, const MethodKey& method);

/// The space other than a clustering's own in which all are measured; empty when there is none.
[[nodiscard]] std::string common_space(const RunData& run);

/// Label columns that anything was scored against, in the order of the run.
[[nodiscard]] std::vector<std::string> scored_targets(const RunData& run);

/// The metric by which agreement with a column is told first: ami where it was computed, else ari.
[[nodiscard]] std::string main_metric(const RunData& run, const std::string& target);

/// "K-Means" for k-means; a method that songmap does not know as it is.
[[nodiscard]] std::string method_title(const std::string& method);
/// "Beta-VAE", "Beta-VAE + lyrics", "PCA": a space as a reader is told.
[[nodiscard]] std::string space_title(const RunData& run, const std::string& space);
/// "K-Means on Beta-VAE + lyrics".
[[nodiscard]] std::string method_name(const RunData& run, const MethodKey& method);
/// What a clustering looks at: "Sound, as a model keeps it", "Sound and words together", "Words alone" …
[[nodiscard]] std::string method_heading(const RunData& run, const MethodKey& method);
/// "by sound", "by words alone", "by sound and words together"; "in the view X" for any other.
[[nodiscard]] std::string view_phrase(const std::string& view);

}  // namespace songmap::report
