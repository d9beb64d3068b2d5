#!/usr/bin/env python3
"""Writes density.json: DBSCAN and HDBSCAN by scikit-learn, and density-based validity by the hdbscan package.

Usage: make_density_reference.py DATA_FOLDER OUTPUT.json   (needs numpy, pandas, scikit-learn, hdbscan)
"""
import json
import sys
import warnings

import numpy as np
import pandas as pd
import sklearn
from hdbscan.validity import all_points_core_distance, validity_index
from sklearn.cluster import DBSCAN, HDBSCAN
from sklearn.datasets import make_moons
from sklearn.metrics import adjusted_rand_score, pairwise_distances
from sklearn.preprocessing import StandardScaler

warnings.simplefilter("ignore")


def dbscan(x, eps, min_samples):
    labels = DBSCAN(eps=eps, min_samples=min_samples).fit(x).labels_
    return {"eps": eps, "min_samples": min_samples, "labels": labels.tolist()}


def hdbscan(x, min_cluster_size, min_samples, random):
    """Nothing where the result depends on the order of the rows: equal distances leave the order of joins open."""
    def fit(rows):
        return HDBSCAN(min_cluster_size=min_cluster_size, min_samples=min_samples, algorithm="kd_tree").fit(rows)

    model = fit(x)
    for _ in range(10):
        order = random.permutation(len(x))
        other = fit(x[order])
        same = adjusted_rand_score(model.labels_[order], other.labels_) == 1
        if not same or not np.allclose(model.probabilities_[order], other.probabilities_):
            return []
    return [{
        "min_cluster_size": min_cluster_size,
        "min_samples": min_samples,
        "labels": model.labels_.tolist(),
        "probabilities": [round(float(p), 6) for p in model.probabilities_],
    }]


def validity(x, labels):
    """Rows from the densest on: of equally long edges the package takes the one to the first row."""
    labels = np.asarray(labels)
    core = np.zeros(len(x))
    for label in set(labels) - {-1}:
        rows = labels == label
        core[rows] = all_points_core_distance(pairwise_distances(x[rows]), d=x.shape[1])
    order = np.argsort(core, kind="stable")
    return {"labels": labels.tolist(), "value": float(validity_index(x[order], labels[order]))}


def data_sets(random):
    """Values of few digits, so that both sides read the same numbers."""
    densities = np.concatenate([random.normal(c, s, (n, 2)) for c, s, n in (((0, 0), 0.3, 50), ((4, 0), 0.8, 50),
                                                                            ((2, 5), 0.5, 30))])
    yield "densities", np.concatenate([densities, random.uniform(-3, 8, (20, 2))]), (0.3, 0.6, 1.0)
    yield "moons", make_moons(120, noise=0.07, random_state=1)[0], (0.1, 0.2, 0.3)
    centres = 4 * np.eye(5)[:4]
    yield "five dimensions", centres[np.arange(80) % 4] + random.normal(size=(80, 5)), (1.5, 2.0, 2.5)
    yield "grid", np.stack(np.meshgrid(np.arange(8), np.arange(8)), -1).reshape(-1, 2) + 0.0, (0.9, 1.0, 1.5)


def case(random, name, x, values):
    x = np.round(x, 3).astype(np.float32).astype(np.float64)
    result = {
        "name": name,
        "x": [[float(f"{v:.3f}") for v in row] for row in x],
        "dbscan": [dbscan(x, eps, m) for eps in values for m in (1, 3, 5)],
        "hdbscan": [] if name == "grid" else sum((hdbscan(x, size, m, random) for size in (5, 8, 12, 15)
                                                  for m in (1, 2, 3, 5)), []),
    }
    if name != "grid":
        found = {tuple(run["labels"]) for run in result["dbscan"] + result["hdbscan"]}
        usable = [labels for labels in sorted(found)
                  if max(labels) > 0 and np.unique(labels, return_counts=True)[1].min() > 3]
        result["validity"] = [validity(x, labels) for labels in usable]
    return result


def gtzan(folder, random):
    table = pd.read_csv(f"{folder}/tables/gtzan_features_30s.csv").drop(columns=["filename", "length", "label"])
    z = StandardScaler().fit_transform(table.to_numpy())
    return {
        "dbscan": [dbscan(z, eps, 5) for eps in (3.5, 4.5, 5.5)],
        "hdbscan": sum((hdbscan(z, size, m, random) for size, m in ((5, 3), (10, 3), (20, 3), (20, 5))), []),
    }


def main():
    folder, output = sys.argv[1:]
    random = np.random.default_rng(20240502)
    result = {
        "scikit-learn": sklearn.__version__,
        "cases": [case(random, *data) for data in data_sets(random)],
        "gtzan": gtzan(folder, random),
    }
    with open(output, "w", encoding="utf-8") as file:
        json.dump(result, file, separators=(",", ":"))
        file.write("\n")


if __name__ == "__main__":
    main()
