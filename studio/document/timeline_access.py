"""Finding and replacing the parts of a film's timelines; the base of every timeline change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from studio.document.errors import ChangeError
from studio.document.film import Clip, Film, Timeline, Track
from studio.document.lane import dissolves_fitted
from studio.wording import tr

_MANY = 200


@dataclass(frozen=True)
class Place:
    """Where a clip is: the position of its track, its own on the track, and itself."""

    track: int
    position: int
    clip: Clip


def timeline_of(film: Film, timeline_id: str) -> Timeline:
    """The timeline with this id.

    Raises:
        ChangeError: if the film has none.
    """
    for timeline in film.timelines:
        if timeline.id == timeline_id:
            return timeline
    raise ChangeError(tr("This timeline is no longer in the film."))


def with_timeline(film: Film, timeline: Timeline) -> Film:
    """``film`` with ``timeline`` in the place of the one with its id."""
    timelines = tuple(timeline if known.id == timeline.id else known for known in film.timelines)
    return replace(film, timelines=timelines)


def track_position(timeline: Timeline, track_id: str) -> int:
    """Where the track with this id stands in the timeline.

    Raises:
        ChangeError: if it has none.
    """
    for position, track in enumerate(timeline.tracks):
        if track.id == track_id:
            return position
    raise ChangeError(tr("This track is no longer on the timeline."))


def find_clip(timeline: Timeline, clip_id: str) -> Place | None:
    """Where the clip with this id is, if it is anywhere."""
    for number, track in enumerate(timeline.tracks):
        position = track.positions.get(clip_id)
        if position is not None:
            return Place(number, position, track.clips[position])
    return None


def place_of(timeline: Timeline, clip_id: str) -> Place:
    """Where the clip with this id is.

    Raises:
        ChangeError: if it is not on the timeline.
    """
    place = find_clip(timeline, clip_id)
    if place is None:
        raise ChangeError(tr("This clip is no longer on the timeline."))
    return place


def linked_places(timeline: Timeline, link_ids: Iterable[str]) -> list[Place]:
    """Every clip that carries one of these links."""
    wanted = set(link_ids)
    places: list[Place] = []
    if not wanted:
        return places
    for number, track in enumerate(timeline.tracks):
        # Tracks that an edit leaves alone keep their index: few links are found without a search.
        known = track.links
        found = [at for link in wanted for at in known.get(link, ())]
        places += [Place(number, at, track.clips[at]) for at in sorted(found)]
    return places


def editable_places(
    timeline: Timeline, clip_ids: Iterable[str], *, linked: bool, grouped: bool = False
) -> list[Place]:
    """The named clips, then those that come along, on tracks that are not locked.

    Args:
        timeline: where they are.
        clip_ids: the named ones, in their order.
        linked: their partners come along.
        grouped: all of their groups do, too, with partners.

    Raises:
        ChangeError: if a named clip is gone or its track is locked.
    """
    named = _places_of(timeline, dict.fromkeys(clip_ids))
    for number in {place.track for place in named}:
        require_unlocked(timeline.tracks[number])
    if not linked:
        return named
    known = {place.clip.id for place in named}
    wanted = company(timeline, [place.clip for place in named], grouped=grouped)
    return named + [
        place
        for place in wanted
        if place.clip.id not in known and not timeline.tracks[place.track].locked
    ]


def _places_of(timeline: Timeline, names: Mapping[str, None]) -> list[Place]:
    """Where clips are, in the order of their names; many are looked up track by track."""
    if len(names) < _MANY:
        return [place_of(timeline, name) for name in names]
    found = {
        clip.id: Place(number, position, clip)
        for number, track in enumerate(timeline.tracks)
        for position, clip in enumerate(track.clips)
        if clip.id in names
    }
    if len(found) < len(names):
        raise ChangeError(tr("One of these clips is no longer on the timeline."))
    return [found[name] for name in names]


def company(timeline: Timeline, clips: Iterable[Clip], *, grouped: bool) -> list[Place]:
    """Every clip that shares a link, or where ``grouped`` a group, with one of ``clips``."""
    clips = list(clips)
    links = {clip.link_id for clip in clips if clip.link_id is not None}
    groups = {clip.group_id for clip in clips if grouped and clip.group_id is not None}
    if not groups:
        return linked_places(timeline, links)
    members = [clip for track in timeline.tracks for clip in track.clips if clip.group_id in groups]
    links.update(clip.link_id for clip in members if clip.link_id is not None)
    return [
        Place(number, position, clip)
        for number, track in enumerate(timeline.tracks)
        for position, clip in enumerate(track.clips)
        if clip.link_id in links or clip.group_id in groups
    ]


def lock_of(track: Track | None) -> str:
    """Why ``track`` takes no change, as a sentence; empty where it does, or is none."""
    if track is None or not track.locked:
        return ""
    return tr("Track {name} is locked.", name=track.name)


def require_unlocked(track: Track) -> None:
    """Refuse a change to a locked track.

    Raises:
        ChangeError: with the sentence.
    """
    if locked := lock_of(track):
        raise ChangeError(locked)


def with_lanes(timeline: Timeline, lanes: Mapping[int, tuple[Clip, ...]]) -> Timeline:
    """``timeline`` with new clips on the tracks at these positions; the others stay the same."""
    tracks = tuple(
        replace(track, clips=dissolves_fitted(lanes[number]))
        if number in lanes and lanes[number] is not track.clips
        else track
        for number, track in enumerate(timeline.tracks)
    )
    return replace(timeline, tracks=tracks)


def with_clips(timeline: Timeline, clips: Iterable[tuple[Place, Clip]]) -> Timeline:
    """``timeline`` with clips replaced where they stand; none may leave its place in order."""
    lanes: dict[int, list[Clip]] = {}
    for place, clip in clips:
        lane = lanes.setdefault(place.track, list(timeline.tracks[place.track].clips))
        lane[place.position] = clip
    return with_lanes(timeline, {number: tuple(lane) for number, lane in lanes.items()})


def change_clips(
    film: Film, timeline_id: str, places: Iterable[Place], change: Callable[[Clip], Clip]
) -> Film:
    """``film`` with ``change`` made to each clip, none of which may move."""
    timeline = timeline_of(film, timeline_id)
    pairs = [(place, change(place.clip)) for place in places]
    if all(place.clip == clip for place, clip in pairs):
        return film
    return with_timeline(film, with_clips(timeline, pairs))
