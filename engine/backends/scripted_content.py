"""What a request shows and sounds like in the scripted backend.

Shape letters: T pictures, H height, W width, S samples.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from engine.api import Edit, Extend, Generate, Reference, ShotRequest, Upgrade
from engine.backends.scripted_looks import Look, grade_pictures, grade_sound, look_of
from engine.backends.scripted_scene import (
    Colour,
    Floats,
    Palette,
    Scene,
    average_palette,
    draw_layout,
    draw_palette,
    paint,
    scaled,
    sound,
)
from engine.backends.sources import load_mask, load_picture, load_pictures, load_sound
from engine.backends.take_files import hash_file, picture_of, read_recipe
from engine.conditioning.placing import picture_at, sent
from engine.conditioning.shots import shot_text
from engine.shapes import SAMPLE_RATE_HZ

_GRAIN_LEVEL = 0.004
_MIX_LEVELS = {"voice": 0.7, "music": 0.35}


def compose(
    request: ShotRequest, shot: int, grain: Floats
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Pictures (T, H, W, 3) and sound (2, S) of one shot of ``request``.

    Raises:
        EngineError: if a file that it is made from cannot be read.
    """
    request = sent(request)
    match request.task:
        case Edit() as edit:
            return _edited(request, edit)
        case Generate() | Extend() | Upgrade():
            pass
        case _:
            assert_never(request.task)
    source, source_shot = _content(request, shot)
    if isinstance(source.task, Edit):
        return compose(source, source_shot, grain)
    scene = scene_of(source, source_shot)
    frames = request.shots[shot].frames
    edge_px = _edge_px(request)
    pictures = np.stack(
        [
            _developed(
                paint(
                    scene,
                    float(index / request.rate),
                    request.width,
                    request.height,
                    edge_px=edge_px,
                ),
                grain,
            )
            for index in range(frames)
        ]
    )
    pictures = _with_stills(source, source_shot, pictures)
    heard = sound(scene, samples_of(frames, request.rate), SAMPLE_RATE_HZ)
    return pictures, _with_tracks(source.references, heard)


