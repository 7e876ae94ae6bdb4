"""From a request to what LTX-2.x starts from: window, levels, what is given and what is shown.

Shape letters: C channels, L latent frames, h w latent picture, A audio latents, T pictures,
H height, W width, S samples.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import assert_never

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.api import Edit, Extend, Generate, Reference, ShotRequest, Upgrade
from engine.backends.backlot_sources import to_latents
from engine.backends.backlot_words import texts_of, unwanted_of, used
from engine.backends.ltx_denoising import LtxDenoiser, Shown
from engine.backends.ltx_lattice import Lattice, Window
from engine.backends.ltx_model import CONTROL, FAST, LtxModel
from engine.backends.ltx_steps import guidance_of, is_adapted, levels_of, resampled
from engine.backends.own_latents import Wanted, own_latents
from engine.backends.repeating import settled
from engine.backends.sources import (
    held_pictures,
    load_painted,
    load_picture,
    load_pictures,
    load_sound,
)
from engine.backends.take_files import (
    picture_of,
    read_latents,
    read_recipe,
)
from engine.conditioning.placing import picture_at
from engine.diffusion.guidance import Guidance
from engine.diffusion.latent_state import Given, mixed
from engine.diffusion.listening import listening
from engine.diffusion.samplers import SAMPLERS, USUAL_SAMPLER, Schedule, Step
from engine.errors import EngineError
from engine.media import probe
from engine.models.signals import Latents
from engine.pipelines.pasting import Kept, pasted
from engine.pipelines.render import begun_from_latent, edit_sigma
from engine.pipelines.stages import fill_frame

_HISTORY_LATENTS = 3

Heard = Callable[[], None]
Media = tuple[NDArray[np.uint8], NDArray[np.float32]]


@dataclass(frozen=True, kw_only=True)
class LtxPlan:
    """All that a render starts from."""

    window: Window
    start: Latents
    given: Given
    levels: Schedule
    text: str
    negative: str
    guidance: Guidance
    shown: tuple[Shown, ...] = ()
    adapter: str | None = None
    sampler: str


def window_of(request: ShotRequest, lattice: Lattice) -> tuple[Window, int]:
    """What is denoised for ``request``, and its first picture that belongs to the take."""
    whole = settled(request)
    frames, first = whole.frames, 0
    if isinstance(whole.task, Extend):
        frames += lattice.time_stride
        first = lattice.time_stride - 1
        if whole.task.direction == "forward":
            first = 1 + lattice.time_stride * (_HISTORY_LATENTS - 1)
            frames += first - 1
    window = Window(
        lattice=lattice, width=whole.width, height=whole.height, frames=frames, rate=whole.rate
    )
    return window, first


def _sound_end(request: ShotRequest, lattice: Lattice) -> int:
    """The sound latent at which the take of ``request`` ends, which its window may go beyond."""
    window, first = window_of(request, lattice)
    pictures = first + settled(request).frames
    return round(pictures / window.rate * lattice.audio_latents_per_s)


def plan_request(
    model: LtxModel, request: ShotRequest, steps: int, heard: Heard = lambda: None
) -> LtxPlan:
    """The plan of ``request``; ``heard`` is called while files are decoded and may raise.

    Raises:
        EngineError: if a file that it is made from cannot be read.
    """
    whole = settled(request)
    window, _ = window_of(request, model.lattice)
    plan = _generation(model, whole, window, steps, heard)
    match whole.task:
        case Generate():
            pass
        case Edit() as edit:
            plan = _edit(model, whole, edit, plan, heard)
        case Extend() as extend:
            plan = _extension(model, extend, plan, heard)
        case Upgrade():
            raise AssertionError("settled() leaves no upgrade")
        case _:
            assert_never(whole.task)
    match request.task:
        case Upgrade(source=source, from_latent=True):
            latents = take_latents(model, source, whole)
            noise = window.noise(whole.seed)
            return plan if latents is None else _from_latent(plan, latents, noise)
        case _:
            return plan


def run_plan(
    model: LtxModel,
    plan: LtxPlan,
    heard: Heard,
    resume: Step | None = None,
) -> Iterator[Step]:
    """Every step of ``plan``; ``resume`` is the last finished one."""
    words = model.encode_text(plan.text), model.encode_text(plan.negative)
    denoiser = LtxDenoiser(model, plan.window, words, plan.guidance, plan.shown)
    start, given = plan.start.on(model.device), plan.given.on(model.device)
    after = None if resume is None else resume.on(model.device)
    with listening(model.blocks.children(), heard), model.adapted(plan.adapter):
        yield from SAMPLERS[plan.sampler](denoiser, start, plan.levels, given, after)


def take_media(
    model: LtxModel, request: ShotRequest, latents: Latents, heard: Heard = lambda: None
) -> Media:
    """Pictures and sound of a take, with what the request keeps pasted from its source."""
    window, first = window_of(request, model.lattice)
    pictures, sound = model.decode(latents, window)
    whole = settled(request)
    begin = window.samples_at(first)
    length = round(whole.frames / whole.rate * model.lattice.sample_rate_hz)
    cut = np.zeros((2, length), dtype=np.float32)
    own = sound[:, begin : begin + length]
    cut[:, : own.shape[1]] = own
    new = np.ascontiguousarray(pictures[first : first + whole.frames]), cut
    if not isinstance(whole.task, Edit):
        return new
    kept = _kept(whole.task, window, heard)
    if not kept.anything:
        return new
    source, start_s = Path(whole.task.source), float(whole.task.in_s)
    size = (whole.width, whole.height)
    before = held_pictures(picture_of(source), whole.frames, whole.rate, *size, start_s, heard)
    before_sound = load_sound(source, length, start_s, rate_hz=model.lattice.sample_rate_hz)
    return pasted(new, (before, before_sound), kept)


def take_latents(model: LtxModel, source: str, whole: ShotRequest) -> Latents | None:
    """The latents of the take at ``source``, where ``whole`` starts from them."""
    wanted = wanted_of(whole, model.folder.weights, model.lattice)
    arrays = own_latents(Path(source), wanted)
    return None if arrays is None else to_latents(arrays)


def wanted_of(request: ShotRequest, weights: str, lattice: Lattice) -> Wanted:
    """What latents have to be for ``request`` to start from them: those of its whole window."""
    window, _ = window_of(request, lattice)
    return Wanted(
        weights=weights,
        width=window.width,
        height=window.height,
        rate=window.rate,
        frames=settled(request).frames,
        video=(1, lattice.channels, *window.video_latents),
        audio=(1, lattice.audio_channels, lattice.audio_mels, window.audio_latents),
    )


def _generation(
    model: LtxModel, request: ShotRequest, window: Window, steps: int, heard: Heard
) -> LtxPlan:
    folder = model.folder
    adapter = FAST if is_adapted(folder, request) else None
    noise = window.noise(request.seed)
    given, shown = Given.nothing(noise), []
    for reference, _ in used(request.references):
        match reference.role:
            case "first_frame":
                given = _with_first(given, _still(model, reference, window))
            case "last_frame" | "keyframe":
                place = window.frames - 1
                if reference.role == "keyframe":
                    place = min(place, picture_at(reference, window.rate))
                latents = _still(model, reference, window)
                shown.append(Shown(latents=latents, picture=place, weight=reference.weight))
            case "motion" if folder.control_adapter is not None:
                shown.append(_motion(model, reference, window, heard))
                adapter = CONTROL
            case _:
                pass  # Roles that are not among the capabilities are dropped, and told so.
    tokens = window.tokens + sum(one.latents[0, 0].numel() for one in shown)
    levels = levels_of(model, tokens, steps, adapter)
    return LtxPlan(
        window=window,
        start=given.put(noise),
        given=given,
        levels=Schedule(video=levels, audio=levels),
        text=texts_of(request, ())[0],
        negative=unwanted_of(request, 0),
        guidance=guidance_of(folder, request),
        shown=tuple(shown),
        adapter=adapter,
        sampler=request.quality.sampler or USUAL_SAMPLER,
    )


def _with_first(given: Given, latent: Tensor) -> Given:
    clean, marked = given.clean.video.clone(), given.video.clone()
    clean[:, :, : latent.shape[2]] = latent
    marked[: latent.shape[2]] = True
    return replace(given, clean=replace(given.clean, video=clean), video=marked)


def _still(model: LtxModel, reference: Reference, window: Window) -> Tensor:
    picture = (load_picture(reference) * 255).round().astype(np.uint8)
    return model.encode_still(fill_frame(picture, window.width, window.height), window)


def _motion(model: LtxModel, reference: Reference, window: Window, heard: Heard) -> Shown:
    """A clip that the film's motion follows, in step with it."""
    scale = model.folder.control_scale
    small = replace(window, width=window.width // scale, height=window.height // scale)
    clip = load_pictures(
        picture_of(Path(reference.source)),
        small.frames,
        small.rate,
        width=small.width,
        height=small.height,
        start_s=reference.in_s,
        heard=heard,
    )
    latents = model.encode_pictures(clip, small)
    return Shown(latents=latents, picture=None, weight=reference.weight, scale=scale)


def _span(edit: Edit, window: Window) -> tuple[int, int]:
    return edit.start_frame, window.frames if edit.end_frame is None else edit.end_frame


def _painted(edit: Edit, window: Window, heard: Heard) -> NDArray[np.bool_] | None:
    if edit.mask is None:
        return None
    size = (window.width, window.height)
    return load_painted(Path(edit.mask), window.frames, window.rate, *size, heard)


def _kept(edit: Edit, window: Window, heard: Heard) -> Kept:
    span = _span(edit, window)
    still = edit.keep_picture or edit.picture_strength <= 0
    pictures = window.new_pictures((0, 0) if still else span, _painted(edit, window, heard))
    sound = window.new_sound(span)
    if edit.keep_sound or edit.sound_strength <= 0:
        sound = np.zeros_like(sound)
    return Kept(pictures=pictures, sound=sound)


def _edit(model: LtxModel, whole: ShotRequest, edit: Edit, plan: LtxPlan, heard: Heard) -> LtxPlan:
    """Started from the source instead of noise (SDEdit, Meng et al. 2021, arXiv:2108.01073)."""
    window = plan.window
    source = None if edit.in_s else take_latents(model, edit.source, whole)
    top = [
        0.0 if edit.keep_picture else edit_sigma(edit.picture_strength),
        0.0 if edit.keep_sound else edit_sigma(edit.sound_strength),
    ]
    video_kept, audio_kept = window.kept(_span(edit, window))
    if source is None:
        pictures = load_pictures(
            picture_of(Path(edit.source)),
            window.frames,
            window.rate,
            width=window.width,
            height=window.height,
            start_s=float(edit.in_s),
            heard=heard,
        )
        video = model.encode_pictures(pictures, window)
        # These weights come without an ear: sound that they did not make is pasted or made anew.
        source = Latents(video=video, audio=plan.start.audio)
        audio_kept, top[1] = torch.zeros_like(audio_kept), 1.0
    elif top[1] <= 0:
        audio_kept = torch.ones_like(audio_kept)
    mask = _painted(edit, window, heard)
    if mask is not None:
        video_kept = video_kept[:, None, None] | ~window.region(mask)
    if top[0] <= 0:
        video_kept = torch.ones_like(video_kept)
    given = Given(clean=source, video=video_kept, audio=audio_kept)
    begun = replace(plan, given=given, shown=())
    return _started(begun, source, plan.start, (top[0], top[1]))


def _from_latent(plan: LtxPlan, source: Latents, noise: Latents) -> LtxPlan:
    """``plan`` continued from its preview; it begins no higher than ``plan`` itself."""
    return _started(plan, source, noise, begun_from_latent(plan.levels))


def _started(plan: LtxPlan, source: Latents, noise: Latents, top: tuple[float, float]) -> LtxPlan:
    """``plan`` begun from ``source`` under ``noise`` of the levels ``top``."""
    steps = plan.levels.steps
    video, audio = (
        resampled(curve.double().numpy(), steps, max(level, 1e-3))
        for curve, level in zip((plan.levels.video, plan.levels.audio), top, strict=True)
    )
    start = mixed(source, noise, float(video[0]), float(audio[0]))
    return replace(plan, start=plan.given.put(start), levels=Schedule(video=video, audio=audio))


def _extension(model: LtxModel, extend: Extend, plan: LtxPlan, heard: Heard) -> LtxPlan:
    """The source's edge as clean history before the film, or shown to it as what follows."""
    window, source = plan.window, Path(extend.source)
    stride = window.lattice.time_stride
    length = 1 + stride * (_HISTORY_LATENTS - 1)
    room = max(1, int(probe(picture_of(source)).duration_s * window.rate + 1e-6))
    backward = extend.direction == "backward"
    start_s = 0.0 if backward else float(max(0, room - length) / window.rate)
    pictures = load_pictures(
        picture_of(source),
        length,
        window.rate,
        width=window.width,
        height=window.height,
        start_s=start_s,
        heard=heard,
    )
    history = model.encode_pictures(pictures, window)
    if backward:
        return replace(plan, shown=(Shown(latents=history, picture=window.frames - 1),))
    given = _with_sound_before(model, source, _with_first(plan.given, history), window, length)
    return replace(plan, given=given, start=given.put(plan.start), shown=())


def _with_sound_before(
    model: LtxModel, source: Path, given: Given, window: Window, pictures: int
) -> Given:
    """The source's last sound latents at the window's beginning, where it is a take of ours."""
    try:
        audio = to_latents(read_latents(source, model.folder.weights)).audio
        end = _sound_end(read_recipe(source).request, model.lattice)
    except EngineError:
        return given
    end = min(end, audio.shape[-1])
    count = min(end, int(pictures / window.rate * window.lattice.audio_latents_per_s))
    if count < 1:
        return given
    clean, marked = given.clean.audio.clone(), given.audio.clone()
    clean[..., :count], marked[:count] = audio[..., end - count : end], True
    return replace(given, clean=replace(given.clean, audio=clean), audio=marked)
