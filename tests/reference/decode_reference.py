"""Makes decode_reference.json: what librosa.load (sr=22050, mono) gives for recordings of the shared data.

usage: decode_reference.py DATA_FOLDER > decode_reference.json     (librosa 0.11, soundfile 0.14 or audioread/FFmpeg)
"""

import json
import subprocess
import sys
from pathlib import Path

import librosa
import numpy as np

FILES = [
    "music/kmacleod/fluffing_a_duck.mp3",  # 48 kHz stereo
    "music/jamendo/seculaire_feat_nyme_saru.mp3",  # 44.1 kHz stereo
    "music/librosa/trumpet.ogg",  # 22.05 kHz mono: not resampled
    "music/kmacleod/amazing_plan.m4a",
    "music/kmacleod/hand_trolley.webm",
    "sounds/sonicpi/ambi/ambi_choir.flac",
    "sounds/sonicpi/bd/bd_haus.flac",
]
RATE_HZ = 22050


def load(path):
    """librosa.load; for containers that libsndfile does not read, FFmpeg's program in the place of audioread."""
    if path.suffix not in (".m4a", ".webm"):
        return librosa.load(path, sr=RATE_HZ, mono=True)[0]
    probe = ["ffprobe", "-v", "error", "-select_streams", "a:0", "-show_entries", "stream=sample_rate,channels",
             "-of", "json", str(path)]
    stream = json.loads(subprocess.run(probe, check=True, capture_output=True).stdout)["streams"][0]
    raw = subprocess.run(["ffmpeg", "-v", "error", "-i", str(path), "-map", "0:a:0", "-f", "f32le", "-"], check=True,
                         capture_output=True).stdout
    y = np.frombuffer(raw, dtype="<f4").reshape(-1, stream["channels"]).T
    return librosa.resample(librosa.to_mono(y), orig_sr=int(stream["sample_rate"]), target_sr=RATE_HZ)


def main():
    folder = Path(sys.argv[1])
    rows = []
    for name in FILES:
        y = load(folder / name)
        at = np.linspace(0.05, 0.95, 12) * len(y)
        rows.append({
            "path": name,
            "length": len(y),
            "energy": float(np.sum(y.astype(np.float64) ** 2)),
            "peak": float(np.max(np.abs(y))),
            "at": [int(i) for i in at],
            "values": [round(float(y[int(i)]), 8) for i in at],
        })
    print(json.dumps({"librosa": librosa.__version__, "rate_hz": RATE_HZ, "files": rows}, indent=1))


main()
