"""Freezes the course of small VAEs and the first steps of the study's networks in PyTorch:
`make_vae_reference.py OUTPUT.json`.

`courses`: networks of 5 inputs, some steps of torch.optim.Adam each, in double. Inputs, first weights and all noise are
written down, so that the other side needs no random numbers of PyTorch's.

`study`: the three networks of the hard tier at their full size, two steps each, on weights and data that both sides
make from sines: an irregular sequence that needs no random numbers. The second step's losses are those that the first
step's update left.
"""
import json
import math
import sys

import torch
from torch import nn

N_INPUTS, N_LATENT, ROWS = 5, 2, 6


class Network:
    """Encoder and decoder of fully connected layers; both see the condition."""

    def __init__(self, n_inputs, hidden, n_latent, n_conditions=0, variational=True):
        self.n_latent, self.variational = n_latent, variational
        widths = [n_inputs + n_conditions, *hidden, 2 * n_latent if variational else n_latent]
        self.encoder = self.linear_layers(widths)
        self.decoder = self.linear_layers([n_latent + n_conditions, *reversed(hidden), n_inputs])
        self.layers = {f"encoder.{i}": layer for i, layer in enumerate(self.encoder)}
        self.layers |= {f"decoder.{i}": layer for i, layer in enumerate(self.decoder)}
        self.parameters = [p for layer in self.layers.values() for p in layer.parameters()]

    @staticmethod
    def linear_layers(widths):
        return [nn.Linear(a, b, dtype=torch.float64) for a, b in zip(widths, widths[1:])]

    @staticmethod
    def apply(layers, x):
        for layer in layers[:-1]:
            x = torch.relu(layer(x))
        return layers[-1](x)

    def weights(self):
        return {f"{name}.{part}": getattr(layer, part).flatten().tolist()
                for name, layer in self.layers.items() for part in ("weight", "bias")}

    def forward(self, x, condition, noise):
        """Output, and the KL of each row and latent dimension."""
        head = self.apply(self.encoder, torch.cat([x, condition], 1))
        if not self.variational:
            return self.apply(self.decoder, torch.cat([head, condition], 1)), torch.zeros_like(head)
        mean, log_variance = head[:, :self.n_latent], head[:, self.n_latent:]
        point = mean + torch.exp(0.5 * log_variance) * noise
        kl = -0.5 * (1 + log_variance - mean ** 2 - log_variance.exp())
        return self.apply(self.decoder, torch.cat([point, condition], 1)), kl


def losses(output, x, kl, objective, variance, free_bits):
    """Reconstruction, KL, and the KL that the loss counts."""
    counted = kl.mean(0).clamp(min=free_bits) if free_bits > 0 else kl.mean(0)
    if objective == "calibrated":
        squares = ((output - x) ** 2).sum(1)
        reconstruction = (0.5 * squares / variance + x.shape[1] * math.log(math.sqrt(variance))).mean()
        return reconstruction, kl.sum(1).mean(), counted.sum()
    return nn.functional.mse_loss(output, x), kl.mean(), counted.mean()


