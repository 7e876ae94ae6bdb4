"""The manifest of an exported film: what in it was generated, by what and from what, in words."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from studio.document.codec import Body, Plain
from studio.document.film import Film, Media, MediaSource, TakeSource, Timeline
from studio.document.ledger import Ledger, TakeRecord, now
from studio.document.queries import resolve_clip, resolve_source, timeline_end
from studio.document.timebase import to_timecode
from studio.document.titles import GeneratorSource, TitleSource
from studio.export.interchange_sheet import recipe_of
from studio.export.provenance_recipes import MAKING, making_of
from studio.export.subtitles import write_whole

SCHEMA = "dailies-provenance-1"
SIDECAR = ".provenance.json"
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
    """

    body: Body
    origin: Origin
    unnoted: tuple[str, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """What the director should know, as sentences."""
        if not self.unnoted:
            return ()
        names = ", ".join(self.unnoted[:8]) + (", …" if len(self.unnoted) > 8 else "")
        return (f"No rights are noted for {names}; note them in the bin before you publish.",)


def manifest_of(
    film: Film,
    ledger: Ledger,
    timeline: Timeline,
    *,
    folder: Path | None = None,
    span: tuple[int, int] | None = None,
    program: str = "Dailies",
) -> Manifest:
    """The manifest of the part of a cut that is exported.

    Args:
        film: as it is exported.
        ledger: with its takes.
        timeline: the cut.
        folder: of the film, where the recipes of its takes lie; without it they stay unread.
        span: the frames from and until; all of the cut if None.
        program: what made the file.
    """
    start, end = span or (0, timeline_end(timeline))
    takes, media, edits = _used(film, ledger, timeline, start, end)
    lineage = tuple(_lineage(ledger, takes.values()))
    referred = {one.id: one for take in lineage for one in _references(film, take)}
    files = {**media, **referred}
    origin: Origin = "recorded" if not takes else "mixed" if media else "generated"
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
        "takes": [_take(film, take, folder, used=take.id in takes) for take in lineage],
        "files": [_file(one, used=one.id in media) for one in files.values()],
        "edits": cast("Plain", edits),
    }
    unnoted = tuple(dict.fromkeys(one.name for one in files.values() if not one.rights.strip()))
    return Manifest(body=body, origin=origin, unnoted=unnoted)


def _used(
    film: Film, ledger: Ledger, timeline: Timeline, start: int, end: int
) -> tuple[dict[str, TakeRecord], dict[str, Media], dict[str, int]]:
    """The takes and files seen or heard between two frames, and how they were edited."""
    takes: dict[str, TakeRecord] = {}
    media: dict[str, Media] = {}
    edits: dict[str, int] = dict.fromkeys(_EDITS, 0)
    for track in timeline.tracks:
        for clip in track.clips:
            if track.muted or not clip.enabled or clip.end <= start or clip.start >= end:
                continue
            edits["clips"] += 1
            edits["dissolves"] += clip.dissolve is not None
            edits["retimed"] += clip.backwards or clip.speed != 1
            edits["graded"] += clip.grade != type(clip).grade
            edits["moved"] += bool(clip.curves) or clip.pose != type(clip).pose
            levels = (clip.gain_db, clip.gain_points, clip.pan, track.gain_db, track.pan)
            edits["levels"] += any(levels)
            if isinstance(clip.source, TitleSource | GeneratorSource):
                edits["titles"] += 1
                continue
            found = resolve_clip(film, ledger, clip)
            if isinstance(found, TakeRecord):
                takes[found.id] = found
            elif isinstance(found, Media):
                media[found.id] = found
    shown = (one for one in timeline.subtitles if one.end > start and one.start < end)
    edits["subtitles"] = sum(1 for _ in shown)
    return takes, media, edits


def _lineage(ledger: Ledger, takes: Iterable[TakeRecord]) -> Iterator[TakeRecord]:
    """Takes, and those that they were edited, extended or rendered in full from."""
    seen: dict[str, TakeRecord] = {}
    left: list[TakeRecord] = list(takes)
    while left:
        take = left.pop(0)
        if take.id in seen:
            continue
        seen[take.id] = take
        ancestors = (ledger.takes.get(one) for one in (take.parent_id, take.upgrade_of) if one)
        left += [one for one in ancestors if one is not None]
    yield from seen.values()


def _hashes(take: TakeRecord) -> list[dict[str, str]]:
    """The files that a recipe names, by content."""
    recipe = recipe_of(take)
    held = recipe.get("references") if isinstance(recipe, dict) else None
    return [
        {"source": str(one.get("source", "")), "sha256": str(one.get("sha256", ""))}
        for one in (held if isinstance(held, list) else [])
        if isinstance(one, dict)
    ]


def _named(film: Film, take: TakeRecord) -> list[dict[str, str]]:
    """The same, each with the hash that the film knows where the recipe has none."""
    known = {one.path: one.sha256 for one in film.media}
    return [
        {"source": one["source"], "sha256": one["sha256"] or known.get(one["source"], "")}
        for one in _hashes(take)
    ]


def _references(film: Film, take: TakeRecord) -> Iterator[Media]:
    """The imported files that a take was made with: by content, or else as its shot has them."""
    by_hash = {one.sha256: one for one in film.media if one.sha256}
    by_path = {one.path: one for one in film.media}
    for one in _hashes(take):
        found = by_hash.get(one["sha256"]) or by_path.get(one["source"])
        if found is not None:
            yield found
    if _hashes(take):
        return
    shot = next((one for one in film.shots if one.id == take.shot_id), None)
    for reference in shot.references if shot is not None else ():
        match reference.source:
            case MediaSource():
                found = resolve_source(film, Ledger(), reference.source)
                if isinstance(found, Media):
                    yield found
            case TakeSource():
                continue


def _take(film: Film, take: TakeRecord, folder: Path | None, *, used: bool) -> Body:
    recipe = recipe_of(take)
    recipe = recipe if isinstance(recipe, dict) else {}
    making = {name: recipe[name] for name in MAKING if name in recipe} | making_of(folder, take)
    # A record holds the request alone, or the recipe with the request in it.
    request = recipe.get("request", recipe)
    request = request if isinstance(request, dict) else {}
    task = request.get("task")
    shot = next((one.name for one in film.shots if one.id == take.shot_id), None)
    return {
        "id": take.id,
        "shot": shot,
        "in_the_film": used,
        "kind": take.kind,
        "created": take.created,
        "weights": take.weights or recipe.get("weights"),
        **{name: making.get(name) for name in MAKING},
        "seed": take.seed,
        "frames": take.frames,
        "prompt": request.get("prompt") or _captions(request),
        "instruction": task.get("instruction") if isinstance(task, dict) else None,
        "edited_from": take.parent_id,
        "rendered_from": take.upgrade_of,
        "references": cast("Plain", _named(film, take)),
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


def _file(media: Media, *, used: bool) -> Body:
    return {
        "name": media.name,
        "kind": media.kind,
        "sha256": media.sha256,
        "in_the_film": used,
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
