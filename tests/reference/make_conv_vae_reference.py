"""Freezes losses, gradients and outputs of convolutional VAEs in PyTorch: `make_conv_vae_reference.py OUTPUT.json`.

Small networks of several shapes, and that of the medium tier at its full size, some steps of torch.optim.Adam each, in
double. Both sides make weights and data from sines (see make_vae_reference.py), in songmap's own layout: a kernel is
[2, 2, 2, 2, n_fine, n_coarse], row 2 a + c and column 2 b + d at [a, b, c, d], and features are [height, width,
channels].
"""
import json
import math
import sys

import torch
from make_vae_reference import losses, sines
from torch import nn


def from_own_kernel(values):
    """[2, 2, 2, 2, n_fine, n_coarse] to [n_coarse, n_fine, 4, 4]."""
    a, b, c, d, n_fine, n_coarse = range(6)
    return values.permute(n_coarse, n_fine, a, c, b, d).reshape(values.shape[5], values.shape[4], 4, 4)


def to_own_kernel(values):
    """The reverse."""
    n_coarse, n_fine = values.shape[:2]
    return values.reshape(n_coarse, n_fine, 2, 2, 2, 2).permute(2, 4, 3, 5, 1, 0)


class Network:
    def __init__(self, case):
        self.case = case
        channels = [1, *case["channels"]]
        halvings = len(channels) - 1
        self.map = (channels[-1], case["bands"] >> halvings, case["frames"] >> halvings)
        n_features, n_latent, n_conditions = math.prod(self.map), case["n_latent"], case["n_conditions"]
        n_head = 2 * n_latent if case["variational"] else n_latent
        self.encoder = [nn.Conv2d(a, b, 4, 2, 1) for a, b in zip(channels, channels[1:])]
        self.head = nn.Linear(n_features + n_conditions, n_head)
        self.stem = nn.Linear(n_latent + n_conditions, n_features)
        self.decoder = [nn.ConvTranspose2d(b, a, 4, 2, 1) for a, b in reversed(list(zip(channels, channels[1:])))]
        self.layers = {f"encoder.{i}": layer for i, layer in enumerate([*self.encoder, self.head])}
        self.layers |= {f"decoder.{i}": layer for i, layer in enumerate([self.stem, *self.decoder])}
        for layer in self.layers.values():
            layer.double()
        self.parameters = [p for layer in self.layers.values() for p in layer.parameters()]
        index = 0
        for layer in self.layers.values():
            fan_in = 16 * layer.weight.shape[1] if layer.weight.dim() == 4 else layer.weight.shape[1]
            scale = 1 / math.sqrt(fan_in)
            for part in (layer.weight, layer.bias):
                shape = to_own(self, layer, part).shape
                put_own(self, layer, part, sines(1000 * index, shape, scale))
                index += 1

    def forward(self, x, condition, noise):
        case = self.case
        h = x.reshape(-1, 1, case["bands"], case["frames"])
        for layer in self.encoder:
            h = torch.relu(layer(h))
        h = self.head(torch.cat([h.flatten(1), condition], 1))
        n = case["n_latent"]
        mean, kl = h[:, :n], torch.zeros(len(x), n, dtype=torch.float64)
        point = mean
        if case["variational"]:
            log_variance = h[:, n:]
            point = mean + torch.exp(0.5 * log_variance) * noise
            kl = -0.5 * (1 + log_variance - mean ** 2 - log_variance.exp())
        return self.decode(torch.cat([point, condition], 1)), mean, kl

    def decode(self, z):
        h = self.stem(z).reshape(-1, *self.map)
        for layer in self.decoder[:-1]:
            h = torch.relu(layer(h))
        h = self.decoder[-1](h).flatten(1)
        return torch.sigmoid(h) if self.case["sigmoid"] else h


