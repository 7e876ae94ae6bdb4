"""The film as rows, and the rows that differ between two films."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from operator import is_
from typing import Literal, Protocol, TypeVar

from studio.document.codec import Body, CodecError, Plain, encode, from_text, to_text
from studio.document.film import Clip, Film, Timeline, Track
from studio.wording import tr

Table = Literal["film", "timelines", "tracks", "clips", "shots", "bins", "media", "cards"]

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
MAX_STEP_BYTES = 64 << 20


@dataclass(frozen=True)
class RowChange:
    """One row before and after a change; ``None`` where it was or is not there.

    Attributes:
        before, after: where it is there on both sides, only the fields that differ, and a
            clip's track.
        whole: all of it after the change, where only fields differ; ``None`` where nothing but
            the start of a clip does.
    """

    table: Table
    id: str
    before: Body | None
    after: Body | None
    whole: Body | None = field(default=None, compare=False)


class Identified(Protocol):
    """Anything in a film that is a row of its own."""

    @property
    def id(self) -> str:
        """What the row is found by."""
        ...


Item = TypeVar("Item", bound=Identified)


def row_of(item: Identified, parent: str = "") -> Body:
    """An item as a row: without the items that are rows of their own, but with their order."""
    match item:
        case Timeline():
            return {**encode(replace(item, tracks=())), "tracks": ids_of(item.tracks)}
        case Track():
            body = encode(_emptied(item))
            del body["clips"]
            return body
        case Clip():
            return {**encode(item), "track": parent}
        case _:
            return encode(item)


def film_row(film: Film) -> Body:
    """The film's own row, made without encoding what has rows of its own."""
    row = encode(replace(film, timelines=(), shots=(), bins=(), media=(), cards=()))
    row["timelines"] = ids_of(film.timelines)
    row["shots"] = ids_of(film.shots)
    row["bins"] = ids_of(film.bins)
    row["media"] = ids_of(film.media)
    row["cards"] = ids_of(film.cards)
    return row


def pack(changes: Iterable[RowChange]) -> bytes:
    """Changes as they are kept in the history of a project file."""
    plain: list[Plain] = [[one.table, one.id, one.before, one.after] for one in changes]
    return zlib.compress(to_text(plain).encode(), 1)


def unpack(packed: bytes) -> list[RowChange]:
    """The changes that ``pack`` kept.

    Raises:
        CodecError: if they are damaged, or too large to be true.
    """
    engine = zlib.decompressobj()
    try:
        text = engine.decompress(packed, MAX_STEP_BYTES).decode()
    except (zlib.error, UnicodeDecodeError) as error:
        raise CodecError(tr("This step of the history is damaged.")) from error
    plain = from_text(text)
    if not isinstance(plain, list):
        raise CodecError(tr("This step of the history is not a list."))
    return [_unpacked(entry) for entry in plain]


def differences(before: Film | None, after: Film) -> list[RowChange]:
    """The rows that differ, found by identity: what is the same object is not looked at."""
    known = EMPTY if before is None else before
    changes: list[RowChange] = []
    if before is None:
        changes.append(RowChange("film", FILM_ROW, None, film_row(after)))
    else:
        changes += _compared("film", FILM_ROW, film_row(before), film_row(after))
    changes += _timeline_changes(known.timelines, after.timelines)
    changes += _item_changes("shots", known.shots, after.shots)
    changes += _item_changes("bins", known.bins, after.bins)
    changes += _item_changes("media", known.media, after.media)
    changes += _item_changes("cards", known.cards, after.cards)
    return changes


def ids_of(items: Iterable[Identified]) -> list[Plain]:
    """The ids of items, in their order."""
    return [item.id for item in items]


def _unpacked(entry: Plain) -> RowChange:
    if isinstance(entry, list) and len(entry) == 4:
        table, row_id, before, after = entry
        if (
            table in TABLES
            and isinstance(row_id, str)
            and isinstance(before, dict | None)
            and isinstance(after, dict | None)
        ):
            return RowChange(table, row_id, before, after)
    raise CodecError(tr("This step of the history has a row that cannot be read."))


def _compared(table: Table, row_id: str, before: Body, after: Body) -> Iterator[RowChange]:
    """A change with the fields that differ, if any does."""
    names = [name for name in after if before.get(name) != after[name]]
    if names:
        old: Body = {name: before.get(name) for name in names}
        new: Body = {name: after[name] for name in names}
        if table == "clips":
            old["track"], new["track"] = before["track"], after["track"]
        yield RowChange(table, row_id, old, new, after)


def _item_changes(
    table: Table, before: tuple[Item, ...], after: tuple[Item, ...]
) -> Iterator[RowChange]:
    if before is after:
        return
    old = {item.id: item for item in before}
    new = {item.id: item for item in after}
    for item_id, item in old.items():
        if item_id not in new:
            yield RowChange(table, item_id, row_of(item), None)
    for item_id, item in new.items():
        was = old.get(item_id)
        if was is None:
            yield RowChange(table, item_id, None, row_of(item))
        elif was is not item:
            yield from _compared(table, item_id, row_of(was), row_of(item))


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
        {name: old[name].clips for name in touched if name in old},
        {name: new[name].clips for name in touched if name in new},
    )


def _clip_changes(
    before: dict[str, tuple[Clip, ...]], after: dict[str, tuple[Clip, ...]]
) -> Iterator[RowChange]:
    for name in before.keys() & after.keys():
        before[name], after[name] = _unlike(before[name], after[name])
    old = {clip.id: (track_id, clip) for track_id, clips in before.items() for clip in clips}
    new = {clip.id: (track_id, clip) for track_id, clips in after.items() for clip in clips}
    for clip_id, (track_id, clip) in old.items():
        if clip_id not in new:
            yield RowChange("clips", clip_id, row_of(clip, track_id), None)
    for clip_id, (track_id, clip) in new.items():
        was = old.get(clip_id)
        if was is None:
            yield RowChange("clips", clip_id, None, row_of(clip, track_id))
        elif was[1] is not clip or was[0] != track_id:
            yield from _clip_compared(was, (track_id, clip))


def _unlike(
    before: tuple[Clip, ...], after: tuple[Clip, ...]
) -> tuple[tuple[Clip, ...], tuple[Clip, ...]]:
    """Both without the very clips that they begin and end with alike, which are most."""
    first = _alike(before, after)
    before, after = before[first:], after[first:]
    last = _alike(before[::-1], after[::-1])
    return before[: len(before) - last], after[: len(after) - last]


def _alike(before: tuple[Clip, ...], after: tuple[Clip, ...]) -> int:
    """How many they begin with that are the same objects."""
    same = [*map(is_, before, after), False]
    return same.index(False)


def _clip_compared(was: tuple[str, Clip], now: tuple[str, Clip]) -> Iterator[RowChange]:
    """As ``_compared``, with a short way for what a ripple does to thousands of clips."""
    (old_track, old), (new_track, new) = was, now
    if old_track == new_track and {**old.__dict__, "start": new.start} == new.__dict__:
        if old.start != new.start:
            before: Body = {"start": old.start, "track": old_track}
            yield RowChange("clips", new.id, before, {"start": new.start, "track": new_track})
        return
    yield from _compared("clips", new.id, row_of(old, old_track), row_of(new, new_track))


def _bare(timelines: tuple[Timeline, ...]) -> tuple[Timeline, ...]:
    return tuple(replace(one, tracks=tuple(map(_emptied, one.tracks))) for one in timelines)


def _emptied(track: Track) -> Track:
    return replace(track, clips=()) if track.clips else track
