"""Trains the study's convolutional VAE in PyTorch on spectrograms of 64 x 432 random values, as songmap_conv does in
songmap.

Prints the rows, wall seconds and processor seconds (which a busy machine stretches less) of the training alone, after
one epoch to warm up; milliseconds a step and the last loss go to stderr.

plain: tensors as PyTorch makes them, Adam as it is by default
best:  channels_last, the fused kernel of Adam, denormal numbers flushed to zero
"""
import argparse
import sys
import time

import torch
from torch import nn

BANDS, FRAMES, CHANNELS, N_LATENT, BATCH = 64, 432, [1, 32, 64, 128, 256], 64, 16


class ConvVae(nn.Module):
    def __init__(self):
        super().__init__()
        down = list(zip(CHANNELS, CHANNELS[1:]))
        self.map = (CHANNELS[-1], BANDS >> len(down), FRAMES >> len(down))
        n_features = self.map[0] * self.map[1] * self.map[2]
        self.encoder = nn.Sequential(*[m for a, b in down for m in (nn.Conv2d(a, b, 4, 2, 1), nn.ReLU())])
        self.mean, self.log_variance = nn.Linear(n_features, N_LATENT), nn.Linear(n_features, N_LATENT)
        self.stem = nn.Linear(N_LATENT, n_features)
        up = [m for a, b in reversed(down) for m in (nn.ConvTranspose2d(b, a, 4, 2, 1), nn.ReLU())]
        self.decoder = nn.Sequential(*up[:-1], nn.Sigmoid())

    def forward(self, x):
        h = self.encoder(x).flatten(1)
        mean, log_variance = self.mean(h), self.log_variance(h)
        z = mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean)
        return self.decoder(self.stem(z).view(-1, *self.map)), mean, log_variance


def train(x, n_epochs: int, variant: str):
    """The model, and the mean loss of the last epoch."""
    model = ConvVae()
    if variant == "best":
        model = model.to(memory_format=torch.channels_last)
        x = x.to(memory_format=torch.channels_last)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=variant == "best")
    for _ in range(n_epochs):
        total = 0.0
        order = torch.randperm(len(x))
        for first in range(0, len(x), BATCH):
            rows = x[order[first : first + BATCH]]
            optimizer.zero_grad()
            output, mean, log_variance = model(rows)
            error = nn.functional.mse_loss(output, rows)
            kl = -0.5 * torch.mean(1 + log_variance - mean.pow(2) - log_variance.exp())
            loss = error + kl
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            total += loss.item() * len(rows)
    return model, total / len(x)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("variant", choices=["plain", "best"])
    parser.add_argument("--epochs", type=int, default=50)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rows", type=int, default=80)
    arguments = parser.parse_args()

    torch.set_num_threads(arguments.threads)
    torch.set_flush_denormal(arguments.variant == "best")
    torch.manual_seed(0)
    x = torch.rand(arguments.rows, 1, BANDS, FRAMES)
    train(x, 1, arguments.variant)
    wall, processor = time.perf_counter(), time.process_time()
    _, loss = train(x, arguments.epochs, arguments.variant)
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    print(f"{arguments.rows} {wall:.6f} {processor:.6f}")
    steps = arguments.epochs * ((arguments.rows + BATCH - 1) // BATCH)
    print(f"{1000 * wall / steps:.0f} ms/step, loss {loss:.4f}", file=sys.stderr)


if __name__ == "__main__":
    main()
