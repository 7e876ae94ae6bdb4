"""Held frames: a clip that shows one frame of its source for as long as it lasts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from studio.document.curves import pose_at
from studio.document.errors import ChangeError
from studio.document.film import Clip, Film, GeneratorSource, TitleSource, new_id
from studio.document.lane import clip_at, tail_at
from studio.document.ledger import Ledger
from studio.document.retime import HELD, is_held, source_frame
from studio.document.source_room import UNRECORDED, SourceRoom
from studio.document.timeline_access import (
    Place,
    change_clips,
    editable_places,
    place_of,
    timeline_of,
)
from studio.document.timeline_changes import Placement, insert_clips, split_clips
from studio.wording import tr


def hold_from(
    film: Film, timeline_id: str, clip_id: str, frame: int, *, linked: bool = True
) -> Film:
    """Let a picture stand from the timeline's ``frame`` on, to where its clip ends.

    It is cut there, with its partners, which go on as they are.

    Raises:
        ChangeError: if the clip has no frame to hold, is gone or its track is locked.
    """
    place = _moving(film, timeline_id, clip_id, frame)
    film = split_clips(film, timeline_id, [clip_id], frame, linked=linked)
    rest = clip_at(timeline_of(film, timeline_id).tracks[place.track].clips, frame)
    if rest is None:
        return film
    after = place_of(timeline_of(film, timeline_id), rest.id)
    shown = source_frame(place.clip, frame - place.clip.start)
    return change_clips(film, timeline_id, [after], lambda clip: _held(clip, shown))


def insert_hold(film: Film, timeline_id: str, clip_id: str, frame: int, length: int) -> Film:
    """Insert the picture on the timeline's ``frame`` as a clip that stands for ``length`` frames.

    The clip is cut there with its partners, and all that follows moves later.

    Raises:
        ChangeError: if the clip has no frame to hold, is gone or its track is locked.
    """
    place = _moving(film, timeline_id, clip_id, frame)
    offset = frame - place.clip.start
    still = replace(
        place.clip,
        id=new_id(),
        start=frame,
        length=length,
        link_id=None,
        fade_in=0,
        fade_out=0,
        dissolve=None,
        pose=pose_at(place.clip, offset),
        curves=(),
        markers=(),
    )
    track_id = timeline_of(film, timeline_id).tracks[place.track].id
    film = split_clips(film, timeline_id, [clip_id], frame)
    held = Placement(track_id=track_id, clip=_held(still, source_frame(place.clip, offset)))
    return insert_clips(film, timeline_id, [held])


def run_on(
    film: Film, timeline_id: str, clip_ids: Iterable[str], *, ledger: Ledger = UNRECORDED
) -> Film:
    """Let held frames run on as their sources do, each from the picture that it shows.

    A clip that is longer than what is left of its source ends where that does.

    Raises:
        ChangeError: if none of the clips is held, one is gone or its track is locked.
    """
    timeline = timeline_of(film, timeline_id)
    places = [
        place for place in editable_places(timeline, clip_ids, linked=False) if is_held(place.clip)
    ]
    if not places:
        raise ChangeError(tr("Select a held frame to let it run on."))
    room = SourceRoom(film, ledger, timeline)
    longest = {place.clip.id: 1 + room.unused(place) for place in places}

    def running(clip: Clip) -> Clip:
        end = clip.start + min(clip.length, longest[clip.id])
        return tail_at(replace(clip, speed=Fraction(1)), end)

    return change_clips(film, timeline_id, places, running)


def _moving(film: Film, timeline_id: str, clip_id: str, frame: int) -> Place:
    """Where the clip is that has a frame to hold.

    Raises:
        ChangeError: if it has none, is gone or its track is locked.
    """
    timeline = timeline_of(film, timeline_id)
    (place,) = editable_places(timeline, [clip_id], linked=False)
    clip = place.clip
    if timeline.tracks[place.track].kind != "video" or not clip.start <= frame < clip.end:
        raise ChangeError(tr("Put the playhead on a picture to hold its frame."))
    if is_held(clip) or isinstance(clip.source, TitleSource | GeneratorSource):
        raise ChangeError(tr("This clip shows one picture already; trim it to hold that longer."))
    return place


def _held(clip: Clip, shown: int) -> Clip:
    return replace(clip, speed=HELD, source_in=max(0, shown), source_phase=0, backwards=False)
