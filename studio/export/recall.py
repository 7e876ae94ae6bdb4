"""Recipes brought back from finished files: what a take or an exported film was asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from engine.api import import_recipe
from engine.errors import EngineError
from engine.media.opening import open_media
from studio.document.codec import Body
from studio.document.errors import DocumentError
from studio.export.provenance import manifest_in, parsed, sidecar_path

_SIDECAR_BYTES = 64 << 20
_TAKE_FILES = ("picture.mkv", "sound.wav", "recipe.json", "take.json")


class RecallError(DocumentError):
    """A file that holds no recipe of ours."""


@dataclass(frozen=True, kw_only=True)
class Recalled:
    """One take as a file remembers it.

    Attributes:
        name: of its shot; may be empty.
        take_id: in the film that it was made in; empty where that is not known.
        frames: 0 where that is not known.
        instruction: of an edit; its source is not in the file.
    """

    name: str = ""
    take_id: str = ""
    prompt: str
    instruction: str = ""
    seed: int = 0
    frames: int = 0
    weights: str = ""


def recalled(path: Path) -> tuple[Recalled, ...]:
    """What the file or take folder at ``path`` was made from, in the order of its manifest.

    Raises:
        RecallError: if it does not say.
    """
    folder = path if path.is_dir() else path.parent
    if path.is_dir() or path.name in _TAKE_FILES:
        try:
            recipe = import_recipe(folder)
        except EngineError as error:
            raise RecallError(str(error)) from error
        if recipe is not None:
            request = recipe.request
            task = request.task
            caption = request.shots[recipe.shot].caption if request.shots else ""
            return (
                Recalled(
                    prompt=request.prompt or caption,
                    instruction=getattr(task, "instruction", ""),
                    seed=request.seed,
                    frames=request.shots[recipe.shot].frames,
                    weights=recipe.weights,
                ),
            )
    body = None if path.is_dir() else _manifest(path)
    found = tuple(_listed(body)) if body is not None else ()
    if not found:
        raise RecallError(
            f"{path.name} does not say how it was made. Recipes are in takes and in films that "
            "Dailies exported, or in the file beside them."
        )
    return found


def _listed(body: Body) -> Iterator[Recalled]:
    takes = body.get("takes")
    for one in takes if isinstance(takes, list) else []:
        if isinstance(one, dict) and isinstance(one.get("prompt"), str):
            yield Recalled(
                name=_text(one.get("shot")),
                take_id=_text(one.get("id")),
                prompt=_text(one.get("prompt")),
                instruction=_text(one.get("instruction")),
                seed=_whole(one.get("seed")),
                frames=_whole(one.get("frames")),
                weights=_text(one.get("weights")),
            )


def _manifest(path: Path) -> Body | None:
    """The manifest beside a film, which is the longer one, or else the one in it."""
    sidecar = sidecar_path(path)
    try:
        if sidecar.is_file() and sidecar.stat().st_size <= _SIDECAR_BYTES:
            beside = parsed(sidecar.read_text(encoding="utf-8"))
            if beside is not None:
                return beside
        with open_media(path) as container:
            return manifest_in(dict(container.metadata))
    except (OSError, UnicodeDecodeError, EngineError):
        return None


def _text(given: object) -> str:
    return given if isinstance(given, str) else ""


def _whole(given: object) -> int:
    return given if isinstance(given, int) and given >= 0 else 0
