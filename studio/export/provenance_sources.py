"""What an export comes from: the takes and files seen and heard, and what those were made from."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from studio.document.codec import Body
from studio.document.dissolves import clips_shown
from studio.document.film import Clip, Film, Media, Timeline, Track, TrackKind
from studio.document.ledger import Ledger, TakeRecord
from studio.document.queries import (
    Missing,
    audible_tracks,
    find_shot,
    resolve_clip,
    resolve_source,
    visible_tracks,
)
from studio.export.interchange_sheet import recipe_of
from studio.export.provenance_recipes import hashes_of

Use = Literal["film", "source", "reference"]
"""``film`` is seen or heard in it; a ``source`` was edited, extended or rendered in full; a
``reference`` steered the making of a take."""
BOTH: tuple[TrackKind, ...] = ("audio", "video")


@dataclass(frozen=True, kw_only=True)
class Given:
    """Something that a take was made from.

    Attributes:
        path: as its request names it; empty where the ledger alone knows of it.
        found: the take or file that this is; ``None`` where the film no longer knows it.
    """

    path: str
    sha256: str
    use: Use
    role: str = ""
    found: TakeRecord | Media | None = None


@dataclass(frozen=True, kw_only=True)
class Sources:
    """All that an export comes from, by id: what is in the film first.

    Attributes:
        given: what each of the takes was made from, by its id.
    """

    takes: dict[str, TakeRecord] = field(default_factory=dict[str, TakeRecord])
    files: dict[str, Media] = field(default_factory=dict[str, Media])
    uses: dict[str, Use] = field(default_factory=dict[str, Use])
    given: dict[str, tuple[Given, ...]] = field(default_factory=dict[str, tuple[Given, ...]])

    def used(self, use: Use, among: Iterable[str]) -> bool:
        """Whether any of ``among`` is of this use."""
        return any(self.uses[one] == use for one in among)


def clips_used(
    timeline: Timeline, span: tuple[int, int], kinds: tuple[TrackKind, ...] = BOTH
) -> Iterator[tuple[Track, Clip]]:
    """The clips that are seen or heard between two frames, dissolves included, as they play."""
    for track in (*audible_tracks(timeline), *visible_tracks(timeline)):
        if track.kind in kinds:
            for clip in clips_shown(track.clips, *span):
                if clip.enabled:
                    yield track, clip


def sources_of(
    film: Film, ledger: Ledger, clips: Iterable[Clip], folder: Path | None = None
) -> Sources:
    """All that ``clips`` come from: what they show, what that was made from, and so on.

    Args:
        film: whose clips they are.
        ledger: with its takes.
        clips: that are exported.
        folder: of the film, where the recipes of its takes lie; without it they stay unread.
    """
    known = _Known(film, ledger, folder)
    sources = Sources()
    shown = (resolve_clip(film, ledger, clip) for clip in clips)
    left: deque[tuple[TakeRecord | Media, Use]] = deque(
        (one, "film") for one in shown if isinstance(one, TakeRecord | Media)
    )
    referred: deque[tuple[TakeRecord | Media, Use]] = deque()
    while left or referred:
        # What is both a source and a reference is a source.
        one, use = left.popleft() if left else referred.popleft()
        if one.id in sources.uses:
            continue
        sources.uses[one.id] = use
        if isinstance(one, Media):
            sources.files[one.id] = one
            continue
        sources.takes[one.id] = one
        given = sources.given[one.id] = tuple(known.given(one))
        for part in given:
            if part.found is not None:
                # What a reference was made of is nothing more to the film than that reference.
                is_source = part.use == "source" and use != "reference"
                (left if is_source else referred).append(
                    (part.found, "source" if is_source else "reference")
                )
    return sources


def request_of(take: TakeRecord) -> Body:
    """The request of a take: its record holds that alone, or the recipe with it inside."""
    recipe = recipe_of(take)
    recipe = recipe if isinstance(recipe, dict) else {}
    request = recipe.get("request", recipe)
    return request if isinstance(request, dict) else {}


class _Known:
    """What a film knows takes and files by."""

    def __init__(self, film: Film, ledger: Ledger, folder: Path | None) -> None:
        self._film = film
        self._ledger = ledger
        self._folder = folder
        # Files that were taken out of the bins are remembered by the ledger.
        recorded = (one.media for one in ledger.imports.values())
        files = {one.id: one for one in (*recorded, *film.media)}
        self._by_hash = {one.sha256: one for one in files.values() if one.sha256}
        self._by_path = {one.path: one for one in files.values()}
        self._by_folder = {one.folder: one for one in ledger.takes.values()}

    def given(self, take: TakeRecord) -> Iterator[Given]:
        """What a take was made from: by its request, and by the ledger's own word."""
        hashes = self._hashes(take)
        named: set[str] = set()
        for path, use, role in self._asked(take):
            found = self._found(path, hashes.get(path, ""))
            known = found.sha256 if isinstance(found, Media) else ""
            named |= {found.id} if found is not None else set()
            digest = hashes.get(path) or known
            yield Given(path=path, sha256=digest, use=use, role=role, found=found)
        before = (self._ledger.takes.get(one or "") for one in (take.parent_id, take.upgrade_of))
        for one in before:
            if one is not None and one.id not in named:
                yield Given(path="", sha256="", use="source", found=one)

    def _asked(self, take: TakeRecord) -> Iterator[tuple[str, Use, str]]:
        """The paths that a request names, what for, and in which role."""
        request = request_of(take)
        task, references = request.get("task"), request.get("references")
        if isinstance(task, dict) and isinstance(task.get("source"), str):
            yield str(task["source"]), "source", ""
        if not isinstance(references, list):
            yield from self._of_shot(take)
            return
        for one in references:
            # What has no weight is left out of the making.
            if isinstance(one, dict) and one.get("source") and one.get("weight") != 0:
                yield str(one["source"]), "reference", str(one.get("role") or "")

    def _of_shot(self, take: TakeRecord) -> Iterator[tuple[str, Use, str]]:
        """What the shot of a take refers to now, where the take itself does not say."""
        shot = find_shot(self._film, take.shot_id or "")
        for one in shot.references if shot is not None else ():
            found = resolve_source(self._film, self._ledger, one.source)
            if not isinstance(found, Missing):
                path = found.path if isinstance(found, Media) else found.folder
                yield path, "reference", one.role

    def _found(self, path: str, digest: str) -> TakeRecord | Media | None:
        """The take in whose folder ``path`` leads, or the file of that content or at that place."""
        take = self._by_folder.get(path) or self._by_folder.get(path.rpartition("/")[0])
        return take or self._by_hash.get(digest) or self._by_path.get(path)

    def _hashes(self, take: TakeRecord) -> Mapping[str, str]:
        """The content of what a take was made from, by the paths of its request."""
        recipe = recipe_of(take)
        held = recipe.get("references") if isinstance(recipe, dict) else None
        named = {
            str(one.get("source")): str(one.get("sha256") or "")
            for one in (held if isinstance(held, list) else [])
            if isinstance(one, dict)
        }
        # Beside the take stand whole paths, of wherever the film lay when it was made.
        beside = hashes_of(self._folder, take)
        whole = {
            path: digest
            for path, _, _ in self._asked(take)
            for source, digest in beside.items()
            if source == path or source.endswith("/" + path)
        }
        return {path: digest for path, digest in named.items() if digest} | whole
