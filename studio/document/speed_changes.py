"""Changes to how fast clips run: slower, faster, backwards, and fitted to a part of the cut."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from studio.document.errors import ChangeError
from studio.document.film import Clip, Film
from studio.document.lane import fades_fitted, tail_at
from studio.document.retime import FASTEST, SLOWEST, is_held, source_out
from studio.document.ripple import Ripple, with_time_moved
from studio.document.timeline_access import (
    Place,
    change_clips,
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

    Raises:
        ChangeError: if a clip is gone or its track is locked.
    """
    places = editable_places(timeline_of(film, timeline_id), clip_ids, linked=True)
    return change_clips(
        film, timeline_id, places, lambda clip: replace(clip, backwards=not clip.backwards)
    )


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
    used = source_out(clip) - clip.source_in
    speed = _checked(Fraction(used, end - start))
    if (clip.start, clip.end, clip.speed) == (start, end, speed):
        return film
    stretch = Fraction(end - start, clip.length)

    def at(frame: int) -> int:
        return start + int((frame - clip.start) * stretch // 1)

    fitted: list[Placement] = []
    for place in places:
        begin = at(place.clip.start)
        retimed = replace(_retimed(place.clip, speed), start=begin)
        ended = tail_at(retimed, max(begin + 1, at(place.clip.end)))
        fitted.append(Placement(track_id=timeline.tracks[place.track].id, clip=ended))
    lifted = lift_clips(film, timeline_id, [place.clip.id for place in places], linked=False)
    return overwrite_clips(lifted, timeline_id, fitted)


def length_at(clip: Clip, speed: Fraction) -> int:
    """How long a clip would be at another speed, showing the same."""
    used = source_out(clip) - clip.source_in
    return max(1, -(-used * speed.denominator // speed.numerator))


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
    pairs = [(place, _retimed(place.clip, speed)) for place in places]
    if not ripple:
        fitted = [(p, _cut_short(timeline.tracks[p.track].clips, p, clip)) for p, clip in pairs]
        return with_timeline(film, with_clips(timeline, fitted))
    first, new = pairs[0]
    grown = new.end - first.clip.end
    lanes = {number: track.clips for number, track in enumerate(timeline.tracks)}
    anchors, own = {p.track for p in places}, {p.clip.id for p in places}
    end = first.clip.end
    if grown > 0:
        lanes = Ripple(timeline, lanes, end, anchors=anchors, held=own).shifted(grown)
        timeline = with_time_moved(with_lanes(timeline, lanes), end, grown)
    fitted = [(p, _cut_short(lanes[p.track], p, clip)) for p, clip in pairs]
    timeline = with_clips(timeline, fitted)
    if grown < 0:
        lanes = {number: track.clips for number, track in enumerate(timeline.tracks)}
        closing = Ripple(timeline, lanes, end, anchors=anchors, held=own)
        by = min(-grown, closing.room())
        if by > 0:
            timeline = with_time_moved(with_lanes(timeline, closing.shifted(-by)), end, -by)
    return with_timeline(film, timeline)


def _retimed(clip: Clip, speed: Fraction) -> Clip:
    """``clip`` at a speed, with its envelope, keys and markers on the pictures they were on."""
    length = length_at(clip, speed)
    ratio = clip.speed / speed

    def at(frame: int) -> int:
        return frame * ratio.numerator // ratio.denominator

    phase = clip.source_phase * speed.denominator // clip.speed.denominator
    points = {at(point.frame): point for point in clip.gain_points}
    curves = tuple(
        replace(
            curve,
            keys=tuple(
                replace(key, frame=frame)
                for frame, key in sorted({at(key.frame): key for key in curve.keys}.items())
            ),
        )
        for curve in clip.curves
    )
    markers = tuple(replace(marker, frame=at(marker.frame)) for marker in clip.markers)
    return fades_fitted(
        replace(
            clip,
            speed=speed,
            source_phase=phase,
            length=length,
            gain_points=tuple(replace(points[f], frame=f) for f in sorted(points)),
            curves=curves,
            markers=markers,
        )
    )


def _cut_short(clips: tuple[Clip, ...], place: Place, clip: Clip) -> Clip:
    """``clip`` no longer than up to what follows it on its track."""
    following = clips[place.position + 1 :][:1]
    if not following or clip.end <= following[0].start:
        return clip
    return tail_at(clip, following[0].start)
