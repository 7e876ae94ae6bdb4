"""Changes to the ends and insides of clips: trim, ripple, roll, slip, slide, gain, fades."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from math import isfinite
from typing import Literal, TypedDict, Unpack

from studio.document.errors import ChangeError
from studio.document.film import Clip, ColourLabel, Film, Timeline
from studio.document.lane import fades_fitted, head_at, moved, tail_at
from studio.document.looks import FadeShape
from studio.document.retime import advanced, room_at_start
from studio.document.ripple import Ripple, with_time_moved
from studio.document.timeline_access import (
    Place,
    change_clips,
    editable_places,
    place_of,
    require_unlocked,
    timeline_of,
    with_clips,
    with_lanes,
    with_timeline,
)

Edge = Literal["head", "tail"]


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
        raise ChangeError("A gain is a number of decibels.")
    places = editable_places(timeline_of(film, timeline_id), clip_ids, linked=False)
    return change_clips(film, timeline_id, places, lambda clip: fades_fitted(replace(clip, **edit)))


def trim_head(
    film: Film, timeline_id: str, clip_id: str, frame: int, *, linked: bool = True
) -> Film:
    """Begin a clip at ``frame``, as near as its source, its neighbour and one frame allow.

    Linked partners that begin where it began follow, and hold it back where they must stop.

    Raises:
        ChangeError: if the clip is gone or its track is locked.
    """
    return _trimmed(film, timeline_id, clip_id, "head", frame, linked=linked)


def trim_tail(
    film: Film, timeline_id: str, clip_id: str, frame: int, *, linked: bool = True
) -> Film:
    """End a clip before ``frame``, as near as its neighbour and one frame allow.

    How long the source is stands in the ledger: callers hold ``frame`` to
    ``queries.source_end`` where they know it.

    Raises:
        ChangeError: if the clip is gone or its track is locked.
    """
    return _trimmed(film, timeline_id, clip_id, "tail", frame, linked=linked)


def ripple_trim(
    film: Film, timeline_id: str, clip_id: str, edge: Edge, frame: int, *, linked: bool = True
) -> Film:
    """Trim an end to ``frame`` and move what follows, so that no gap opens or closes.

    Trimming the head keeps the clip's start and takes pictures off its beginning. What follows
    moves on every unlocked track that has room, and no further than keeps links in sync.

    Raises:
        ChangeError: if the clip is gone or its track is locked.
    """
    timeline = timeline_of(film, timeline_id)
    # What shows later pictures from where it stood does so with its sound, wherever that begins.
    places = (
        editable_places(timeline, [clip_id], linked=linked)
        if edge == "head"
        else _same_edge(timeline, clip_id, edge, linked=linked)
    )
    clip = places[0].clip
    if edge == "head":
        low = -min(_head_reach(place.clip) for place in places)
        high = min(place.clip.length for place in places) - 1
        grown = -min(max(frame - clip.start, low), high)
    else:
        grown = max(frame - clip.end, 1 - min(place.clip.length for place in places))
        grown = min(grown, *(_tail_reach(place.clip) for place in places))
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
    return film


def roll_edit(film: Film, timeline_id: str, clip_id: str, edge: Edge, frame: int) -> Film:
    """Move the cut between a clip and its neighbour at ``edge`` to ``frame``, or near it.

    Raises:
        ChangeError: if there is no neighbour there, or the track is locked.
    """
    timeline = timeline_of(film, timeline_id)
    place = place_of(timeline, clip_id)
    require_unlocked(timeline.tracks[place.track])
    left, right = place, place
    if edge == "tail":
        right = _neighbour(timeline, place, 1)
    else:
        left = _neighbour(timeline, place, -1)
    cut = right.clip.start
    low = max(left.clip.start + 1, cut - _head_reach(right.clip))
    frame = min(max(frame, low), right.clip.end - 1, cut + _tail_reach(left.clip))
    pairs = [(left, tail_at(left.clip, frame)), (right, head_at(right.clip, frame))]
    return film if frame == cut else with_timeline(film, with_clips(timeline, pairs))


def slip_clip(
    film: Film, timeline_id: str, clip_id: str, frames: int, *, linked: bool = True
) -> Film:
    """Show what comes ``frames`` later in the source, with the clip where it is.

    Raises:
        ChangeError: if the clip is gone or its track is locked.
    """
    timeline = timeline_of(film, timeline_id)
    places = editable_places(timeline, [clip_id], linked=linked)
    frames = max(frames, -min(room_at_start(place.clip) for place in places))
    return change_clips(film, timeline_id, places, lambda clip: advanced(clip, frames))


def slide_clip(film: Film, timeline_id: str, clip_id: str, frames: int) -> Film:
    """Move a clip between its two neighbours, which give and take the room.

    Raises:
        ChangeError: if it has not a neighbour at each end, or the track is locked.
    """
    timeline = timeline_of(film, timeline_id)
    place = place_of(timeline, clip_id)
    require_unlocked(timeline.tracks[place.track])
    left, right = _neighbour(timeline, place, -1), _neighbour(timeline, place, 1)
    frames = max(frames, 1 - left.clip.length, -_head_reach(right.clip))
    frames = min(frames, right.clip.length - 1, _tail_reach(left.clip))
    if not frames:
        return film
    pairs = [
        (left, tail_at(left.clip, left.clip.end + frames)),
        (place, moved(place.clip, frames)),
        (right, head_at(right.clip, right.clip.start + frames)),
    ]
    return with_timeline(film, with_clips(timeline, pairs))


def _trimmed(
    film: Film, timeline_id: str, clip_id: str, edge: Edge, frame: int, *, linked: bool
) -> Film:
    timeline = timeline_of(film, timeline_id)
    places = _same_edge(timeline, clip_id, edge, linked=linked)
    clip = places[0].clip
    room = [_edge_room(timeline, place, edge) for place in places]
    low, high = max(low for low, _ in room), min(high for _, high in room)
    by = min(max(frame - (clip.start if edge == "head" else clip.end), low), high)
    if not by:
        return film
    pairs = [(place, _edge_moved(place.clip, edge, by)) for place in places]
    return with_timeline(film, with_clips(timeline, pairs))


def _same_edge(timeline: Timeline, clip_id: str, edge: Edge, *, linked: bool) -> list[Place]:
    """The clip, and the partners whose edge lies on the same frame."""
    first, *partners = editable_places(timeline, [clip_id], linked=linked)
    return [first] + [
        place
        for place in partners
        if (edge == "head" and place.clip.start == first.clip.start)
        or (edge == "tail" and place.clip.end == first.clip.end)
    ]


def _edge_room(timeline: Timeline, place: Place, edge: Edge) -> tuple[int, int]:
    """How far an edge may go earlier (not positive) and later."""
    clips, clip = timeline.tracks[place.track].clips, place.clip
    if edge == "head":
        before = clips[place.position - 1].end if place.position else 0
        return max(before - clip.start, -_head_reach(clip)), clip.length - 1
    reach = _tail_reach(clip)
    if place.position + 1 < len(clips):
        reach = min(reach, clips[place.position + 1].start - clip.end)
    return 1 - clip.length, reach


def _edge_moved(clip: Clip, edge: Edge, by: int) -> Clip:
    return head_at(clip, clip.start + by) if edge == "head" else tail_at(clip, clip.end + by)


def _grown(clip: Clip, edge: Edge, by: int) -> Clip:
    """``clip`` longer by ``by`` frames at an end, with its start where it was."""
    if edge == "tail":
        return tail_at(clip, clip.end + by)
    return moved(head_at(clip, clip.start - by), by)


def _head_reach(clip: Clip) -> int:
    """How far the clip's beginning may come earlier, as far as the clip itself tells."""
    return 1 << 40 if clip.backwards else room_at_start(clip)


def _tail_reach(clip: Clip) -> int:
    """How far the clip's end may go later, as far as the clip itself tells."""
    return room_at_start(clip) if clip.backwards else 1 << 40


def _room_to_grow(timeline: Timeline, places: list[Place], end: int) -> int:
    """How far partners that end before ``end`` may grow up to what will not move."""
    room = 1 << 40
    for place in places:
        following = timeline.tracks[place.track].clips[place.position + 1 :][:1]
        if following and following[0].start < end:
            room = min(room, following[0].start - place.clip.end)
    return room


def _neighbour(timeline: Timeline, place: Place, step: Literal[-1, 1]) -> Place:
    """The clip that abuts on the one at ``place``."""
    clips = timeline.tracks[place.track].clips
    position = place.position + step
    if 0 <= position < len(clips):
        clip = clips[position]
        if clip.end == place.clip.start or clip.start == place.clip.end:
            return Place(place.track, position, clip)
    raise ChangeError("There is no clip right beside this one.")