def course(objective, hidden, beta, clip, learning_rate, input_noise, steps=7, n_conditions=0, free_bits=0.0,
           sigma=0.0, variational=True):
    torch.manual_seed(len(hidden))
    network = Network(N_INPUTS, hidden, N_LATENT, n_conditions, variational)
    optimizer = torch.optim.Adam(network.parameters, lr=learning_rate)
    variance = sigma ** 2 if sigma > 0 else 0.8
    result = {"objective": objective, "hidden": hidden, "beta": beta, "clip_norm": clip, "variance": variance,
              "learning_rate": learning_rate, "n_inputs": N_INPUTS, "n_latent": N_LATENT, "first": network.weights(),
              "n_conditions": n_conditions, "free_bits": free_bits, "sigma": sigma, "variational": variational,
              "steps": []}
    for _ in range(steps):
        x = torch.randn(ROWS, N_INPUTS, dtype=torch.float64) * torch.tensor([3.0, 2, 1, 1, 0.5])
        noise_in = torch.randn(ROWS, N_INPUTS, dtype=torch.float64) * input_noise
        noise = torch.randn(ROWS, N_LATENT, dtype=torch.float64)
        condition = torch.zeros(ROWS, n_conditions, dtype=torch.float64)
        if n_conditions > 0:
            for row in range(1, ROWS):  # what is known of the first row is nothing
                condition[row, torch.randint(n_conditions, ())] = 1
        output, kl_terms = network.forward(x + noise_in, condition, noise)
        if not variational or (objective == "calibrated" and sigma == 0):
            variance = 0.9 * variance + 0.1 * nn.functional.mse_loss(output, x).item()
        scored_as = objective if variational else "study"
        reconstruction, kl, counted_kl = losses(output, x, kl_terms, scored_as, variance, free_bits)
        optimizer.zero_grad()
        (reconstruction + beta * counted_kl).backward()
        norm = nn.utils.clip_grad_norm_(network.parameters, clip)
        optimizer.step()
        result["steps"].append({"x": x.flatten().tolist(), "input_noise": noise_in.flatten().tolist(),
                                "latent_noise": noise.flatten().tolist() if variational else [],
                                "condition": condition.flatten().tolist(), "reconstruction": reconstruction.item(),
                                "kl": kl.item(), "counted_kl": counted_kl.item(), "norm": norm.item(),
                                "variance": variance})
    result["last"] = network.weights()
    return result


def sines(first, shape, scale):
    """scale * sin(.37 k^2) for k = first, first + 1, …, rounded to single precision."""
    count = math.prod(shape)
    values = torch.tensor([scale * math.sin(0.37 * (k * k)) for k in range(first, first + count)], dtype=torch.float32)
    return values.double().reshape(shape)


def study(name, beta, variational):
    """Layers 70-512-256-64, Adam 1e-3, gradient norm clipped at 1, 32 rows: the hard tier of the study."""
    n_inputs, hidden, n_latent, rows = 70, [512, 256], 64, 32
    network = Network(n_inputs, hidden, n_latent, 0, variational)
    with torch.no_grad():
        for index, parameter in enumerate(network.parameters):
            parameter.copy_(sines(1000 * index, parameter.shape, 1 / math.sqrt(256)))
    optimizer = torch.optim.Adam(network.parameters, lr=1e-3)
    result = {"name": name, "n_inputs": n_inputs, "hidden": hidden, "n_latent": n_latent, "beta": beta,
              "variational": variational, "rows": rows, "learning_rate": 1e-3, "clip_norm": 1.0, "steps": []}
    for step in range(2):
        x = sines(7000 + step, (rows, n_inputs), 1.5)
        noise = sines(9000 + step, (rows, n_latent), 1.4)
        output, kl_terms = network.forward(x, torch.zeros(rows, 0, dtype=torch.float64), noise)
        reconstruction, kl, counted_kl = losses(output, x, kl_terms, "study", 1.0, 0.0)
        optimizer.zero_grad()
        (reconstruction + beta * counted_kl).backward()
        norm = nn.utils.clip_grad_norm_(network.parameters, 1.0)
        optimizer.step()
        result["steps"].append({"reconstruction": reconstruction.item(), "kl": kl.item(), "norm": norm.item()})
    return result


def main():
    courses = [course("calibrated", [4, 3], 1.0, 2.0, 1e-2, 0.3), course("study", [4], 2.0, 0.5, 1e-2, 0.0),
               course("calibrated", [4], 1.0, 5.0, 1e-2, 0.2, steps=4, n_conditions=3, free_bits=0.08),
               course("calibrated", [], 1.0, 5.0, 1e-2, 0.0, steps=3, sigma=0.6),
               course("study", [4, 3], 4.0, 1.0, 1e-2, 0.0, steps=3, n_conditions=2, variational=False)]
    presets = [study("beta-vae", 4.0, True), study("regular-vae", 1.0, True), study("autoencoder", 0.0, False)]
    with open(sys.argv[1], "w") as file:
        json.dump({"made_with": f"torch {torch.__version__}", "courses": courses, "study": presets}, file, indent=0)
        file.write("\n")


if __name__ == "__main__":
    main()
