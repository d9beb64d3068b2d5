"""Trains fully connected VAEs in PyTorch, as songmap_train and bench/model_bench.cpp do in songmap.

Prints the rows, wall seconds and processor seconds (which a busy machine stretches less) of the training alone, after
one epoch to warm up; rows a second and the last loss go to stderr.

loader: batches from a DataLoader, as most code does
slices: batches cut from the shuffled tensor
fused:  the same, the fused kernel of Adam, and denormal numbers flushed
limit:  no training: the seconds that its multiplications and additions take at the rate at which this core multiplies
        large matrices

--recipe easy:     the study's Basic VAE: averaged losses, Adam at a constant rate
--recipe default:  songmap's default: calibrated likelihood, warm-up of the KL term, noise on the inputs, cosine
"""
import argparse
import math
import sys
import time

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

RECIPES = {
    "easy": {"columns": 70, "hidden": [256, 128], "latent": 32, "rate": 1e-4, "clip": 1.0},
    "default": {"columns": 75, "hidden": [256, 128], "latent": 16, "rate": 1e-3, "clip": 5.0},
}


class Vae(nn.Module):
    def __init__(self, n_inputs: int, hidden: list[int], n_latent: int):
        super().__init__()
        down = [n_inputs, *hidden]
        self.encoder = nn.Sequential(*[m for a, b in zip(down, down[1:]) for m in (nn.Linear(a, b), nn.ReLU())])
        self.mean = nn.Linear(hidden[-1], n_latent)
        self.log_variance = nn.Linear(hidden[-1], n_latent)
        up = [n_latent, *reversed(hidden)]
        self.decoder = nn.Sequential(*[m for a, b in zip(up, up[1:]) for m in (nn.Linear(a, b), nn.ReLU())],
                                     nn.Linear(hidden[0], n_inputs))

    def forward(self, x):
        h = self.encoder(x)
        mean, log_variance = self.mean(h), self.log_variance(h)
        z = mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean)
        return self.decoder(z), mean, log_variance


def batches(x, size: int, variant: str):
    if variant == "loader":
        for (rows,) in DataLoader(TensorDataset(x), batch_size=size, shuffle=True):
            yield rows
    else:
        order = torch.randperm(len(x))
        for first in range(0, len(x), size):
            yield x[order[first : first + size]]


class EasyLoss:
    """The study's: both terms averaged over rows and dimensions."""

    def __init__(self, x, steps: int):
        pass

    def __call__(self, model, rows):
        output, mean, log_variance = model(rows)
        kl = -0.5 * torch.mean(1 + log_variance - mean.pow(2) - log_variance.exp())
        return nn.functional.mse_loss(output, rows) + kl

    def rate(self):
        return 1.0


class DefaultLoss:
    """songmap's: summed over dimensions, the noise's variance by a moving average."""

    def __init__(self, x, steps: int):
        self.variance = x.var(0, correction=0).mean().item()
        self.step, self.steps = 0, steps

    def __call__(self, model, rows):
        self.step += 1
        output, mean, log_variance = model(rows + 0.3 * torch.randn_like(rows))
        squared = (output - rows).square().sum()
        self.variance = 0.9 * self.variance + 0.1 * squared.item() / rows.numel()
        kl = -0.5 * torch.sum(1 + log_variance - mean.pow(2) - log_variance.exp())
        beta = min(1.0, self.step / (0.3 * self.steps))
        constant = 0.5 * rows.shape[1] * math.log(self.variance)
        return (0.5 / self.variance * squared + beta * kl) / len(rows) + constant

    def rate(self):
        return 0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * self.step / self.steps))


def train(x, recipe: str, n_epochs: int, size: int, variant: str) -> float:
    """Returns the mean loss of the last epoch."""
    settings = RECIPES[recipe]
    model = Vae(x.shape[1], settings["hidden"], settings["latent"])
    optimizer = torch.optim.Adam(model.parameters(), lr=settings["rate"], fused=variant == "fused")
    loss_of = {"easy": EasyLoss, "default": DefaultLoss}[recipe](x, n_epochs * math.ceil(len(x) / size))
    for _ in range(n_epochs):
        total = 0.0
        for rows in batches(x, size, variant):
            optimizer.param_groups[0]["lr"] = settings["rate"] * loss_of.rate()
            optimizer.zero_grad()
            loss = loss_of(model, rows)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), settings["clip"])
            optimizer.step()
            total += loss.item() * len(rows)
    return total / len(x)


def operations(recipe: str) -> int:
    """Multiplications and additions of one row's way forth and back: three products a layer, but for the first, whose
    input needs no gradient."""
    settings = RECIPES[recipe]
    down = [settings["columns"], *settings["hidden"], 2 * settings["latent"]]
    up = [settings["latent"], *reversed(settings["hidden"]), settings["columns"]]
    layers = [a * b for widths in (down, up) for a, b in zip(widths, widths[1:])]
    return 2 * (3 * sum(layers) - layers[0])


def product_rate(n: int = 1024) -> float:
    """Operations a second of the fastest of some products of two n x n matrices."""
    a, b, c = torch.randn(n, n), torch.randn(n, n), torch.empty(n, n)
    best = math.inf
    for _ in range(20):
        start = time.perf_counter()
        torch.mm(a, b, out=c)
        best = min(best, time.perf_counter() - start)
    return 2 * n**3 / best


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("variant", choices=["loader", "slices", "fused", "limit"])
    parser.add_argument("--recipe", choices=list(RECIPES), default="easy")
    parser.add_argument("--rows", type=int, default=800)
    parser.add_argument("--epochs", type=int, default=50)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()

    torch.set_num_threads(arguments.threads)
    torch.set_flush_denormal(arguments.variant == "fused")
    torch.manual_seed(0)
    if arguments.variant == "limit":
        rate = product_rate()
        seconds = arguments.rows * arguments.epochs * operations(arguments.recipe) / rate
        print(f"{arguments.rows} {seconds:.6f} {seconds:.6f}")
        print(f"{rate / 1e9:.0f} billion operations a second", file=sys.stderr)
        return
    columns = RECIPES[arguments.recipe]["columns"]
    x = torch.randn(10, columns).repeat(arguments.rows // 10 + 1, 1)[: arguments.rows]
    x = torch.randn(arguments.rows, columns) + (x if arguments.recipe == "default" else 0)
    train(x, arguments.recipe, 1, arguments.batch, arguments.variant)
    wall, processor = time.perf_counter(), time.process_time()
    loss = train(x, arguments.recipe, arguments.epochs, arguments.batch, arguments.variant)
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    print(f"{arguments.rows} {wall:.6f} {processor:.6f}")
    print(f"{arguments.rows * arguments.epochs / wall:.0f} rows/s, loss {loss:.4f}", file=sys.stderr)


if __name__ == "__main__":
    main()
