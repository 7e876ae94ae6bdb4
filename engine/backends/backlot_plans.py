"""Requests of the seam as plans of the pipelines."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path

import torch

from engine.api import Edit, Extend, ShotRequest, Upgrade
from engine.backends.backlot_desk import Desk
from engine.backends.backlot_sources import (
    Sources,
    edge_latents,
    load_sources,
    source_clip,
    source_latents,
    source_media,
    take_latents,
)
from engine.backends.backlot_words import texts_of, unwanted_of, used
from engine.backends.repeating import settled
from engine.backends.sources import load_painted, load_sound
from engine.backends.take_files import picture_of, sound_of
from engine.conditioning.binding import slot_order
from engine.conditioning.placing import in_shot
from engine.conditioning.shots import shot_seed
from engine.diffusion.guidance import Guidance
from engine.diffusion.latent_state import starting_noise
from engine.errors import MediaError
from engine.media import probe
from engine.models.pathways import TOLD_SCALES
from engine.models.transformer import Context
from engine.pipelines.model import Model
from engine.pipelines.pasting import Kept, kept_by, pasted, reach_px, region_of
from engine.pipelines.references import StreamReference
from engine.pipelines.render import (
    GUIDANCE,
    Plan,
    plan_edit,
    plan_from_latent,
    plan_generation,
    preview_guidance,
    span_masks,
)
from engine.pipelines.stages import Media, text_context
from engine.pipelines.windows import history_of, plan_extension, plan_sequence
from engine.shapes import ClipShape


def plan_request(desk: Desk, request: ShotRequest, steps: int) -> Plan:
    """The plan of one variation of ``request``.

    Raises:
        EngineError: if a source cannot be read or does not fit.
    """
    whole = settled(request)
    texts = texts_of(whole, desk.words)
    match whole.task:
        case Edit() as edit:
            plan = _edit(desk, whole, edit, texts[0], steps)
        case Extend() as extend:
            plan = _extension(desk, whole, extend, texts[0], steps)
        case _:
            plan = _shots(desk, whole, texts, steps)
    match request.task:
        case Upgrade(source=source, from_latent=True):
            latents = None if apart(whole) else take_latents(desk.model, source, plan.shape)
            if latents is None:
                return plan
            config = desk.model.transformer.config
            return plan_from_latent(plan, latents, starting_noise(config, plan.shape, [whole.seed]))
        case _:
            return plan


def apart(whole: ShotRequest) -> str:
    """Why what is denoised for ``whole`` is no take's latents, as a clause; empty where it is."""
    if isinstance(whole.task, Extend):
        return "It goes on from another take"
    return "Its shots are made together" if len(whole.shots) > 1 else ""


def shape_of(request: ShotRequest, shot: int = 0) -> ClipShape:
    """The place of one shot of a request on the lattice."""
    frames = request.shots[shot].frames
    return ClipShape(width=request.width, height=request.height, frames=frames, rate=request.rate)


def scale_of(request: ShotRequest, full_scale: int) -> int:
    """How many times its size the pictures of ``request`` are made; ``full_scale`` is Full's.

    A picture that is kept whole stays as large as it is.

    Raises:
        EngineError: if an upgrade's take cannot be read.
    """
    whole = settled(request)
    if isinstance(whole.task, Edit) and _strengths(whole.task)[0] <= 0:
        return full_scale if _shows(whole.task, shape_of(whole).times(full_scale)) else 1
    return full_scale if whole.quality.mode == "full" else 1


def _shows(edit: Edit, shape: ClipShape) -> bool:
    """Whether the source's picture is as large as ``shape``; not where it cannot be read."""
    try:
        info = probe(picture_of(Path(edit.source)))
    except MediaError:
        return False
    return info.width >= shape.width and info.height >= shape.height


def with_kept(
    model: Model,
    request: ShotRequest,
    shape: ClipShape,
    new: Media,
    heard: Callable[[], None] = lambda: None,
) -> Media:
    """``new`` with what the request keeps pasted from its source, pixel by pixel.

    Where ``new`` is a multiple of the shape's size and the source is smaller, what is kept was
    enlarged from the source's own latents with the rest, and is not pasted. ``heard`` is called
    before every picture of the source and of a mask, and may raise.

    Raises:
        EngineError: if the source cannot be read.
    """
    whole = settled(request)
    match whole.task:
        case Edit() as edit:
            scale = new[0].shape[2] // shape.width
            large = shape.times(scale)
            kept = kept_of(model, whole, edit, shape, scale, heard)
            if scale > 1 and not _shows(edit, large):
                kept = replace(kept, pictures=None)
            if not kept.anything:
                return new
            return pasted(new, source_media(edit, large, heard), kept)
        case _:
            pass
    for reference, _ in used(whole.references):
        if reference.role == "soundtrack":
            path = sound_of(Path(reference.source))
            sound = load_sound(path, shape.samples, reference.in_s, reference.out_s)
            return new[0], sound
    return new


