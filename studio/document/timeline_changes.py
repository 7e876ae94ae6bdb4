"""Changes to what lies on a timeline: place, move, split, lift and close up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from studio.document.errors import ChangeError
from studio.document.film import Clip, Film, Timeline
from studio.document.lane import (
    Cuts,
    carved,
    clips_between,
    fades_fitted,
    laid,
    moved,
    split,
    without,
)
from studio.document.ripple import Ripple, with_time_moved
from studio.document.timeline_access import (
    Place,
    editable_places,
    place_of,
    require_unlocked,
    timeline_of,
    track_position,
    with_lanes,
    with_timeline,
)
from studio.wording import tr

Lanes = dict[int, tuple[Clip, ...]]


@dataclass(frozen=True, kw_only=True)
class Placement:
    """A clip and the track that it goes on."""

    track_id: str
    clip: Clip


def overwrite_clips(film: Film, timeline_id: str, placements: Sequence[Placement]) -> Film:
    """Lay clips over whatever is there.

    Raises:
        ChangeError: if a track is gone or locked, or a clip is empty or before the start.
    """
    timeline = timeline_of(film, timeline_id)
    checked = _checked(timeline, placements)
    return with_timeline(film, with_lanes(timeline, _laid_over(_lanes(timeline), checked, Cuts())))


def insert_clips(film: Film, timeline_id: str, placements: Sequence[Placement]) -> Film:
    """Lay clips in and move what follows later, on every unlocked track.

    The tracks that receive clips are cut at the point; on others a clip that lies across it
    stays whole and only those after it move, or moves whole where that keeps it in sync
    (``ripple.Ripple``).

    Raises:
        ChangeError: as ``overwrite_clips``.
    """
    if not placements:
        return film
    timeline = timeline_of(film, timeline_id)
    checked = _checked(timeline, placements)
    start = min(clip.start for _, clip in checked)
    length = max(clip.end for _, clip in checked) - start
    targets = {number for number, _ in checked}
    cuts = Cuts()
    lanes = _lanes(timeline)
    for number in targets:
        lanes[number] = split(lanes[number], start, cuts)
    lanes = _parted(timeline, lanes, cuts, start)
    lanes = Ripple(timeline, lanes, start, anchors=targets).shifted(length)
    timeline = with_time_moved(timeline, start, length)
    return with_timeline(film, with_lanes(timeline, _laid_over(lanes, checked, cuts)))


def move_clips(
    film: Film,
    timeline_id: str,
    clip_ids: Iterable[str],
    *,
    frames: int = 0,
    tracks: int = 0,
    linked: bool = True,
) -> Film:
    """Move clips in time and across tracks, over whatever lies there.

    They go later by ``frames``, held back so that none begins before the first frame, and up by
    so many ``tracks`` of their kind, held back so that each finds one. Linked partners that are
    not named themselves come along in time, where ``linked``, and keep their tracks.

    Raises:
        ChangeError: if a clip is gone, or a track it leaves or reaches is locked.
    """
    timeline = timeline_of(film, timeline_id)
    named = list(dict.fromkeys(clip_ids))
    places = editable_places(timeline, named, linked=linked, grouped=True)
    if not places:
        return film
    frames = max(frames, -min(place.clip.start for place in places))
    rising, staying = places[: len(named)], places[len(named) :]
    targets = _raised(timeline, rising, tracks) + [place.track for place in staying]
    if not frames and targets == [place.track for place in places]:
        return film
    landings: list[tuple[int, Clip]] = []
    for place, target in zip(places, targets, strict=True):
        require_unlocked(timeline.tracks[target])
        landings.append((target, moved(place.clip, frames)))
    lanes = _removed(timeline, places)
    return with_timeline(film, with_lanes(timeline, _laid_over(lanes, landings, Cuts())))


def move_clip_to(
    film: Film,
    timeline_id: str,
    clip_id: str,
    *,
    track_id: str,
    start: int,
    linked: bool = True,
) -> Film:
    """Move one clip to ``start`` on ``track_id``, which must be of its kind.

    Raises:
        ChangeError: as ``move_clips``, or if the track is of the other kind.
    """
    timeline = timeline_of(film, timeline_id)
    place = place_of(timeline, clip_id)
    target = track_position(timeline, track_id)
    same_kind = _tracks_like(timeline, place.track)
    if target not in same_kind:
        raise ChangeError(tr("Pictures go on video tracks and sounds on audio tracks."))
    return move_clips(
        film,
        timeline_id,
        [clip_id],
        frames=start - place.clip.start,
        tracks=same_kind.index(target) - same_kind.index(place.track),
        linked=linked,
    )


def split_clips(
    film: Film, timeline_id: str, clip_ids: Iterable[str], frame: int, *, linked: bool = True
) -> Film:
    """Cut clips in two at ``frame``; the right-hand parts of linked clips are linked.

    Raises:
        ChangeError: if a clip is gone or its track is locked.
    """
    timeline = timeline_of(film, timeline_id)
    cuts, lanes = Cuts(), _lanes(timeline)
    for place in editable_places(timeline, clip_ids, linked=linked):
        if place.clip.start < frame < place.clip.end:
            lanes[place.track] = split(lanes[place.track], frame, cuts)
    return _with_changed(film, timeline, _parted(timeline, lanes, cuts, frame))


def split_all(film: Film, timeline_id: str, frame: int) -> Film:
    """Cut whatever lies across ``frame`` on every unlocked track."""
    timeline = timeline_of(film, timeline_id)
    cuts = Cuts()
    lanes = {
        number: track.clips if track.locked else split(track.clips, frame, cuts)
        for number, track in enumerate(timeline.tracks)
    }
    return _with_changed(film, timeline, _parted(timeline, lanes, cuts, frame))


def lift_clips(
    film: Film, timeline_id: str, clip_ids: Iterable[str], *, linked: bool = True
) -> Film:
    """Take clips off and leave the gap.

    Raises:
        ChangeError: if a clip is gone or its track is locked.
    """
    timeline = timeline_of(film, timeline_id)
    places = editable_places(timeline, clip_ids, linked=linked, grouped=True)
    return _with_changed(film, timeline, _removed(timeline, places))


def ripple_delete(
    film: Film, timeline_id: str, clip_ids: Iterable[str], *, linked: bool = True
) -> Film:
    """Take clips off and close the gap on every unlocked track that has room.

    The gap is that of the named clips; partners may be longer or shorter. A clip elsewhere that
    lies in or across the gap, such as a bed of music, keeps its whole track where it is; where
    that track is linked to what moves, the gap is closed as far as their sync allows.

    Raises:
        ChangeError: if a clip is gone or its track is locked.
    """
    timeline = timeline_of(film, timeline_id)
    named = list(dict.fromkeys(clip_ids))
    places = editable_places(timeline, named, linked=linked, grouped=True)
    lanes = _removed(timeline, places)
    own = places[: len(named)]
    spans = _merged((place.clip.start, place.clip.end) for place in own)
    for start, end in reversed(spans):
        anchors = {place.track for place in own if start <= place.clip.start < end}
        timeline, lanes = _closed(timeline, lanes, start, end, anchors)
    return _with_changed(film, timeline, lanes)


def close_gap(film: Film, timeline_id: str, track_id: str, frame: int) -> Film:
    """Close the gap around ``frame`` on a track, and elsewhere where it is empty too.

    Raises:
        ChangeError: if the track is gone or locked, a clip covers ``frame``, or what follows is
            linked to clips that have no room.
    """
    timeline = timeline_of(film, timeline_id)
    number = track_position(timeline, track_id)
    track = timeline.tracks[number]
    require_unlocked(track)
    if clips_between(track.clips, frame, frame + 1):
        raise ChangeError(tr("There is no gap here to close."))
    start = max((clip.end for clip in track.clips if clip.end <= frame), default=0)
    end = min((clip.start for clip in track.clips if clip.start > frame), default=start)
    if end <= start:
        return film
    known = timeline
    timeline, lanes = _closed(timeline, _lanes(timeline), start, end, {number})
    if lanes[number] is known.tracks[number].clips:
        raise ChangeError(tr("What follows is linked to a clip that has no room to come earlier."))
    return _with_changed(film, timeline, lanes)


def lift_range(film: Film, timeline_id: str, start: int, end: int) -> Film:
    """Empty ``[start, end)`` on every unlocked track and leave the gap."""
    timeline = timeline_of(film, timeline_id)
    return _with_changed(film, timeline, _range_carved(timeline, start, end))


def extract_range(film: Film, timeline_id: str, start: int, end: int) -> Film:
    """Take ``[start, end)`` out of every unlocked track and close the gap."""
    timeline = timeline_of(film, timeline_id)
    start = max(0, start)
    if end <= start:
        return film
    lanes = _range_carved(timeline, start, end)
    return _with_changed(film, *_closed(timeline, lanes, start, end, set(lanes)))


def _lanes(timeline: Timeline) -> Lanes:
    return {number: track.clips for number, track in enumerate(timeline.tracks)}


def _with_changed(film: Film, timeline: Timeline, lanes: Lanes) -> Film:
    """``film`` with these lanes; ``film`` itself where nothing differs."""
    known = timeline_of(film, timeline.id)
    same = all(known.tracks[number].clips is lane for number, lane in lanes.items())
    if same and timeline is known:
        return film
    return with_timeline(film, with_lanes(timeline, lanes))


def _checked(timeline: Timeline, placements: Sequence[Placement]) -> list[tuple[int, Clip]]:
    """Placements by track position, with fades that fit."""
    checked: list[tuple[int, Clip]] = []
    for placement in placements:
        number = track_position(timeline, placement.track_id)
        require_unlocked(timeline.tracks[number])
        clip = placement.clip
        if clip.start < 0 or clip.length < 1 or clip.source_in < 0:
            raise ChangeError(tr("A clip needs at least one frame, from the first frame on."))
        if any(clip.id in track.positions for track in timeline.tracks):
            raise ChangeError(tr("This clip is on the timeline already."))
        checked.append((number, fades_fitted(clip)))
    return checked


def _laid_over(lanes: Lanes, landings: Iterable[tuple[int, Clip]], cuts: Cuts) -> Lanes:
    by_lane: dict[int, list[Clip]] = {}
    for number, clip in landings:
        by_lane.setdefault(number, []).append(clip)
    for number, clips in by_lane.items():
        lanes[number] = laid(lanes[number], tuple(clips), cuts)
    return lanes


def _removed(timeline: Timeline, places: Iterable[Place]) -> Lanes:
    """The lanes without the clips at ``places``."""
    lanes = _lanes(timeline)
    by_track: dict[int, list[str]] = {}
    for place in places:
        by_track.setdefault(place.track, []).append(place.clip.id)
    for number, clip_ids in by_track.items():
        lanes[number] = without(lanes[number], clip_ids)
    return lanes


def _tracks_like(timeline: Timeline, number: int) -> list[int]:
    kind = timeline.tracks[number].kind
    return [n for n, track in enumerate(timeline.tracks) if track.kind == kind]


def _raised(timeline: Timeline, places: Sequence[Place], tracks: int) -> list[int]:
    """The track positions that ``places`` reach, all raised by the same number of tracks."""
    if not tracks:
        return [place.track for place in places]
    low, high = tracks, tracks
    for place in places:
        same_kind = _tracks_like(timeline, place.track)
        rank = same_kind.index(place.track)
        low, high = max(low, -rank), min(high, len(same_kind) - 1 - rank)
    by = high if tracks > 0 else low
    return [
        (same_kind := _tracks_like(timeline, place.track))[same_kind.index(place.track) + by]
        for place in places
    ]


def _range_carved(timeline: Timeline, start: int, end: int) -> Lanes:
    cuts = Cuts()
    lanes = {
        number: track.clips if track.locked else carved(track.clips, max(0, start), end, cuts)
        for number, track in enumerate(timeline.tracks)
    }
    return _parted(timeline, lanes, cuts, end)


def _parted(timeline: Timeline, lanes: Lanes, cuts: Cuts, frame: int) -> Lanes:
    """``lanes`` after a cut at ``frame``: what lies behind it goes with the right-hand parts."""
    if not cuts.links:
        return lanes
    return {
        number: clips if timeline.tracks[number].locked else cuts.following(clips, frame)
        for number, clips in lanes.items()
    }


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans that touch or overlap joined, in order."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _closed(
    timeline: Timeline, lanes: Lanes, start: int, end: int, anchors: set[int]
) -> tuple[Timeline, Lanes]:
    """Close a span that is empty on the tracks at ``anchors``, as far as sync allows."""
    ripple = Ripple(timeline, lanes, end, anchors=anchors)
    frames = min(end - start, ripple.room())
    if frames <= 0:
        return timeline, lanes
    return with_time_moved(timeline, end, -frames), ripple.shifted(-frames)
