"""Noise levels: where training looks and where sampling steps.

Shape letters: B batch.
"""

from __future__ import annotations

import torch
from torch import Tensor

UNIFORM_SHARE = 0.2


def shifted(sigma: Tensor, shift: float) -> Tensor:
    """Move levels towards noise: ``shift`` of 1 changes nothing (Esser et al. 2024, 2403.03206)."""
    return shift * sigma / (1 + (shift - 1) * sigma)


def draw_sigmas(count: int, generator: torch.Generator, shift: float = 2.0) -> Tensor:
    """(B,) training levels: shifted logit-normal, and a share of uniform ones."""
    normal = torch.sigmoid(torch.randn(count, generator=generator))
    uniform = torch.rand(count, generator=generator)
    pick = torch.rand(count, generator=generator) < UNIFORM_SHARE
    return torch.where(pick, uniform, shifted(normal, shift)).clamp(1e-3, 1.0)


def sampling_sigmas(steps: int, shift: float = 2.0, start: float = 1.0) -> Tensor:
    """(steps + 1,) levels from ``start`` down to 0, even in unshifted time.

    Raises:
        ValueError: if ``steps`` is below 1 or ``start`` is not in (0, 1].
    """
    if steps < 1 or not 0 < start <= 1:
        raise ValueError("steps must be at least 1 and start in (0, 1]")
    unshifted = start / (shift - (shift - 1) * start)
    return shifted(torch.linspace(unshifted, 0, steps + 1, dtype=torch.float64), shift).float()
