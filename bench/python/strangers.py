"""How well songmap tells strangers from other tracks, judged by models that have not seen them and by those that have.

1. The demo library with four broken files beside it: white noise, a track that falls silent, one at double speed, one
   clipped. Prints at which place each stands among the worst rebuilt.
2. ESC-10, by five random fifths of its clips: a run of four fifths, to which the last fifth is added. These are sounds of
   the same ten kinds, and one or two of a hundred should be called outliers. Prints how many are.

usage: strangers.py SONGMAP ESC10 WORK
"""
import csv
import json
import pathlib
import random
import shutil
import statistics
import subprocess
import sys

import librosa
import numpy as np
import soundfile

songmap, esc10, work = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])


def run(*arguments, codes=(0,)):
    done = subprocess.run([songmap, *map(str, arguments)], capture_output=True, text=True)
    if done.returncode not in codes:
        raise SystemExit(f"strangers: {arguments}: {done.stderr}")
    return done.stdout


def ranks(table, model):
    with open(table, newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["model"] == model]
    return {row["path"]: place for place, row in enumerate(rows, 1)}, len(rows)


def broken_files():
    shutil.rmtree(work, ignore_errors=True)
    run("demo", "-o", work / "demo", "-q", "--seeds", 1)
    music = work / "demo" / "music"
    (music / "tracks.csv").unlink()
    sound = {}
    for name in ("Kite Season/Rooftop.flac", "Isla Rainwater/Monsoon Letter.wav"):
        sound[name], _ = librosa.load(music / name, sr=44100)
    rooftop, letter = sound.values()
    silent = rooftop.copy()
    silent[4 * 44100 :] = 0
    broken = {
        "noise": np.random.default_rng(0).normal(0, 0.2, 15 * 44100),
        "falls silent": silent,
        "double speed": letter[::2],
        "clipped": np.clip(30 * letter, -1, 1),
    }
    for name, samples in broken.items():
        soundfile.write(music / f"{name}.flac", samples, 44100)
    run("run", music, "-o", work / "broken", "--store", work / "store.db", "-q")
    print("| of the demo library with four broken files, the place among the worst rebuilt | " + " | ".join(broken) + " |")
    print("|---|" + "---|" * len(broken))
    for what, table in (("by models that were trained on them", "reconstruction.csv"), ("by one that was not", "held_out.csv")):
        places, n = ranks(work / "broken" / table, "default-vae")
        print(f"| {what} | " + " | ".join(f"{places[name + '.flac']} of {n}" for name in broken) + " |")


def outliers():
    clips = sorted(esc10.rglob("*.ogg"))
    counts = {"by tracks that the models were trained on": [], "by tracks that they were not": []}
    for fold in range(5):
        order = clips[:]
        random.Random(fold).shuffle(order)
        for name, part in (("new", order[:20]), ("known", order[20:])):
            folder = work / f"{name}-{fold}"
            folder.mkdir()
            for clip in part:
                (folder / clip.name).symlink_to(clip)
        for what, parts in zip(counts, (0, 5)):
            output = work / f"esc-{fold}-{parts}"
            run("run", work / f"known-{fold}", "-o", output, "--store", work / "store.db", "-q", "--set",
                f"evaluation.held_out_parts={parts}")
            added = json.loads(run("add", output, work / f"new-{fold}", "--store", work / "store.db", "-q", "--json"))
            counts[what].append(sum(track["outlier"] for track in added["placed"]))
    print("\n| of 20 new clips of ESC-10, called outliers; limits set | mean of five splits | each |\n|---|---|---|")
    for what, found in counts.items():
        print(f"| {what} | {statistics.mean(found):.1f} | {', '.join(map(str, found))} |")


broken_files()
outliers()
