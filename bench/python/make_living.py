"""Makes what the benchmark of a living library runs on: OUTPUT/music, short pieces of real recordings as WAV at 22.05 kHz,
and OUTPUT/new, longer ones as MP3 at 44.1 kHz, all cut at random places and at random loudness, so that no two are one.
"""
import argparse
import pathlib

import librosa
import numpy as np
import soundfile

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("music", type=pathlib.Path)
parser.add_argument("output", type=pathlib.Path)
parser.add_argument("--tracks", type=int, default=10_000)
parser.add_argument("--seconds", type=float, default=4.0)
parser.add_argument("--new", type=int, default=100)
parser.add_argument("--new-seconds", type=float, default=60.0)
arguments = parser.parse_args()

random = np.random.default_rng(0)
recordings = [
    (path, librosa.load(path, sr=22050)[0])
    for path in sorted(arguments.music.rglob("*"))
    if path.suffix in {".mp3", ".ogg"}
]


def piece(seconds):
    while True:
        path, sound = recordings[random.integers(len(recordings))]
        n = int(seconds * 22050)
        if len(sound) <= n:
            continue
        start = random.integers(len(sound) - n)
        cut = sound[start : start + n] * random.uniform(0.3, 1.0)
        if np.abs(cut).max() > 0.01:  # not a pause
            return path.stem, cut


for i in range(arguments.tracks):
    name, sound = piece(arguments.seconds)
    folder = arguments.output / "music" / f"{i // 100:03}"
    folder.mkdir(parents=True, exist_ok=True)
    soundfile.write(folder / f"{i:05} {name}.wav", sound, 22050, subtype="PCM_16")
(arguments.output / "new").mkdir(parents=True, exist_ok=True)
for i in range(arguments.new):
    name, sound = piece(arguments.new_seconds)
    loud = librosa.resample(sound, orig_sr=22050, target_sr=44100)
    soundfile.write(arguments.output / "new" / f"{i:03} {name}.mp3", loud, 44100, format="MP3")
