"""The study's easy tier with librosa, PyTorch, scikit-learn and matplotlib, as one process.

Reads tracks.csv (path, label), computes the 70-value vectors, trains the Basic VAE for every seed, clusters latent, PCA
and raw features by k-means, scores them, and draws one t-SNE picture.
"""
import argparse
import csv
import os
import time

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import torch
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE
from sklearn.metrics import (
    adjusted_mutual_info_score, adjusted_rand_score, calinski_harabasz_score, davies_bouldin_score,
    normalized_mutual_info_score, silhouette_score,
)

from study_vector import study_vector


class BasicVae(torch.nn.Module):
    def __init__(self, n_inputs=70, n_latent=32):
        super().__init__()
        self.encoder = torch.nn.Sequential(
            torch.nn.Linear(n_inputs, 256), torch.nn.ReLU(), torch.nn.Linear(256, 128), torch.nn.ReLU()
        )
        self.mean = torch.nn.Linear(128, n_latent)
        self.log_variance = torch.nn.Linear(128, n_latent)
        self.decoder = torch.nn.Sequential(
            torch.nn.Linear(n_latent, 128), torch.nn.ReLU(), torch.nn.Linear(128, 256), torch.nn.ReLU(),
            torch.nn.Linear(256, n_inputs),
        )

    def forward(self, x):
        hidden = self.encoder(x)
        mean, log_variance = self.mean(hidden), self.log_variance(hidden)
        z = mean + torch.randn_like(mean) * torch.exp(0.5 * log_variance)
        return self.decoder(z), mean, log_variance


def train(x, seed, epochs=50, batch=32):
    torch.manual_seed(seed)
    model = BasicVae(x.shape[1])
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-4)
    loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(x), batch_size=batch, shuffle=True)
    for _ in range(epochs):
        for (rows,) in loader:
            optimiser.zero_grad()
            output, mean, log_variance = model(rows)
            kl = -0.5 * torch.mean(1 + log_variance - mean**2 - log_variance.exp())
            loss = torch.nn.functional.mse_loss(output, rows) + kl
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
    return model


def scores(space, labels, classes):
    return {
        "silhouette": silhouette_score(space, labels), "calinski_harabasz": calinski_harabasz_score(space, labels),
        "davies_bouldin": davies_bouldin_score(space, labels), "ari": adjusted_rand_score(classes, labels),
        "nmi": normalized_mutual_info_score(classes, labels), "ami": adjusted_mutual_info_score(classes, labels),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tracks_csv")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("-o", "--output", default="easy_tier.png")
    arguments = parser.parse_args()
    start = time.perf_counter()

    root = os.path.dirname(arguments.tracks_csv)
    with open(arguments.tracks_csv, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    x = np.stack([study_vector(os.path.join(root, row["path"]), shared=False) for row in rows])
    x = np.nan_to_num(x, nan=0.0, posinf=1.0, neginf=-1.0)
    x = (x - x.mean(axis=1, keepdims=True)) / x.std(axis=1, keepdims=True)
    _, classes = np.unique([row["label"] for row in rows], return_inverse=True)

    order = np.random.default_rng(0).permutation(len(rows))
    test, training = order[: len(rows) // 5], order[len(rows) // 5 :]
    tensor = torch.tensor(x, dtype=torch.float32)
    n_clusters = len(np.unique(classes[test]))
    first_latent = None
    for seed in range(arguments.seeds):
        model = train(tensor[training], seed)
        with torch.no_grad():
            latent = model(tensor[test])[1].numpy()
        first_latent = latent if first_latent is None else first_latent
        pca = PCA(32, random_state=seed).fit(x[training]).transform(x[test])
        for space in (latent, pca, x[test]):
            labels = KMeans(n_clusters, n_init=10, random_state=seed).fit_predict(space)
            result = scores(space, labels, classes[test])
    perplexity = min(30, (len(test) - 1) / 3)
    points = TSNE(2, perplexity=perplexity, init="pca", random_state=0).fit_transform(first_latent)
    plt.scatter(points[:, 0], points[:, 1], c=classes[test], cmap="tab10")
    plt.savefig(arguments.output, dpi=150)
    print(f"{time.perf_counter() - start:.3f} s; last: {result}")


if __name__ == "__main__":
    main()
