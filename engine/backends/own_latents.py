"""Whether a render can start from a take's own latents: one rule, by their headers alone.

Latents mean what the codecs that made them mean by it. Those of other codecs are never started
from; a file of a time when it did not name them is, as it always was.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.api import Edit, Extend, Finding, Recipe, ShotRequest, Upgrade
from engine.backends.repeating import settled
from engine.backends.take_files import (
    LATENTS_NAME,
    latents_header,
    read_latents,
    read_recipe,
)
from engine.errors import EngineError


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What the latents of a take have to be, for a render to start from them.

    Attributes:
        weights: that made them; any where this is empty.
        codecs: hash of those that made them; any where this is empty.
        width: of the take's pictures, before they are enlarged; so is ``height``.
        rate: pictures a second.
        frames: of the take; any number where there is none.
        video: shape of the picture's latents, with ``None`` where any length is as good.
        audio: the same of the sound's.
        never: a clause that says why no take has such latents; empty where one may.
    """

    weights: str = ""
    codecs: str = ""
    width: int
    height: int
    rate: Fraction
    frames: int | None
    video: tuple[int | None, ...]
    audio: tuple[int | None, ...]
    never: str = ""


def starts_from(folder: Path, wanted: Wanted) -> bool:
    """Whether a render that wants ``wanted`` starts from the latents of the take in ``folder``.

    A file has none.
    """
    return not _why_anew(folder, wanted)


def own_latents(folder: Path, wanted: Wanted) -> dict[str, NDArray[np.generic]] | None:
    """The latents of the take in ``folder``, where a render that wants ``wanted`` starts from them.

    Raises:
        EngineError: if their numbers cannot be read, though their header can.
    """
    return read_latents(folder) if starts_from(folder, wanted) else None


def check_latents(request: ShotRequest, wanted: Wanted, weights: str) -> Iterator[Finding]:
    """Warnings where latents of a take would be ignored, or do not say which codecs made them.

    Args:
        request: nothing is wrong with it otherwise.
        wanted: of the latents that it denoises.
        weights: by which it is rendered.

    Raises:
        EngineError: if the recipe of an upgrade's preview cannot be read.
    """
    match request.task:
        case Upgrade(source=source, from_latent=True):
            yield from _of_preview(Path(source), wanted, weights)
        case _:
            pass
    match settled(request).task:
        case Edit(source=source, in_s=0) | Extend(source=source):
            yield from _of_source(Path(source), wanted, weights)
        case _:
            pass


def _why_anew(folder: Path, wanted: Wanted, whose: str = "Its") -> str:
    """Why the latents in ``folder`` are not started from, as a clause; empty where they are."""
    if wanted.never:
        return wanted.never
    foreign = _why_foreign(folder, wanted)
    if not foreign and not _fit(folder, wanted):
        foreign = "are of another size, rate or length"
    return foreign and f"{whose} latents {foreign}"


def _why_foreign(folder: Path, wanted: Wanted) -> str:
    """Why the latents in ``folder``, whatever their shape, mean nothing here."""
    if not (folder / LATENTS_NAME).is_file():
        return "are not there"
    header = latents_header(folder)
    if header is None:
        return "are damaged"
    if _recipe_of(folder) is None:
        return "lie beside a recipe that cannot be read"
    if wanted.weights not in ("", header.weights):
        return "were made by other weights"
    if wanted.codecs and header.codecs not in ("", wanted.codecs):
        return "were made by other codecs"
    return ""


def _fit(folder: Path, wanted: Wanted) -> bool:
    """Whether take and latents in ``folder``, which can be read, are of the wanted shape."""
    recipe, header = read_recipe(folder), latents_header(folder)
    made = recipe.request
    if (made.width, made.height, made.rate) != (wanted.width, wanted.height, wanted.rate):
        return False
    if wanted.frames not in (None, made.shots[recipe.shot].frames):
        return False
    shapes = {} if header is None else header.shapes
    return _is_like(shapes.get("video"), wanted.video) and _is_like(
        shapes.get("audio"), wanted.audio
    )


def _is_like(shape: tuple[int, ...] | None, wanted: tuple[int | None, ...]) -> bool:
    if shape is None or len(shape) != len(wanted):
        return False
    return all(size in (None, own) for own, size in zip(shape, wanted, strict=True))


def _of_preview(folder: Path, wanted: Wanted, weights: str) -> Iterator[Finding]:
    why = _why_anew(folder, wanted, "The preview's")
    if not why:
        yield from _unnamed(folder, wanted, weights)
        return
    yield Finding(
        level="warning",
        sentence=f"{why}, so the full render starts from the preview's noise, not from the preview "
        "itself.",
        remedy="Expect it to differ more.",
    )


def _of_source(folder: Path, wanted: Wanted, weights: str) -> Iterator[Finding]:
    foreign = _why_foreign(folder, wanted)
    if foreign and (folder / LATENTS_NAME).is_file():  # What never had any is footage.
        yield Finding(
            level="warning",
            sentence=f"The latents of the source {foreign}, so it is encoded anew.",
            remedy="Expect a little less of it to be kept.",
        )
    yield from _unnamed(folder, wanted, weights)


def _unnamed(folder: Path, wanted: Wanted, weights: str) -> Iterator[Finding]:
    """A warning where latents of other weights do not say which codecs made them."""
    header = latents_header(folder)
    if not wanted.codecs or header is None or _recipe_of(folder) is None:
        return
    if not header.codecs and header.weights != weights:
        yield Finding(
            level="warning",
            sentence="The latents of the source were made by other weights and do not say by which "
            "codecs.",
            remedy="If colours or sounds come out wrong, render the source again.",
        )


def _recipe_of(folder: Path) -> Recipe | None:
    """How the take in ``folder`` was made, if that can still be read."""
    try:
        return read_recipe(folder)
    except EngineError:
        return None
