"""The film as rows: what differs between two films, and a film with such changes made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal, Protocol, TypeVar

from studio.document.codec import Body, CodecError, Plain, decode, encode
from studio.document.film import Bin, Card, Clip, Film, Media, Shot, Timeline, Track

Table = Literal["film", "timelines", "tracks", "clips", "shots", "bins", "media", "cards"]
Side = Literal["before", "after"]

TABLES: tuple[Table, ...] = (
    "film",
    "timelines",
    "tracks",
    "clips",
    "shots",
    "bins",
    "media",
    "cards",
)
FILM_ROW = "film"
EMPTY = Film(name="")


@dataclass(frozen=True)
class RowChange:
    """One row before and after a change; ``None`` where it was or is not there.

    Where it is there on both sides each holds only the fields that differ, and a clip's track.
    """

    table: Table
    id: str
    before: Body | None
    after: Body | None


class Identified(Protocol):
    """Anything in a film that is a row of its own."""

    @property
    def id(self) -> str:
        """What the row is found by."""
        ...


Item = TypeVar("Item", bound=Identified)
Entity = TypeVar("Entity", Timeline, Track, Shot, Bin, Media, Card)


def row_of(table: Table, item: object, parent: str = "") -> Body:
    """An item as a row: without the items that are rows of their own, but with their order."""
    body = encode(item)
    match item:
        case Film():
            for name in ("timelines", "shots", "bins", "media", "cards"):
                body[name] = _ids(getattr(item, name))
        case Timeline():
            body["tracks"] = _ids(item.tracks)
        case Track():
            del body["clips"]
        case Clip():
            body["track"] = parent
        case _:
            pass
    return body


def differences(before: Film | None, after: Film) -> list[RowChange]:
    """The rows that differ, found by identity: what is the same object is not looked at."""
    known = EMPTY if before is None else before
    changes: list[RowChange] = []
    if before is None:
        changes.append(RowChange("film", FILM_ROW, None, _film_row(after)))
    else:
        changes += _compared("film", FILM_ROW, _film_row(before), _film_row(after))
    changes += _timeline_changes(known.timelines, after.timelines)
    changes += _item_changes("shots", known.shots, after.shots)
    changes += _item_changes("bins", known.bins, after.bins)
    changes += _item_changes("media", known.media, after.media)
    changes += _item_changes("cards", known.cards, after.cards)
    return changes


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
        old, row = self._old, _film_row(self._old)
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
                    return row_of("clips", track.clips[position], track_id)
        return {}

    def _timelines(self, order: Plain) -> tuple[Timeline, ...]:
        old_tracks = {track.id: track for one in self._old.timelines for track in one.tracks}
        shells = {one.id: one for one in self._old.timelines}
        orders: dict[str, Plain] = {one.id: _ids(one.tracks) for one in self._old.timelines}
        for timeline_id, wanted in self._tables["timelines"].items():
            shell = shells.pop(timeline_id, None)
            row = self._merged("timelines", shell, wanted)
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
                row = self._merged("tracks", shell, wanted[track_id])
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
            fades = min(clip.fade_in, clip.fade_out)
            if clip.start < end or clip.length < 1 or min(clip.source_in, fades) < 0:
                self._lose(f"A clip on {track.name} lies over another and was left out.")
            else:
                good.append(clip)
        return tuple(good)

    def _items(
        self, table: Table, kind: type[Entity], old: tuple[Entity, ...], order: Plain
    ) -> tuple[Entity, ...]:
        items = {item.id: item for item in old}
        for item_id, wanted in self._tables[table].items():
            row = self._merged(table, items.pop(item_id, None), wanted)
            label = f"One of the {table}"
            made = None if row is None else self._read(kind, row, label)
            if made is not None:
                items[item_id] = made
        return in_order(items, order, stray=True)

    def _merged(self, table: Table, old: object | None, wanted: Body | None) -> Body | None:
        if wanted is None or old is None:
            return None if wanted is None else dict(wanted)
        return {**row_of(table, old), **wanted}

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


Made = TypeVar("Made")


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


def _ids(items: Iterable[Identified]) -> list[Plain]:
    return [item.id for item in items]


def _film_row(film: Film) -> Body:
    """The film's own row, made without encoding what has rows of its own."""
    bare = replace(film, timelines=(), shots=(), bins=(), media=(), cards=())
    row = encode(bare)
    for name in ("timelines", "shots", "bins", "media", "cards"):
        row[name] = _ids(getattr(film, name))
    return row


