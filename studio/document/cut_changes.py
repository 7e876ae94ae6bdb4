"""Changes to the film's timelines: their tabs, names, order and the shape of their frame."""

from __future__ import annotations

from dataclasses import replace

from studio.document.errors import ChangeError
from studio.document.film import Clip, Film, FrameShape, Timeline, Track, new_film, new_id
from studio.document.framing import SHAPES
from studio.document.timeline_access import timeline_of, with_timeline
from studio.wording import tr


def add_timeline(film: Film, name: str, *, timeline_id: str | None = None) -> Film:
    """Add an empty timeline and open it."""
    fresh = new_film(name).timelines[0]
    timeline = replace(fresh, name=name, id=timeline_id or fresh.id)
    return replace(film, timelines=(*film.timelines, timeline), active_timeline_id=timeline.id)


def rename_timeline(film: Film, timeline_id: str, name: str) -> Film:
    """Give a timeline another name."""
    timeline = timeline_of(film, timeline_id)
    return film if timeline.name == name else with_timeline(film, replace(timeline, name=name))


def remove_timeline(film: Film, timeline_id: str) -> Film:
    """Remove a timeline; its neighbour is opened if it was open.

    Raises:
        ChangeError: if it is gone or the only one.
    """
    timeline = timeline_of(film, timeline_id)
    kept = tuple(other for other in film.timelines if other is not timeline)
    if not kept:
        raise ChangeError(tr("A film keeps at least one timeline."))
    active = film.active_timeline_id
    if active == timeline_id:
        active = kept[max(0, film.timelines.index(timeline) - 1)].id
    return replace(film, timelines=kept, active_timeline_id=active)


def open_timeline(film: Film, timeline_id: str) -> Film:
    """Make a timeline the one that is shown and exported."""
    timeline_of(film, timeline_id)
    if film.active_timeline_id == timeline_id:
        return film
    return replace(film, active_timeline_id=timeline_id)


def set_frame_shape(film: Film, timeline_id: str, shape: FrameShape) -> Film:
    """Give a timeline's frame another shape; pictures are fitted into it whole.

    Raises:
        ChangeError: if the timeline is gone or the shape is none.
    """
    timeline = timeline_of(film, timeline_id)
    if shape not in SHAPES:
        raise ChangeError(tr("A frame is 16:9, 9:16, 1:1, 2.39 or as the film's."))
    if timeline.shape == shape:
        return film
    return with_timeline(film, replace(timeline, shape=shape))


def duplicate_timeline(film: Film, timeline_id: str, *, twin_id: str | None = None) -> Film:
    """Add a copy right after a timeline and open it; nothing in it is the same thing twice.

    Raises:
        ChangeError: if it is gone.
    """
    timeline = timeline_of(film, timeline_id)
    names: dict[str, str] = {}

    def fresh(known: str | None) -> str | None:
        return None if known is None else names.setdefault(known, new_id())

    def clip_twin(clip: Clip) -> Clip:
        return replace(
            clip, id=new_id(), link_id=fresh(clip.link_id), group_id=fresh(clip.group_id)
        )

    def track_twin(track: Track) -> Track:
        return replace(track, id=new_id(), clips=tuple(map(clip_twin, track.clips)))

    twin = replace(
        timeline,
        id=twin_id or new_id(),
        name=f"{timeline.name} copy",
        tracks=tuple(map(track_twin, timeline.tracks)),
        markers=tuple(replace(marker, id=new_id()) for marker in timeline.markers),
        subtitles=tuple(replace(line, id=new_id()) for line in timeline.subtitles),
    )
    at = film.timelines.index(timeline) + 1
    timelines: tuple[Timeline, ...] = (*film.timelines[:at], twin, *film.timelines[at:])
    return replace(film, timelines=timelines, active_timeline_id=twin.id)


def move_timeline(film: Film, timeline_id: str, to: int) -> Film:
    """Move a timeline's tab to a place, counted without it.

    Raises:
        ChangeError: if it is gone.
    """
    timeline = timeline_of(film, timeline_id)
    rest = [one for one in film.timelines if one is not timeline]
    rest.insert(min(max(0, to), len(rest)), timeline)
    return film if tuple(rest) == film.timelines else replace(film, timelines=tuple(rest))
