#!/usr/bin/env python3
"""Makes a model for `songmap run --audio-model` out of the musicnn weights that PyPI carries.

musicnn (Pons & Serra 2019, "musicnn: pre-trained convolutional neural networks for music audio tagging"; ISC licence)
was trained to predict tags, genre words among them. Its vectors group music far better than anything that is learned
without labels, for that very reason: songmap marks every result that saw them as "pretrained elsewhere".

    python -m venv musicnn && musicnn/bin/pip install numpy torch==2.13.0
    musicnn/bin/pip download --no-deps musicnn==0.1.0
    musicnn/bin/python scripts/convert_musicnn.py musicnn-0.1.0-py3-none-any.whl -o musicnn.pt
    ./songmap run ~/Music --audio-model musicnn.pt

The file that comes out is TorchScript: samples [batch, 48128] at 16 kHz to the 200 values of the penultimate layer
[batch, 200], front end included. TensorFlow is not needed: the weights are read from its checkpoint (a table of names
in LevelDB's format and one file of raw numbers). With `--tags FILE` (needs librosa) it prints the tags that the network
hears in a file, and compares the front end with librosa's, to show that the port is right.

Unlike the original, spectrograms are not rounded to half precision, and a window has all its samples: the original pads
the first and the last patch of a track with zeros.
"""

import argparse
import ast
import math
import struct
import sys
import zipfile

import numpy as np
import torch
from torch import nn

RATE_HZ = 16000
FFT_SIZE = 512
HOP = 256
N_MELS = 96
N_FRAMES = 187
WINDOW_SAMPLES = (N_FRAMES - 1) * HOP + FFT_SIZE  # 48,128: 3.008 s
BATCH_NORM_EPSILON = 1e-3  # TensorFlow's default

# --- TensorFlow's checkpoint ------------------------------------------------------------------------------------------

TABLE_MAGIC = 0xDB4775248B80FB57
FLOAT32 = 1


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def block_entries(data, offset, size):
    """Key and value pairs of one block of a LevelDB table. Keys share prefixes with the one before."""
    if data[offset + size] != 0:
        sys.exit("the index of the checkpoint is compressed, which this script does not read")
    block = data[offset:offset + size]
    end = len(block) - 4 - 4 * struct.unpack("<I", block[-4:])[0]
    at, key = 0, b""
    while at < end:
        shared, at = varint(block, at)
        unshared, at = varint(block, at)
        length, at = varint(block, at)
        key = key[:shared] + block[at:at + unshared]
        at += unshared
        yield key, block[at:at + length]
        at += length


def fields(message):
    """Number and value of each field of a protocol-buffer message."""
    at = 0
    while at < len(message):
        tag, at = varint(message, at)
        kind = tag & 7
        if kind == 0:
            value, at = varint(message, at)
        elif kind == 2:
            length, at = varint(message, at)
            value, at = message[at:at + length], at + length
        elif kind == 5:
            value, at = message[at:at + 4], at + 4
        else:
            sys.exit(f"a field of kind {kind} in the checkpoint is not known here")
        yield tag >> 3, value


def read_checkpoint(index, data):
    """Every float32 tensor of a TensorFlow checkpoint (format V2) by name."""
    footer = index[-48:]
    if struct.unpack("<Q", footer[-8:])[0] != TABLE_MAGIC:
        sys.exit("this is no index of a TensorFlow checkpoint")
    _, at = varint(footer, 0)  # place and size of a block of extras that is empty
    _, at = varint(footer, at)
    offset, at = varint(footer, at)
    size, at = varint(footer, at)
    tensors = {}
    for _, handle in block_entries(index, offset, size):
        block_offset, at = varint(handle, 0)
        block_size, _ = varint(handle, at)
        for key, value in block_entries(index, block_offset, block_size):
            if not key:
                continue  # the header
            entry = {"kind": 0, "shape": [], "offset": 0, "size": 0}
            for number, content in fields(value):
                if number == 1:
                    entry["kind"] = content
                elif number == 2:
                    for _, dimension in fields(content):
                        entry["shape"].append(dict(fields(dimension)).get(1, 0))
                elif number == 4:
                    entry["offset"] = content
                elif number == 5:
                    entry["size"] = content
            if entry["kind"] != FLOAT32:
                continue
            raw = data[entry["offset"]:entry["offset"] + entry["size"]]
            tensors[key.decode()] = np.frombuffer(raw, dtype="<f4").reshape(entry["shape"])
    return tensors


