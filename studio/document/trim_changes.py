"""Changes to the ends and insides of clips: trim, ripple, roll, slip, slide, gain, fades.

No clip is made to show more than its source has. How long files are stands in the film, and how
long takes are in the ledger, which whoever has one passes on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from functools import partial
from math import isfinite
from typing import TypedDict, Unpack

from studio.document.errors import ChangeError
from studio.document.film import Clip, ColourLabel, Film, Timeline
from studio.document.lane import fades_fitted, head_at, moved, tail_at
from studio.document.ledger import Ledger
from studio.document.looks import FadeShape
from studio.document.retime import room_at_start, slipped
from studio.document.ripple import Ripple, with_time_moved
from studio.document.shift import FACING, Edge, Shift, beside, edge_frame
from studio.document.source_room import ENDLESS, UNRECORDED, SourceRoom
from studio.document.timeline_access import (
    Place,
    change_clips,
    editable_places,
    timeline_of,
    with_clips,
    with_lanes,
    with_timeline,
)
from studio.wording import term, tr

_HELD = term(
    "Links hold the cut: what follows is linked to clips that have no room to move. Unlink them, "
    "make room before them, or trim without ripple."
)


class ClipEdit(TypedDict, total=False):
    """What may be set on a clip without moving it."""

    gain_db: float
    fade_in: int
    fade_out: int
    fade_in_shape: FadeShape
    fade_out_shape: FadeShape
    label: str
    colour: ColourLabel
    enabled: bool


def edit_clips(
    film: Film, timeline_id: str, clip_ids: Iterable[str], **edit: Unpack[ClipEdit]
) -> Film:
    """Set gain, fades, label, colour or enabled on the named clips alone.

    Raises:
        ChangeError: if a clip is gone or its track is locked.
    """
    if not isfinite(edit.get("gain_db", 0.0)):
        raise ChangeError(tr("A gain is a number of decibels."))
    places = editable_places(timeline_of(film, timeline_id), clip_ids, linked=False)
    return change_clips(film, timeline_id, places, lambda clip: fades_fitted(replace(clip, **edit)))


def trim_clip(
    film: Film,
    timeline_id: str,
    clip_id: str,
    edge: Edge,
    frame: int,
    *,
    linked: bool = True,
    ledger: Ledger = UNRECORDED,
) -> Film:
    """Begin a clip at ``frame``, or end it before, as near as source, neighbour and room allow.

    One frame of it stays. Linked partners with the same edge follow, and hold it back where they
    must stop.

    Raises:
        ChangeError: if the clip is gone or its track is locked.
    """
    shift = trimming(film, timeline_id, clip_id, edge, linked=linked, ledger=ledger)
    return shift.by(film, frame - edge_frame(shift.edges[clip_id, edge].clip, edge))


def trimming(
    film: Film, timeline_id: str, clip_id: str, edge: Edge, *, linked: bool, ledger: Ledger
) -> Shift:
    """What a trim of an edge of a clip moves.

    Raises:
        ChangeError: if the clip is gone or its track is locked.
    """
    timeline = timeline_of(film, timeline_id)
    places = _same_edge(timeline, clip_id, edge, linked=linked)
    edges: dict[tuple[str, Edge], Place] = {(place.clip.id, edge): place for place in places}
    return Shift(timeline, SourceRoom(film, ledger, timeline), edges)


def ripple_trim(
    film: Film,
    timeline_id: str,
    clip_id: str,
    edge: Edge,
    frame: int,
    *,
    linked: bool = True,
    ledger: Ledger = UNRECORDED,
) -> Film:
    """Trim an end to ``frame`` and move what follows, so that no gap opens or closes.

    Trimming the head keeps the clip's start and takes pictures off its beginning. What follows
    moves on every unlocked track that has room, and no further than keeps links in sync.

    Raises:
        ChangeError: if the clip is gone, its track is locked, or nothing of it can move for links.
    """
    timeline = timeline_of(film, timeline_id)
    # What shows later pictures from where it stood does so with its sound, wherever that begins.
    places = (
        editable_places(timeline, [clip_id], linked=linked)
        if edge == "head"
        else _same_edge(timeline, clip_id, edge, linked=linked)
    )
    clip, sources = places[0].clip, SourceRoom(film, ledger, timeline)
    if edge == "head":
        low = -min(sources.before(place) for place in places)
        high = min(place.clip.length for place in places) - 1
        grown = -min(max(frame - clip.start, low), high)
    else:
        grown = max(frame - clip.end, 1 - min(place.clip.length for place in places))
        grown = min(grown, *(sources.after(place) for place in places))
    grown = min(grown, _room_to_grow(timeline, places, clip.end))
    anchors, own = {p.track for p in places}, {p.clip.id for p in places}
    while grown:
        trimmed = with_clips(timeline, [(p, _grown(p.clip, edge, grown)) for p in places])
        lanes = {number: track.clips for number, track in enumerate(trimmed.tracks)}
        ripple = Ripple(trimmed, lanes, clip.end, anchors=anchors, held=own)
        room = ripple.room() if grown < 0 else 0
        if grown > 0 or room >= -grown:
            moved_on = with_time_moved(trimmed, clip.end, grown)
            return with_timeline(film, with_lanes(moved_on, ripple.shifted(grown)))
        grown = -room
        if not grown:
            raise ChangeError(tr(_HELD))
    return film


def roll_edit(
    film: Film,
    timeline_id: str,
    clip_id: str,
    edge: Edge,
    frame: int,
    *,
    also: Collection[str] = (),
    linked: bool = True,
    ledger: Ledger = UNRECORDED,
) -> Film:
    """Move the cut between a clip and its neighbour at ``edge`` to ``frame``, or near it.

    Cuts on the same frame of their linked partners and of the clips ``also`` named follow, and
    hold it back where they must stop.

    Raises:
        ChangeError: if there is no neighbour there, or the track is locked.
    """
    shift = rolling(film, timeline_id, clip_id, edge, also=also, linked=linked, ledger=ledger)
    return shift.by(film, frame - edge_frame(shift.edges[clip_id, edge].clip, edge))


def rolling(
    film: Film,
    timeline_id: str,
    clip_id: str,
    edge: Edge,
    *,
    also: Collection[str] = (),
    linked: bool,
    ledger: Ledger,
) -> Shift:
    """What a roll at an edge of a clip moves.

    Raises:
        ChangeError: if there is no neighbour there, or the track is locked.
    """
    timeline = timeline_of(film, timeline_id)
    (place,) = editable_places(timeline, [clip_id], linked=False)
    other = _neighbour(timeline, place, edge)
    cut = edge_frame(place.clip, edge)
    edges: dict[tuple[str, Edge], Place] = {}
    named = [clip_id, other.clip.id, *_cut_at(timeline, also, cut)]
    for one in editable_places(timeline, named, linked=linked):
        for own, facing in FACING.items():
            if edge_frame(one.clip, own) == cut:
                edges[one.clip.id, own] = one
                across = beside(timeline, one, own)
                if across is not None:
                    edges[across.clip.id, facing] = across
    return Shift(timeline, SourceRoom(film, ledger, timeline), edges)


def slip_clips(
    film: Film,
    timeline_id: str,
    clip_ids: Iterable[str],
    frames: int,
    *,
    linked: bool = True,
    ledger: Ledger = UNRECORDED,
) -> Film:
    """Show what comes ``frames`` later in the sources, with the clips where they are.

    Each goes as far as its source allows, and what is linked to several once.

    Raises:
        ChangeError: if a clip is gone or its track is locked.
    """
    done: set[str] = set()
    for clip_id in clip_ids:
        if clip_id not in done:
            places = editable_places(timeline_of(film, timeline_id), [clip_id], linked=linked)
            done.update(place.clip.id for place in places)
            low, high = slip_room(film, timeline_id, clip_id, linked=linked, ledger=ledger)
            by = min(max(frames, low), high)
            film = change_clips(film, timeline_id, places, partial(slipped, frames=by))
    return film


def slip_room(
    film: Film, timeline_id: str, clip_id: str, *, linked: bool, ledger: Ledger
) -> tuple[int, int]:
    """How much earlier (not positive) and later a clip may show its source.

    Raises:
        ChangeError: if the clip is gone or its track is locked.
    """
    timeline = timeline_of(film, timeline_id)
    places = editable_places(timeline, [clip_id], linked=linked)
    sources = SourceRoom(film, ledger, timeline)
    earlier = min(room_at_start(place.clip) for place in places)
    return -earlier, min(sources.unused(place) for place in places)


def slide_clip(
    film: Film,
    timeline_id: str,
    clip_id: str,
    frames: int,
    *,
    also: Collection[str] = (),
    linked: bool = True,
    ledger: Ledger = UNRECORDED,
) -> Film:
    """Move a clip between its two neighbours, which give and take the room.

    Its linked partners go with it, and the clips ``also`` named, which move as one where they
    meet. Where one of them has no neighbour it has the gap to move in, and holds the clip back
    where that ends.

    Raises:
        ChangeError: if it has not a neighbour at each end, or the track is locked.
    """
    shift = sliding(film, timeline_id, clip_id, also=also, linked=linked, ledger=ledger)
    return shift.by(film, frames)


def sliding(
    film: Film,
    timeline_id: str,
    clip_id: str,
    *,
    also: Collection[str] = (),
    linked: bool,
    ledger: Ledger,
) -> Shift:
    """What a slide of a clip moves.

    Raises:
        ChangeError: if it has not a neighbour at each end, or the track is locked.
    """
    timeline = timeline_of(film, timeline_id)
    company = (place.clip.id for place in _free(timeline, also))
    places = editable_places(timeline, [clip_id, *company], linked=linked)
    _neighbour(timeline, places[0], "head")
    _neighbour(timeline, places[0], "tail")
    carried = {place.clip.id: place for place in places}
    edges: dict[tuple[str, Edge], Place] = {}
    for place in places:
        for edge, facing in FACING.items():
            other = beside(timeline, place, edge)
            if other is not None and other.clip.id not in carried:
                edges[other.clip.id, facing] = other
    return Shift(timeline, SourceRoom(film, ledger, timeline), edges, carried)


def _free(timeline: Timeline, clip_ids: Collection[str]) -> Iterator[Place]:
    """Where those of the clips are that stand on tracks which are not locked."""
    for number, track in enumerate(timeline.tracks):
        for clip_id in () if track.locked else clip_ids:
            at = track.positions.get(clip_id)
            if at is not None:
                yield Place(number, at, track.clips[at])


def _cut_at(timeline: Timeline, clip_ids: Collection[str], frame: int) -> Iterator[str]:
    """Those of the clips that meet another one on ``frame``, on tracks that are not locked."""
    for place in _free(timeline, clip_ids):
        if any(
            edge_frame(place.clip, edge) == frame and beside(timeline, place, edge) is not None
            for edge in FACING
        ):
            yield place.clip.id


def _same_edge(timeline: Timeline, clip_id: str, edge: Edge, *, linked: bool) -> list[Place]:
    """The clip, and the partners whose edge lies on the same frame."""
    first, *partners = editable_places(timeline, [clip_id], linked=linked)
    at = edge_frame(first.clip, edge)
    return [first, *(place for place in partners if edge_frame(place.clip, edge) == at)]


def _grown(clip: Clip, edge: Edge, by: int) -> Clip:
    """``clip`` longer by ``by`` frames at an end, with its start where it was."""
    if edge == "tail":
        return tail_at(clip, clip.end + by)
    return moved(head_at(clip, clip.start - by), by)


def _room_to_grow(timeline: Timeline, places: list[Place], end: int) -> int:
    """How far partners that end before ``end`` may grow up to what will not move."""
    room = ENDLESS
    for place in places:
        following = timeline.tracks[place.track].clips[place.position + 1 :][:1]
        if following and following[0].start < end:
            room = min(room, following[0].start - place.clip.end)
    return room


def _neighbour(timeline: Timeline, place: Place, edge: Edge) -> Place:
    """The clip that meets the one at ``place`` at ``edge``."""
    found = beside(timeline, place, edge)
    if found is None:
        raise ChangeError(tr("There is no clip right beside this one."))
    return found
