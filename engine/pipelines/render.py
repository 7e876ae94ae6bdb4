"""From a plan to finished latents, step by step, and the plans of the tasks.

Shape letters: B batch, L video latent frames, A audio latents.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace

import torch

from engine.diffusion.denoiser import Denoiser
from engine.diffusion.guidance import Guidance
from engine.diffusion.latent_state import DETAIL_NOISE, TRACE, Given, mixed, starting_noise
from engine.diffusion.listening import listening
from engine.diffusion.prepared import PreparedCache
from engine.diffusion.samplers import EVALUATIONS, SAMPLERS, USUAL_SAMPLER, Schedule, Step
from engine.diffusion.schedules import sampling_sigmas, shifted
from engine.models.layout import Layout
from engine.models.pathways import FLOW_MAP, TOLD_GUIDANCE
from engine.models.signals import Latents
from engine.models.transformer import Context
from engine.pipelines.model import Model
from engine.pipelines.stages import Around
from engine.plain import to_plain
from engine.shapes import SAMPLE_RATE_HZ, SAMPLES_PER_LATENT, TIME_STRIDE, ClipShape

VIDEO_SHIFT = 2.0
AUDIO_SHIFT = 2.0
# Of 2, 4 and 8 the one whose response to "make it nighttime" grew most evenly: mean brightness
# 183 before the edit, then 158, 136, 100, 67, 55 at strengths 0.2 to 1.
EDIT_SHIFT = 8.0
FROM_LATENT_SIGMA = 0.6
# Chosen on scenes that no score is measured on.
GUIDANCE = Guidance(text=3.0, coupling=3.0, rescale=0.7)


def preview_guidance(trained: Collection[str], *, edited: bool = False) -> Guidance:
    """How previews are guided where a request does not say: by strides, where they were learned.

    One that is ``edited`` begins between a preview's levels, where no strides were learned.
    """
    if FLOW_MAP not in trained or edited:
        return GUIDANCE
    return Guidance(strides=True, told=GUIDANCE.text if TOLD_GUIDANCE in trained else None)


def usual_settings(trained: Collection[str]) -> list[object]:
    """All that decides how plans are stepped where a request does not say, in plain values.

    What was made by other settings is another clip.
    """
    return [
        to_plain([GUIDANCE, preview_guidance(trained)]),
        [VIDEO_SHIFT, AUDIO_SHIFT, EDIT_SHIFT, FROM_LATENT_SIGMA],
        USUAL_SAMPLER,
        [TRACE, DETAIL_NOISE],
    ]


@dataclass(frozen=True, kw_only=True)
class Part:
    """A clip within a window: where its latents begin, and the sound that is heard around it."""

    shape: ClipShape
    video: int = 0
    audio: int = 0
    around: Around = field(default_factory=Around)

    def of(self, latents: Latents) -> Latents:
        """The clip's own latents."""
        frames, sounds = self.shape.video_latents[0], self.shape.audio_latents
        return Latents(
            video=latents.video[:, :, self.video : self.video + frames],
            audio=latents.audio[..., self.audio : self.audio + sounds],
        )


@dataclass(frozen=True, kw_only=True)
class Still:
    """A picture that stands in the clip: its latent (1, C, 1, h, w) and the latent frame."""

    latent: torch.Tensor
    frame: int


@dataclass(frozen=True, kw_only=True)
class Plan:
    """All that a render starts from.

    Attributes:
        shape: of the clip, the first where there are several.
        start: the state at the first level.
        sampler: name of one of the samplers.
        layout: the window, where it is more than one clip of ``shape``.
        parts: the clips that come out of the window; none is the whole of it.
    """

    shape: ClipShape
    start: Latents
    given: Given
    levels: Schedule
    context: Context
    nothing: Context
    guidance: Guidance
    sampler: str
    layout: Layout | None = None
    parts: tuple[Part, ...] = ()

    @property
    def clips(self) -> tuple[Part, ...]:
        """What comes out, in order."""
        return self.parts or (Part(shape=self.shape),)

    @property
    def evaluations(self) -> int:
        """Passes through the network, the unit of cost."""
        return self.levels.steps * EVALUATIONS[self.sampler] * self.guidance.passes


def plan_generation(
    model: Model,
    shape: ClipShape,
    contexts: tuple[Context, Context],
    *,
    seed: int,
    steps: int,
    guidance: Guidance,
    first_frame: torch.Tensor | None = None,
    stills: Sequence[Still] = (),
    soundtrack: torch.Tensor | None = None,
    sampler: str | None = None,
) -> Plan:
    """A clip from noise.

    Args:
        model: its transformer says how many channels there are.
        shape: of the clip.
        contexts: with all conditions, and without.
        seed: of the noise.
        steps: of the sampler.
        guidance: how strongly conditions are followed.
        first_frame: (1, C, 1, h, w), given clean.
        stills: other pictures in the clip, kept under a trace of noise, so that it moves on.
        soundtrack: (1, 2, C, A), given clean; the picture follows it.
        sampler: name of one of the samplers; the usual one if none is named.
    """
    noise = starting_noise(model.transformer.config, shape, [seed])
    given = Given.nothing(noise)
    if first_frame is not None:
        clean = noise.video.clone()
        clean[:, :, :1] = first_frame.cpu()
        marked = given.video.clone()
        marked[0] = True
        given = replace(given, clean=Latents(video=clean, audio=noise.audio), video=marked)
    given = _with_sound(_with_stills(given, stills), soundtrack)
    levels = Schedule(
        video=sampling_sigmas(steps, VIDEO_SHIFT),
        audio=sampling_sigmas(steps, AUDIO_SHIFT),
    )
    return Plan(
        shape=shape,
        start=given.start(noise) if stills else given.put(noise),
        given=given,
        levels=levels,
        context=contexts[0],
        nothing=contexts[1],
        guidance=guidance,
        sampler=sampler or USUAL_SAMPLER,
    )


