"""From a plan to finished latents, step by step, and the plans of the tasks.

Shape letters: B batch, L video latent frames, A audio latents.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import torch

from engine.diffusion.denoiser import Denoiser, Guidance
from engine.diffusion.latent_state import Given, mixed, noise_for
from engine.diffusion.samplers import SAMPLERS, Levels, Step
from engine.diffusion.schedules import sampling_sigmas, shifted
from engine.models.transformer import Context, Latents
from engine.pipelines.model import Model
from engine.shapes import SAMPLE_RATE_HZ, SAMPLES_PER_LATENT, TIME_STRIDE, ClipShape

VIDEO_SHIFT = 2.0
AUDIO_SHIFT = 2.0
# Of 2, 4 and 8 the one whose response to "make it nighttime" grew most evenly: mean brightness
# 183 before the edit, then 158, 136, 100, 67, 55 at strengths 0.2 to 1.
EDIT_SHIFT = 8.0
FROM_LATENT_SIGMA = 0.6
TEXT_GUIDANCE = 3.0
COUPLING = 2.5


@dataclass(frozen=True, kw_only=True)
class Plan:
    """All that a render starts from.

    Attributes:
        start: the state at the first level.
        sampler: name of one of the samplers.
    """

    shape: ClipShape
    start: Latents
    given: Given
    levels: Levels
    context: Context
    nothing: Context
    guidance: Guidance
    sampler: str = "euler"

    @property
    def evaluations(self) -> int:
        """Passes through the network, the unit of cost."""
        per_step = 2 if self.sampler == "heun" else 1
        return self.levels.steps * per_step * self.guidance.passes


def plan_generation(
    model: Model,
    shape: ClipShape,
    contexts: tuple[Context, Context],
    *,
    seed: int,
    steps: int,
    guidance: Guidance,
    first_frame: torch.Tensor | None = None,
    sampler: str = "euler",
) -> Plan:
    """A clip from noise; ``first_frame`` (1, C, 1, h, w) is given clean."""
    config = model.transformer.config
    noise = noise_for(shape, (config.channels, config.audio_channels), seed)
    given = Given.nothing(noise)
    if first_frame is not None:
        clean = noise.video.clone()
        clean[:, :, :1] = first_frame.cpu()
        marked = given.video.clone()
        marked[0] = True
        given = replace(given, clean=Latents(video=clean, audio=noise.audio), video=marked)
    levels = Levels(
        video=sampling_sigmas(steps, VIDEO_SHIFT), audio=sampling_sigmas(steps, AUDIO_SHIFT)
    )
    return Plan(
        shape=shape,
        start=given.put(noise),
        given=given,
        levels=levels,
        context=contexts[0],
        nothing=contexts[1],
        guidance=guidance,
        sampler=sampler,
    )


def edit_sigma(strength: float) -> float:
    """The noise level of an edit: 0 at strength 0, 1 at 1, and finer towards 1.

    Below a level of about three quarters little changes, so the slider spends little there.
    """
    return float(shifted(torch.tensor(strength, dtype=torch.float64), EDIT_SHIFT))


def plan_edit(
    plan: Plan,
    source: Latents,
    *,
    picture_strength: float,
    sound_strength: float,
    span: tuple[int, int],
) -> Plan:
    """``plan`` started from ``source`` instead of noise (SDEdit, Meng et al. 2021, 2108.01073).

    Args:
        plan: of a generation with the edit's prompt and seed.
        source: clean latents of the same shape.
        picture_strength: 0 gives the picture back bit for bit.
        sound_strength: the same for the sound.
        span: first and last-plus-one picture that may change; the lattice rounds it outwards.
    """
    given = span_given(source, plan.shape, span)
    if picture_strength <= 0:
        given = replace(given, video=torch.ones_like(given.video))
    if sound_strength <= 0:
        given = replace(given, audio=torch.ones_like(given.audio))
    steps = plan.levels.steps
    top = (max(edit_sigma(picture_strength), 1e-3), max(edit_sigma(sound_strength), 1e-3))
    levels = Levels(
        video=sampling_sigmas(steps, VIDEO_SHIFT, top[0]),
        audio=sampling_sigmas(steps, AUDIO_SHIFT, top[1]),
    )
    start = given.put(mixed(source, plan.start, top[0], top[1]))
    return replace(plan, start=start, given=given, levels=levels)


def span_given(source: Latents, shape: ClipShape, span: tuple[int, int]) -> Given:
    """Marks as given what lies wholly outside the pictures ``span[0] <= t < span[1]``."""
    frames = source.video.shape[2]
    firsts = [0] + [1 + TIME_STRIDE * k for k in range(frames - 1)]
    lasts = [1] + [first + TIME_STRIDE for first in firsts[1:]]
    video = [last <= span[0] or first >= span[1] for first, last in zip(firsts, lasts, strict=True)]
    per_latent = float(shape.rate) * SAMPLES_PER_LATENT / SAMPLE_RATE_HZ
    audio = [
        (index + 1) * per_latent <= span[0] or index * per_latent >= span[1]
        for index in range(source.audio.shape[-1])
    ]
    return Given(clean=source, video=torch.tensor(video), audio=torch.tensor(audio))


def plan_from_latent(plan: Plan, source: Latents, sigma: float = FROM_LATENT_SIGMA) -> Plan:
    """``plan`` continued from a preview's latent, brought back to ``sigma`` with its own noise."""
    levels = Levels(
        video=sampling_sigmas(plan.levels.steps, VIDEO_SHIFT, sigma),
        audio=sampling_sigmas(plan.levels.steps, AUDIO_SHIFT, sigma),
    )
    start = plan.given.put(mixed(source, plan.start, sigma, sigma))
    return replace(plan, start=start, levels=levels)


def run_plan(
    model: Model,
    plan: Plan,
    heard: Callable[[], None] = lambda: None,
    resume: tuple[int, Latents] | None = None,
) -> Iterator[Step]:
    """Every step of ``plan``; ``resume`` is the number of finished steps and the state after them.

    The state stays on the model's device; ``heard`` is called before every pass and may raise.
    """
    denoiser = Denoiser(
        model.transformer, plan.shape, plan.context, plan.nothing, plan.guidance, heard
    )
    first, latents = resume or (0, plan.start)
    latents = Latents(video=latents.video.to(model.device), audio=latents.audio.to(model.device))
    given = replace(
        plan.given,
        video=plan.given.video.to(model.device),
        audio=plan.given.audio.to(model.device),
    )
    return SAMPLERS[plan.sampler](denoiser, latents, plan.levels, given, first)
