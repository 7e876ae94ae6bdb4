"""A teacher's ways from noise to previews, and the strides that a preview would take on them.

Shape letters: B clips, C latent channels, L video latent frames, A audio latents.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from engine.diffusion.latent_state import TRACE, quieter
from engine.diffusion.schedules import sampling_sigmas
from engine.models.signals import Latents, Levels
from engine.pipelines.render import VIDEO_SHIFT
from engine.training.batch import Batch


@dataclass(frozen=True, kw_only=True)
class Stride:
    """One step of a preview.

    Attributes:
        batch: what is asked, at the levels from which and to which it goes.
        noisy: where it begins.
        average: velocity that takes it to its end, per latent.
    """

    batch: Batch
    noisy: Latents
    average: Latents


@dataclass(frozen=True, kw_only=True)
class Walk:
    """Clips on the way to a preview.

    Attributes:
        batch: what is asked; where something is given its levels are low, and stay so.
        sigmas: of the way's steps, from 1 down to 0.
        span: steps of the way in a preview's stride.
        latents: where they are.
        step: how many steps are behind them.
        left: where the stride began that they are on.
        scales: (B,) that words are followed by, where every clip has one of its own.
    """

    batch: Batch
    sigmas: tuple[float, ...]
    span: int
    latents: Latents
    left: Latents
    step: int = 0
    scales: Tensor | None = None

    @staticmethod
    def begun(
        batch: Batch, steps: int, span: int, details: int, scales: Tensor | None = None
    ) -> Walk:
        """At noise, as renders begin: the last ``details`` channels are quieter.

        Args:
            batch: what is asked; its levels tell what is given.
            steps: of the preview.
            span: steps of the way in one of the preview's.
            details: channels.
            scales: of words.
        """
        noise = quieter(batch.noise, details)
        sigmas = tuple(sampling_sigmas(steps * span, VIDEO_SHIFT).tolist())
        walk = Walk(
            batch=batch,
            sigmas=sigmas,
            span=span,
            latents=noise,
            left=noise,
            scales=scales,
        )
        start = walk.levels(0)
        latents = Latents(
            video=batch.clean.video.lerp(noise.video, _spread(start.video)),
            audio=batch.clean.audio.lerp(noise.audio, start.audio[:, None, None]),
        )
        return replace(walk, latents=latents, left=latents)

    @property
    def arrived(self) -> bool:
        """Whether nothing of the way is left."""
        return self.step == len(self.sigmas) - 1

    def levels(self, step: int) -> Levels:
        """Levels before ``step``, none above what is given allows."""
        was, sigma = self.batch.levels, self.sigmas[step]
        video = torch.where(was.video > 0, sigma, 0.0)
        if self.batch.free is not None:
            video = torch.where(self.batch.free, video, video.clamp_max(TRACE))
        audio = torch.where(was.audio > 0, sigma, 0.0)
        return Levels(video=video, audio=audio, video_r=video, audio_r=audio)

    def on(self, velocity: Latents) -> tuple[Walk, Stride | None]:
        """One step on with ``velocity``, and the stride that ends there, if one does."""
        here, there = self.levels(self.step), self.levels(self.step + 1)
        latents = Latents(
            video=self.latents.video + _spread(there.video - here.video) * velocity.video,
            audio=self.latents.audio + (there.audio - here.audio)[:, None, None] * velocity.audio,
        )
        walk = replace(self, latents=latents, step=self.step + 1)
        if walk.step % self.span:
            return walk, None
        start = self.levels(walk.step - self.span)
        ends = replace(start, video_r=there.video, audio_r=there.audio, guidance=self.scales)
        stride = Stride(
            batch=replace(self.batch, levels=ends),
            noisy=self.left,
            average=_average(self.left, latents, start, there),
        )
        return replace(walk, left=latents), stride


def _spread(levels: Tensor) -> Tensor:
    """(B, L) over channels and pictures."""
    return levels[:, None, :, None, None]


def _average(start: Latents, end: Latents, here: Levels, there: Levels) -> Latents:
    """What takes ``start`` to ``end`` in one step; where nothing moves it does not count."""
    video = _spread(there.video - here.video).clamp_max(-1e-6)
    audio = (there.audio - here.audio)[:, None, None].clamp_max(-1e-6)
    return Latents(video=(end.video - start.video) / video, audio=(end.audio - start.audio) / audio)
