#include "songmap/cluster/spectral.h"

#include <fmt/format.h>

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <limits>

#include "songmap/cluster/kmeans.h"
#include "songmap/core/error.h"
#include "songmap/core/options.h"
#include "songmap/core/parallel.h"
#include "songmap/core/random.h"
#include "songmap/neighbors/knn.h"

namespace songmap::cluster {
namespace {

using Block = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;  // [n, vectors]

struct Edge {
  std::size_t to;
  double weight;
};
using Graph = std::vector<std::vector<Edge>>;  // symmetric, by rising row

// Every row's own scale; rows that lie on their neighbours take the smallest scale of the others.
std::vector<double> scales(const neighbors::Neighbors& near, std::size_t neighbor) {
  std::vector<double> result;
  double smallest = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < near.rows(); ++i) {
    result.push_back(near.distances_of(i)[std::min(neighbor, near.k) - 1]);
    if (result.back() > 0) smallest = std::min(smallest, result.back());
  }
  if (!std::isfinite(smallest)) smallest = 1;
  for (double& scale : result) scale = std::max(scale, smallest);
  return result;
}

// D^-1/2 W D^-1/2 of the neighbour graph.
Graph normalised_graph(const neighbors::Neighbors& near, std::size_t scale_neighbor) {
  const std::vector<double> scale = scales(near, scale_neighbor);
  Graph graph(near.rows());
  for (std::size_t i = 0; i < graph.size(); ++i) {
    for (std::size_t j = 0; j < near.k; ++j) {
      const std::size_t other = near.of(i)[j];
      const double distance = near.distances_of(i)[j];
      const double weight = std::exp(-distance * distance / (scale[i] * scale[other]));
      graph[i].push_back({other, weight});
      graph[other].push_back({i, weight});
    }
  }
  std::vector<double> degree(graph.size());
  for (std::size_t i = 0; i < graph.size(); ++i) {
    // A pair that chose each other is there twice with the same weight: that is the maximum of both.
    std::ranges::sort(graph[i], {}, &Edge::to);
    const auto repeated = std::ranges::unique(graph[i], {}, &Edge::to);
    graph[i].erase(repeated.begin(), repeated.end());
    for (const Edge& edge : graph[i]) degree[i] += edge.weight;
  }
  for (std::size_t i = 0; i < graph.size(); ++i) {
    for (Edge& edge : graph[i]) {
      if (edge.weight > 0) edge.weight /= std::sqrt(degree[i] * degree[edge.to]);
    }
  }
  return graph;
}

Block multiply(const Graph& graph, const Block& x, std::size_t threads) {
  Block result = Block::Zero(x.rows(), x.cols());
  constexpr std::size_t kChunk = 512;
  parallel_chunks(graph.size(), kChunk, threads, [&](std::size_t, std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; ++i) {
      auto row = result.row(static_cast<Eigen::Index>(i));
      for (const Edge& edge : graph[i]) row += edge.weight * x.row(static_cast<Eigen::Index>(edge.to));
    }
  });
  return result;
}

Block orthonormal(const Block& x) {
  const Eigen::HouseholderQR<Eigen::MatrixXd> qr{Eigen::MatrixXd(x)};
  return Block(qr.householderQ() * Eigen::MatrixXd::Identity(x.rows(), x.cols()));
}

struct Eigenpairs {
  Block vectors;
  Eigen::VectorXd values;
  bool converged = false;
};

// The Chebyshev polynomial of the graph that is small on eigenvalues in [-1, edge] and grows above.
Block filtered(const Graph& graph, const Block& x, double edge, std::size_t threads) {
  constexpr int kDegree = 12;
  const double half = (edge + 1) / 2;
  const double middle = (edge - 1) / 2;
  Block before = x;
  Block current = (multiply(graph, x, threads) - middle * x) / half;
  for (int degree = 2; degree <= kDegree; ++degree) {
    Block next = 2 / half * (multiply(graph, current, threads) - middle * current) - before;
    before = std::move(current);
    current = std::move(next);
  }
  return current;
}

