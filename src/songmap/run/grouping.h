#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "songmap/cluster/bounds.h"
#include "songmap/cluster/method.h"
#include "songmap/core/execution.h"
#include "songmap/core/matrix.h"
#include "songmap/model/deep_clustering.h"

/// The clusterings that a run offers: those of the room `cluster`, and those that need a projection or a network first.
namespace songmap::run {

/// What can be tuned about each clustering: kmeans.*, spectral.*, dbscan.*, deep.* …; and about their groups: groups.*
struct GroupingOptions : cluster::MethodOptions {
  model::DeepOptions deep;
  cluster::Bounds groups;
};
void describe(OptionSet& set, GroupingOptions& options);

/// What all seeds of a space's first clustering agree on. It is made of other labels, so `group` does not know it.
inline constexpr const char* kConsensus = "consensus";

/// Names as the tables and `cluster.methods` have them: cluster::method_names(); umap-k-means: k-means in eight
/// dimensions of UMAP; those of deep_grouping.h; consensus.
[[nodiscard]] const std::vector<std::string>& method_names();

/// How people call a method: "K-Means", "Agglomerative", "DBSCAN" …
[[nodiscard]] std::string method_title(const std::string& method);

/// Two seeds give one result: nothing is drawn at random.
[[nodiscard]] bool is_deterministic(const std::string& method);

/// Whether `group` does it, and cheaply enough to be repeated on shuffled or made-up rows.
[[nodiscard]] bool is_repeatable(const std::string& method);

/// What is grouped, by which methods: of those asked for, the ones that have a meaning there, each refinement behind
/// the method that it begins from, the consensus last. Only where the tracks are `described` by values that no model
/// made does deep clustering train networks.
/// @throws InvalidArgument  the first of the methods is not one for every space.
[[nodiscard]] std::vector<std::string> methods_for(const std::vector<std::string>& asked, bool described);

/// Groups the rows of x, within the bounds of `options.groups`. Errors and cost are those of the method.
[[nodiscard]] cluster::Clustering group(MatrixView x, const std::string& method, std::size_t n_clusters,
                                        std::uint64_t seed, const GroupingOptions& options, const Execution& run = {});

}  // namespace songmap::run
