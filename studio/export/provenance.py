"""The manifest of an exported film: what in it was generated, by what and from what, in words."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, cast

from studio.document.codec import Body, Plain
from studio.document.errors import UnsafePathError
from studio.document.film import Clip, Film, Media, Timeline, Track, TrackKind
from studio.document.ledger import Ledger, TakeRecord, now
from studio.document.paths import inside
from studio.document.queries import timeline_end
from studio.document.timebase import to_timecode
from studio.document.titles import GeneratorSource, TitleSource
from studio.export.interchange_sheet import recipe_of
from studio.export.provenance_recipes import MAKING, making_of
from studio.export.provenance_sources import (
    BOTH,
    Given,
    Sources,
    Use,
    clips_used,
    request_of,
    sources_of,
)
from studio.export.subtitles import write_whole
from studio.wording import listed

SCHEMA = "dailies-provenance-1"
SIDECAR = ".provenance.json"
_TAKE_FILES = ("picture.mkv", "sound.wav")
_CONTAINER_BYTES = 60_000
_EDITS = ("clips", "dissolves", "retimed", "graded", "moved", "levels", "titles", "subtitles")

Origin = Literal["generated", "mixed", "recorded"]


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What a film is made of.

    Attributes:
        body: all of it, as JSON has it.
        origin: whether its pictures and sounds were generated, brought in, or both.
        unnoted: names of the files with no rights note.
        places: where the files of takes and of imported files lie here, by id.
    """

    body: Body
    origin: Origin
    unnoted: tuple[str, ...] = ()
    places: Mapping[str, tuple[Path, ...]] = field(default_factory=dict[str, tuple[Path, ...]])

    @property
    def notes(self) -> tuple[str, ...]:
        """What the director should know, as sentences."""
        if not self.unnoted:
            return ()
        names = listed(self.unnoted, most=8)
        return (f"No rights are noted for {names}; note them in the bin before you publish.",)


def manifest_of(
    film: Film,
    ledger: Ledger,
    timeline: Timeline,
    *,
    folder: Path | None = None,
    span: tuple[int, int] | None = None,
    kinds: tuple[TrackKind, ...] = BOTH,
    program: str = "Dailies",
) -> Manifest:
    """The manifest of the part of a cut that is exported.

    Args:
        film: as it is exported.
        ledger: with its takes.
        timeline: the cut.
        folder: of the film, where the recipes of its takes lie; without it they stay unread.
        span: the frames from and until; all of the cut if None.
        kinds: of the tracks that are exported.
        program: what made the file.
    """
    start, end = span or (0, timeline_end(timeline))
    clips = tuple(clips_used(timeline, (start, end), kinds))
    sources = sources_of(film, ledger, (clip for _, clip in clips), folder)
    cues = timeline.subtitles if "video" in kinds else ()
    subtitles = sum(one.end > start and one.start < end for one in cues)
    origin = _origin(sources)
    body: Body = {
        "schema": SCHEMA,
        "made_by": program,
        "exported": now(),
        "film": film.name,
        "timeline": timeline.name,
        "from": to_timecode(start, film.rate),
        "until": to_timecode(end, film.rate),
        "rate": f"{film.rate.numerator}/{film.rate.denominator}",
        "origin": origin,
        "takes": [_take(film, sources, take, folder) for take in sources.takes.values()],
        "files": [_file(one, sources.uses[one.id]) for one in sources.files.values()],
        "edits": cast("Plain", _edits(clips) | {"subtitles": subtitles}),
    }
    bare = (one.name for one in sources.files.values() if not one.rights.strip())
    return Manifest(
        body=body,
        origin=origin,
        unnoted=tuple(dict.fromkeys(bare)),
        places=_places(sources, folder),
    )


def _places(sources: Sources, folder: Path | None) -> dict[str, tuple[Path, ...]]:
    """The files behind the sources that are there, by the ids of these."""
    if folder is None:
        return {}
    stored = {one.id: (one.path,) for one in sources.files.values()}
    stored |= {
        one.id: tuple(f"{one.folder}/{name}" for name in _TAKE_FILES)
        for one in sources.takes.values()
    }
    found = {name: tuple(_there(folder, path) for path in paths) for name, paths in stored.items()}
    return {name: tuple(one for one in paths if one) for name, paths in found.items()}


def _there(folder: Path, stored: str) -> Path | None:
    try:
        path = inside(folder, stored)
    except UnsafePathError:
        return None
    return path if path.is_file() and os.access(path, os.R_OK) else None


def _origin(sources: Sources) -> Origin:
    """Where pictures and sounds come from: an edit keeps some of the file that it was made of."""
    if not sources.used("film", sources.takes):
        return "recorded"
    kept = sources.used("film", sources.files) or sources.used("source", sources.files)
    return "mixed" if kept else "generated"


