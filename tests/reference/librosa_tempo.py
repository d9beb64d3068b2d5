"""Makes librosa_tempo.json: tempos that songmap is held against.

usage: librosa_tempo.py DATA_FOLDER        (librosa 0.11; the folder of tests' data)
"""
import json
import pathlib
import sys

import librosa

from librosa_reference import plain, synthetic
from librosa_timbre import RATE

HERE = pathlib.Path(__file__).parent
LOOPS = ["amen", "breakbeat", "electric", "industrial", "mehackit1", "mehackit2", "perc1", "perc2"]


def tempo(y):
    strength = librosa.onset.onset_strength(y=y, sr=RATE)
    return float(librosa.feature.tempo(onset_envelope=strength, sr=RATE)[0])


def main():
    data = pathlib.Path(sys.argv[1])
    signals = {name: y for name, y in synthetic().items() if name != "short"}
    for loop in LOOPS:
        name = f"sounds/sonicpi/loop/loop_{loop}.flac"
        signals[name] = plain(data / name)
    text = json.dumps({name: tempo(y) for name, y in signals.items()}, separators=(",", ":"))
    (HERE / "librosa_tempo.json").write_text(text.replace(',"', ',\n"') + "\n")


if __name__ == "__main__":
    main()
