"""k-means, silhouette, Ward, spectral clustering, DBSCAN, t-SNE and UMAP with scikit-learn and umap-learn, as songmap_numerics runs them.

make: writes the rows both sides read, as NPY or CSV: overlapping groups around 20 centres in 32 dimensions, all of unit deviation.
A job prints the number of rows, wall seconds and processor seconds, after a warm-up on a few rows and without imports;
how good the result is goes to stderr.
"""
import argparse
import sys
import time
import warnings

import numpy as np
from sklearn.cluster import DBSCAN, AgglomerativeClustering, KMeans, SpectralClustering
from sklearn.manifold import TSNE, trustworthiness
from sklearn.metrics import calinski_harabasz_score, silhouette_score

warnings.filterwarnings("ignore")


def make(path, n_rows):
    random = np.random.default_rng(n_rows)
    centres = random.standard_normal((20, 32))
    rows = centres[random.integers(20, size=n_rows)] + random.standard_normal((n_rows, 32))
    if path.endswith(".csv"):
        with open(path, "w") as table:
            table.write("track_id," + ",".join(f"value_{i}" for i in range(32)) + "\n")
            for i, row in enumerate(rows):
                table.write(f"track-{i}," + ",".join(f"{value:.4f}" for value in row) + "\n")
        return
    np.save(path, rows.astype(np.float32))


def kmeans(x, n_init=10):
    return KMeans(20, n_init=n_init, max_iter=300, tol=1e-4, random_state=0).fit(x)


def ward(x):
    return AgglomerativeClustering(20, linkage="ward").fit(x).labels_


def spectral(x):
    # Its graph has weights of 1 or .5 where songmap's are self-tuned; the neighbours are as many.
    model = SpectralClustering(20, affinity="nearest_neighbors", n_neighbors=15, n_init=10, random_state=0)
    return model.fit(x).labels_


def tsne(x):
    # scikit-learn's initial spread is 1e-4 too; the number of iterations is its default.
    return TSNE(2, perplexity=min(30, (len(x) - 1) / 3), init="pca", max_iter=1000, random_state=0).fit_transform(x)


def umap(x):
    from umap import UMAP

    return UMAP(n_neighbors=15, min_dist=0.1, n_epochs=500, random_state=0, n_jobs=1).fit_transform(x)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("job", choices=["make", "kmeans", "silhouette", "ward", "spectral", "dbscan", "tsne", "umap"])
    parser.add_argument("rows")
    parser.add_argument("eps", type=float, nargs="?", help="of dbscan")
    parser.add_argument("-n", type=int, default=1000)
    arguments = parser.parse_args()
    if arguments.job == "make":
        make(arguments.rows, arguments.n)
        return

    x = np.load(arguments.rows)
    labels = kmeans(x, n_init=1).labels_
    job = {"kmeans": kmeans, "silhouette": lambda rows: silhouette_score(rows, labels[: len(rows)]), "ward": ward,
           "spectral": spectral, "dbscan": lambda rows: DBSCAN(eps=arguments.eps, min_samples=5).fit(rows).labels_, "tsne": tsne,
           "umap": umap}[arguments.job]
    job(x[:100])
    wall, processor = time.perf_counter(), time.process_time()
    result = job(x)
    print(f"{len(x)} {time.perf_counter() - wall:.6f} {time.process_time() - processor:.6f}")
    if arguments.job == "kmeans":
        print(f"inertia {result.inertia_:.1f}", file=sys.stderr)
    elif arguments.job == "silhouette":
        print(f"silhouette {result:.4f}", file=sys.stderr)
    elif arguments.job in ("ward", "spectral"):
        print(f"calinski_harabasz {calinski_harabasz_score(x, result):.3f}", file=sys.stderr)
    elif arguments.job == "dbscan":
        print(f"clusters {result.max() + 1}, coverage {np.mean(result >= 0):.4f}", file=sys.stderr)
    else:
        print(f"trustworthiness {trustworthiness(x, result, n_neighbors=15):.4f}", file=sys.stderr)


if __name__ == "__main__":
    main()
