"""The noise that a stochastic sampler adds on its way, the same for any number of steps.

Fresh noise at every step makes another take of another number of steps, and a preview is to be the
full render's take. So the noise of a seed is one walk, a Brownian motion whose clock is the ratio
of signal to noise, ``((1 - sigma) / sigma)^2``, and a step is given the stretch of it between its
two levels (the idea of the virtual Brownian tree of Li et al. 2020, arXiv:2001.01328, on a grid
that is drawn at once, as the latents of sound are few).

Shape letters: K stretches, B batch, C latent channels, A audio latents.
"""

from __future__ import annotations

import torch
from torch import Tensor

from engine.diffusion.schedules import shifted
from engine.shapes import ClipShape

STRETCHES = 200
_SHIFT = 2.0


def walk_for(shape: ClipShape, channels: int, seed: int) -> Tensor:
    """(K, 1, 2, C, A) standard normal stretches of the sound's walk, drawn on the processor."""
    generator = torch.Generator().manual_seed(seed ^ 0x0A1C_57A1)
    return torch.randn(STRETCHES, 1, 2, channels, shape.audio_latents, generator=generator)


def between(walk: Tensor, high: float, low: float) -> Tensor | None:
    """(B, 2, C, A) standard normal noise of the walk from level ``high`` down to ``low``.

    The two are moved to the nearest ends of stretches, which are even in the unshifted time of
    sampling: steps whose number divides theirs see all of the walk, each its own part. A step
    that is too small to have a stretch of its own gets nothing, and so does one to level 0.
    """
    first, last = _stretch(high), _stretch(low)
    if first == last or low <= 0:
        return None
    left = 1 - torch.arange(first, last + 1, dtype=torch.float64) / STRETCHES
    level = shifted(left.clamp_min(0.25 / STRETCHES), _SHIFT)
    longer = ((1 - level) / level).square().diff()
    share = (longer / longer.sum()).sqrt().to(walk.dtype)
    return torch.einsum("k,k...->...", share.to(walk.device), walk[first:last])


def _stretch(level: float) -> int:
    """The end of a stretch that is nearest to ``level``."""
    return round((1 - level / (_SHIFT - (_SHIFT - 1) * level)) * STRETCHES)
