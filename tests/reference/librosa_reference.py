"""Makes librosa_dsp.json and librosa_features.json: values that songmap is held against.

usage: librosa_reference.py DATA_FOLDER        (librosa 0.11; the folder of tests' data)
"""
import json
import pathlib
import sys
import warnings

import librosa
import numpy as np
import soundfile

from librosa_timbre import RATE, timbre

warnings.filterwarnings("ignore")
HERE = pathlib.Path(__file__).parent
# Read without resampling: every second sample of the mean of the channels, as it lies in the file.
PLAIN = [
    "sounds/sonicpi/ambi/ambi_choir.flac",
    "sounds/sonicpi/bass/bass_hit_c.flac",
    "sounds/sonicpi/drum/drum_cymbal_hard.flac",
    "sounds/sonicpi/loop/loop_amen.flac",
    "sounds/sonicpi/tabla/tabla_ke1.flac",  # shorter than a frame
]
# Through the whole chain: decoder, mean of the channels, resampling.
CHAIN = [
    "sounds/esc10/dog_bark/1-100032-A.ogg",
    "sounds/sonicpi/ambi/ambi_choir.flac",
    "sounds/sonicpi/loop/loop_amen.flac",
]
CHAIN_MUSIC = 2


class Noise:
    def __init__(self, seed):
        self.state = seed

    def take(self, n):
        out = np.empty(n)
        for i in range(n):
            self.state = (1664525 * self.state + 1013904223) % 2**32
            out[i] = self.state / 2147483648 - 1
        return out


def chirp(n):
    t = np.arange(n) / RATE
    return (0.5 * np.sin(2 * np.pi * (100 * t + 150 * t * t)) + 0.01 * Noise(1).take(n)).astype(np.float32)


def chord(n):
    t = np.arange(n) / RATE
    total = np.zeros(n)
    for semitone in (-12.0, -8.0, -5.0):
        f = 440 * 2 ** ((semitone + 0.23) / 12)
        for h in range(1, 5):
            total += np.sin(2 * np.pi * f * h * t) / (h * h)
    return (0.2 * total * np.exp(-4 * np.fmod(t, 0.5)) + 0.001 * Noise(2).take(n)).astype(np.float32)


def white_noise(n):
    return (0.3 * Noise(3).take(n)).astype(np.float32)


def synthetic():
    return {
        "chirp": chirp(270000),
        "chord": chord(90000),
        "noise": white_noise(66150),
        "short": chirp(700),
        "clipped": np.clip(4 * chord(50000), -1, 1).astype(np.float32),
        "pause": np.concatenate([chord(22050), np.zeros(44100, np.float32), chord(22050)]),
    }


def plain(path):
    y, _ = soundfile.read(path, dtype="float32", always_2d=True)
    return np.ascontiguousarray(y.mean(axis=1)[::2])


def numbers(x):
    return [float(f"{v:.7g}") for v in np.asarray(x, dtype=float).ravel()]


def dsp(y):
    """Descriptors at a few frames, called as librosa's users do."""
    power = np.abs(librosa.stft(y)) ** 2
    n = power.shape[1]
    frames = sorted({0, 1, 2, n // 4, n // 2, 3 * n // 4, n - 2, n - 1} & set(range(n)))
    series = {
        "power": power[[3, 40, 200, 700, 1024]],
        "mel": librosa.power_to_db(librosa.feature.melspectrogram(y=y, sr=RATE))[[0, 1, 10, 50, 90, 127]],
        "mfcc": librosa.feature.mfcc(y=y, sr=RATE, n_mfcc=20),
        "centroid": librosa.feature.spectral_centroid(y=y, sr=RATE),
        "bandwidth": librosa.feature.spectral_bandwidth(y=y, sr=RATE),
        "rolloff": librosa.feature.spectral_rolloff(y=y, sr=RATE),
        "flatness": librosa.feature.spectral_flatness(y=y),
        "zcr": librosa.feature.zero_crossing_rate(y),
        "rms": librosa.feature.rms(S=np.sqrt(power)),
        "contrast": librosa.feature.spectral_contrast(y=y, sr=RATE),
        "chroma": librosa.feature.chroma_stft(y=y, sr=RATE),
    }
    result = {"n_frames": n, "frames": frames, "tuning": round(float(librosa.estimate_tuning(S=power, sr=RATE)), 2)}
    for name, values in series.items():
        result[name] = [numbers(values[:, t]) for t in frames]
    return result


def study_vector(y):
    y = y[: 10 * RATE]
    mfcc = librosa.feature.mfcc(y=y, sr=RATE, n_mfcc=13)
    parts = [mfcc.mean(axis=1), mfcc.std(axis=1), mfcc.max(axis=1), mfcc.min(axis=1)]
    for series in (
        librosa.feature.spectral_centroid(y=y, sr=RATE),
        librosa.feature.spectral_rolloff(y=y, sr=RATE),
        librosa.feature.zero_crossing_rate(y),
    ):
        parts.append([series.mean(), series.std()])
    parts.append(librosa.feature.chroma_stft(y=y, sr=RATE).mean(axis=1))
    return np.nan_to_num(np.concatenate(parts), nan=0.0, posinf=1.0, neginf=-1.0)


def log_mel(y):
    return librosa.power_to_db(librosa.feature.melspectrogram(y=y[: 10 * RATE], sr=RATE, n_mels=64), ref=np.max).T


def features(y):
    picture = log_mel(y)
    rows = sorted({0, len(picture) // 3, len(picture) // 2, len(picture) - 1})
    return {
        "study-vector": numbers(study_vector(y)),
        "timbre": numbers(timbre(y)),
        "log-mel": {"n_rows": len(picture), "rows": rows, "values": [numbers(picture[r]) for r in rows]},
    }


def save(name, content):
    text = json.dumps(content, separators=(",", ":"))
    (HERE / name).write_text(text.replace('},"', '},\n"') + "\n")


def main(data):
    ours = synthetic()
    real = {path: plain(data / path) for path in PLAIN}
    filters = {
        "mel_rows": {str(m): numbers(librosa.filters.mel(sr=RATE, n_fft=2048)[m]) for m in (0, 40)},
        "chroma_columns": {
            str(k): numbers(librosa.filters.chroma(sr=RATE, n_fft=2048, tuning=0.23)[:, k]) for k in (0, 1, 10, 41, 900)
        },
    }
    filters["mel_rows"] = {m: [v for v in row if v > 0] for m, row in filters["mel_rows"].items()}
    described = {name: dsp(y) for name, y in (ours | real).items()}
    save("librosa_dsp.json", {"librosa": librosa.__version__, "filters": filters, "signals": described})

    music = sorted(p.relative_to(data).as_posix() for p in (data / "music").rglob("*.mp3"))[:CHAIN_MUSIC]
    music += sorted(p.relative_to(data).as_posix() for p in (data / "music").rglob("*.ogg"))[:CHAIN_MUSIC]
    chain = {}
    for path in CHAIN + music:
        y, _ = librosa.load(data / path, sr=RATE, res_type="soxr_hq", duration=None if path in CHAIN else 30)
        chain[path] = features(y)
    save(
        "librosa_features.json",
        {
            "librosa": librosa.__version__,
            "synthetic": {name: features(y) for name, y in ours.items()},
            "plain": {path: features(y) for path, y in real.items()},
            "segments": {"timbre": numbers(timbre([ours["chord"], ours["noise"], ours["short"]]))},
            "chain": chain,
        },
    )


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