class Weights:
    """Layers of the checkpoint in the order in which TensorFlow named them: conv2d, conv2d_1, …"""

    def __init__(self, tensors):
        # The optimiser's own numbers stand beside the weights.
        self.tensors = {name: x for name, x in tensors.items() if "Adam" not in name and not name.endswith("_power")}
        self.used = set()

    def take(self, layer, number, part):
        wanted = f"{layer}{'' if number == 0 else f'_{number}'}/{part}"
        if wanted not in self.tensors:
            sys.exit(f"the checkpoint has no tensor {wanted}; there are {sorted(self.tensors)}")
        self.used.add(wanted)
        return torch.from_numpy(self.tensors[wanted].copy())

    def convolution(self, number):
        kernel = self.take("conv2d", number, "kernel").permute(3, 2, 0, 1).contiguous()
        layer = nn.Conv2d(kernel.shape[1], kernel.shape[0], kernel.shape[2:])
        layer.weight.data = kernel
        layer.bias.data = self.take("conv2d", number, "bias")
        return layer

    def norm(self, number, kind=nn.BatchNorm2d):
        scale = self.take("batch_normalization", number, "gamma")
        layer = kind(len(scale), eps=BATCH_NORM_EPSILON)
        layer.weight.data = scale
        layer.bias.data = self.take("batch_normalization", number, "beta")
        layer.running_mean.data = self.take("batch_normalization", number, "moving_mean")
        layer.running_var.data = self.take("batch_normalization", number, "moving_variance")
        return layer

    def dense(self, number):
        kernel = self.take("dense", number, "kernel").T.contiguous()
        layer = nn.Linear(kernel.shape[1], kernel.shape[0])
        layer.weight.data = kernel
        layer.bias.data = self.take("dense", number, "bias")
        return layer


# --- The network ------------------------------------------------------------------------------------------------------