def _compared(table: Table, row_id: str, before: Body, after: Body) -> Iterator[RowChange]:
    """A change with the fields that differ, if any does."""
    names = [name for name in after if before.get(name) != after[name]]
    if names:
        old: Body = {name: before.get(name) for name in names}
        new: Body = {name: after[name] for name in names}
        if table == "clips":
            old["track"], new["track"] = before["track"], after["track"]
        yield RowChange(table, row_id, old, new)


def _item_changes(
    table: Table, before: tuple[Item, ...], after: tuple[Item, ...]
) -> Iterator[RowChange]:
    if before is after:
        return
    old = {item.id: item for item in before}
    new = {item.id: item for item in after}
    for item_id, item in old.items():
        if item_id not in new:
            yield RowChange(table, item_id, row_of(table, item), None)
    for item_id, item in new.items():
        was = old.get(item_id)
        if was is None:
            yield RowChange(table, item_id, None, row_of(table, item))
        elif was is not item:
            yield from _compared(table, item_id, row_of(table, was), row_of(table, item))


def _timeline_changes(
    before: tuple[Timeline, ...], after: tuple[Timeline, ...]
) -> Iterator[RowChange]:
    if before is after:
        return
    yield from _item_changes("timelines", _bare(before), _bare(after))
    old = {track.id: track for timeline in before for track in timeline.tracks}
    new = {track.id: track for timeline in after for track in timeline.tracks}
    touched = [name for name in {**old, **new} if old.get(name) is not new.get(name)]
    was = tuple(_emptied(old[name]) for name in touched if name in old)
    now = tuple(_emptied(new[name]) for name in touched if name in new)
    yield from _item_changes("tracks", was, now)
    yield from _clip_changes(
        [old[name] for name in touched if name in old],
        [new[name] for name in touched if name in new],
    )


def _clip_changes(before: list[Track], after: list[Track]) -> Iterator[RowChange]:
    old = {clip.id: (track.id, clip) for track in before for clip in track.clips}
    new = {clip.id: (track.id, clip) for track in after for clip in track.clips}
    for clip_id, (track_id, clip) in old.items():
        if clip_id not in new:
            yield RowChange("clips", clip_id, row_of("clips", clip, track_id), None)
    for clip_id, (track_id, clip) in new.items():
        was = old.get(clip_id)
        if was is None:
            yield RowChange("clips", clip_id, None, row_of("clips", clip, track_id))
        elif was[1] is not clip or was[0] != track_id:
            yield from _clip_compared(was, (track_id, clip))


def _clip_compared(was: tuple[str, Clip], now: tuple[str, Clip]) -> Iterator[RowChange]:
    """As ``_compared``, with a short way for what a ripple does to thousands of clips."""
    (old_track, old), (new_track, new) = was, now
    differing = [name for name, value in new.__dict__.items() if old.__dict__[name] != value]
    if differing == ["start"]:
        before: Body = {"start": old.start, "track": old_track}
        yield RowChange("clips", new.id, before, {"start": new.start, "track": new_track})
    elif differing or old_track != new_track:
        before, after = row_of("clips", old, old_track), row_of("clips", new, new_track)
        yield from _compared("clips", new.id, before, after)


def _bare(timelines: tuple[Timeline, ...]) -> tuple[Timeline, ...]:
    return tuple(replace(one, tracks=tuple(map(_emptied, one.tracks))) for one in timelines)


def _emptied(track: Track) -> Track:
    return replace(track, clips=()) if track.clips else track
