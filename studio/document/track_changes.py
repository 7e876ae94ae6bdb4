"""Changes to timelines themselves: tracks, markers, the marked part, and which one is open."""

from __future__ import annotations

from dataclasses import replace
from typing import TypedDict, Unpack

from studio.document.errors import ChangeError
from studio.document.film import (
    ColourLabel,
    Film,
    Marker,
    Timeline,
    Track,
    TrackKind,
    new_id,
)
from studio.document.gain_changes import checked_gain, checked_pan
from studio.document.timeline_access import (
    require_unlocked,
    timeline_of,
    track_position,
    with_timeline,
)
from studio.wording import tr

MIN_TRACK_PX = 20
MAX_TRACK_PX = 400


class TrackEdit(TypedDict, total=False):
    """What may be set on a track."""

    name: str
    muted: bool
    solo: bool
    locked: bool
    height_px: int
    gain_db: float
    pan: float


class MarkerEdit(TypedDict, total=False):
    """What may be set on a marker."""

    frame: int
    name: str
    note: str
    colour: ColourLabel


def add_track(
    film: Film, timeline_id: str, kind: TrackKind, *, track_id: str | None = None
) -> Film:
    """Add a track: of pictures on top of all, of sound below all; named in its kind's order."""
    timeline = timeline_of(film, timeline_id)
    number = sum(track.kind == kind for track in timeline.tracks) + 1
    letter = "V" if kind == "video" else "A"
    height_px = 64 if kind == "video" else 44
    track = Track(id=track_id or new_id(), kind=kind, name=f"{letter}{number}", height_px=height_px)
    tracks = (*timeline.tracks, track) if kind == "video" else (track, *timeline.tracks)
    return with_timeline(film, replace(timeline, tracks=tracks))


def remove_track(film: Film, timeline_id: str, track_id: str) -> Film:
    """Remove a track with all that lies on it.

    Raises:
        ChangeError: if it is gone, locked, or the last of its kind.
    """
    timeline = timeline_of(film, timeline_id)
    track = timeline.tracks[track_position(timeline, track_id)]
    require_unlocked(track)
    if sum(other.kind == track.kind for other in timeline.tracks) == 1:
        raise ChangeError(
            tr("{name} is the last {kind} track and stays.", name=track.name, kind=track.kind)
        )
    tracks = tuple(other for other in timeline.tracks if other.id != track_id)
    return with_timeline(film, replace(timeline, tracks=tracks))


def edit_track(film: Film, timeline_id: str, track_id: str, **edit: Unpack[TrackEdit]) -> Film:
    """Set a track's name, mute, solo, lock, height, gain or pan.

    Raises:
        ChangeError: if it is gone, or gain or pan is no number.
    """
    timeline = timeline_of(film, timeline_id)
    position = track_position(timeline, track_id)
    track = replace(timeline.tracks[position], **edit)
    height_px = min(max(track.height_px, MIN_TRACK_PX), MAX_TRACK_PX)
    track = replace(
        track,
        height_px=height_px,
        gain_db=checked_gain(track.gain_db),
        pan=checked_pan(track.pan),
    )
    if track == timeline.tracks[position]:
        return film
    tracks = (*timeline.tracks[:position], track, *timeline.tracks[position + 1 :])
    return with_timeline(film, replace(timeline, tracks=tracks))


def move_track(film: Film, timeline_id: str, track_id: str, to: int) -> Film:
    """Move a track to a place among those of its kind, the lowest first, counted without it.

    Sound stays below picture. The order of video tracks decides what lies over what.

    Raises:
        ChangeError: if it is gone.
    """
    timeline = timeline_of(film, timeline_id)
    track = timeline.tracks[track_position(timeline, track_id)]
    kin = [one for one in timeline.tracks if one.kind == track.kind and one is not track]
    others = [one for one in timeline.tracks if one.kind != track.kind]
    kin.insert(min(max(0, to), len(kin)), track)
    tracks = (*others, *kin) if track.kind == "video" else (*kin, *others)
    if all(a is b for a, b in zip(tracks, timeline.tracks, strict=True)):
        return film
    return with_timeline(film, replace(timeline, tracks=tracks))


def add_marker(film: Film, timeline_id: str, marker: Marker) -> Film:
    """Add a marker; one on the same frame gives way to it."""
    timeline = timeline_of(film, timeline_id)
    if marker.frame < 0:
        raise ChangeError(tr("A marker cannot stand before the first frame."))
    others = (known for known in timeline.markers if known.frame != marker.frame)
    return _with_markers(film, timeline, (*others, marker))


def edit_marker(film: Film, timeline_id: str, marker_id: str, **edit: Unpack[MarkerEdit]) -> Film:
    """Move a marker, or set its name, note or colour.

    Raises:
        ChangeError: if it is gone, or would stand before the first frame.
    """
    timeline = timeline_of(film, timeline_id)
    for marker in timeline.markers:
        if marker.id == marker_id:
            return add_marker(
                remove_marker(film, timeline_id, marker_id), timeline_id, replace(marker, **edit)
            )
    raise ChangeError(tr("This marker is no longer on the timeline."))


def remove_marker(film: Film, timeline_id: str, marker_id: str) -> Film:
    """Remove a marker, if it is there."""
    timeline = timeline_of(film, timeline_id)
    kept = tuple(marker for marker in timeline.markers if marker.id != marker_id)
    return film if kept == timeline.markers else _with_markers(film, timeline, kept)


def set_range(film: Film, timeline_id: str, in_frame: int | None, out_frame: int | None) -> Film:
    """Mark the part from ``in_frame`` up to, without, ``out_frame``; ``None`` is open.

    An end that would turn the part round takes the other one off.
    """
    timeline = timeline_of(film, timeline_id)
    if in_frame is not None:
        in_frame = max(0, in_frame)
    if in_frame is not None and out_frame is not None and out_frame <= in_frame:
        if in_frame != timeline.in_frame:
            out_frame = None
        else:
            in_frame = None
    if (in_frame, out_frame) == (timeline.in_frame, timeline.out_frame):
        return film
    return with_timeline(film, replace(timeline, in_frame=in_frame, out_frame=out_frame))


def _with_markers(film: Film, timeline: Timeline, markers: tuple[Marker, ...]) -> Film:
    ordered = tuple(sorted(markers, key=lambda marker: (marker.frame, marker.id)))
    return with_timeline(film, replace(timeline, markers=ordered))
