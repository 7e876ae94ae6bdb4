"""Samplers: functions over (denoiser, state, levels).

Each is a generator that yields the state after every step, so that a caller can show, save, park
or stop; a sampler started again from a yielded state ends in the same bits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from engine.diffusion.denoiser import Noisy
from engine.diffusion.latent_state import Given, spread
from engine.models.signals import Latents

Velocity = Callable[[Noisy], Latents]


@dataclass(frozen=True, kw_only=True)
class Step:
    """A finished step, from which a sampler goes on.

    Attributes:
        index: steps done.
        latents: the state after it.
        denoised: the guess of the end that it was made with, for step previews and for samplers
            that look back.
    """

    index: int
    latents: Latents
    denoised: Latents

    def on(self, device: torch.device) -> Step:
        """The same on ``device``."""
        return replace(self, latents=self.latents.on(device), denoised=self.denoised.on(device))


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """Levels of both branches, each (steps + 1,), falling to 0."""

    video: Tensor
    audio: Tensor

    @property
    def steps(self) -> int:
        """Number of steps."""
        return len(self.video) - 1


def euler(
    velocity: Velocity,
    latents: Latents,
    levels: Schedule,
    given: Given,
    after: Step | None = None,
) -> Iterator[Step]:
    """Euler's method on ``dx / dsigma = v`` (Karras et al. 2022, algorithm 1 without noise).

    Args:
        velocity: of both branches at a state.
        latents: the state at the first level.
        levels: from the first to 0.
        given: what stays as it is, and what waits under a ceiling.
        after: the last finished step, to go on from it instead.
    """
    first, latents, _ = _begun(latents, after)
    for index in range(first, levels.steps):
        here, there = _at(levels, index), _at(levels, index + 1)
        v = velocity(_noisy(latents, here, given, there))
        denoised = _moved(latents, v, _strides(given, here, (0.0, 0.0)))
        latents = given.put(_moved(latents, v, _strides(given, here, there)))
        yield Step(index=index + 1, latents=latents, denoised=given.put(denoised))


def heun(
    velocity: Velocity,
    latents: Latents,
    levels: Schedule,
    given: Given,
    after: Step | None = None,
) -> Iterator[Step]:
    """Heun's second-order method (Karras et al. 2022, arXiv:2206.00364, algorithm 1).

    The last step, to level 0, is Euler's: two evaluations a step otherwise. Arguments are those of
    ``euler``.
    """
    first, latents, _ = _begun(latents, after)
    for index in range(first, levels.steps):
        here, there = _at(levels, index), _at(levels, index + 1)
        stride = _strides(given, here, there)
        v = velocity(_noisy(latents, here, given))
        denoised = _moved(latents, v, _strides(given, here, (0.0, 0.0)))
        ahead = given.put(_moved(latents, v, stride))
        if max(there) > 0:
            w = velocity(_noisy(ahead, there, given))
            mean = Latents(video=(v.video + w.video) / 2, audio=(v.audio + w.audio) / 2)
            ahead = given.put(_moved(latents, mean, stride))
        latents = ahead
        yield Step(index=index + 1, latents=latents, denoised=given.put(denoised))


def dpm(
    velocity: Velocity,
    latents: Latents,
    levels: Schedule,
    given: Given,
    after: Step | None = None,
) -> Iterator[Step]:
    """DPM-Solver++(2M) (Lu et al. 2022, arXiv:2211.01095, algorithm 2): second order in one pass.

    In a rectified flow, where ``alpha`` is ``1 - sigma``, its step from s to t is Euler's plus
    ``(1 - t / s) h / (2 h')`` times what the guess of the end has changed by since the step before,
    with ``h`` and ``h'`` the growth of ``log(alpha / sigma)`` in this step and in that one. From
    level 1 and to level 0, where that is without bounds, steps are Euler's, and so is the first of
    a latent that waited under its ceiling. Arguments are those of ``euler``.
    """
    first, latents, before = _begun(latents, after)
    for index in range(first, levels.steps):
        here, there = _at(levels, index), _at(levels, index + 1)
        v = velocity(_noisy(latents, here, given))
        denoised = given.put(_moved(latents, v, _strides(given, here, (0.0, 0.0))))
        ahead = _moved(latents, v, _strides(given, here, there))
        if before is not None:
            ends = [given.levels(*at) for at in (_at(levels, index - 1), here, there)]
            video, audio = (_leaning(*branch) for branch in zip(*ends, strict=True))
            ahead = Latents(
                video=ahead.video + spread(video) * (denoised.video - before.video),
                audio=ahead.audio + audio.view(1, 1, 1, -1) * (denoised.audio - before.audio),
            )
        latents, before = given.put(ahead), denoised
        yield Step(index=index + 1, latents=latents, denoised=denoised)


SAMPLERS = {"euler": euler, "heun": heun, "dpm++": dpm}
USUAL_SAMPLER = "euler"
# Passes of the network in a step, for every pass that guidance takes.
EVALUATIONS = {"euler": 1, "heun": 2, "dpm++": 1}


def _begun(latents: Latents, after: Step | None) -> tuple[int, Latents, Latents | None]:
    """Finished steps, the state after them, and what was expected before it."""
    return (0, latents, None) if after is None else (after.index, after.latents, after.denoised)


def _leaning(before: Tensor, here: Tensor, there: Tensor) -> Tensor:
    """How far a second-order step leans on the change of guesses, per latent."""
    behind, ahead = (_growth(*pair) for pair in ((before, here), (here, there)))
    bounded = (behind > 0) & behind.isfinite() & (ahead > 0) & ahead.isfinite()
    leaning = (1 - there / here) * ahead / (2 * behind)
    return torch.where(bounded, leaning, 0.0)


def _growth(high: Tensor, low: Tensor) -> Tensor:
    """By how much ``log((1 - sigma) / sigma)`` grows from level ``high`` to ``low``."""
    return torch.logit(high) - torch.logit(low)


def _at(levels: Schedule, index: int) -> tuple[float, float]:
    return float(levels.video[index]), float(levels.audio[index])


def _noisy(
    latents: Latents,
    at: tuple[float, float],
    given: Given,
    toward: tuple[float, float] | None = None,
) -> Noisy:
    toward = toward or at
    return Noisy(
        latents=latents,
        video_sigma=at[0],
        audio_sigma=at[1],
        given_video=given.video,
        given_audio=given.audio,
        video_most=given.video_most,
        audio_most=given.audio_most,
        video_r=toward[0],
        audio_r=toward[1],
    )


def _strides(
    given: Given, here: tuple[float, float], there: tuple[float, float]
) -> tuple[float | Tensor, float | Tensor]:
    """How far picture and sound go: a latent under its ceiling waits for the sampler."""
    video: float | Tensor = there[0] - here[0]
    audio: float | Tensor = there[1] - here[1]
    if given.video_most is not None:
        video = spread(given.levels(*there)[0] - given.levels(*here)[0])
    if given.audio_most is not None:
        audio = (given.levels(*there)[1] - given.levels(*here)[1]).view(1, 1, 1, -1)
    return video, audio


def _moved(latents: Latents, v: Latents, stride: tuple[float | Tensor, float | Tensor]) -> Latents:
    return Latents(
        video=latents.video + stride[0] * v.video, audio=latents.audio + stride[1] * v.audio
    )
