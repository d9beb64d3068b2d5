"""Trains the study's Basic VAE in PyTorch, as songmap_train and bench/model_bench.cpp do in songmap.

Prints the rows, wall seconds and processor seconds (which a busy machine stretches less) of the training alone, after
one epoch to warm up; rows a second and the last loss go to stderr.

loader: batches from a DataLoader, as most code does
slices: batches cut from the shuffled tensor
fused:  the same, and the fused kernel of Adam
"""
import argparse
import sys
import time

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class BasicVae(nn.Module):
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


def train(x, n_epochs: int, size: int, variant: str) -> float:
    """Returns the mean loss of the last epoch."""
    model = BasicVae(x.shape[1], [256, 128], 32)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-4, fused=variant == "fused")
    for _ in range(n_epochs):
        total = 0.0
        for rows in batches(x, size, variant):
            optimizer.zero_grad()
            output, mean, log_variance = model(rows)
            error = nn.functional.mse_loss(output, rows)
            kl = -0.5 * torch.mean(1 + log_variance - mean.pow(2) - log_variance.exp())
            loss = error + kl
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            total += loss.item() * len(rows)
    return total / len(x)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("variant", choices=["loader", "slices", "fused"])
    parser.add_argument("--rows", type=int, default=800)
    parser.add_argument("--columns", type=int, default=70)
    parser.add_argument("--epochs", type=int, default=50)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()

    torch.set_num_threads(arguments.threads)
    torch.manual_seed(0)
    x = torch.randn(arguments.rows, arguments.columns)
    train(x, 1, arguments.batch, arguments.variant)
    wall, processor = time.perf_counter(), time.process_time()
    loss = train(x, arguments.epochs, arguments.batch, arguments.variant)
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    print(f"{arguments.rows} {wall:.6f} {processor:.6f}")
    print(f"{arguments.rows * arguments.epochs / wall:.0f} rows/s, loss {loss:.4f}", file=sys.stderr)


if __name__ == "__main__":
    main()
