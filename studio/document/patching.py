"""A film with rows changed: how a project file is read, and its stored history undone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Literal, TypeVar

from studio.document.codec import Body, CodecError, Plain, decode
from studio.document.film import Bin, Card, Clip, Film, Media, Shot, Timeline, Track
from studio.document.lane import faults
from studio.document.rows import (
    FILM_ROW,
    TABLES,
    Identified,
    RowChange,
    Table,
    film_row,
    ids_of,
    row_of,
)
from studio.wording import tr

Side = Literal["before", "after"]
Item = TypeVar("Item", bound=Identified)
Entity = TypeVar("Entity", Shot, Bin, Media, Card)
Made = TypeVar("Made")


def patched(
    film: Film, changes: Iterable[RowChange], side: Side, losses: list[str] | None = None
) -> Film:
    """``film`` with the rows as they are on one side of ``changes``.

    Args:
        film: what the changes were made from, or to; ``EMPTY`` to build one from all its rows.
        changes: as ``differences`` gave them.
        side: ``after`` makes them, ``before`` takes them back.
        losses: where given, rows that cannot be read are left out and named here by a sentence.

    Raises:
        CodecError: if a row cannot be read and ``losses`` is not given.
    """
    return _Patch(film, changes, side, losses).film()


class _Patch:
    """The rows wanted, and what could not be read of them."""

    def __init__(
        self, film: Film, changes: Iterable[RowChange], side: Side, losses: list[str] | None
    ) -> None:
        self._old = film
        self._losses = losses
        self._tables: dict[str, dict[str, Body | None]] = {table: {} for table in TABLES}
        self._lanes: dict[str, dict[str, Body | None]] = {}
        for change in changes:
            here, there = change.after, change.before
            if side == "before":
                here, there = there, here
            if change.table == "clips":
                self._add_clip(change.id, here, there)
            else:
                self._tables[change.table][change.id] = here

    def film(self) -> Film:
        """The film with all rows as wanted."""
        old, row = self._old, film_row(self._old)
        row.update(self._tables["film"].get(FILM_ROW) or {})
        orders = {
            name: row.pop(name, []) for name in ("timelines", "shots", "bins", "media", "cards")
        }
        film = self._read(Film, row, "The film's settings") or replace(
            old, timelines=(), shots=(), bins=(), media=(), cards=()
        )
        return replace(
            film,
            timelines=self._timelines(orders["timelines"]),
            shots=self._items("shots", Shot, old.shots, orders["shots"]),
            bins=self._items("bins", Bin, old.bins, orders["bins"]),
            media=self._items("media", Media, old.media, orders["media"]),
            cards=self._items("cards", Card, old.cards, orders["cards"]),
        )

    def _add_clip(self, clip_id: str, here: Body | None, there: Body | None) -> None:
        target = _track_name(here)
        origin = _track_name(there)
        if there is not None and origin != target:
            self._lanes.setdefault(origin, {})[clip_id] = None
        if here is None:
            return
        if there is not None:
            whole = self._clip_row(origin, clip_id)
            here = {**whole, **here}
        self._lanes.setdefault(target, {})[clip_id] = here

    def _clip_row(self, track_id: str, clip_id: str) -> Body:
        for timeline in self._old.timelines:
            for track in timeline.tracks:
                position = track.positions.get(clip_id) if track.id == track_id else None
                if position is not None:
                    return row_of(track.clips[position], track_id)
        return {}

    def _timelines(self, order: Plain) -> tuple[Timeline, ...]:
        old_tracks = {track.id: track for one in self._old.timelines for track in one.tracks}
        shells = {one.id: one for one in self._old.timelines}
        orders: dict[str, Plain] = {one.id: ids_of(one.tracks) for one in self._old.timelines}
        for timeline_id, wanted in self._tables["timelines"].items():
            shell = shells.pop(timeline_id, None)
            row = self._merged(shell, wanted)
            if row is None:
                continue
            orders[timeline_id] = row.pop("tracks", [])
            made = self._read(Timeline, row, f"Timeline {row.get('name')}")
            if made is not None:
                shells[timeline_id] = made
        tracks = {one.id: one for one in self._tracks(old_tracks)}
        return tuple(
            _same_or(self._old.timelines, replace(shell, tracks=in_order(tracks, orders[shell.id])))
            for shell in in_order(shells, order, stray=True)
        )

    def _tracks(self, old: Mapping[str, Track]) -> Iterator[Track]:
        wanted = self._tables["tracks"]
        for track_id in {**old, **wanted}:
            shell = old.get(track_id)
            if track_id in wanted:
                row = self._merged(shell, wanted[track_id])
                made = None if row is None else self._read(Track, row, f"Track {row.get('name')}")
                if made is None:
                    continue
                shell = made if shell is None else replace(made, clips=shell.clips)
            if shell is not None:
                yield self._with_lane(shell)

    def _with_lane(self, track: Track) -> Track:
        wanted = self._lanes.get(track.id)
        if wanted is None:
            return track
        clips = {clip.id: clip for clip in track.clips}
        for clip_id, row in wanted.items():
            clips.pop(clip_id, None)
            made = None if row is None else self._read(Clip, row, f"A clip on {track.name}")
            if made is not None:
                clips[clip_id] = made
        lane = tuple(sorted(clips.values(), key=lambda clip: clip.start))
        return replace(track, clips=lane if self._losses is None else self._sound(track, lane))

    def _sound(self, track: Track, lane: tuple[Clip, ...]) -> tuple[Clip, ...]:
        """``lane`` without the clips that break the rules of a track."""
        good: list[Clip] = []
        for clip in lane:
            end = good[-1].end if good else 0
            if clip.start < end or faults((clip,)):
                self._lose(
                    tr("A clip on {name} lies over another or has no length.", name=track.name)
                )
            else:
                good.append(clip)
        return tuple(good)

    def _items(
        self, table: Table, kind: type[Entity], old: tuple[Entity, ...], order: Plain
    ) -> tuple[Entity, ...]:
        items = {item.id: item for item in old}
        for item_id, wanted in self._tables[table].items():
            row = self._merged(items.pop(item_id, None), wanted)
            label = f"One of the {table}"
            made = None if row is None else self._read(kind, row, label)
            if made is not None:
                items[item_id] = made
        return in_order(items, order, stray=True)

    def _merged(self, old: Identified | None, wanted: Body | None) -> Body | None:
        if wanted is None or old is None:
            return None if wanted is None else dict(wanted)
        return {**row_of(old), **wanted}

    def _read(self, kind: type[Made], row: Body, label: str) -> Made | None:
        try:
            return decode(kind, row)
        except CodecError as error:
            if self._losses is None:
                raise
            self._lose(f"{label} could not be read: {error}")
            return None

    def _lose(self, sentence: str) -> None:
        if self._losses is not None:
            self._losses.append(sentence)


def in_order(items: Mapping[str, Item], order: Plain, *, stray: bool = False) -> tuple[Item, ...]:
    """Items by the ids in ``order``; with ``stray``, those that it does not name at the end."""
    names = [one for one in order if isinstance(one, str)] if isinstance(order, list) else []
    known = dict.fromkeys(name for name in names if name in items)
    rest = [item for name, item in items.items() if name not in known] if stray else []
    return tuple([items[name] for name in known] + rest)


def _same_or(old: tuple[Timeline, ...], new: Timeline) -> Timeline:
    """The old timeline where the new one is equal and of the same tracks."""
    for one in old:
        if (
            one.id == new.id
            and all(a is b for a, b in zip(one.tracks, new.tracks, strict=False))
            and one == new
        ):
            return one
    return new


def _track_name(row: Body | None) -> str:
    name = "" if row is None else row.get("track")
    return name if isinstance(name, str) else ""