def kept_of(
    model: Model,
    request: ShotRequest,
    edit: Edit,
    shape: ClipShape,
    scale: int = 1,
    heard: Callable[[], None] = lambda: None,
) -> Kept:
    """What an edit leaves as it is, of pictures at ``scale`` times the shape's size."""
    video, audio = span_masks(shape, _span(edit, shape))
    region = _region(request, edit, shape, heard)
    if region is not None:
        video = video[:, None, None] | ~region
    if _strengths(edit)[0] <= 0:
        video = torch.ones_like(video)
    if _strengths(edit)[1] <= 0:
        audio = torch.ones_like(audio)
    reach = reach_px(model, scale) if region is not None else 0
    if video.ndim == 3:
        video = video.repeat_interleave(scale, 1).repeat_interleave(scale, 2)
    return kept_by(video, audio, shape.times(scale), reach)


def guidance_of(trained: Collection[str], request: ShotRequest) -> Guidance:
    """Towards the words and towards what the branches say together, in three passes.

    A flow map has both in its strides, which Euler's steps are: its previews need one pass. Where
    it learned to be told how strongly words are followed, that is so for other scales as well.
    """
    scale = request.guidance
    if request.quality.mode == "fast" and request.quality.sampler in (None, "euler"):
        usual = preview_guidance(trained, edited=isinstance(request.task, Edit))
        if scale is None:
            return usual
        if usual.told is not None and TOLD_SCALES[0] <= scale <= TOLD_SCALES[1]:
            return replace(usual, told=scale)
    return GUIDANCE if scale is None else replace(GUIDANCE, text=scale)


def _shots(desk: Desk, request: ShotRequest, texts: tuple[str, ...], steps: int) -> Plan:
    plans = []
    for shot, text in enumerate(texts):
        shape = shape_of(request, shot)
        sources = _sources(desk, request, texts, shot)
        seed = shot_seed(request.seed, shot)
        words = (text, unwanted_of(request, shot))
        plans.append(_generation(desk, request, (shape, words, sources), seed, steps))
    return plan_sequence(plans, across="sequence" in desk.model.trained)


def _sources(desk: Desk, request: ShotRequest, texts: tuple[str, ...], shot: int = 0) -> Sources:
    """The references of one shot. Shots share their tokens, so slots are numbered over all."""
    references = used(request.references)
    slots = slot_order("\n".join(texts), [slot for _, slot in references])
    own = [
        (placed, slot)
        for reference, slot in references
        if (placed := in_shot(reference, request, shot)) is not None
    ]
    return load_sources(desk, own, slots, shape_of(request, shot))


def _generation(
    desk: Desk,
    request: ShotRequest,
    shown: tuple[ClipShape, tuple[str, str], Sources],
    seed: int,
    steps: int,
) -> Plan:
    """A clip of a shape, of words and what it is to be without, and of references."""
    shape, words, sources = shown
    return plan_generation(
        desk.model,
        shape,
        _contexts(desk, shape, words, sources),
        seed=seed,
        steps=steps,
        guidance=guidance_of(desk.model.trained, request),
        first_frame=sources.first,
        stills=sources.stills,
        soundtrack=sources.soundtrack,
        sampler=request.quality.sampler,
    )


def _contexts(
    desk: Desk, shape: ClipShape, words: tuple[str, str], sources: Sources
) -> tuple[Context, Context]:
    text, unwanted = words
    full = text_context(desk.model, text, sources.pictures, sources.streams, shape, sources.slots)
    return full, text_context(desk.model, unwanted, [])


def _edit(desk: Desk, request: ShotRequest, edit: Edit, text: str, steps: int) -> Plan:
    shape = shape_of(request)
    source = source_latents(desk, edit, shape)
    sources = _sources(desk, request, (text,))
    if edit.method == "instruct":
        clip = StreamReference(latents=source_clip(desk, edit, shape), role="source", slot=0)
        sources = replace(sources, streams=(*sources.streams, clip))
        if "instruct" in desk.model.trained:
            text = edit.instruction
    words = (text, unwanted_of(request, 0))
    plan = _generation(desk, request, (shape, words, sources), request.seed, steps)
    picture, sound = _strengths(edit)
    return plan_edit(
        plan,
        source,
        picture_strength=picture,
        sound_strength=sound,
        span=_span(edit, shape),
        region=_region(request, edit, shape, desk.heard),
    )


def _extension(desk: Desk, request: ShotRequest, extend: Extend, text: str, steps: int) -> Plan:
    shape = shape_of(request)
    backward = extend.direction == "backward"
    source = edge_latents(desk, extend.source, shape, backward=backward)
    history = history_of(source, float(shape.rate), backward=backward)
    sources = _sources(desk, request, (text,))
    words = (text, unwanted_of(request, 0))
    plan = _generation(desk, request, (shape, words, sources), request.seed, steps)
    return plan_extension(plan, history, backward=backward)


def _strengths(edit: Edit) -> tuple[float, float]:
    return (
        0.0 if edit.keep_picture else edit.picture_strength,
        0.0 if edit.keep_sound else edit.sound_strength,
    )


def _span(edit: Edit, shape: ClipShape) -> tuple[int, int]:
    return edit.start_frame, shape.frames if edit.end_frame is None else edit.end_frame


def _region(
    request: ShotRequest, edit: Edit, shape: ClipShape, heard: Callable[[], None]
) -> torch.Tensor | None:
    if edit.mask is None:
        return None
    size = (shape.width, shape.height)
    mask = load_painted(Path(edit.mask), shape.frames, request.rate, *size, heard)
    return region_of(mask, shape)
