"""Samplers: functions over (denoiser, state, levels).

Each is a generator that yields the state after every step, so that a caller can show, save, park
or stop; a sampler started again from a yielded state ends in the same bits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from torch import Tensor

from engine.diffusion.denoiser import Noisy
from engine.diffusion.latent_state import Given, spread
from engine.models.signals import Latents

Velocity = Callable[[Noisy], Latents]


@dataclass(frozen=True, kw_only=True)
class Step:
    """A finished step.

    Attributes:
        index: steps done.
        latents: the state after it.
        denoised: the network's guess of the end, for step previews.
    """

    index: int
    latents: Latents
    denoised: Latents


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
    velocity: Velocity, latents: Latents, levels: Schedule, given: Given, first: int = 0
) -> Iterator[Step]:
    """Euler's method on ``dx / dsigma = v`` (Karras et al. 2022, algorithm 1 without noise)."""
    for index in range(first, levels.steps):
        here, there = _at(levels, index), _at(levels, index + 1)
        v = velocity(_noisy(latents, here, given, there))
        denoised = _moved(latents, v, _strides(given, here, (0.0, 0.0)))
        latents = given.put(_moved(latents, v, _strides(given, here, there)))
        yield Step(index=index + 1, latents=latents, denoised=given.put(denoised))


def heun(
    velocity: Velocity, latents: Latents, levels: Schedule, given: Given, first: int = 0
) -> Iterator[Step]:
    """Heun's second-order method (Karras et al. 2022, arXiv:2206.00364, algorithm 1).

    The last step, to level 0, is Euler's: two evaluations a step otherwise.
    """
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


SAMPLERS = {"euler": euler, "heun": heun}


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