def _edits(clips: Iterable[tuple[Track, Clip]]) -> dict[str, int]:
    """How the clips of an export were edited."""
    edits: dict[str, int] = dict.fromkeys(_EDITS, 0)
    for track, clip in clips:
        edits["clips"] += 1
        edits["dissolves"] += clip.dissolve is not None
        edits["retimed"] += clip.backwards or clip.speed != 1
        edits["graded"] += clip.grade != type(clip).grade
        edits["moved"] += bool(clip.curves) or clip.pose != type(clip).pose
        levels = (clip.gain_db, clip.gain_points, clip.pan, track.gain_db, track.pan)
        edits["levels"] += any(levels)
        edits["titles"] += isinstance(clip.source, TitleSource | GeneratorSource)
    return edits


def _take(film: Film, sources: Sources, take: TakeRecord, folder: Path | None) -> Body:
    recipe = recipe_of(take)
    recipe = recipe if isinstance(recipe, dict) else {}
    making = {name: recipe[name] for name in MAKING if name in recipe} | making_of(folder, take)
    request = request_of(take)
    task = request.get("task")
    shot = next((one.name for one in film.shots if one.id == take.shot_id), None)
    given = [_given(one) for one in sources.given[take.id] if one.use == "reference"]
    return {
        "id": take.id,
        "shot": shot,
        "in_the_film": sources.uses[take.id] == "film",
        "used_as": sources.uses[take.id],
        "kind": take.kind,
        "created": take.created,
        "weights": take.weights or recipe.get("weights"),
        **{name: making.get(name) for name in MAKING},
        "seed": take.seed,
        "frames": take.frames,
        "prompt": request.get("prompt") or _captions(request),
        "instruction": task.get("instruction") if isinstance(task, dict) else None,
        "edited_from": take.parent_id or _edited_from(sources, take),
        "rendered_from": take.upgrade_of,
        "references": cast("Plain", given),
        "request": request or None,
    }


def _edited_from(sources: Sources, take: TakeRecord) -> str | None:
    """The take or file that a request edits or goes on from, where the ledger names no parent."""
    edited = (one.found.id for one in sources.given[take.id] if one.use == "source" and one.found)
    return next((one for one in edited if one != take.upgrade_of), None)


def _given(one: Given) -> Body:
    return {
        "source": one.path,
        "sha256": one.sha256,
        "role": one.role or None,
        "take": one.found.id if isinstance(one.found, TakeRecord) else None,
    }


def _captions(request: Body) -> str | None:
    """What a request says of its shots, where it says nothing of the whole."""
    shots = request.get("shots")
    told = (
        [one.get("caption") for one in shots if isinstance(one, dict)]
        if isinstance(shots, list)
        else []
    )
    return " / ".join(one for one in told if isinstance(one, str) and one) or None


def _file(media: Media, use: Use) -> Body:
    return {
        "id": media.id,
        "name": media.name,
        "kind": media.kind,
        "sha256": media.sha256,
        "in_the_film": use == "film",
        "used_as": use,
        "rights": media.rights.strip() or None,
    }


def sidecar_path(path: Path) -> Path:
    """Where the manifest of the film at ``path`` lies."""
    return path.with_name(path.name + SIDECAR)


def write_sidecar(path: Path, manifest: Manifest) -> Path:
    """Write the manifest beside the film at ``path``.

    Raises:
        ExportError: if it cannot be written.
    """
    target = sidecar_path(path)
    write_whole(target, json.dumps(manifest.body, indent=2, ensure_ascii=False) + "\n")
    return target


def container_tags(manifest: Manifest) -> dict[str, str]:
    """What the film's container says of it: a line for people, and the manifest for programs.

    A container has room for tags, not for books: the manifest of a long film leaves out its lists
    there and says that they lie beside it.
    """
    text = json.dumps(manifest.body, separators=(",", ":"), ensure_ascii=False)
    if len(text.encode()) > _CONTAINER_BYTES:
        short = {key: held for key, held in manifest.body.items() if not isinstance(held, list)}
        text = json.dumps(short | {"whole": "beside the film"}, separators=(",", ":"))
    return {
        "title": str(manifest.body["film"]),
        "description": origin_words(manifest.origin),
        "comment": text,
    }


def origin_words(origin: object) -> str:
    """What was generated of a film, as a sentence."""
    return {
        "generated": "Every picture and sound of this film was generated.",
        "mixed": "This film is made of generated and imported pictures and sounds.",
        "recorded": "Nothing of this film was generated by Dailies.",
    }.get(str(origin), "Where this film comes from is not known.")


def manifest_in(tags: Mapping[str, str]) -> Body | None:
    """The manifest among the tags of a container, if it is one of ours."""
    for name, text in tags.items():
        if name.casefold() in {"comment", "©cmt"} and SCHEMA in text[:200]:
            return parsed(text)
    return None


def parsed(text: str) -> Body | None:
    """The manifest of a JSON text, if it is one of ours."""
    if len(text) > 64 << 20:
        return None
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        return None
    is_ours = isinstance(body, dict) and cast("Body", body).get("schema") == SCHEMA
    return cast("Body", body) if is_ours else None
