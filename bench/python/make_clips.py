"""Cuts 30-second clips, one every 10 seconds, from a folder of music: MP3 at 44.1 kHz and 16-bit WAV at 22.05 kHz of the
same sound, each in a folder with a tracks.csv whose label is the recording a clip was cut from. --long writes one MP3 of
so many hours instead.
"""
import argparse
import csv
import pathlib

import librosa
import numpy as np
import soundfile

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("music", type=pathlib.Path)
parser.add_argument("output", type=pathlib.Path)
parser.add_argument("--clips", type=int, default=100)
parser.add_argument("--seconds", type=float, default=30.0)
parser.add_argument("--long", type=float, help="hours: write OUTPUT as one MP3 made of the first recording")
arguments = parser.parse_args()

sources = sorted(p for p in arguments.music.rglob("*") if p.suffix in {".mp3", ".ogg"})
if arguments.long:
    sound, rate = librosa.load(sources[0], sr=44100, mono=False, duration=60)
    sound = np.atleast_2d(sound).T
    with soundfile.SoundFile(
        arguments.output, "w", rate, sound.shape[1], format="MP3", subtype="MPEG_LAYER_III"
    ) as file:
        for _ in range(round(arguments.long * 3600 * rate / len(sound))):
            file.write(sound)
    raise SystemExit

cuts = []
for hop in range(100):
    for source in sources:
        start = hop * arguments.seconds / 3
        if start + arguments.seconds <= librosa.get_duration(path=source):
            cuts.append((source, start))
cuts = sorted(cuts[: arguments.clips])
rows = {"mp3": [], "wav": []}
for kind in rows:
    (arguments.output / kind).mkdir(parents=True, exist_ok=True)
for number, (source, start) in enumerate(cuts):
    sound, rate = librosa.load(source, sr=44100, mono=False, offset=start, duration=arguments.seconds)
    sound = np.atleast_2d(sound)
    name = f"{number:03d}"
    soundfile.write(arguments.output / "mp3" / f"{name}.mp3", sound.T, rate, format="MP3", subtype="MPEG_LAYER_III")
    mono = librosa.resample(sound.mean(axis=0), orig_sr=rate, target_sr=22050, res_type="soxr_hq")
    soundfile.write(arguments.output / "wav" / f"{name}.wav", mono, 22050, subtype="PCM_16")
    for kind in rows:
        rows[kind].append({"path": f"{name}.{kind}", "label": source.stem})
for kind, table in rows.items():
    with open(arguments.output / kind / "tracks.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, ["path", "label"])
        writer.writeheader()
        writer.writerows(table)
print(f"{len(cuts)} clips of {arguments.seconds:g} s from {len(sources)} recordings")
