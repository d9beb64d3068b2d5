"""Scores the spaces of a run against a label column: python space_scores.py RUN [--label label] [--spaces a,b]

4-way: mean AMI of k-means and Ward, each on plain and on L2-normalised rows; spectral: AMI of self-tuned spectral
clustering on L2-normalised rows. k is the number of classes. Needs numpy and scikit-learn (requirements.txt).
"""
import argparse
import csv
import os

import numpy as np
from sklearn.cluster import AgglomerativeClustering, KMeans
from sklearn.metrics import adjusted_mutual_info_score
from sklearn.neighbors import NearestNeighbors


def l2(x):
    norm = np.linalg.norm(x, axis=1, keepdims=True)
    return x / np.where(norm > 0, norm, 1)


def four_way(x, labels, k, seed):
    found = []
    for rows in (x, l2(x)):
        found.append(KMeans(k, n_init=10, random_state=seed).fit_predict(rows))
        found.append(AgglomerativeClustering(k).fit_predict(rows))
    return np.mean([adjusted_mutual_info_score(labels, groups) for groups in found])


def spectral(x, labels, k, seed):
    x, n = l2(x), len(x)
    near = int(min(15, max(5, n / 12)))
    distance, index = NearestNeighbors(n_neighbors=near + 1).fit(x).kneighbors(x)
    distance, index = distance[:, 1:], index[:, 1:]
    scale = distance[:, min(6, near - 1)]
    weight = np.zeros((n, n))
    for i in range(n):
        weight[i, index[i]] = np.exp(-distance[i] ** 2 / (scale[i] * scale[index[i]] + 1e-12))
    weight = np.maximum(weight, weight.T)
    degree = weight.sum(1)
    _, vectors = np.linalg.eigh(weight / np.sqrt(degree[:, None] * degree[None]))
    groups = KMeans(k, n_init=10, random_state=seed).fit_predict(l2(vectors[:, -k:]))
    return adjusted_mutual_info_score(labels, groups)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run")
    parser.add_argument("--label", default="label")
    parser.add_argument("--spaces", default="features,within-track,default-vae.ensemble,autoencoder.ensemble")
    arguments = parser.parse_args()
    with open(os.path.join(arguments.run, "tracks.csv"), newline="") as table:
        labels = np.array([row[arguments.label] for row in csv.DictReader(table)])
    k = len(set(labels))
    for space in arguments.spaces.split(","):
        x = np.load(os.path.join(arguments.run, "spaces", space + ".npy")).astype(float)
        ways = [four_way(x, labels, k, seed) for seed in range(5)]
        near = [spectral(x, labels, k, seed) for seed in range(3)]
        print(f"{space:24} 4-way {np.mean(ways):.3f} ± {np.std(ways):.3f}   spectral {np.mean(near):.3f}")


if __name__ == "__main__":
    main()
