"""Makes the small TorchScript modules in tests/reference/script_models: python make_script_models.py OUTPUT_FOLDER

Made with torch 2.13. `level` is the one that works: the root mean square and the mean magnitude of each window; it says
in its extra files that it reads 8 kHz and half a second. Each of the others is wrong in one way.
"""
import pathlib
import sys

import torch


class Level(torch.nn.Module):
    def forward(self, x):
        return torch.stack([x.square().mean(dim=1).sqrt(), x.abs().mean(dim=1)], dim=1)


class Declared(Level):
    """As Level, with rate and window as attributes."""

    songmap_rate_hz: int
    songmap_window_s: float

    def __init__(self):
        super().__init__()
        self.songmap_rate_hz = 8000
        self.songmap_window_s = 0.5


class Pair(torch.nn.Module):
    def forward(self, x):
        return x, x


class Flat(torch.nn.Module):
    def forward(self, x):
        return x.mean(dim=1)


class NotFinite(torch.nn.Module):
    def forward(self, x):
        return (x.mean(dim=1, keepdim=True) - 10).log()


class OnlyLoud(torch.nn.Module):
    """Not finite for a window that is quieter than 0.05."""

    def forward(self, x):
        return (x.abs().amax(dim=1, keepdim=True) - 0.05).sqrt()


class TwoInputs(torch.nn.Module):
    def forward(self, x, y):
        return x + y


class Strict(torch.nn.Module):
    def forward(self, x):
        assert x.shape[1] == 12345, "12345 samples are wanted"
        return x


folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
says = {"songmap_rate_hz": "8000", "songmap_window_s": "0.5"}
for name, module, extra in [("level", Level(), says), ("declared", Declared(), {}), ("silent", Level(), {}),
                            ("pair", Pair(), says), ("flat", Flat(), says), ("not_finite", NotFinite(), says),
                            ("only_loud", OnlyLoud(), says), ("two_inputs", TwoInputs(), says),
                            ("strict", Strict(), says)]:
    torch.jit.save(torch.jit.script(module.eval()), folder / f"{name}.pt", _extra_files=extra)
torch.save({"weight": torch.zeros(2)}, folder / "weights.pt")
