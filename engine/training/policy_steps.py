"""One sampling step with noise of its own that keeps the flow's marginals, and how likely it was.

Shape letters: B samples.

A rectified flow stands at ``x = (1 - s) x0 + s eps``. The step from level ``s`` to ``r < s`` takes
what the network says of both parts, ``x0 = x - s v`` and ``eps = x + (1 - s) v``, and mixes them
again, with some of ``eps`` replaced by fresh noise ``z``::

    x' = (1 - r) x0 + sqrt(r^2 - d^2) eps + d z,
    d = eta r sqrt(1 - ((1 - s) r / ((1 - r) s))^2).

``eps`` and ``z`` are independent and normal, so their mixture has variance ``r^2`` whatever ``d``
is: the marginal of ``x'`` is the flow's, at any size of step (the argument of DDIM, Song et al.
2021, arXiv:2010.02502). At ``eta`` 1 the deviation is that of the forward process turned around
given ``x0``, at 0 the step is Euler's. For small steps it becomes the diffusion
``eta sqrt(2 s / (1 - s))`` of Flow-GRPO (Liu et al. 2025, arXiv:2505.05470), without its drift
term's error at large steps.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.models.signals import Latents


@dataclass(frozen=True, kw_only=True)
class Stride:
    """A step from level ``sigma`` to ``after``, with ``eta`` of the noise that it may have."""

    sigma: float
    after: float
    eta: float

    @property
    def levels(self) -> tuple[float, float]:
        """Where it goes from and to."""
        return self.sigma, self.after

    @property
    def deviation(self) -> float:
        """Of the fresh noise; 0 where the step ends at the clean clip."""
        if self.after <= 0:
            return 0.0
        kept = (1 - self.sigma) * self.after / ((1 - self.after) * self.sigma)
        return self.eta * self.after * math.sqrt(max(0.0, 1 - kept**2))

    def mean(self, x: Tensor, velocity: Tensor) -> Tensor:
        """Where the step goes, but for its noise."""
        clean = x - self.sigma * velocity
        noise = x + (1 - self.sigma) * velocity
        old = math.sqrt(max(0.0, self.after**2 - self.deviation**2))
        return (1 - self.after) * clean + old * noise

    def log_prob(self, x: Tensor, mean: Tensor) -> Tensor:
        """(B,) log-density of having gone to ``x``, of all elements together."""
        spread = self.deviation
        each = -((x - mean) / spread).square() / 2 - math.log(spread) - math.log(2 * math.pi) / 2
        return each.flatten(1).sum(dim=1)

    def divergence(self, mean: Tensor, other: Tensor) -> Tensor:
        """(B,) Kullback-Leibler divergence of two steps of equal noise, a mean over elements."""
        return ((mean - other) / self.deviation).square().flatten(1).mean(dim=1) / 2


@dataclass(frozen=True, kw_only=True)
class Both:
    """Something of the picture and the same of the sound."""

    video: Tensor
    audio: Tensor

    def __iter__(self) -> Iterator[Tensor]:
        return iter((self.video, self.audio))


def stepped(
    stride: Stride, latents: Latents, velocity: Latents, noise: Latents
) -> tuple[Latents, Both]:
    """The state after a noisy step, and the log-density (B,) of each branch's."""
    video, audio = means(stride, latents, velocity)
    after = Latents(
        video=video + stride.deviation * noise.video, audio=audio + stride.deviation * noise.audio
    )
    return after, log_probs(stride, after, (video, audio))


def means(stride: Stride, latents: Latents, velocity: Latents) -> tuple[Tensor, Tensor]:
    """Where picture and sound go, but for their noise."""
    return (
        stride.mean(latents.video, velocity.video),
        stride.mean(latents.audio, velocity.audio),
    )


def log_probs(stride: Stride, after: Latents, mean: tuple[Tensor, Tensor]) -> Both:
    """Log-density (B,) of each branch's step."""
    return Both(
        video=stride.log_prob(after.video, mean[0]), audio=stride.log_prob(after.audio, mean[1])
    )


def euler(latents: Latents, velocity: Latents, by: float) -> Latents:
    """Euler's step."""
    return Latents(
        video=latents.video + by * velocity.video, audio=latents.audio + by * velocity.audio
    )


def noise_like(latents: Latents, generator: torch.Generator) -> Latents:
    """Noise drawn on the processor, so that every device sees the same."""
    video = torch.randn(latents.video.shape, generator=generator)
    audio = torch.randn(latents.audio.shape, generator=generator)
    return Latents(video=video.to(latents.video.device), audio=audio.to(latents.audio.device))
