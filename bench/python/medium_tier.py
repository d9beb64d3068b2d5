"""The study's medium tier with librosa, PyTorch, scikit-learn and matplotlib, as one process.

Reads tracks.csv (path, label), computes the log-mel spectrograms, trains the convolutional VAE for every seed, clusters
the latent means by k-means, Ward and DBSCAN and the baselines (PCA, raw input) by k-means, scores them, and draws one
t-SNE picture. Without lyrics: the clips of the benchmark have none.
"""
import argparse
import csv
import os
import time

import librosa
import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import torch
from sklearn.cluster import DBSCAN, AgglomerativeClustering, KMeans
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE

from easy_tier import scores
from train_conv_vae import ConvVae, train

FRAMES = 432


def log_mel(path):
    """[64 * 432]: the first 10 s, in dB under the maximum, scaled to [0, 1], padded."""
    signal, rate = librosa.load(path, sr=22050, mono=True, duration=10, res_type="soxr_hq")
    power = librosa.feature.melspectrogram(y=signal, sr=rate, n_fft=2048, hop_length=512, n_mels=64)
    db = librosa.power_to_db(power, ref=np.max, top_db=80)
    scaled = (db - db.min()) / max(float(db.max() - db.min()), 1e-9)
    return np.pad(scaled, ((0, 0), (0, FRAMES - scaled.shape[1]))).astype(np.float32).ravel()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tracks_csv")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--epochs", type=int, default=50)
    parser.add_argument("--variant", choices=["plain", "best"], default="best")
    parser.add_argument("-o", "--output", default="medium_tier.png")
    arguments = parser.parse_args()
    torch.set_flush_denormal(arguments.variant == "best")
    start = time.perf_counter()

    root = os.path.dirname(arguments.tracks_csv)
    with open(arguments.tracks_csv, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    x = np.stack([log_mel(os.path.join(root, row["path"])) for row in rows])
    _, classes = np.unique([row["label"] for row in rows], return_inverse=True)
    order = np.random.default_rng(0).permutation(len(rows))
    test, training = order[: len(rows) // 5], order[len(rows) // 5 :]
    n_clusters = len(np.unique(classes[test]))
    spectrograms = torch.tensor(x).reshape(-1, 1, 64, FRAMES)
    first_latent = None
    for seed in range(arguments.seeds):
        torch.manual_seed(seed)
        model, _ = train(spectrograms[training], arguments.epochs, arguments.variant)
        with torch.no_grad():
            latent = model(spectrograms[test])[1].numpy()
        first_latent = latent if first_latent is None else first_latent
        pca = PCA(64, random_state=seed).fit(x[training]).transform(x[test])
        found = [(latent, KMeans(n_clusters, n_init=10, random_state=seed).fit_predict(latent)),
                 (latent, AgglomerativeClustering(n_clusters).fit_predict(latent)),
                 (latent, DBSCAN(eps=0.5).fit_predict(latent)),
                 (pca, KMeans(n_clusters, n_init=10, random_state=seed).fit_predict(pca)),
                 (x[test], KMeans(n_clusters, n_init=10, random_state=seed).fit_predict(x[test]))]
        results = [scores(space, labels, classes[test]) for space, labels in found if len(set(labels)) > 1]
    perplexity = min(30, (len(test) - 1) / 3)
    points = TSNE(2, perplexity=perplexity, init="pca", random_state=0).fit_transform(first_latent)
    plt.scatter(points[:, 0], points[:, 1], c=classes[test], cmap="tab10")
    plt.savefig(arguments.output, dpi=150)
    print(f"{time.perf_counter() - start:.3f} s; last: {results[-1]}")


if __name__ == "__main__":
    main()
