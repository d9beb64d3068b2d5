"""The study's 70-value feature vector with librosa, as most code computes it.

each:   every librosa function is called on the signal (and so makes its own STFT)
shared: one magnitude STFT is computed and handed to every function that takes one

As a program it prints the number of files, wall seconds and processor seconds, after a warm-up and without imports.
"""
import argparse
import time

import librosa
import numpy as np


def study_vector(path, shared, seconds=10.0):
    y, sr = librosa.load(path, sr=22050, mono=True, duration=seconds, res_type="soxr_hq")
    if shared:
        magnitude = np.abs(librosa.stft(y))
        power = magnitude**2
        mel = librosa.feature.melspectrogram(S=power, sr=sr)
        mfcc = librosa.feature.mfcc(S=librosa.power_to_db(mel), sr=sr, n_mfcc=13)
        centroid = librosa.feature.spectral_centroid(S=magnitude, sr=sr)
        rolloff = librosa.feature.spectral_rolloff(S=magnitude, sr=sr)
        chroma = librosa.feature.chroma_stft(S=power, sr=sr)
    else:
        mfcc = librosa.feature.mfcc(y=y, sr=sr, n_mfcc=13)
        centroid = librosa.feature.spectral_centroid(y=y, sr=sr)
        rolloff = librosa.feature.spectral_rolloff(y=y, sr=sr)
        chroma = librosa.feature.chroma_stft(y=y, sr=sr)
    zcr = librosa.feature.zero_crossing_rate(y)
    return np.concatenate(
        [
            mfcc.mean(axis=1), mfcc.std(axis=1), mfcc.max(axis=1), mfcc.min(axis=1),
            [centroid.mean(), centroid.std(), rolloff.mean(), rolloff.std(), zcr.mean(), zcr.std()],
            chroma.mean(axis=1),
        ]
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mode", choices=["each", "shared"])
    parser.add_argument("files", nargs="+")
    parser.add_argument("--seconds", type=float, default=10.0)
    arguments = parser.parse_args()
    study_vector(arguments.files[0], arguments.mode == "shared")  # numba compiles on first use: not counted
    wall, processor = time.perf_counter(), time.process_time()
    for file in arguments.files:
        study_vector(file, arguments.mode == "shared", arguments.seconds)
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    print(f"{len(arguments.files)} {wall:.6f} {processor:.6f}")