def to_own(network, layer, values):
    """A parameter, or its gradient `values`, in songmap's layout."""
    c, h, w = network.map
    if values.dim() == 4:
        return to_own_kernel(values)
    if layer is network.head and values.dim() == 2:
        features = values[:, : c * h * w].reshape(-1, c, h, w).permute(0, 2, 3, 1).reshape(len(values), -1)
        return torch.cat([features, values[:, c * h * w :]], 1)
    if layer is network.stem:
        return values.reshape(c, h, w, -1).permute(1, 2, 0, 3).reshape(values.shape)
    return values


def put_own(network, layer, parameter, values):
    """Fills a parameter from songmap's layout."""
    c, h, w = network.map
    if parameter.dim() == 4:
        values = from_own_kernel(values)
    elif layer is network.head and parameter.dim() == 2:
        features = values[:, : c * h * w].reshape(-1, h, w, c).permute(0, 3, 1, 2).reshape(len(values), -1)
        values = torch.cat([features, values[:, c * h * w :]], 1)
    elif layer is network.stem:
        values = values.reshape(h, w, c, -1).permute(2, 0, 1, 3).reshape(values.shape)
    parameter.data.copy_(values)


def course(**case):
    network = Network(case)
    optimizer = torch.optim.Adam(network.parameters, lr=case["learning_rate"])
    variance, rows, n_inputs = case["variance"], case["rows"], case["bands"] * case["frames"]
    condition = torch.zeros(rows, case["n_conditions"], dtype=torch.float64)
    for row in range(rows):
        if case["n_conditions"]:
            condition[row, row % case["n_conditions"]] = 1
    result = case | {"steps": []}
    for i in range(case["n_steps"]):
        x = 0.5 + 0.5 * sines(7000 + i, (rows, n_inputs), 1.0)
        noise = sines(9000 + i, (rows, case["n_latent"]), 1.4)
        output, mean, kl_terms = network.forward(x, condition, noise)
        if not case["variational"] or case["objective"] == "calibrated":
            variance = 0.9 * variance + 0.1 * nn.functional.mse_loss(output, x).item()
        scored_as = case["objective"] if case["variational"] else "study"
        reconstruction, kl, _ = losses(output, x, kl_terms, scored_as, variance, 0.0)
        optimizer.zero_grad()
        (reconstruction + case["beta"] * kl).backward()
        # What each parameter's gradient measures, and what it has in common with a sequence of sines.
        gradients = {}
        for name, layer in network.layers.items():
            for part in ("weight", "bias"):
                gradient = to_own(network, layer, getattr(layer, part).grad).flatten()
                probe = torch.dot(gradient, sines(3, gradient.shape, 1.0))
                gradients[f"{name}.{part}"] = [gradient.norm().item(), probe.item()]
        norm = nn.utils.clip_grad_norm_(network.parameters, case["clip_norm"])
        decoded = network.decode(torch.cat([mean, condition], 1))
        result["steps"].append({"reconstruction": reconstruction.item(), "kl": kl.item(), "norm": norm.item(),
                                "variance": variance, "gradients": gradients,
                                "mean": mean[:2].flatten().tolist(), "decoded": decoded[1, :: n_inputs // 16].tolist()})
        optimizer.step()
    return result


def main():
    shared = {"beta": 0.5, "clip_norm": 1.0, "learning_rate": 1e-3, "variance": 0.3, "n_steps": 3, "sigmoid": True,
              "variational": True, "n_conditions": 0, "objective": "calibrated", "rows": 5, "n_latent": 3}
    courses = [
        course(**shared | {"bands": 8, "frames": 16, "channels": [3, 5], "n_conditions": 2}),
        course(**shared | {"bands": 4, "frames": 6, "channels": [4], "objective": "study", "sigmoid": False}),
        course(**shared | {"bands": 8, "frames": 24, "channels": [2, 3, 4], "variational": False}),
        course(**shared | {"bands": 64, "frames": 432, "channels": [32, 64, 128, 256], "objective": "study",
                           "n_latent": 64, "rows": 2, "beta": 1.0, "n_steps": 2}),
    ]
    with open(sys.argv[1], "w") as file:
        json.dump({"made_with": f"torch {torch.__version__}", "courses": courses}, file, indent=0)
        file.write("\n")


if __name__ == "__main__":
    main()
