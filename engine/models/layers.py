"""Norms, embeddings and the shared modulation of the transformer.

Shape letters: B batch, L levels, N tokens, D width.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def zeroed(*layers: nn.Linear | nn.Conv1d | nn.Conv2d) -> None:
    """Set weights and biases to nothing, so that what the layers add starts as nothing."""
    for layer in layers:
        nn.init.zeros_(layer.weight)
        if layer.bias is not None:
            nn.init.zeros_(layer.bias)


class LevelEmbedding(nn.Module):
    """Noise levels (sigma, r) to a vector; the part of ``sigma - r`` starts as nothing.

    Sinusoids of sigma as in Vaswani et al. 2017; r is the level a step goes to (flow maps,
    arXiv:2410.12557), equal to sigma for an ordinary flow model.

    Args:
        width: of the vector.
        frequencies: how many waves of each kind.
        anchored: what is learned of strides adds nothing where r is sigma.
    """

    bands: Tensor

    def __init__(self, width: int, frequencies: int = 64, *, anchored: bool = False) -> None:
        super().__init__()
        self.anchored = anchored
        self.register_buffer("bands", _bands(frequencies), persistent=False)
        self.sigma = nn.Sequential(
            nn.Linear(2 * frequencies, width), nn.SiLU(), nn.Linear(width, width)
        )
        first, last = nn.Linear(2 * frequencies, width), nn.Linear(width, width)
        self.stride = nn.Sequential(first, nn.SiLU(), last)
        zeroed(last)

    def forward(self, sigma: Tensor, r: Tensor) -> Tensor:
        """(B, L) levels to (B, L, D)."""
        told = self.stride(_waves(sigma - r, self.bands))
        if self.anchored:
            told = told - self._still(torch.zeros_like(sigma))
        return self.sigma(_waves(sigma, self.bands)) + told

    @torch.no_grad()
    def anchor(self) -> None:
        """Say of levels where r is sigma what was said, from now on by sigma's part alone.

        A network that never took a stride has learned something there all the same.
        """
        last = self.sigma[-1]
        assert isinstance(last, nn.Linear)
        last.bias.add_(self._still(self.bands.new_zeros(())))
        self.anchored = True

    def _still(self, zero: Tensor) -> Tensor:
        return self.stride(_waves(zero, self.bands))


class ScaleEmbedding(nn.Module):
    """A guidance scale to a vector that starts as nothing.

    As 1 / scale, which lies between 0 and 1 and changes where guidance does (Meng et al. 2023,
    arXiv:2210.03142, embed the scale itself).
    """

    bands: Tensor

    def __init__(self, width: int, frequencies: int = 16) -> None:
        super().__init__()
        self.register_buffer("bands", _bands(frequencies), persistent=False)
        first, last = nn.Linear(2 * frequencies, width), nn.Linear(width, width)
        self.scale = nn.Sequential(first, nn.SiLU(), last)
        zeroed(last)

    def forward(self, scale: Tensor) -> Tensor:
        """(B,) scales of 1 or more to (B, D)."""
        return self.scale(_waves(1 / scale, self.bands))


def _bands(frequencies: int) -> Tensor:
    return torch.exp(torch.linspace(0, math.log(400.0), frequencies))


def _waves(value: Tensor, bands: Tensor) -> Tensor:
    """(..., 2 F) sines and cosines of values (...) between 0 and 1."""
    angles = value.float()[..., None] * bands
    return torch.cat([angles.sin(), angles.cos()], dim=-1)


def renders() -> bool:
    """Whether nothing learns here; a compiler, which cannot ask that, makes code to learn with."""
    return not torch.compiler.is_compiling() and torch.is_inference_mode_enabled()


def rms_norm(x: Tensor) -> Tensor:
    """Root-mean-square norm without weights, over the last axis."""
    if x.device.type != "cpu" or not renders():
        return F.rms_norm(x, x.shape[-1:])
    # A processor writes all squares down before it adds them up; a length needs none.
    length = torch.linalg.vector_norm(x, dim=-1, keepdim=True, dtype=torch.float32)
    mean = length.square_().div_(x.shape[-1])
    return x * mean.add_(torch.finfo(torch.float32).eps).rsqrt_().to(x.dtype)


def shifted_norm(x: Tensor, shift: Tensor, scale: Tensor) -> Tensor:
    """RMS norm times ``1 + scale``, plus ``shift``; both spread to the shape of ``x``."""
    return added(shift, rms_norm(x), 1 + scale)


def added(x: Tensor, spent: Tensor, factor: Tensor) -> Tensor:
    """``x`` plus ``spent`` times ``factor``; the others spread to the shape of ``spent``.

    It is written over ``spent`` where nothing learns: new memory costs a processor more than sums.
    """
    alike = x.dtype == spent.dtype == factor.dtype
    return torch.addcmul(x, spent, factor, out=spent if alike and renders() else None)


class FeedForward(nn.Module):
    """Squared-ReLU network (So et al. 2021, arXiv:2109.08668); its output starts at zero."""

    def __init__(self, width: int, ratio: float) -> None:
        super().__init__()
        hidden = int(width * ratio)
        self.grow = nn.Linear(width, hidden)
        self.shrink = nn.Linear(hidden, width)
        zeroed(self.shrink)

    def forward(self, x: Tensor) -> Tensor:
        """(B, N, D) to the same shape."""
        grown = F.relu(self.grow(x), inplace=True)
        # New memory costs a processor as much as the squares do; the way back needs what was.
        return self.shrink(grown.square() if grown.requires_grad else grown.square_())
