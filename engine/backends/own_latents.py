"""What is said of takes whose own latents cannot be started from, or may mean something else.

Latents mean what the codecs that made them mean by it. Those of other codecs are never started
from; a file of a time when it did not name them is, as it always was.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from engine.api import Edit, Extend, Finding, ShotRequest, Upgrade
from engine.backends.backlot_words import settled
from engine.backends.take_files import LATENTS_NAME, codecs_of_latents, read_recipe
from engine.errors import EngineError


def check_latents(request: ShotRequest, weights: str, codecs: str) -> Iterator[Finding]:
    """Warnings where latents of a take would be ignored, or do not say which codecs made them.

    Args:
        request: nothing is wrong with it otherwise.
        weights: of the backend, by which the request is rendered.
        codecs: their codecs' hash; empty where latents belong to their weights alone.

    Raises:
        EngineError: if the recipe of an upgrade's preview cannot be read.
    """
    whole = settled(request)
    match request.task:
        case Upgrade(source=source, from_latent=True):
            yield from _of_preview(whole, Path(source), weights, codecs)
        case _:
            pass
    match whole.task:
        case Edit(source=source, in_s=0) | Extend(source=source):
            yield from _of_source(Path(source), weights, codecs)
        case _:
            pass


def why_unread(folder: Path, weights: str, codecs: str) -> str:
    """Why the latents of the take in ``folder`` are not started from; empty where they are.

    Args:
        folder: of the take; a file has no latents.
        weights: that would start from them.
        codecs: their codecs' hash; empty where latents belong to their weights alone.
    """
    if not (folder / LATENTS_NAME).is_file():
        return "are not there"
    own, named = _weights_of(folder), codecs_of_latents(folder)
    if named is None:
        return "are damaged"
    if own is None:
        return "lie beside a recipe that cannot be read"
    if not codecs and own != weights:
        return "were made by other weights"
    if codecs and named not in ("", codecs):
        return "were made by other codecs"
    return ""


def is_like(folder: Path, request: ShotRequest) -> bool:
    """Whether the take in ``folder`` is as large, fast and long as ``request`` asks.

    Raises:
        EngineError: if its recipe cannot be read.
    """
    recipe = read_recipe(folder)
    made = recipe.request
    return (request.width, request.height, request.rate, request.frames) == (
        *(made.width, made.height, made.rate),
        made.shots[recipe.shot].frames,
    )


def _of_preview(whole: ShotRequest, folder: Path, weights: str, codecs: str) -> Iterator[Finding]:
    if isinstance(whole.task, Extend):
        why = "It goes on from another take"
    elif len(whole.shots) > 1:
        why = "Its shots are made together"
    elif unread := why_unread(folder, weights, codecs):
        why = f"The preview's latents {unread}"
    elif not is_like(folder, whole):
        why = "The preview is of another size, rate or length"
    else:
        yield from _unnamed(folder, weights, codecs)
        return
    yield Finding(
        level="warning",
        sentence=f"{why}, so the full render starts from the preview's noise, not from the preview "
        "itself.",
        remedy="Expect it to differ more.",
    )


def _of_source(folder: Path, weights: str, codecs: str) -> Iterator[Finding]:
    unread = why_unread(folder, weights, codecs)
    if unread and (folder / LATENTS_NAME).is_file():  # What never had any is footage.
        yield Finding(
            level="warning",
            sentence=f"The latents of the source {unread}, so it is encoded anew.",
            remedy="Expect a little less of it to be kept.",
        )
    yield from _unnamed(folder, weights, codecs)


def _unnamed(folder: Path, weights: str, codecs: str) -> Iterator[Finding]:
    """A warning where latents of other weights do not say which codecs made them."""
    if codecs and codecs_of_latents(folder) == "" and _weights_of(folder) not in (None, weights):
        yield Finding(
            level="warning",
            sentence="The latents of the source were made by other weights and do not say by which "
            "codecs.",
            remedy="If colours or sounds come out wrong, render the source again.",
        )


def _weights_of(folder: Path) -> str | None:
    """The weights that made the take in ``folder``, if its recipe can still be read."""
    try:
        return read_recipe(folder).weights
    except EngineError:
        return None
