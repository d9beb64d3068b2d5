"""The timbre recipe in plain numpy and librosa: the slow oracle of src/songmap/features/timbre.cpp."""
import librosa
import numpy as np

RATE = 22050


def percentile_blocks(blocks, q):
    return np.percentile(np.asarray(blocks), q, axis=0)


def starts(n, block, hop):
    return range(0, max(n - block, 0) + 1, hop)


def padded(x, n):
    return np.pad(x, [(0, n - len(x)), (0, 0)]) if len(x) < n else x


def delta_blocks(levels):
    """levels [frames, 32]; blocks of [3 ranks, 32 bands]."""
    rise = np.maximum(levels[3:] - levels[:-3], 0) if len(levels) > 3 else np.zeros((0, 32))
    rise = padded(rise, 25)
    return [np.sort(rise[s : s + 25], axis=0)[[12, 18, 24]].ravel() for s in starts(len(rise), 25, 5)]


def fluctuation_blocks(levels):
    """levels [frames, 16]; blocks of [16 bands, 10 rates]."""
    n, block = len(levels), 256
    edges = 0.4 * (12.5 / 0.4) ** (np.arange(11) / 10)
    rates = np.arange(129) * (RATE / 512) / block
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(block) / block)
    result = []
    for s in starts(n, block, 128):
        piece = levels[s : s + block].astype(float)
        piece = padded(piece - piece.mean(axis=0), block) * window[:, None]
        spectrum = np.abs(np.fft.rfft(piece, axis=0))
        bins = [spectrum[(rates >= a) & (rates < b)].mean(axis=0) for a, b in zip(edges[:-1], edges[1:])]
        result.append(np.stack(bins, axis=1).ravel())
    return result


def timbre(signals):
    """The 323 values of a track given as a list of segments."""
    if isinstance(signals, np.ndarray):
        signals = [signals]
    powers, crossings = [], []
    for y in signals:
        y = np.pad(y, (0, max(0, 2048 - len(y))))
        powers.append(np.abs(librosa.stft(y)) ** 2)
        crossings.append(librosa.feature.zero_crossing_rate(y)[0])
    cuts = np.cumsum([p.shape[1] for p in powers])[:-1]
    power = np.concatenate(powers, axis=1)
    magnitude = np.sqrt(power)
    mel = lambda n: librosa.feature.melspectrogram(S=power, sr=RATE, n_mels=n)
    mfcc = librosa.feature.mfcc(S=librosa.power_to_db(mel(128)), n_mfcc=20)
    levels = librosa.power_to_db(mel(64), ref=np.max, top_db=80)
    flux = []
    for piece in np.split(levels, cuts, axis=1):
        rise = np.maximum(np.diff(piece, axis=1), 0).mean(axis=0)
        flux.append(np.concatenate([[0], rise]))
    flux = np.concatenate(flux)
    level_db = 20 * np.log10(np.maximum(librosa.feature.rms(S=magnitude)[0], 1e-5))
    shape = [
        librosa.feature.spectral_centroid(S=magnitude, sr=RATE)[0],
        librosa.feature.spectral_bandwidth(S=magnitude, sr=RATE)[0],
        librosa.feature.spectral_rolloff(S=magnitude, sr=RATE)[0],
        np.concatenate(crossings),
        10 * np.log10(librosa.feature.spectral_flatness(S=magnitude)[0]),
    ]
    contrast = librosa.feature.spectral_contrast(S=magnitude, sr=RATE)

    kept = np.flatnonzero(level_db > level_db.max() - 60)
    if len(kept) < 3:
        kept = np.sort(np.argsort(-level_db, kind="stable")[:3])
    logarithm = lambda x: np.log(x + 1e-3)
    values = [mfcc[:, kept].mean(axis=1), logarithm(mfcc[:, kept].std(axis=1))]
    values += [[s[kept].mean() for s in shape], [s[kept].std() for s in shape], [level_db[kept].std()]]
    values += [[logarithm(flux[kept].mean()), logarithm(flux[kept].std())]]
    values += [contrast[:, kept].mean(axis=1), contrast[:, kept].std(axis=1)]
    delta, fluctuation = [], []
    for piece in np.split(levels, cuts, axis=1):
        delta += delta_blocks(piece.reshape(32, 2, -1).mean(axis=1).T)
        fluctuation += fluctuation_blocks(piece.reshape(16, 4, -1).mean(axis=1).T)
    values += [percentile_blocks(delta, 90), np.log1p(percentile_blocks(fluctuation, 50))]
    return np.concatenate([np.asarray(v, dtype=float) for v in values])
