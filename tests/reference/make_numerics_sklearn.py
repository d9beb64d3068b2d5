#!/usr/bin/env python3
"""Writes numerics_sklearn.json: scores of small clusterings and of a real table by scikit-learn.

Usage: make_numerics_sklearn.py DATA_FOLDER OUTPUT.json   (needs numpy, pandas, scikit-learn)
"""
import json
import sys
import warnings

import numpy as np
import pandas as pd
import sklearn
from sklearn import manifold, metrics
from sklearn.cluster import KMeans
from sklearn.metrics.cluster import contingency_matrix, expected_mutual_information
from sklearn.preprocessing import StandardScaler

warnings.simplefilter("ignore")


def external(classes, clusters):
    table = contingency_matrix(classes, clusters)
    return {
        "classes": [int(c) for c in classes],
        "clusters": [int(c) for c in clusters],
        "ari": metrics.adjusted_rand_score(classes, clusters),
        "nmi": metrics.normalized_mutual_info_score(classes, clusters),
        "ami": metrics.adjusted_mutual_info_score(classes, clusters),
        "purity": float(table.max(axis=0).sum() / table.sum()),
        "homogeneity": metrics.homogeneity_score(classes, clusters),
        "completeness": metrics.completeness_score(classes, clusters),
        "v_measure": metrics.v_measure_score(classes, clusters),
        "mutual_info": metrics.mutual_info_score(classes, clusters),
        "expected_mutual_info": float(expected_mutual_information(table.astype(np.int64), int(table.sum()))),
    }


def external_cases(random):
    yield [0, 0, 1, 1], [0, 0, 1, 1]  # equal
    yield [0, 0, 1, 1], [1, 1, 0, 0]  # equal up to names
    yield [0, 0, 1, 1], [0, 1, 0, 1]  # independent
    yield [0, 0, 0, 0], [0, 1, 2, 3]  # one class, singletons
    yield [0, 1, 2, 3], [0, 0, 0, 0]
    yield [0, 0, 0], [0, 0, 0]  # one on both sides
    yield [0, 1, 2], [2, 1, 0]  # singletons on both sides
    yield [0], [0]
    yield [0, 1, 0, 1, 0, 1], [-1, -1, -1, -1, -1, -1]  # noise alone
    yield [0, 0, 1, 1, 2, 2], [-1, 0, 0, 1, 1, -1]
    for n, classes, clusters in ((20, 3, 4), (100, 10, 5), (300, 2, 30), (1000, 10, 10)):
        yield random.integers(0, classes, n), random.integers(-1, clusters, n)
    truth = random.choice(4, 200, p=[0.85, 0.1, 0.03, 0.02])  # imbalanced, mostly found
    yield truth, np.where(random.random(200) < 0.8, truth, random.integers(0, 6, 200))


def internal(x, labels):
    kept = labels >= 0
    return {
        "x": [[float(v) for v in row] for row in x],
        "labels": [int(v) for v in labels],
        "samples": [float(v) for v in metrics.silhouette_samples(x[kept], labels[kept])],
        "silhouette": float(metrics.silhouette_score(x[kept], labels[kept])),
        "calinski_harabasz": float(metrics.calinski_harabasz_score(x[kept], labels[kept])),
        "davies_bouldin": float(metrics.davies_bouldin_score(x[kept], labels[kept])),
    }


def internal_cases(random):
    x = random.normal(size=(24, 3)).astype(np.float32)
    yield x, random.integers(0, 4, 24)
    yield x, np.where(np.arange(24) % 5 == 0, -1, random.integers(0, 3, 24))  # noise
    yield x, np.minimum(np.arange(24) // 2, 8)  # pairs and one large
    yield x, np.where(np.arange(24) == 7, 1, 0)  # a cluster of one
    yield np.repeat(x[:4], 6, axis=0), np.repeat(np.arange(4), 6)  # no spread inside


def projection(random):
    high = random.normal(size=(40, 5)).astype(np.float32)
    low = (high[:, :2] + 0.5 * random.normal(size=(40, 2))).astype(np.float32)
    return {
        "high": high.tolist(),
        "low": low.tolist(),
        "trustworthiness": {str(k): float(manifold.trustworthiness(high, low, n_neighbors=k)) for k in (1, 5, 15, 19)},
    }


def gtzan(folder):
    table = pd.read_csv(f"{folder}/tables/gtzan_features_30s.csv").drop(columns=["filename", "length"])
    genre = table.pop("label").astype("category").cat.codes.to_numpy()
    z = StandardScaler().fit_transform(table.to_numpy()).astype(np.float32)
    inertia = [KMeans(10, n_init=10, random_state=seed).fit(z).inertia_ for seed in range(20)]
    return {
        "silhouette_of_genre": float(metrics.silhouette_score(z, genre)),
        "calinski_harabasz_of_genre": float(metrics.calinski_harabasz_score(z, genre)),
        "davies_bouldin_of_genre": float(metrics.davies_bouldin_score(z, genre)),
        "kmeans_inertia_mean_of_20_seeds": float(np.mean(inertia)),
        "kmeans_inertia_deviation": float(np.std(inertia, ddof=1)),
    }


def main():
    folder, output = sys.argv[1:]
    random = np.random.default_rng(20240501)
    result = {
        "scikit-learn": sklearn.__version__,
        "external": [external(np.asarray(a), np.asarray(b)) for a, b in external_cases(random)],
        "internal": [internal(x, labels) for x, labels in internal_cases(random)],
        "projection": projection(random),
        "gtzan": gtzan(folder),
    }
    with open(output, "w", encoding="utf-8") as file:
        json.dump(result, file, separators=(",", ":"))
        file.write("\n")


if __name__ == "__main__":
    main()
