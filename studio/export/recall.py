"""Recipes brought back from finished files: what a take or an exported film was asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from engine.api import CameraPlan, Edit, Recipe, Reference, ShotRequest, import_recipe
from engine.errors import EngineError
from engine.media.opening import open_media
from studio.document.codec import Body
from studio.document.errors import DocumentError
from studio.export.provenance import SIDECAR, manifest_in, parsed, sidecar_path
from studio.wording import tr

_ANY_CAMERA = CameraPlan()
_LARGEST = 2**31 - 1
_SIDECAR_BYTES = 64 << 20
_TAKE_FILES = ("picture.mkv", "sound.wav", "recipe.json", "take.json")


class RecallError(DocumentError):
    """A file that holds no recipe of ours."""


@dataclass(frozen=True, kw_only=True)
class RecalledReference:
    """Something that a take was made with, as a file remembers it.

    Attributes:
        asked: as the request has it; its source is a path of wherever the take was made.
        sha256: of its content; empty where that is not known.
        take_id: the take that it was, in the film that it was made in; empty where it was none.
    """

    asked: Reference
    sha256: str = ""
    take_id: str = ""

    @property
    def name(self) -> str:
        """What a director knows it by."""
        file = self.asked.source.replace("\\", "/").rstrip("/").rpartition("/")[2]
        name = "a take" if file in _TAKE_FILES else file
        what = f"@{self.asked.tag}" if self.asked.tag else self.asked.role.replace("_", " ")
        return f"{name} ({what})"


@dataclass(frozen=True, kw_only=True)
class Recalled:
    """One take as a file remembers it.

    Attributes:
        name: of its shot; may be empty.
        take_id: in the film that it was made in; empty where that is not known.
        instruction: of an edit; its source is not in the file.
        frames: 0 where that is not known.
        rate: ``None`` where that is not known.
        width, height: as asked for, 0 where that is not known.
    """

    name: str = ""
    take_id: str = ""
    prompt: str
    negative_prompt: str = ""
    instruction: str = ""
    seed: int = 0
    frames: int = 0
    rate: Fraction | None = None
    width: int = 0
    height: int = 0
    camera: CameraPlan = _ANY_CAMERA
    references: tuple[RecalledReference, ...] = ()
    weights: str = ""


def recalled(path: Path) -> tuple[Recalled, ...]:
    """What the file or take folder at ``path`` was made from, in the order of its manifest.

    Raises:
        RecallError: if it does not say.
    """
    if path.is_dir() or path.name in _TAKE_FILES:
        recipe = _recipe(path if path.is_dir() else path.parent)
        if recipe is not None:
            return (_of_recipe(recipe),)
    body = _manifest(path)
    found = tuple(_listed(body)) if body is not None else ()
    if not found:
        raise RecallError(
            tr(
                "{name} does not say how it was made. Recipes are in takes and in "
                "films that Dailies exported, or in the file beside them.",
                name=path.name,
            )
        )
    return found


def _recipe(folder: Path) -> Recipe | None:
    try:
        recipe = import_recipe(folder)
    except EngineError as error:
        raise RecallError(str(error)) from error
    if recipe is not None and not 0 <= recipe.shot < len(recipe.request.shots):
        raise RecallError(
            tr("The recipe in {folder} names a shot that it does not have.", folder=folder)
        )
    return recipe


def _of_recipe(recipe: Recipe) -> Recalled:
    hashes = {one.source: one.sha256 for one in recipe.references}
    given = {source: (digest, "") for source, digest in hashes.items()}
    return replace(_of_request(recipe.request, recipe.shot, given), weights=recipe.weights)


def _listed(body: Body) -> Iterator[Recalled]:
    """The takes that are seen or heard in a film: what they were made from is in their requests."""
    takes = body.get("takes")
    for one in takes if isinstance(takes, list) else []:
        if not isinstance(one, dict) or one.get("in_the_film") is False:
            continue
        request = _request(one)
        if request is not None:
            made = _of_request(request, 0, _given(one))
        elif isinstance(one.get("prompt"), str):
            made = Recalled(
                prompt=_text(one.get("prompt")),
                instruction=_text(one.get("instruction")),
                seed=_whole(one.get("seed")),
                frames=_whole(one.get("frames")),
            )
        else:
            continue
        yield replace(
            made,
            name=_text(one.get("shot")),
            take_id=_text(one.get("id")),
            weights=_text(one.get("weights")),
        )


def _request(one: Body) -> ShotRequest | None:
    """The request in an entry of a manifest; older manifests have its words only."""
    try:
        request = ShotRequest.from_json(one.get("request"))
    except EngineError:
        return None
    return request if request.shots else None


def _given(one: Body) -> dict[str, tuple[str, str]]:
    """Content and take of what an entry was made with, by the paths of its request."""
    references = one.get("references")
    return {
        _text(given.get("source")): (_text(given.get("sha256")), _text(given.get("take")))
        for given in (references if isinstance(references, list) else [])
        if isinstance(given, dict)
    }


def _of_request(request: ShotRequest, shot: int, given: Mapping[str, tuple[str, str]]) -> Recalled:
    """What a request asked of one of its shots; ``given`` is known of its references by path."""
    plan, task = request.shots[shot], request.task
    references = tuple(
        RecalledReference(asked=one, sha256=digest, take_id=take_id)
        for one in request.references
        for digest, take_id in (given.get(one.source, ("", "")),)
        if one.weight != 0  # what has no weight is left out of the making
    )
    return Recalled(
        prompt="\n".join(words for words in (request.prompt, plan.caption) if words),
        negative_prompt=", ".join(
            words for words in (request.negative_prompt, plan.negative_prompt) if words
        ),
        instruction=task.instruction if isinstance(task, Edit) else "",
        seed=_whole(request.seed),
        frames=_whole(plan.frames),
        rate=request.rate if request.rate > 0 else None,
        width=_whole(request.width),
        height=_whole(request.height),
        camera=plan.camera,
        references=references,
    )


def _manifest(path: Path) -> Body | None:
    """The manifest beside a film, which is the longer one, or else the one in it."""
    sidecar = path if path.name.endswith(SIDECAR) else sidecar_path(path)
    try:
        if sidecar.is_file() and sidecar.stat().st_size <= _SIDECAR_BYTES:
            beside = parsed(sidecar.read_text(encoding="utf-8"))
            if beside is not None:
                return beside
        if path.is_dir() or sidecar == path:
            return None
        with open_media(path) as container:
            return manifest_in(dict(container.metadata))
    except (OSError, UnicodeDecodeError, EngineError):
        return None


def _text(given: object) -> str:
    return given if isinstance(given, str) else ""


def _whole(given: object) -> int:
    return given if isinstance(given, int) and 0 <= given <= _LARGEST else 0
