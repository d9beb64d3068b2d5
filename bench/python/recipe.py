"""Scores of the default recipe and its parts on labelled collections, beside what they are to reach.

python recipe.py SONGMAP DATA WORK: runs the program on the tables and sounds of DATA into folders of WORK, and prints a
Markdown table: mean and deviation over seeds, the least that is accepted, and whether it is reached. The groups are
those that songmap made where it makes them so; 4-way (mean AMI of k-means and Ward, each on plain and on L2-normalised
rows) is that of space_scores.py. No label is used but for these scores and for the number of groups.
"""
import argparse
import csv
import os
import subprocess

import numpy as np
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score, normalized_mutual_info_score
from space_scores import four_way

SCORES = {"NMI": normalized_mutual_info_score, "ARI": adjusted_rand_score, "AMI": adjusted_mutual_info_score}
NO_MAPS = ["--set", "projection.tsne=false", "--set", "projection.umap=false"]


class Run:
    """One finished run and its labels."""

    def __init__(self, songmap, source, folder, groups, *options):
        # Without gnuplot in PATH no picture is drawn.
        subprocess.run([songmap, "run", source, "-o", folder, "-q", "-k", str(groups), *NO_MAPS, *options], check=True,
                       stdout=subprocess.DEVNULL, env={**os.environ, "PATH": "/nonexistent"})
        self.folder = folder
        self.groups = groups
        with open(os.path.join(folder, "tracks.csv"), newline="") as table:
            self.truth = {row["track_id"]: row["label"] for row in csv.DictReader(table)}

    def labelled(self, space, method):
        """Of each seed: truth and groups of one clustering."""
        seeds = {}
        with open(os.path.join(self.folder, "labels.csv"), newline="") as table:
            for row in csv.DictReader(table):
                if row["space"] == space and row["method"] == method and row["view"] == "audio":
                    seeds.setdefault(row["seed"], []).append((self.truth[row["track_id"]], row["cluster"]))
        if not seeds:
            raise SystemExit(f"recipe: {self.folder} has no {method} in {space}")
        return [list(zip(*pairs)) for pairs in seeds.values()]

    def score(self, metric, space, method):
        return [SCORES[metric](truth, found) for truth, found in self.labelled(space, method)]

    def four_way(self, space):
        """A space of all seeds: over the seeds of k-means; a space of each seed: over these."""
        labels = np.array(list(self.truth.values()))
        files = [os.path.join(self.folder, "spaces", space + ".npy")]
        while os.path.exists(more := os.path.join(self.folder, "spaces", f"{space}.seed-{len(files) + 1}.npy")):
            files.append(more)
        spaces = [np.load(file).astype(float) for file in files]
        if len(spaces) == 1:
            return [four_way(spaces[0], labels, self.groups, seed) for seed in range(5)]
        return [four_way(x, labels, self.groups, 0) for x in spaces]


def show(data, pipeline, metric, found, least, most=None):
    mean, spread = np.mean(found), np.std(found, ddof=1)
    reached = mean >= least and (most is None or mean <= most)
    accepted = f"{least:.3g}" if most is None else f"{least:.3g}-{most:.3g}"
    print(f"| {data} | {pipeline} | {metric} | {mean:.3f} ± {spread:.3f} | {accepted} | "
          f"{'reached' if reached else '**missed**'} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("songmap")
    parser.add_argument("data")
    parser.add_argument("work")
    arguments = parser.parse_args()
    os.makedirs(arguments.work, exist_ok=True)
    store = ["--store", os.path.join(arguments.work, "features.db")]

    def run(name, source, groups, *options):
        return Run(arguments.songmap, os.path.join(arguments.data, source), os.path.join(arguments.work, name), groups,
                   *options)

    print("\n| data | pipeline | score | found, 5 seeds | accepted | |\n|---|---|---|---|---|---|")
    table = "tables/gtzan_features_30s.csv"
    few = ["--set", "run.models=autoencoder", "--set", "train.epochs=1", "--set", "run.fit_size_to_collection=false"]
    plain = run("gtzan-z", table, 10, *few, "--set", "features.scaling=z", "--set", "cluster.l2=false", "--method",
                "k-means")
    show("GTZAN table", "z, k-means", "NMI", plain.score("NMI", "features", "k-means"), .30, .34)
    show("", "", "ARI", plain.score("ARI", "features", "k-means"), .16, .20)
    ranked = run("gtzan-rank", table, 10, *few, "--set", "features.scaling=rank", "--set", "cluster.l2=false", "--method",
                 "umap-k-means")
    gtzan = run("gtzan", table, 10, "--set", "run.models=default-vae")
    show("", "logzc, L2, spectral", "NMI", gtzan.score("NMI", "features", "spectral"), .355)
    show("", "", "ARI", gtzan.score("ARI", "features", "spectral"), .20)
    show("", "rank, UMAP to 8, k-means", "NMI", ranked.score("NMI", "features", "umap-k-means"), .375)
    show("", "", "ARI", ranked.score("ARI", "features", "umap-k-means"), .235)
    show("", "VAE decoded, L2, spectral", "NMI", gtzan.score("NMI", "default-vae.decoded", "spectral"), .350)
    show("", "", "ARI", gtzan.score("ARI", "default-vae.decoded", "spectral"), .20)

    bangla = run("bangla", "tables/bangla_english_features_30s.csv", 18, *few)
    show("Bangla and English table", "logzc, L2, spectral", "AMI", bangla.score("AMI", "features", "spectral"), .39)
    show("", "", "ARI", bangla.score("ARI", "features", "spectral"), .21)

    for name, title, groups, accepted in (
            ("esc10", "ESC-10", 10, {"features": .56, "vae": .56, "vae spectral": .59, "linear": .61, "half": .64, "five": .60}),
            ("sonicpi", "Sonic Pi samples", 9, {"features": .36, "vae": .36, "linear": .41, "five": .43})):
        source = f"sounds/{name}.csv"
        one = ["--set", "run.models=default-vae"]
        without = run(name + "-features", source, groups, *store, *one, "--set", "features.metric=none")
        show(title, "features", "4-way AMI", without.four_way("features"), accepted["features"])
        show("", "VAE of them, decoded", "4-way AMI", without.four_way("default-vae.decoded"), accepted["vae"])
        if "vae spectral" in accepted:
            show("", "", "AMI, spectral", without.score("AMI", "default-vae.decoded", "spectral"), accepted["vae spectral"])
        full = run(name + "-full", source, groups, *store, *one, "--set", "features.metric_shrinkage=0.5", "--set",
                   "features.metric_power=0.5")
        show("", "within-track metric, full power", "4-way AMI", full.four_way("within-track"), accepted["linear"])
        half = run(name, source, groups, *store, *one)
        show("", "within-track metric, half power (the default)", "4-way AMI", half.four_way("within-track"),
             accepted["linear"])
        if "half" in accepted:
            show("", "", "AMI, spectral", half.score("AMI", "within-track", "spectral"), accepted["half"])
        show("", "VAE on it, 5 seeds together (the default)", "4-way AMI", half.four_way("default-vae.ensemble"),
             accepted["five"])


if __name__ == "__main__":
    main()