def mel_filters():
    """Slaney's mel filters of unit area, [n_mels, n_bins]: librosa.filters.mel's formula."""

    def mel(hz):
        return np.where(hz < 1000, hz * 3 / 200, 15 + 27 * np.log(np.maximum(hz, 1) / 1000) / math.log(6.4))

    def hz(mels):
        return np.where(mels < 15, mels * 200 / 3, 1000 * np.exp((mels - 15) * math.log(6.4) / 27))

    bins = np.linspace(0, RATE_HZ / 2, 1 + FFT_SIZE // 2)
    edges = hz(np.linspace(mel(np.float64(0)), mel(np.float64(RATE_HZ / 2)), N_MELS + 2))
    rising = (bins - edges[:-2, None]) / np.diff(edges)[:-1, None]
    falling = (edges[2:, None] - bins) / np.diff(edges)[1:, None]
    filters = np.maximum(0, np.minimum(rising, falling)) * (2 / (edges[2:] - edges[:-2]))[:, None]
    return torch.from_numpy(filters.astype(np.float32))


class LogMel(nn.Module):
    """Samples [batch, n] to [batch, n_frames, n_mels]."""

    def __init__(self):
        super().__init__()
        self.fft_size = FFT_SIZE
        self.hop = HOP
        self.register_buffer("window", torch.hann_window(FFT_SIZE))
        self.register_buffer("filters", mel_filters())

    def forward(self, samples: torch.Tensor) -> torch.Tensor:
        spectrum = torch.stft(samples, self.fft_size, self.hop, self.fft_size, self.window, center=False,
                              return_complex=True)
        power = spectrum.real.square() + spectrum.imag.square()
        return torch.log10(10000 * torch.matmul(self.filters, power) + 1).transpose(1, 2)


class Timbral(nn.Module):
    """A filter over 7 frames and part of the bands; the largest answer over all bands."""

    def __init__(self, weights, number):
        super().__init__()
        self.convolution = weights.convolution(number)
        self.norm = weights.norm(number + 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        padded = nn.functional.pad(x, [0, 0, 3, 3])
        return self.norm(torch.relu(self.convolution(padded))).amax(3)


class Temporal(nn.Module):
    """A filter over many frames of each band; the largest answer over all bands."""

    def __init__(self, weights, number):
        super().__init__()
        self.convolution = weights.convolution(number)
        self.norm = weights.norm(number + 1)
        self.before = (self.convolution.kernel_size[0] - 1) // 2
        self.after = self.convolution.kernel_size[0] // 2

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        padded = nn.functional.pad(x, [0, 0, self.before, self.after])
        return self.norm(torch.relu(self.convolution(padded))).amax(3)


class Middle(nn.Module):
    """A filter over 7 frames and all channels, [batch, channels, frames] to the same."""

    def __init__(self, weights, number):
        super().__init__()
        self.convolution = weights.convolution(number)
        self.norm = weights.norm(number + 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        image = nn.functional.pad(x.transpose(1, 2).unsqueeze(1), [0, 0, 3, 3])
        return self.norm(torch.relu(self.convolution(image))).squeeze(3)


class Musicnn(nn.Module):
    def __init__(self, weights):
        super().__init__()
        self.log_mel = LogMel()
        self.norm_input = weights.norm(0)
        self.timbral_1 = Timbral(weights, 0)
        self.timbral_2 = Timbral(weights, 1)
        self.temporal_1 = Temporal(weights, 2)
        self.temporal_2 = Temporal(weights, 3)
        self.temporal_3 = Temporal(weights, 4)
        self.middle_1 = Middle(weights, 5)
        self.middle_2 = Middle(weights, 6)
        self.middle_3 = Middle(weights, 7)
        self.norm_pooled = weights.norm(9, nn.BatchNorm1d)
        self.dense = weights.dense(0)
        self.norm_dense = weights.norm(10, nn.BatchNorm1d)
        self.output = weights.dense(1)

    def forward(self, samples: torch.Tensor) -> torch.Tensor:
        x = self.norm_input(self.log_mel(samples).unsqueeze(1))
        front = torch.cat([self.timbral_1(x), self.timbral_2(x), self.temporal_1(x), self.temporal_2(x),
                           self.temporal_3(x)], 1)
        first = self.middle_1(front)
        second = self.middle_2(first) + first
        third = self.middle_3(second) + second
        maps = torch.cat([front, first, second, third], 1)
        # Largest and mean of each channel, next to each other.
        pooled = torch.stack([maps.amax(2), maps.mean(2)], 2).flatten(1)
        return self.norm_dense(torch.relu(self.dense(self.norm_pooled(pooled))))

    @torch.jit.ignore
    def tags(self, samples):
        return torch.sigmoid(self.output(self.forward(samples)))


# --- Checks -----------------------------------------------------------------------------------------------------------


def tag_names(archive, model):
    """The list that musicnn/configuration.py assigns, read as text."""
    wanted = "MTT_LABELS" if model.startswith("MTT") else "MSD_LABELS"
    for statement in ast.parse(archive.read("musicnn/configuration.py")).body:
        if isinstance(statement, ast.Assign) and statement.targets[0].id == wanted:
            return ast.literal_eval(statement.value)
    sys.exit(f"musicnn/configuration.py assigns no {wanted}")


def show_tags(network, names, path):
    import librosa

    samples, _ = librosa.load(path, sr=RATE_HZ)
    samples = samples[:len(samples) // WINDOW_SAMPLES * WINDOW_SAMPLES].reshape(-1, WINDOW_SAMPLES)[:60]
    if len(samples) == 0:
        sys.exit(f"{path} is shorter than {WINDOW_SAMPLES / RATE_HZ} s")
    theirs = librosa.feature.melspectrogram(y=samples[0], sr=RATE_HZ, hop_length=HOP, n_fft=FFT_SIZE, n_mels=N_MELS,
                                            center=False)
    with torch.no_grad():
        ours = network.log_mel(torch.from_numpy(samples[:1]))[0].numpy().T
        likelihood = network.tags(torch.from_numpy(samples)).mean(0).numpy()
    print(f"largest difference of the front end from librosa's: {abs(ours - np.log10(10000 * theirs + 1)).max():.2g}")
    print(path, ", ".join(f"{names[i]} {likelihood[i]:.2f}" for i in np.argsort(-likelihood)[:6]))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wheel", help="musicnn-0.1.0-py3-none-any.whl")
    parser.add_argument("-o", "--output", default="musicnn.pt")
    parser.add_argument("--model", default="MSD_musicnn", choices=["MSD_musicnn", "MTT_musicnn"],
                        help="trained on the tags of the Million Song Dataset or of MagnaTagATune")
    parser.add_argument("--tags", nargs="*", default=[], metavar="FILE", help="music to tag, to see that it works")
    arguments = parser.parse_args()

    with zipfile.ZipFile(arguments.wheel) as archive:
        weights = Weights(read_checkpoint(archive.read(f"musicnn/{arguments.model}/.index"),
                                          archive.read(f"musicnn/{arguments.model}/.data-00000-of-00001")))
        names = tag_names(archive, arguments.model)
    network = Musicnn(weights).eval()
    if unused := set(weights.tensors) - weights.used:
        sys.exit(f"these tensors of the checkpoint have no place in the network: {sorted(unused)}")
    for path in arguments.tags:
        show_tags(network, names, path)
    for parameter in network.parameters():
        parameter.requires_grad_(False)
    torch.jit.save(torch.jit.script(network), arguments.output,
                   _extra_files={"songmap_rate_hz": str(RATE_HZ), "songmap_window_s": str(WINDOW_SAMPLES / RATE_HZ)})
    print(f"{arguments.output}: {sum(p.numel() for p in network.parameters()):,} parameters")


if __name__ == "__main__":
    main()
