"""Two neighbours that change places, while all around them stays."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from studio.document.errors import ChangeError
from studio.document.film import Clip, Film, Timeline
from studio.document.lane import Clips, clips_between, moved
from studio.document.timeline_access import (
    Place,
    editable_places,
    place_of,
    timeline_of,
    with_lanes,
    with_timeline,
)
from studio.wording import tr


def swap_clips(
    film: Film, timeline_id: str, first_id: str, second_id: str, *, linked: bool = True
) -> Film:
    """Let two clips that lie next to each other on a track change places.

    Their lengths stay, and a gap between them; each takes its linked partners along. Dissolves
    stay where they were in time.

    Raises:
        ChangeError: if they are no neighbours, or something else lies where a partner would; if
            one is gone or its track is locked.
    """
    timeline = timeline_of(film, timeline_id)
    pair = (place_of(timeline, first_id), place_of(timeline, second_id))
    early, late = sorted(pair, key=lambda place: place.clip.start)
    if early.track != late.track or late.position - early.position != 1:
        raise ChangeError(tr("Only clips that lie next to each other on a track are swapped."))
    going = editable_places(timeline, [early.clip.id], linked=linked)
    coming = editable_places(timeline, [late.clip.id], linked=linked)
    if {place.clip.id for place in going} & {place.clip.id for place in coming}:
        raise ChangeError(tr("These clips are linked to each other; unlink them to swap them."))
    later, earlier = late.clip.end - early.clip.end, early.clip.start - late.clip.start
    lanes = {place.track: timeline.tracks[place.track].clips for place in (*going, *coming)}
    for number in lanes:
        own = _on(going, number), _on(coming, number)
        lanes[number] = _swapped(timeline, number, own, (later, earlier))
    return with_timeline(film, with_lanes(timeline, lanes))


def _on(places: list[Place], number: int) -> Clips:
    return tuple(place.clip for place in places if place.track == number)


def _swapped(
    timeline: Timeline, number: int, own: tuple[Clips, Clips], by: tuple[int, int]
) -> Clips:
    """The clips of a track with two lots of its own moved, each by its frames."""
    track = timeline.tracks[number]
    moving = {clip.id for clips in own for clip in clips}
    kept = tuple(clip for clip in track.clips if clip.id not in moving)
    going, coming = (
        [moved(clip, frames) for clip in lot] for lot, frames in zip(own, by, strict=True)
    )
    if len(going) == len(coming) == 1:
        # What a cut is like belongs to the cut, whichever clips meet there.
        dissolves = going[0].dissolve, coming[0].dissolve
        going, coming = [
            [replace(clip, dissolve=dissolve)]
            for clip, dissolve in zip((going[0], coming[0]), reversed(dissolves), strict=True)
        ]
    landed: list[Clip] = sorted((*going, *coming), key=lambda clip: clip.start)
    crowded = any(clips_between(kept, clip.start, clip.end) for clip in landed)
    crowded = crowded or any(a.end > b.start for a, b in pairwise(landed))
    if crowded or landed[0].start < 0:
        raise ChangeError(
            tr(
                "On track {name} something lies where a linked clip would go. Unlink it, or turn "
                "linked selection off.",
                name=track.name,
            )
        )
    return tuple(sorted((*kept, *landed), key=lambda clip: clip.start))