def _with_stills(given: Given, stills: Sequence[Still]) -> Given:
    if not stills:
        return given
    video = given.clean.video.clone()
    most = torch.ones(given.video.shape)
    for still in stills:
        video[:, :, still.frame : still.frame + 1] = still.latent.cpu()
        most[still.frame] = TRACE
    return replace(given, clean=replace(given.clean, video=video), video_most=most)


def _with_sound(given: Given, soundtrack: torch.Tensor | None) -> Given:
    if soundtrack is None:
        return given
    clean = replace(given.clean, audio=soundtrack.cpu())
    return replace(given, clean=clean, audio=torch.ones_like(given.audio))


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
    region: torch.Tensor | None = None,
) -> Plan:
    """``plan`` started from ``source`` instead of noise (SDEdit, Meng et al. 2021, 2108.01073).

    Args:
        plan: of a generation with the edit's prompt and seed.
        source: clean latents of the same shape.
        picture_strength: 0 gives the picture back bit for bit.
        sound_strength: the same for the sound.
        span: first and last-plus-one picture that may change; the lattice rounds it outwards.
        region: (L, h, w) bool, latents whose picture may change; ``None`` is everywhere.
    """
    given = span_given(source, plan.shape, span)
    if region is not None:
        given = replace(given, video=given.video[:, None, None] | ~region.cpu())
    if picture_strength <= 0:
        given = replace(given, video=torch.ones_like(given.video))
    if sound_strength <= 0:
        given = replace(given, audio=torch.ones_like(given.audio))
    steps = plan.levels.steps
    top = (max(edit_sigma(picture_strength), 1e-3), max(edit_sigma(sound_strength), 1e-3))
    levels = replace(
        plan.levels,
        video=sampling_sigmas(steps, VIDEO_SHIFT, top[0]),
        audio=sampling_sigmas(steps, AUDIO_SHIFT, top[1]),
    )
    start = given.put(mixed(source, plan.start, top[0], top[1]))
    return replace(plan, start=start, given=given, levels=levels)


def span_given(source: Latents, shape: ClipShape, span: tuple[int, int]) -> Given:
    """Marks as given what lies wholly outside the pictures ``span[0] <= t < span[1]``."""
    video, audio = span_masks(shape, span)
    return Given(clean=source, video=video, audio=audio)


def span_masks(shape: ClipShape, span: tuple[int, int]) -> tuple[torch.Tensor, torch.Tensor]:
    """(L,) and (A,) bool, True where latents lie wholly outside the pictures of ``span``."""
    frames = shape.video_latents[0]
    firsts = [0] + [1 + TIME_STRIDE * k for k in range(frames - 1)]
    lasts = [1] + [first + TIME_STRIDE for first in firsts[1:]]
    video = [last <= span[0] or first >= span[1] for first, last in zip(firsts, lasts, strict=True)]
    per_latent = float(shape.rate) * SAMPLES_PER_LATENT / SAMPLE_RATE_HZ
    audio = [
        (index + 1) * per_latent <= span[0] or index * per_latent >= span[1]
        for index in range(shape.audio_latents)
    ]
    return torch.tensor(video), torch.tensor(audio)


def begun_from_latent(levels: Schedule, sigma: float = FROM_LATENT_SIGMA) -> tuple[float, float]:
    """Where picture and sound begin from a preview's latent: no higher than they would without."""
    return min(sigma, float(levels.video[0])), min(sigma, float(levels.audio[0]))


def plan_from_latent(
    plan: Plan, source: Latents, noise: Latents, sigma: float = FROM_LATENT_SIGMA
) -> Plan:
    """``plan`` continued from a preview's latent, brought back to ``sigma`` with its own noise.

    It begins no higher than ``plan`` itself: an edit changes no more of its source for that.
    """
    picture, sound = begun_from_latent(plan.levels, sigma)
    steps = plan.levels.steps
    levels = replace(
        plan.levels,
        video=sampling_sigmas(steps, VIDEO_SHIFT, picture),
        audio=sampling_sigmas(steps, AUDIO_SHIFT, sound),
    )
    start = replace(plan.given, clean=source).start(noise, picture, sound)
    return replace(plan, start=plan.given.put(start), levels=levels)


def run_plan(
    model: Model,
    plan: Plan,
    heard: Callable[[], None] = lambda: None,
    resume: Step | None = None,
    prepared: PreparedCache | None = None,
) -> Iterator[Step]:
    """Every step of ``plan``; ``resume`` is the last finished one.

    The state stays on the model's device; ``heard`` is called before every block and may raise.
    """
    denoiser = Denoiser(
        model.transformer,
        plan.layout or plan.shape,
        plan.context,
        plan.nothing,
        plan.guidance,
        heard,
        prepared,
        model.dtype,
    )
    start, given = plan.start.on(model.device), plan.given.on(model.device)
    after = None if resume is None else resume.on(model.device)
    with listening(model.transformer.blocks, heard):
        yield from SAMPLERS[plan.sampler](denoiser, start, plan.levels, given, after)
