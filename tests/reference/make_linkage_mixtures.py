#!/usr/bin/env python3
"""Writes linkage_mixtures.json: agglomerations by SciPy and Gaussian mixtures by scikit-learn.

Usage: make_linkage_mixtures.py DATA_FOLDER OUTPUT.json   (needs numpy, pandas, scipy, scikit-learn)
"""
import json
import sys
import warnings

import numpy as np
import pandas as pd
import scipy
import sklearn
from scipy.cluster import hierarchy
from sklearn.metrics import adjusted_rand_score
from sklearn.mixture import GaussianMixture
from sklearn.preprocessing import StandardScaler

warnings.simplefilter("ignore")
METHODS = ("ward", "complete", "average", "single")


def linkage(x):
    result = {"x": x.tolist()}
    for method in METHODS:
        tree = hierarchy.linkage(x.astype(np.float64), method)
        result[method] = {
            "heights": tree[:, 2].tolist(),
            "labels_of_6": [int(v) - 1 for v in hierarchy.fcluster(tree, 6, "maxclust")],
        }
    return result


def gtzan(folder):
    table = pd.read_csv(f"{folder}/tables/gtzan_features_30s.csv").drop(columns=["filename", "length"])
    genre = table.pop("label").astype("category").cat.codes.to_numpy()
    z = StandardScaler().fit_transform(table.to_numpy())
    result = {}
    for method in METHODS:
        tree = hierarchy.linkage(z, method)
        result[method] = {
            "heights_sum": float(tree[:, 2].sum()),
            "highest": tree[-10:, 2].tolist(),
            "ari_of_10": adjusted_rand_score(genre, hierarchy.fcluster(tree, 10, "maxclust")),
        }
    return result


def mixture(x, kind):
    variance = float(x.var(axis=0).mean())
    model = GaussianMixture(3, covariance_type=kind, tol=1e-12, max_iter=20000, n_init=10, random_state=0,
                            reg_covar=1e-6 * variance).fit(x)
    order = np.argsort(model.weights_)
    return {
        "log_likelihood": float(model.score(x)),
        "bic": float(model.bic(x)),
        "weights": model.weights_[order].tolist(),
        "means": model.means_[order].tolist(),
        "covariances": model.covariances_[order].tolist(),
        "labels": np.argsort(order)[model.predict(x)].tolist(),
    }


def mixtures(random):
    # Three overlapping ellipsoids of unequal size and shape.
    parts = []
    for n, mean, spread in ((40, (0, 0, 0), (1, 0.4, 2)), (80, (3, 1, 0), (0.5, 1.5, 1)), (120, (0, 4, -3), (1, 1, 1))):
        turn = np.linalg.qr(random.normal(size=(3, 3)))[0]
        parts.append(np.array(mean) + (random.normal(size=(n, 3)) * spread) @ turn)
    x = np.concatenate(parts).astype(np.float32)
    return {"x": x.tolist(), "diagonal": mixture(x.astype(np.float64), "diag"),
            "full": mixture(x.astype(np.float64), "full")}


def main():
    folder, output = sys.argv[1:]
    random = np.random.default_rng(20240601)
    result = {
        "scipy": scipy.__version__,
        "scikit-learn": sklearn.__version__,
        "linkage": linkage(random.normal(size=(150, 3)).astype(np.float32)),
        "gtzan": gtzan(folder),
        "mixtures": mixtures(random),
    }
    with open(output, "w", encoding="utf-8") as file:
        json.dump(result, file, separators=(",", ":"))
        file.write("\n")


if __name__ == "__main__":
    main()