def glimpse(request: ShotRequest, grain: Floats, sigma: float) -> NDArray[np.uint8]:
    """A small guess (H, W, 3) of the middle picture, under as much noise as ``sigma`` says."""
    scale = 160 / max(request.width, request.height, 160)
    width = max(2, round(request.width * scale) // 2 * 2)
    height = max(2, round(request.height * scale) // 2 * 2)
    scene = scene_of(request, 0)
    picture = paint(
        scene, float(request.shots[0].frames / request.rate) / 2, width, height, edge_px=2
    )
    if isinstance(request.task, Edit):
        look = look_of(request.task.instruction)
        part = np.full((1, height, width), request.task.picture_strength, dtype=np.float32)
        picture = grade_pictures(_levels(picture)[None], look, part)[0] / np.float32(255)
    noise = scaled(grain[..., None], width, height)
    return _levels(picture * (1 - sigma) + sigma * (0.5 + 0.2 * noise))


def samples_of(frames: int, rate: Fraction) -> int:
    """Sound samples per channel that ``frames`` pictures last."""
    return round(frames * SAMPLE_RATE_HZ / rate)


def scene_of(request: ShotRequest, shot: int) -> Scene:
    """The scene that one shot of ``request`` shows.

    Raises:
        EngineError: if a file that it is made from cannot be read.
    """
    match request.task:
        case Generate():
            return _generated(request, shot)
        case Upgrade():
            return scene_of(*_content(request, shot))
        case Edit(source=source, in_s=in_s) as edit:
            scene = _scene_of_source(request, source, in_s=in_s)
            return _graded(scene, look_of(edit.instruction), edit.picture_strength)
        case Extend(source=source, direction=direction):
            scene = _scene_of_source(request, source, last=direction == "forward")
            if direction == "backward":
                return replace(scene, start_s=scene.start_s - float(request.frames / request.rate))
            return replace(scene, start_s=scene.start_s + _length_s(Path(source)))
        case _:
            assert_never(request.task)


def _generated(request: ShotRequest, shot: int) -> Scene:
    text = f"{request.prompt} {shot_text(request, shot)}".strip()
    moves = [*_of_role(request, "motion"), *_of_role(request, "camera")]
    motion = [hash_file(picture_of(Path(r.source))) for r in moves]
    layout = draw_layout(*motion) if motion else draw_layout(text, request.seed, shot)
    scene = Scene(layout=layout, palette=draw_palette(text, request.seed))
    for reference in request.references:
        if reference.weight == 0 or reference.kind == "audio":
            continue
        match reference.role:
            case "first_frame" if shot == 0:
                scene = replace(scene, backdrop=load_picture(reference))
            case "subject":
                scene = replace(scene, face=load_picture(reference))
            case "environment" | "style":
                picture = load_picture(reference)
                palette = average_palette(picture, scene.palette, reference.weight)
                scene = replace(scene, palette=palette)
            case _:
                pass
    return scene


def _content(request: ShotRequest, shot: int) -> tuple[ShotRequest, int]:
    """The request, and which shot of it, whose content ``request`` shows.

    An upgrade shows its source's content: with its own words and references where these made it.
    """
    if not isinstance(request.task, Upgrade):
        return request, shot
    recipe = read_recipe(Path(request.task.source))
    if isinstance(recipe.request.task, Generate) and recipe.request.shots == request.shots:
        return replace(request, task=Generate()), recipe.shot
    return _content(recipe.request, recipe.shot + shot)


def _scene_of_source(
    request: ShotRequest, source: str, *, in_s: Fraction = Fraction(0), last: bool = False
) -> Scene:
    """The scene of a take, or one before a picture of any other file: the last, or at ``in_s``."""
    path = Path(source)
    if (path / "recipe.json").is_file():
        recipe = read_recipe(path)
        if recipe.backend == "scripted":
            return scene_of(recipe.request, recipe.shot)
    seen = load_pictures(picture_of(path), None if last else 1, request.rate, start_s=float(in_s))
    backdrop = seen[-1].astype(np.float32) / 255
    start_s = -_length_s(path) if last else 0.0
    layout = draw_layout(request.prompt, request.seed)
    palette = draw_palette(request.prompt, request.seed)
    return Scene(layout=layout, palette=palette, start_s=start_s, backdrop=backdrop)


def _length_s(source: Path) -> float:
    recipe = read_recipe(source) if (source / "recipe.json").is_file() else None
    if recipe is None:
        return 0.0
    return float(recipe.request.shots[recipe.shot].frames / recipe.request.rate)


def _graded(scene: Scene, look: Look, strength: float) -> Scene:
    """``scene`` in the colours of ``look``."""

    def grade(colours: Floats) -> Floats:
        gain = np.asarray(look.gain, dtype=np.float32)
        lift = np.asarray(look.lift, dtype=np.float32)
        return np.clip(colours + strength * (colours * gain + lift - colours), 0, 1)

    def one(colour: Colour) -> Colour:
        red, green, blue = (float(v) for v in grade(np.asarray(colour, dtype=np.float32)))
        return red, green, blue

    old = scene.palette
    palette = Palette(
        sky=one(old.sky), horizon=one(old.horizon), ground=one(old.ground), disc=one(old.disc)
    )
    return replace(
        scene,
        palette=palette,
        backdrop=None if scene.backdrop is None else grade(scene.backdrop),
        face=None if scene.face is None else grade(scene.face),
    )


def _edited(request: ShotRequest, edit: Edit) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """The source, changed inside the span and the mask and bit-identical outside them."""
    frames, rate = request.frames, request.rate
    source = Path(edit.source)
    pictures = load_pictures(
        picture_of(source),
        frames,
        rate,
        width=request.width,
        height=request.height,
        start_s=float(edit.in_s),
    )
    heard = load_sound(source, samples_of(frames, rate), float(edit.in_s))
    look = look_of(edit.instruction)
    end = frames if edit.end_frame is None else min(frames, edit.end_frame)
    if not edit.keep_picture:
        strength = np.zeros(pictures.shape[:3], dtype=np.float32)
        strength[edit.start_frame : end] = edit.picture_strength
        if edit.mask is not None:
            strength *= load_mask(Path(edit.mask), frames, rate, request.width, request.height)
        pictures = grade_pictures(pictures, look, strength)
    if not edit.keep_sound:
        loud = np.zeros(heard.shape[1], dtype=np.float32)
        first, last = samples_of(edit.start_frame, rate), samples_of(end, rate)
        loud[first:last] = edit.sound_strength
        heard = grade_sound(heard, look, loud, SAMPLE_RATE_HZ)
    return pictures, heard


def _with_stills(request: ShotRequest, shot: int, pictures: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """``pictures`` of a shot with its keyframes and its last picture in their places."""
    frames, height, width = pictures.shape[:3]
    before = sum(one.frames for one in request.shots[:shot])
    for reference in request.references:
        if reference.weight == 0 or reference.role not in ("last_frame", "keyframe"):
            continue
        place = picture_at(reference, request.rate) - before
        if reference.role == "last_frame":
            place = frames - 1 if shot == len(request.shots) - 1 else -1
        if 0 <= place < frames:
            pictures[place] = _levels(scaled(load_picture(reference), width, height))
    return pictures


def _with_tracks(references: tuple[Reference, ...], heard: Floats) -> Floats:
    """``heard`` under the voices and music of ``references``; a soundtrack replaces it."""
    tracks = [r for r in references if r.kind == "audio" and r.weight > 0]
    samples = heard.shape[1]
    for reference in tracks:
        if reference.role == "soundtrack":
            return load_sound(Path(reference.source), samples, reference.in_s, reference.out_s)
    for reference in tracks:
        track = load_sound(Path(reference.source), samples, reference.in_s, reference.out_s)
        heard = heard + _MIX_LEVELS.get(reference.role, 0.0) * min(1.0, reference.weight) * track
    return np.clip(heard, -0.95, 0.95).astype(np.float32)


def _of_role(request: ShotRequest, role: str) -> list[Reference]:
    return [r for r in request.references if r.role == role and r.weight > 0]


def _edge_px(request: ShotRequest) -> float:
    return 1.0 if request.quality.mode == "full" else max(2.0, request.height / 36)


def _developed(picture: Floats, grain: Floats) -> NDArray[np.uint8]:
    height, width = picture.shape[:2]
    return _levels(picture + _GRAIN_LEVEL * scaled(grain[..., None], width, height))


def _levels(picture: Floats) -> NDArray[np.uint8]:
    return np.clip(np.rint(picture * 255), 0, 255).astype(np.uint8)
