"""Requests of the seam as plans of the pipelines."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import assert_never

import numpy as np
import torch

from engine.api import Compiled, Edit, Extend, Generate, ShotRequest, Upgrade, WordGroup
from engine.backends.sources import load_picture, load_pictures, load_sound
from engine.backends.take_files import picture_of, read_latents, read_recipe
from engine.conditioning.edits import edited_prompt
from engine.conditioning.shots import whole_text
from engine.diffusion.denoiser import Guidance
from engine.errors import EngineError, RequestError
from engine.models.transformer import Latents
from engine.pipelines.model import Model
from engine.pipelines.render import (
    COUPLING,
    TEXT_GUIDANCE,
    Plan,
    plan_edit,
    plan_from_latent,
    plan_generation,
)
from engine.pipelines.stages import (
    PictureReference,
    encode_clip,
    fill_frame,
    text_context,
)
from engine.shapes import ClipShape


def plan_request(
    model: Model, request: ShotRequest, compiled: Compiled, steps: int, words: tuple[WordGroup, ...]
) -> Plan:
    """The plan of one variation of ``request``.

    Raises:
        EngineError: if a source cannot be read or does not fit.
    """
    match request.task:
        case Generate():
            return _generation(model, request, compiled.text, steps)
        case Edit() as edit:
            return _edit(model, request, edit, steps, words)
        case Upgrade() as upgrade:
            return _upgrade(model, request, upgrade, compiled.text, steps, words)
        case Extend():
            raise RequestError("This model cannot extend a take yet.")
        case _:
            assert_never(request.task)


def shape_of(request: ShotRequest) -> ClipShape:
    """The place of a request on the lattice."""
    return ClipShape(
        width=request.width, height=request.height, frames=request.frames, rate=request.rate
    )


def to_latents(arrays: dict[str, np.ndarray]) -> Latents:
    """Arrays of a file as latents.

    Raises:
        RequestError: if there are none in it.
    """
    try:
        video, audio = (torch.from_numpy(np.array(arrays[key])) for key in ("video", "audio"))
    except KeyError as error:
        raise RequestError("The latents of this take are damaged; render it again.") from error
    return Latents(video=video.float(), audio=audio.float())


def _guidance(request: ShotRequest) -> Guidance:
    """Towards the words and towards what the branches say together, in three passes."""
    text = TEXT_GUIDANCE if request.guidance is None else request.guidance
    return Guidance(text=text, coupling=COUPLING)


def without_slots(text: str) -> str:
    """``text`` without ``@Image1`` and its like: this model learned captions that have none.

    The picture reaches it as reference tokens; the words around the tag say what it is.
    """
    return re.sub(r"\s+([,.;:!?])", r"\1", re.sub(r"\s*@(Image|Video|Audio)\d+", "", text)).strip()


def _generation(model: Model, request: ShotRequest, text: str, steps: int) -> Plan:
    shape = shape_of(request)
    subjects, first = [], None
    for reference in request.references:
        if reference.weight == 0:
            continue
        picture = (load_picture(reference) * 255).round().astype(np.uint8)
        if reference.role == "first_frame":
            filled = fill_frame(picture, shape.width, shape.height)
            first = model.codecs.encode_video(torch.from_numpy(filled)[None, None]).clone()
        elif reference.role == "subject":
            subjects.append(PictureReference(picture=picture, role="subject", slot=len(subjects)))
    # The model learned from one picture of a subject at a time.
    context = text_context(model, without_slots(text), subjects[:1])
    nothing = text_context(model, request.negative_prompt, [])
    return plan_generation(
        model,
        shape,
        (context, nothing),
        seed=request.seed,
        steps=steps,
        guidance=_guidance(request),
        first_frame=first,
    )


def _edit(
    model: Model, request: ShotRequest, edit: Edit, steps: int, words: tuple[WordGroup, ...]
) -> Plan:
    shape = shape_of(request)
    source = _source_latents(model, edit.source, shape)
    text = edited_prompt(source_prompt(edit.source, words), edit.instruction, words)
    plan = _generation(model, request, text, steps)
    end = shape.frames if edit.end_frame is None else edit.end_frame
    return plan_edit(
        plan,
        source,
        picture_strength=0.0 if edit.keep_picture else edit.picture_strength,
        sound_strength=0.0 if edit.keep_sound else edit.sound_strength,
        span=(edit.start_frame, end),
    )


def _upgrade(
    model: Model,
    request: ShotRequest,
    upgrade: Upgrade,
    text: str,
    steps: int,
    words: tuple[WordGroup, ...],
) -> Plan:
    folder = Path(upgrade.source)
    before = read_recipe(folder).request
    # The preview's own task and words, at the steps and quality of this request.
    again = replace(request, task=before.task, references=before.references, seed=before.seed)
    match before.task:
        case Edit() as edit:
            plan = _edit(model, again, edit, steps, words)
        case _:
            plan = _generation(model, again, text, steps)
    if not upgrade.from_latent:
        return plan
    return plan_from_latent(plan, _source_latents(model, upgrade.source, plan.shape))


def source_prompt(source: str, words: tuple[WordGroup, ...]) -> str:
    """What the take at ``source`` shows, in words; empty for a file without a recipe."""
    folder = Path(source)
    if not (folder / "recipe.json").is_file():
        return ""
    request = read_recipe(folder).request
    if isinstance(request.task, Edit):
        return edited_prompt(
            source_prompt(request.task.source, words), request.task.instruction, words
        )
    return whole_text(request)


def _source_latents(model: Model, source: str, shape: ClipShape) -> Latents:
    """A take's own latents where they fit, else its media through the codecs."""
    folder = Path(source)
    latents = _own_latents(model, folder) if folder.is_dir() else None
    if latents is not None and latents.video.shape[2:] == shape.video_latents:
        return latents
    path = picture_of(folder)
    pictures = load_pictures(path, shape.frames, shape.rate, width=shape.width, height=shape.height)
    sound = load_sound(folder, shape.samples)
    return encode_clip(model, pictures, sound, shape)


def _own_latents(model: Model, folder: Path) -> Latents | None:
    try:
        latents = to_latents(read_latents(folder, read_recipe(folder).weights))
    except EngineError:
        return None
    fits = latents.video.shape[1] == model.transformer.config.channels
    return latents if fits else None