// The k largest eigenvalues, by subspace iteration with a Chebyshev filter (Zhou & Saad 2007). A block finds equal
// eigenvalues, which a graph of several pieces has and a Krylov space of one vector misses.
Eigenpairs leading(const Graph& graph, std::size_t k, std::uint64_t seed, std::size_t threads) {
  const auto n = static_cast<Eigen::Index>(graph.size());
  const auto wanted = static_cast<Eigen::Index>(k);
  const Eigen::Index size = std::min(n, wanted + std::max<Eigen::Index>(8, wanted / 2));
  Random random(seed);
  Block x(n, size);
  for (double& value : x.reshaped()) value = random.normal();
  x = orthonormal(x);
  Eigenpairs result;
  constexpr int kRounds = 60;
  constexpr double kTolerance = 1e-6;
  for (int round = 0;; ++round) {
    Block image = multiply(graph, x, threads);
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> ritz(Eigen::MatrixXd(x.transpose() * image));
    const Eigen::MatrixXd rotation = ritz.eigenvectors().rowwise().reverse();
    const Eigen::VectorXd values = ritz.eigenvalues().reverse();
    x = x * rotation;
    image = image * rotation;
    const Block residual = image - x * values.asDiagonal();
    result.converged = residual.leftCols(wanted).colwise().norm().maxCoeff() <= kTolerance;
    if (result.converged || round == kRounds) {
      result.vectors = x.leftCols(wanted);
      result.values = values.head(wanted);
      return result;
    }
    constexpr double kLowest = -0.9;
    constexpr double kHighest = 0.999;
    x = orthonormal(filtered(graph, x, std::clamp(values[size - 1], kLowest, kHighest), threads));
  }
}

void check(MatrixView x, const SpectralOptions& options) {
  require(!x.empty(), "spectral clustering: the matrix is empty");
  require(options.neighbors >= 1, "spectral clustering: neighbors must be at least 1");
  require(options.scale_neighbor >= 1, "spectral clustering: scale_neighbor must be at least 1");
  require(all_finite(x), "spectral clustering: the matrix holds values that are not finite");
}

Graph graph_of(MatrixView x, const SpectralOptions& options, const Execution& run) {
  const std::size_t k = std::min(options.neighbors, std::max<std::size_t>(5, x.rows() / 12));
  return normalised_graph(neighbors::nearest_neighbors(x, k, run), options.scale_neighbor);
}

}  // namespace

void describe(OptionSet& set, SpectralOptions& options) {
  set.add("neighbors", &options.neighbors, at_least(1), "neighbours in the graph; fewer in small collections");
  set.add("scale_neighbor", &options.scale_neighbor, at_least(1), "the neighbour whose distance is a row's scale");
  set.add("n_init", &options.n_init, at_least(1), "starts of k-means on the eigenvectors");
}

SpectralResult fit_spectral(MatrixView x, const SpectralOptions& options, const Execution& run) {
  check(x, options);
  const std::size_t n = x.rows();
  require(options.n_clusters >= 1 && options.n_clusters <= n,
          fmt::format("spectral clustering: n_clusters is {}, but must be 1 to the number of rows, {}",
                      options.n_clusters, n));
  SpectralResult result;
  if (n == 1) return {{0}, Matrix(1, 1, {1}), {1}, true};

  const Eigenpairs pairs = leading(graph_of(x, options, run), options.n_clusters, options.seed, run.thread_count());
  result.converged = pairs.converged;
  result.eigenvalues.assign(pairs.values.begin(), pairs.values.end());
  Matrix vectors(n, options.n_clusters);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < options.n_clusters; ++j) {
      vectors(i, j) = static_cast<float>(pairs.vectors(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j)));
    }
  }
  result.embedding = l2_normalised(vectors);
  KMeansOptions kmeans;
  kmeans.n_clusters = options.n_clusters;
  kmeans.n_init = options.n_init;
  kmeans.seed = options.seed;
  result.labels = fit_kmeans(result.embedding, kmeans, run).labels;
  return result;
}

std::vector<double> graph_eigenvalues(MatrixView x, std::size_t count, const SpectralOptions& options,
                                      const Execution& run) {
  check(x, options);
  require(count >= 1, "graph_eigenvalues: count must be at least 1");
  if (x.rows() == 1) return {1};
  const Eigenpairs pairs =
      leading(graph_of(x, options, run), std::min(count, x.rows()), options.seed, run.thread_count());
  return {pairs.values.begin(), pairs.values.end()};
}

}  // namespace songmap::cluster
