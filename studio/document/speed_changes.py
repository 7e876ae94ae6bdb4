"""Changes to how fast clips run: slower, faster, backwards, and fitted to a part of the cut."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from studio.document.errors import ChangeError
from studio.document.film import Clip, Film, Timeline
from studio.document.lane import head_at, tail_at
from studio.document.retime import FASTEST, SLOWEST, is_held, source_out, source_position
from studio.document.retiming import as_they_were, remembering, retimed
from studio.document.ripple import Ripple, with_time_moved
from studio.document.timeline_access import (
    Place,
    editable_places,
    timeline_of,
    with_clips,
    with_lanes,
    with_timeline,
)
from studio.document.timeline_changes import Placement, lift_clips, overwrite_clips
from studio.wording import tr

FINEST = 10_000


def set_speed(
    film: Film, timeline_id: str, clip_ids: Iterable[str], speed: Fraction, *, ripple: bool = True
) -> Film:
    """Run clips and their linked partners at a speed; what they show of their sources stays.

    Their length follows. Where one grows, what follows moves later, or with ``ripple`` off the
    clip is cut short at its neighbour; where one shrinks, the gap is closed or left.

    Raises:
        ChangeError: if the speed is out of bounds, a clip is gone or its track is locked.
    """
    timeline = timeline_of(film, timeline_id)
    chosen = editable_places(timeline, clip_ids, linked=True)
    _require_running(chosen)
    speed = _checked(speed)
    names = [place.clip.id for place in chosen]
    done: set[str] = set()
    for name in names:
        if name in done:
            continue
        places = editable_places(timeline_of(film, timeline_id), [name], linked=True)
        done.update(place.clip.id for place in places)
        film = _run_at(film, timeline_id, places, speed, ripple=ripple)
    return film


def reverse_clips(film: Film, timeline_id: str, clip_ids: Iterable[str]) -> Film:
    """Turn clips and their linked partners round: they show the same, the other way.

    What ran ahead of its picture ends as much later than it, as far as there is room.

    Raises:
        ChangeError: if a clip is gone or its track is locked.
    """
    timeline = timeline_of(film, timeline_id)
    places = editable_places(timeline, clip_ids, linked=True)
    if not places:
        return film
    leads = {place.clip.link_id: place.clip for place in reversed(places) if _seen(timeline, place)}
    turned = [(one, replace(one.clip, backwards=not one.clip.backwards)) for one in places]
    timeline = with_clips(timeline, turned)
    for place, clip in turned:
        lead = leads.get(clip.link_id) if clip.link_id is not None else None
        if lead is None or not _in_step(place.clip, lead):
            continue
        start = lead.start + lead.end - clip.end
        if start != clip.start:
            clips = timeline.tracks[place.track].clips
            mirrored = _in_room(clips, place, replace(clip, start=start)) or clip
            timeline = with_clips(timeline, [(place, mirrored)])
    return with_timeline(film, timeline)


def fit_to_range(film: Film, timeline_id: str, clip_id: str, start: int, end: int) -> Film:
    """Let a clip show what it shows now from ``start`` up to ``end``, over whatever lies there.

    Where it lay it leaves a gap. Linked partners go along, as far before and behind it as the
    stretching makes of it.

    Raises:
        ChangeError: as ``set_speed``, or if nothing is between the two, or a partner would lie
            before the first frame.
    """
    if end <= start:
        raise ChangeError(tr("There is no frame between the marks to fit a clip into."))
    timeline = timeline_of(film, timeline_id)
    places = editable_places(timeline, [clip_id], linked=True)
    _require_running(places)
    clip = places[0].clip
    were = as_they_were([place.clip for place in places], clip)
    used = source_out(were[0]) - were[0].source_in
    speed = _checked(Fraction(used, end - start))
    if (clip.start, clip.end, clip.speed) == (start, end, speed):
        return film
    stretch = Fraction(end - start, clip.length)

    def at(frame: int) -> int:
        return start + int((frame - clip.start) * stretch // 1)

    fitted: list[Placement] = []
    for place, known in zip(places, were, strict=True):
        begin = at(place.clip.start)
        begun = replace(retimed(known, speed), start=begin)
        ended = tail_at(begun, max(begin + 1, at(place.clip.end)))
        kept = remembering(ended, known)
        fitted.append(Placement(track_id=timeline.tracks[place.track].id, clip=kept))
    lifted = lift_clips(film, timeline_id, [place.clip.id for place in places], linked=False)
    return overwrite_clips(lifted, timeline_id, fitted)


def _checked(speed: Fraction) -> Fraction:
    """``speed`` as it can be kept.

    Raises:
        ChangeError: if it is out of bounds.
    """
    if not SLOWEST <= speed <= FASTEST:
        raise ChangeError(tr("A clip runs at 5% to 2000% of its speed."))
    return speed.limit_denominator(FINEST)


def _require_running(places: Iterable[Place]) -> None:
    """Refuse to retime what stands.

    Raises:
        ChangeError: with the sentence.
    """
    if any(is_held(place.clip) for place in places):
        raise ChangeError(tr("A held frame has no speed; let it run on first."))


def _run_at(
    film: Film, timeline_id: str, places: list[Place], speed: Fraction, *, ripple: bool
) -> Film:
    timeline = timeline_of(film, timeline_id)
    if all(place.clip.speed == speed for place in places):
        return film
    first = next((place for place in places if _seen(timeline, place)), places[0])
    were = as_they_were([place.clip for place in places], first.clip)
    lead = were[places.index(first)]
    new = retimed(lead, speed)
    pairs = [
        (place, _retimed_with(one, lead, new)) for place, one in zip(places, were, strict=True)
    ]
    grown = new.end - first.clip.end if ripple else 0
    anchors, own = {p.track for p in places}, {p.clip.id for p in places}
    end = first.clip.end
    if grown > 0:
        lanes = {number: track.clips for number, track in enumerate(timeline.tracks)}
        lanes = Ripple(timeline, lanes, end, anchors=anchors, held=own).shifted(grown)
        timeline = with_time_moved(with_lanes(timeline, lanes), end, grown)
    for place, clip in pairs:
        fitted = _fitted(timeline.tracks[place.track].clips, place, clip)
        timeline = with_clips(timeline, [(place, fitted)])
    if grown < 0:
        lanes = {number: track.clips for number, track in enumerate(timeline.tracks)}
        closing = Ripple(timeline, lanes, end, anchors=anchors, held=own)
        by = min(-grown, closing.room())
        if by > 0:
            timeline = with_time_moved(with_lanes(timeline, closing.shifted(-by)), end, -by)
    done = [
        (place, remembering(timeline.tracks[place.track].clips[place.position], one))
        for place, one in zip(places, were, strict=True)
    ]
    return with_timeline(film, with_clips(timeline, done))


def _retimed_with(clip: Clip, lead: Clip, new: Clip) -> Clip:
    """``clip`` at the speed of ``new``, which ``lead`` has become, and with it as it was with that.

    What begins before or after its picture does so by as much more or less of the timeline as it
    takes to show the same.
    """
    begun = retimed(clip, new.speed)
    if clip is lead or new.speed == lead.speed or not _in_step(clip, lead):
        return begun
    ahead = (clip.start - lead.start) * clip.speed / new.speed
    start = lead.start + ahead.numerator // ahead.denominator
    apart = _shown(clip, clip.start) - _shown(lead, clip.start)
    shown = _shown(new, start) + apart
    if clip.backwards:
        shown -= begun.length * new.speed
    parts = max(0, int(shown * new.speed.denominator // 1))
    source_in, phase = divmod(parts, new.speed.denominator)
    return replace(begun, start=start, source_in=source_in, source_phase=phase)


def _in_step(clip: Clip, lead: Clip) -> bool:
    """Whether a clip runs as the one that it is linked to."""
    return (clip.speed, clip.backwards) == (lead.speed, lead.backwards)


def _shown(clip: Clip, frame: int) -> Fraction:
    """The instant of its source that stands on a frame of the timeline."""
    return source_position(clip, Fraction(frame - clip.start))


def _seen(timeline: Timeline, place: Place) -> bool:
    return timeline.tracks[place.track].kind == "video"


def _fitted(clips: tuple[Clip, ...], place: Place, clip: Clip) -> Clip:
    """``clip`` as far as it has room at its place; from where it was, if it has none there."""
    stayed = replace(clip, start=place.clip.start)
    return _in_room(clips, place, clip) or _in_room(clips, place, stayed) or place.clip


def _in_room(clips: tuple[Clip, ...], place: Place, clip: Clip) -> Clip | None:
    """``clip`` without what would lie on its neighbours; ``None`` where nothing is left of it."""
    first = clips[place.position - 1].end if place.position else 0
    following = clips[place.position + 1 :][:1]
    end = min((one.start for one in following), default=clip.end)
    if clip.start >= end or clip.end <= first:
        return None
    if clip.end > end:
        clip = tail_at(clip, end)
    return head_at(clip, first) if clip.start < first else clip
