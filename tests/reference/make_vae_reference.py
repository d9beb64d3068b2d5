"""Freezes the course of a small VAE in PyTorch: `make_vae_reference.py OUTPUT.json`.

Two networks, 5-4-3-(2) (calibrated objective, input noise, clipping) and 5-4-(2) (the study's objective, clipping,
beta 2), seven steps of torch.optim.Adam each, in double. Inputs, first weights and all noise are written down, so that
the other side needs no random numbers of PyTorch's.
"""
import json
import math
import sys

import torch
from torch import nn

STEPS, ROWS, N_INPUTS, N_LATENT = 7, 6, 5, 2


def linear_layers(widths):
    return [nn.Linear(a, b, dtype=torch.float64) for a, b in zip(widths, widths[1:])]


def apply(layers, x):
    for layer in layers[:-1]:
        x = torch.relu(layer(x))
    return layers[-1](x)


def course(objective, hidden, beta, clip, learning_rate, input_noise):
    torch.manual_seed(len(hidden))
    encoder = linear_layers([N_INPUTS, *hidden, 2 * N_LATENT])
    decoder = linear_layers([N_LATENT, *reversed(hidden), N_INPUTS])
    layers = {f"encoder.{i}": layer for i, layer in enumerate(encoder)}
    layers |= {f"decoder.{i}": layer for i, layer in enumerate(decoder)}

    def weights():
        return {f"{name}.{part}": getattr(layer, part).flatten().tolist()
                for name, layer in layers.items() for part in ("weight", "bias")}

    parameters = [p for layer in layers.values() for p in layer.parameters()]
    optimizer = torch.optim.Adam(parameters, lr=learning_rate)
    variance = 0.8
    result = {"objective": objective, "hidden": hidden, "beta": beta, "clip_norm": clip, "variance": variance,
              "learning_rate": learning_rate, "n_inputs": N_INPUTS, "n_latent": N_LATENT, "first": weights(),
              "steps": []}
    for _ in range(STEPS):
        x = torch.randn(ROWS, N_INPUTS, dtype=torch.float64) * torch.tensor([3.0, 2, 1, 1, 0.5])
        noise_in = torch.randn(ROWS, N_INPUTS, dtype=torch.float64) * input_noise
        noise = torch.randn(ROWS, N_LATENT, dtype=torch.float64)
        head = apply(encoder, x + noise_in)
        mean, log_variance = head[:, :N_LATENT], head[:, N_LATENT:]
        output = apply(decoder, mean + torch.exp(0.5 * log_variance) * noise)
        kl_terms = -0.5 * (1 + log_variance - mean ** 2 - log_variance.exp())
        if objective == "calibrated":
            variance = 0.9 * variance + 0.1 * nn.functional.mse_loss(output, x).item()
            squares = ((output - x) ** 2).sum(1)
            reconstruction = (0.5 * squares / variance + N_INPUTS * math.log(math.sqrt(variance))).mean()
            kl = kl_terms.sum(1).mean()
        else:
            reconstruction = nn.functional.mse_loss(output, x)
            kl = kl_terms.mean()
        optimizer.zero_grad()
        (reconstruction + beta * kl).backward()
        norm = nn.utils.clip_grad_norm_(parameters, clip)
        optimizer.step()
        result["steps"].append({"x": x.flatten().tolist(), "input_noise": noise_in.flatten().tolist(),
                                "latent_noise": noise.flatten().tolist(), "reconstruction": reconstruction.item(),
                                "kl": kl.item(), "norm": norm.item(), "variance": variance})
    result["last"] = weights()
    return result


def main():
    courses = [course("calibrated", [4, 3], 1.0, 2.0, 1e-2, 0.3), course("study", [4], 2.0, 0.5, 1e-2, 0.0)]
    with open(sys.argv[1], "w") as file:
        json.dump({"made_with": f"torch {torch.__version__}", "courses": courses}, file, indent=0)
        file.write("\n")


if __name__ == "__main__":
    main()
